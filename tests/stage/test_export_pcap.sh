#!/bin/sh
# Proves that `export pcap` makes of a recording what --pcap wrote in the same
# run: byte for byte with --payload; without it all but the payload and the sums
# over it, which tshark finds right, as it does every field that the journal
# tells. Needs privilege: the private wire.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lessons=$here/../../src/lessons
for tool in tshark python3; do
    command -v $tool >/dev/null || {
        echo "no $tool on this machine"
        exit 77
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "$*"
    exit 1
}

cat >others.stage <<'END_OF_SCRIPT'
# datagrams in fragments, errors that quote, urgent data: over IPv6
require private
server: u = socket(AF_INET6, SOCK_DGRAM)
server: u.bind(('', 9000))
c1: u = socket(AF_INET6, SOCK_DGRAM)
c1: n = u.sendto(b'x' * 3000, ('server', 9000))
c1: n = u.sendto(b'nobody', ('server', 9001))
server: data, addr = u.recvfrom(4000)
wire unreachable host client SYN
c2: s = socket(AF_INET6)
c2: s.connect(('server', 8080))
expect c2.error == EHOSTUNREACH
server: ls = socket(AF_INET6)
server: ls.bind(('', 8080))
server: ls.listen(5)
wire corrupt 1 client SYN
c3: s = socket(AF_INET6)
c3: s.connect(('server', 8080))
server: conn, addr = ls.accept()
c3: n = s.send(b'!', MSG_OOB)
END_OF_SCRIPT
set -- others.stage
for name in handshake close wire_corrupt wire_duplicate wire_mtu \
    wire_unreachable ipv6 udp_refused udp_faults udp_large reset; do
    set -- "$@" "$here/$name.stage"
done
for name in handshake retransmission udp ipv6; do
    set -- "$@" "$lessons/$name.stage"
done
code=0
"$SOCKSTAGE" run --pcap live.pcap --record kept.jsonl --payload "$@" \
    >log 2>err || code=$?
[ $code -ne 77 ] || exit 77
[ $code -eq 0 ] || {
    cat log err
    exit 1
}
grep -q '^SKIP' log && exit 77

# ---- with the packets -------------------------------------------------------

"$SOCKSTAGE" export pcap kept.jsonl >exported.pcap 2>err
[ ! -s err ] || fail "standard error: $(cat err)"
cmp live.pcap exported.pcap || fail 'with --payload: not the same file'
sh "$here/pcap_agrees.sh" kept.jsonl exported.pcap

# ---- without ----------------------------------------------------------------

sed 's/,"data":"[^"]*"//' kept.jsonl >plain.jsonl
grep -q '"data"' plain.jsonl && fail 'there is payload left'
"$SOCKSTAGE" export pcap plain.jsonl -o rebuilt.pcap 2>err
[ "$(wc -l <err)" -eq 1 ] || fail "not told once: $(cat err)"
grep -q 'zeros.*--payload' err || fail "not told of zeros: $(cat err)"
python3 "$here/packets_same.py" plain.jsonl live.pcap rebuilt.pcap
sh "$here/pcap_agrees.sh" plain.jsonl rebuilt.pcap

# What has no payload is whole, and nothing is told.
grep -v -e '"len":[1-9]' -e '"icmp":"' plain.jsonl >small.jsonl
"$SOCKSTAGE" export pcap small.jsonl -o small.pcap 2>err
[ ! -s err ] || fail "without payload: $(cat err)"

# ---- the loopback wire ------------------------------------------------------

cat >loopback.stage <<'END_OF_SCRIPT'
c1: s = socket()
END_OF_SCRIPT
"$SOCKSTAGE" run --wire=loopback --record loopback.jsonl loopback.stage >log
"$SOCKSTAGE" export pcap loopback.jsonl -o loopback.pcap 2>err
grep -q 'loopback' err || fail "loopback: $(cat err)"
[ "$(wc -c <loopback.pcap)" -eq 24 ] || fail 'loopback: packets'
