#!/bin/sh
# Run the suite on every other Python there is, and on the oldest supported packages.
# With names, as in `tests/matrix.sh 3.13 oldest`, only those sessions. One that fails stops no other.
set -u
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 3.12 3.13 3.14 oldest
failed=

session() { # name, python, requirements...
    name=$1 python=$2
    shift 2
    venv=.venv-$name
    echo "== $name"
    "$python" -m venv "$venv" &&
        "$venv/bin/python" -m pip install --quiet --upgrade 'pip>=25.1' &&
        "$venv/bin/python" -m pip install --quiet --group test '.[httpx,server,pdf,html]' build hatchling "$@" &&
        PYTHONSAFEPATH=1 "$venv/bin/python" -m pytest -q -n2 ||
        failed="$failed $name"
}

for name in "$@"; do
    if [ "$name" = oldest ]; then
        session oldest "${PYTHON:-python3}" 'pytest==8.4.*' 'responses==0.25.*' 'jsonschema==4.20.*'
        continue
    fi
    # pyenv's shims answer to every version and run only the chosen one
    found=
    for python in "$(command -v "python$name" || true)" \
        "$HOME/.pyenv/versions/$name".*/bin/python3; do
        if [ -z "$found" ] && "$python" -c '' 2>/dev/null; then
            found=$python
        fi
    done
    if [ -n "$found" ]; then
        session "$name" "$found"
    else
        echo "== $name: not on this machine"
    fi
done
if [ -n "$failed" ]; then
    echo "failed:$failed" >&2
    exit 1
fi
