#!/bin/sh
# The suite with its report, then the gate turning red when one code has lost its test.
set -u
cd "$(dirname "$0")" || exit 1
PYTHON=${PYTHON:-python3}
TEST='tests/test_patience.py::test_passing_trouble_is_waited_out_but_not_for_ever[22]'

fail() {
    echo "demo.sh: $1" >&2
    exit 1
}

run() {
    echo "\$ pytest $*"
    "$PYTHON" -m pytest -p no:cacheprovider "$@"
}

run --flipsnack-report=term || fail "the whole suite exited $?, expected 0"

echo
echo "Now without the test of one code: the gate must turn red."
red=$(mktemp) || exit 1
trap 'rm -f "$red"' EXIT
run --flipsnack-fail-under=100 --deselect "$TEST" >"$red" 2>&1
status=$?
cat "$red"
[ "$status" -eq 1 ] || fail "without $TEST pytest exited $status, expected 1"
grep -q 'Flipsnack gate.*22 Maintenance mode' "$red" || fail "the gate did not name 22"
echo
echo "As expected: green with all 19 codes, red (exit 1) without 22."
