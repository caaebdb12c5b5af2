#!/bin/sh
# Runs a command on the C files of the tree, a few at a time on every core.
# Usage: each.sh TREE src|all COMMAND...     (src: what is compiled from src/)
set -eu
tree=$1
what=$2
shift 2
cd "$tree"
case $what in
src) find src -name '*.c' ! -path 'src/report/prelude/*' ;;
*) find src include tests -name '*.[ch]' ;;
esac | LC_ALL=C sort | xargs -P "$(nproc)" -n 4 "$@"
