#!/bin/sh
# Run the suite on every other Python there is, and on the oldest supported packages.
set -eu
cd "$(dirname "$0")/.."

session() { # name, python, requirements...
    name=$1 python=$2
    shift 2
    venv=.venv-$name
    echo "== $name"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --upgrade 'pip>=25.1'
    "$venv/bin/python" -m pip install --quiet --group test '.[httpx,server,pdf]' build hatchling "$@"
    PYTHONSAFEPATH=1 "$venv/bin/python" -m pytest -q -n2
}

for version in 3.12 3.13 3.14; do
    # pyenv's shims answer to every version and run only the chosen one
    found=
    for python in "$(command -v "python$version" || true)" \
        "$HOME/.pyenv/versions/$version".*/bin/python3; do
        if [ -z "$found" ] && "$python" -c '' 2>/dev/null; then
            found=$python
        fi
    done
    if [ -n "$found" ]; then
        session "$version" "$found"
    else
        echo "== $version: not on this machine"
    fi
done
session oldest "${PYTHON:-python3}" 'pytest==8.4.*' 'responses==0.25.*' 'jsonschema==4.20.*'
