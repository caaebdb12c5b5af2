#!/bin/sh
# Files longer than 600 lines and functions longer than 60 hold more than one
# thought. A function is what stands between { and } in the first column.
# Usage: size.sh TREE
set -eu
cd "$1"
find src include tests -type f \( -name '*.[ch]' -o -name '*.def' \) |
    LC_ALL=C sort | xargs awk '
FNR == 1 { start = 0 }
FNR == 601 { print FILENAME ": more than 600 lines"; bad = 1 }
/^\{/ { start = FNR }
/^\}/ {
    if (start && FNR - start + 1 > 60) {
        print FILENAME ":" start ": a function of " FNR - start + 1 " lines"
        bad = 1
    }
    start = 0
}
END { exit bad }
'
