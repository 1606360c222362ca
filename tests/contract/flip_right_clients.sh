#!/bin/sh
# Flip every contract test of every right client: one that survives is a fault of ours.
# usage: sh tests/contract/flip_right_clients.sh PYTHON
set -eu
"$1" -m pytest -q -n 2 -m '' -k Test_ tests/contract/test_right_clients.py --flipsnack-flip |
	tee flips.log
result=$(grep '^Flipsnack flip: ' flips.log)
rm flips.log
case $result in
*', 0 survived') ;;
*) exit 1 ;;
esac
