#!/bin/sh
# Every text that is marked in the sources has its translation, and every
# catalogue compiles; `cmake --build BUILD --target po-update` adds what is new.
# Usage: po_complete.sh TREE
set -eu
tree=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

sh "$tree/src/build/po-extract" "$tree" "$work/sockstage.pot"
for catalog in "$tree"/src/po/*.po; do
    msgfmt --check -o /dev/null "$catalog" || bad=1
    # Fuzzy and missing texts are errors; texts no longer used are let be.
    msgcmp "$catalog" "$work/sockstage.pot" 2>"$work/log" || {
        grep -v 'warning: this message is not used' "$work/log" >&2
        bad=1
    }
done
exit $bad
