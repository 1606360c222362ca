#!/bin/sh
# Serve the fake, run a suite in another language against it, pass the same gate.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

"$python" -m pytest_flipsnack serve --quiet --api-key key-of-a-test --secret secret-of-a-test \
    --coverage "$work/hits.json" >"$work/urls" &
server=$!
while ! grep -q uploads "$work/urls"; do
    kill -0 "$server"
    sleep 0.1
done
url=$(sed -n 's/^Flipsnack API: *//p' "$work/urls")

node client.mjs "$url" key-of-a-test secret-of-a-test
kill -TERM "$server"
wait "$server"
"$python" -m pytest_flipsnack report "$work/hits.json" --fail-under 100
