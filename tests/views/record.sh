#!/bin/sh
# Records the scripts of this folder anew, on the kernel of this machine. What
# is drawn of them is kept by UPDATE_GOLDEN=1 ctest -R '^views_', which does
# without recording when only the screen has changed.
# Usage: record.sh PROGRAM [SCRIPT...]
set -eu
program=$(realpath "$1")
shift
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- *.stage
for script; do
    # One that has only comments is typed.
    grep -q '^[^#]' "$script" || continue
    "$program" run --wire=private --format=tap \
        --record "${script%.stage}.jsonl" "$script"
done
