#!/bin/sh
# Shows that layers.sh finds what it is there for: a small tree that keeps the
# arrows passes, and each forbidden edge alone makes it fail.
set -eu
here=$(cd "$1" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/src" "$tree/include/sockstage/base"
for layer in base kernel wire model calls stage script report tui app; do
    mkdir -p "$tree/src/$layer"
done
fails=0

lint() {
    sh "$here/layers.sh" "$tree" "$here/layers.txt" >"$tree/out" 2>&1
}

allow() { # FILE LINE
    printf '%s\n' "$2" >"$tree/$1"
    lint || { echo "refused, but is allowed: $1: $2"; fails=1; }
    rm "$tree/$1"
}

forbid() { # FILE LINE
    printf '%s\n' "$2" >"$tree/$1"
    if lint || ! grep -q "^$1:1: " "$tree/out"; then
        echo "let through: $1: $2"
        fails=1
    fi
    rm "$tree/$1"
}

echo '#include "sockstage/base/err.h"' >"$tree/src/app/main.c"
allow src/tui/view_x.c '#include "sockstage/calls/call.h"'
allow src/tui/view_x.c '#include "calls/calls.def"'
allow src/tui/view_x.c '#include "sockstage/wire/pattern.h"'
allow src/tui/input.c '#include <uv.h>'
allow src/tui/curses.c '#include <ncurses.h>'
allow src/wire/link.c '#include <uv.h>'
allow src/report/text.c '#include "sockstage/wire/segment.h"'
allow src/model/host.c '#include "sockstage/kernel/sample.h"'
allow src/stage/stage.c '#include "sockstage/kernel/hosts.h"'
allow src/kernel/hosts.c 'int rc = setns(fd, CLONE_NEWNET);'
allow src/calls/listen.c 'int rc = listen(fd, n);'
allow src/stage/stage.c '/* listen() says */ char *a = "connect(s)";'
allow src/stage/stage.c 'call->listen(fd); my_connect(fd);'
forbid src/tui/view_x.c '#include "sockstage/kernel/hosts.h"'
forbid src/tui/view_x.c '#include "sockstage/report/text.h"'
forbid src/tui/view_x.c '#include "sockstage/wire/link.h"'
forbid src/tui/view_x.c '#include <uv.h>'
forbid src/tui/view_x.c '#include <curses.h>'
forbid src/report/text.c '#include "sockstage/tui/theme.h"'
forbid src/report/text.c '#include "sockstage/wire/pattern.h"'
forbid src/script/lex.c '#include "sockstage/calls/other.h"'
forbid src/script/lex.c '#  include "sockstage/tui/theme.h"'
forbid src/model/host.c '#include "sockstage/kernel/hosts.h"'
forbid src/model/host.c '#include <uv.h>'
forbid src/wire/segment.c '#include "sockstage/model/event.h"'
forbid src/wire/segment.c '#include <uv.h>'
forbid src/calls/listen.c '#include "sockstage/stage/stage.h"'
forbid src/calls/listen.c '#include <libmnl/libmnl.h>'
forbid src/base/err.c '#include "sockstage/wire/segment.h"'
forbid src/base/err.c '#include "../wire/int.h"'
forbid src/base/err.c '#include "wire/int.h"'
forbid include/sockstage/base/err.h '#include "sockstage/model/event.h"'
forbid src/stage/stage.c '#include <linux/rtnetlink.h>'
forbid src/stage/stage.c '    if (listen(fd, 1) < 0) return -1;'
forbid src/app/doctor.c 'return unshare(CLONE_NEWNET);'
forbid src/app/doctor.c '#include "sockstage/other/thing.h"'
exit $fails
