#!/bin/sh
# Proves that a disk that is full while recording is told once, that the script
# goes on, and that what was written is read up to there. Needs privilege: to
# mount a small disk.
set -eu
if [ "${1-}" != inside ]; then
    set -- sh "$0" inside
    [ "$(id -u)" -eq 0 ] || set -- -U -r "$@"
    unshare -m true 2>/dev/null || unshare -U -r -m true 2>/dev/null || {
        echo 'mounting is not allowed here'
        exit 77
    }
    exec unshare -m "$@"
fi

work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
mkdir disk
mount -t tmpfs -o size=64k none disk || {
    echo 'no tmpfs may be mounted here'
    exit 77
}

fail() {
    echo "$*"
    exit 1
}

{
    echo 'title  More than the disk takes'
    echo 'require private'
    echo 'server: ls = socket()'
    echo "server: ls.bind(('', 8080))"
    echo 'server: ls.listen(5)'
    echo 'c1: s = socket()'
    echo "c1: s.connect(('server', 8080))"
    echo 'server: conn, addr = ls.accept()'
    for i in $(seq 200); do
        echo "c1: n = s.send(b'number $i')"
        echo 'server: data = conn.recv(100)'
    done
    echo 'expect len(server.data) == 10'
} >long.stage

code=0
"$SOCKSTAGE" run --record disk/full.jsonl long.stage \
    >live 2>err || code=$?
[ $code -ne 77 ] || exit 77
[ $code -eq 3 ] || fail "exit $code, not 3: $(cat err)"
grep -q '^PASS long.stage' live || fail 'the script did not go on'
[ "$(grep -c ENOSPC err)" -eq 1 ] || fail "not told once: $(cat err)"

code=0
"$SOCKSTAGE" export text disk/full.jsonl >exported 2>err || code=$?
[ $code -eq 0 ] || fail "what was written is refused: $(cat err)"
[ "$(wc -l <exported)" -gt 20 ] || fail "too little of it: $(cat exported)"
sed -e 1d -e '$d' exported >exported.log
sed 1d live | head -n "$(wc -l <exported.log)" | cmp - exported.log ||
    fail 'not what was printed live'
