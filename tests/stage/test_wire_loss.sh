#!/bin/sh
# Proves that with `wire loss 30%` TCP still brings 1 MB over, byte for byte:
# 100 clients at once, 10000 bytes each, of a content that no shift or swap
# would leave alike. And that the same seed gives the same segments the same
# fates, and another seed others. Needs privilege: the private wire.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null || {
    echo "no python3 on this machine"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
clients=100

# make_script SEED
make_script() {
    echo 'require private'
    # Two segments a client, and a repeat that is lost is sent again after one
    # RTO, not after 2, 4, 8 of them: else this takes a minute.
    echo 'wire real'
    echo 'wire mtu 9000'
    echo 'set client tcp_thin_linear_timeouts 1'
    echo 'server: ls = socket()'
    echo "server: ls.bind(('', 8080))"
    echo 'server: ls.listen(100)'
    echo "c1..c$clients: s = socket()"
    echo "c1..c$clients: s.connect(('server', 8080))"
    for i in $(seq $clients); do
        echo "server: a$i, peer = ls.accept()"
    done
    echo "wire seed $1"
    echo 'wire loss 30%'
    for i in $(seq $clients); do
        sent="b'$i abcdefghijklm' * 440 + b'$i opqrst' * 340"
        echo "c$i: sent = $sent"
        echo "c$i: s.sendall(sent)"
    done
    for i in $(seq $clients); do
        echo "c$i: total = len(sent)"
        echo "expect server.a$i.recv_buffer == c$i.total within 50s"
        echo "server: data = a$i.recv(100000)"
        echo "expect server.data == c$i.sent"
    done
    echo 'expect wire.dropped > 100'
}

# play NAME SEED
play() {
    make_script "$2" >"$1.stage"
    code=0
    "$SOCKSTAGE" run --record "$1.jsonl" "$1.stage" >log || code=$?
    [ $code -eq 0 ] || {
        grep -v '^ *[0-9]' log || tail -5 log
        exit $code
    }
}

play first 7
play same 7
play other 5
python3 "$here/fates_agree.py" first.jsonl same.jsonl other.jsonl
