#!/bin/sh
# Flip every contract test of every right client: one that survives is a fault of ours.
# usage: sh tests/contract/flip_right_clients.sh PYTHON
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT
good=yes
"$1" -m pytest -q -n 2 -m '' -k Test_ tests/contract/test_right_clients.py --flipsnack-flip \
    >"$log" 2>&1 || good=no
grep -q '^Flipsnack flip: .*, 0 survived$' "$log" || good=no
tail -n 20 "$log"
[ "$good" = yes ]
