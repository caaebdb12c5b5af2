#!/bin/sh
# Proves that `export text` prints of a recording what `run` printed live, a
# chapter a script; that a recording cut off anywhere is read up to there; and
# what -o and --force do. Needs privilege: the private wire.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "$*"
    exit 1
}

# Runs the command of the rest; its exit code must be the first argument.
ends() {
    wanted=$1
    shift
    code=0
    "$@" >out 2>err || code=$?
    [ $code -eq "$wanted" ] || {
        cat out err
        fail "exit $code, not $wanted: $*"
    }
}

echo 'expect server.sockets == 0' >included.stage
cat >titled.stage <<'END'
note   Before the title.
title.ko  한국어 제목
title  A title
include included.stage
require private
server: ls = socket()
server: ls.bind(('', 8080))
server: ls.listen(1)
wire hold
c1: s = socket()
c1: s.connect(('server', 8080))
expect c1.s.state == SYN_SENT
END

# ---- the same lines ---------------------------------------------------------

# Without the headings and what `run` says at the end of each script.
log_of() {
    grep -v -e '^== ' -e '^PASS ' -e '^[0-9]* passed, ' "$1" || true
}

set -- titled.stage
for name in handshake backlog shared close wire_corrupt wire_unreachable \
    ipv6 udp_refused udp_faults expect_wire; do
    set -- "$@" "$here/$name.stage"
done
code=0
"$SOCKSTAGE" run --record all.jsonl "$@" >live 2>err || code=$?
[ $code -ne 77 ] || exit 77
[ $code -eq 0 ] || {
    cat live err
    exit 1
}
grep -q '^SKIP' live && exit 77
ends 0 "$SOCKSTAGE" export text all.jsonl
[ ! -s err ] || fail "standard error: $(cat err)"
cp out exported
log_of live >live.log
log_of exported >exported.log
diff -u live.log exported.log || fail 'the log differs from that of the run'
grep -q 'line 1 of included.stage' exported.log || fail 'no included file'
[ "$(wc -l <live.log)" -gt 300 ] || fail 'too few lines to be the log'

# ---- chapters ---------------------------------------------------------------

[ "$(grep -c '^== ' exported)" -eq $# ] || fail 'not a chapter a script'
[ "$(grep -c '^PASS ' exported)" -eq $# ] || fail 'not an end a script'
sed -n 1p exported | grep -qx '== A title' || fail 'no title'
grep -qx '== [1-9][0-9]*' exported || fail 'no number without a title'
ends 0 "$SOCKSTAGE" export text all.jsonl --lang ko
sed -n 1p out | grep -qx '== 한국어 제목' || fail 'no Korean title'

ends 0 "$SOCKSTAGE" run --record one.jsonl titled.stage

# A script whose stage could not be opened has nothing but its end.
{
    cat one.jsonl
    echo '{"t":0,"event":"end","result":"failed"}'
} >refused.jsonl
ends 0 "$SOCKSTAGE" export text refused.jsonl
tail -n 2 out | tr '\n' '|' | grep -qx '== 2|FAIL 2|' || fail 'no second chapter'

# ---- cut off ----------------------------------------------------------------

ends 0 "$SOCKSTAGE" export text one.jsonl
cp out whole
size=$(wc -c <one.jsonl)
first=$(head -n 1 one.jsonl | wc -c)
at=1
while [ "$at" -lt "$size" ]; do
    head -c "$at" one.jsonl >cut.jsonl
    code=0
    "$SOCKSTAGE" export text cut.jsonl >out 2>err || code=$?
    if [ "$at" -lt $((first - 1)) ]; then
        [ $code -eq 2 ] || fail "cut at $at: exit $code, not 2"
    else
        [ $code -eq 0 ] || fail "cut at $at: exit $code: $(cat err)"
        # The title may not have come yet, the last segment has no fate yet.
        sed -e 1d -e '$d' out >cut.log
        sed 1d whole | head -n "$(wc -l <cut.log)" | cmp - cut.log ||
            fail "cut at $at: not what it was"
        # Mid-line it says so; a newline alone is missed by nobody.
        if [ "$(tail -c 1 cut.jsonl)" != '' ] &&
            [ "$(tail -c 1 cut.jsonl)" != '}' ]; then
            grep -q 'cut.jsonl: .*cut off' err || fail "cut at $at: not told"
        fi
    fi
    at=$((at + 97))
done

# ---- a refused line ---------------------------------------------------------

{
    head -n 5 one.jsonl
    echo '{"t":0.5,"event":"verdict","segment":"x","action":"held"}'
    tail -n 3 one.jsonl
} >wrong.jsonl
ends 2 "$SOCKSTAGE" export text wrong.jsonl
grep -q '^wrong.jsonl:6:[1-9][0-9]*: ' err || fail "no place: $(cat err)"
head -n 5 one.jsonl >before.jsonl
cp out wrong.log
ends 0 "$SOCKSTAGE" export text before.jsonl
cmp out wrong.log || fail 'what came before the refused line is not there'

# ---- where it goes ----------------------------------------------------------

ends 0 "$SOCKSTAGE" export text one.jsonl -o new.txt
[ ! -s out ] || fail '-o, and yet something on standard output'
cmp whole new.txt || fail '-o writes something else'
echo keep >old.txt
ends 2 "$SOCKSTAGE" export text one.jsonl -o old.txt
grep -q 'old.txt: EEXIST.*--force' err || fail "old.txt: $(cat err)"
[ "$(cat old.txt)" = keep ] || fail 'an existing file was changed'
ends 0 "$SOCKSTAGE" export --force -o old.txt text one.jsonl
cmp whole old.txt || fail '--force wrote something else'
cp one.jsonl same.jsonl
ends 2 "$SOCKSTAGE" export text same.jsonl --force -o ./same.jsonl
cmp one.jsonl same.jsonl || fail 'the recording itself was overwritten'
ends 2 "$SOCKSTAGE" export text titled.stage --force -o old.txt
cmp whole old.txt || fail 'what is no recording emptied the file'
ends 3 "$SOCKSTAGE" export text one.jsonl -o nowhere/new.txt
grep -q 'nowhere/new.txt: ENOENT' err || fail "nowhere: $(cat err)"
if [ -e /dev/full ]; then
    ends 3 "$SOCKSTAGE" export text one.jsonl --force -o /dev/full
    [ "$(grep -c ENOSPC err)" -eq 1 ] || fail "full: $(cat err)"
    code=0
    "$SOCKSTAGE" export text one.jsonl >/dev/full 2>err || code=$?
    [ $code -eq 3 ] || fail "full standard output: exit $code"
fi
code=0
"$SOCKSTAGE" export text one.jsonl >&- 2>err || code=$?
[ $code -eq 3 ] || fail "closed standard output: exit $code"
grep -q 'standard output is closed' err || fail "closed: $(cat err)"

# ---- ended by a signal, while it waits for a pipe that nobody reads ----------

for _ in $(seq 30); do
    cat all.jsonl
done >many.jsonl
mkfifo pipe
exec 3<>pipe
"$SOCKSTAGE" export text many.jsonl >pipe 3<&- &
head -c 1 <&3 >/dev/null # it has begun
kill -TERM $!
code=0
wait $! || code=$?
[ $code -eq 130 ] || fail "after SIGTERM: exit $code"
