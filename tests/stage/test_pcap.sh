#!/bin/sh
# Proves that --pcap writes what the journal tells: tshark reads the file of
# several scripts (handshake, lost data and its repeat, IPv6, resets, UDP, ICMP)
# and agrees on every segment's order, time, addresses, flags, numbers and
# length; folded repeats and copies are in neither.
# Needs privilege: the private wire.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for tool in tshark python3; do
    command -v $tool >/dev/null || {
        echo "no $tool on this machine"
        exit 77
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >lost.stage <<'END'
# a handshake, data whose second segment is lost, an orderly end
require private
server: ls = socket()
server: ls.bind(('', 8080))
server: ls.listen(5)
c1: s = socket()
c1: s.connect(('server', 8080))
server: conn, addr = ls.accept()
c1: n = s.send(b'x' * 1000)
wire drop 1 client DATA
c1: n = s.send(b'y' * 2500)
expect server.conn.recv_buffer == 3500
server: data = conn.recv(4096)
server: n = conn.send(b'answer')
c1: s.shutdown(SHUT_WR)
server: conn.close()
expect c1.s.state == TIME_WAIT
END
cat >six.stage <<'END'
require private
server: ls = socket(AF_INET6)
server: ls.bind(('', 8080))
server: ls.listen(5)
c1: s = socket(AF_INET6)
c1: s.connect(('server', 8080))
server: conn, addr = ls.accept()
c1: n = s.send(b'z' * 1234)
expect server.conn.recv_buffer == 1234
server: conn.close()
expect c1.s.state == CLOSED
END
cat >reset.stage <<'END'
# a refused SYN; then a SYN that is held until it has been repeated twice
require private
c1: s = socket()
c1: s.connect(('server', 8081))
expect c1.error == ECONNREFUSED
server: ls = socket()
server: ls.bind(('', 8080))
server: ls.listen(5)
wire hold
c2: s = socket()
c2: s.connect(('server', 8080))
expect c2.s.retransmits == 1 within 5s
wire release
expect c2.s.state == ESTABLISHED
server: conn, addr = ls.accept()
c2: s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack('ii', 1, 0))
c2: s.close()
expect server.conn.state == CLOSED
END
cat >others.stage <<'END'
# datagrams, one of them twice; ICMP errors of a host and of the wire
require private
server: u = socket(AF_INET, SOCK_DGRAM)
server: u.bind(('', 9000))
c1: u = socket(AF_INET, SOCK_DGRAM)
wire duplicate 1 client UDP
c1: n = u.sendto(b'twice', ('server', 9000))
c1: n = u.sendto(b'nobody', ('server', 9001))
c2: u = socket(AF_INET6, SOCK_DGRAM)
c2: n = u.sendto(b'nobody', ('server', 9001))
wire unreachable host client SYN
c3: s = socket()
c3: s.connect(('server', 8080))
expect c3.error == EHOSTUNREACH
wire corrupt 1 client SYN
c4: s = socket()
c4: s.connect(('server', 8080))
expect c4.error == ECONNREFUSED within 5s
END
code=0
"$SOCKSTAGE" run --pcap wire.pcap --record journal.jsonl \
    lost.stage six.stage reset.stage others.stage >log || code=$?
[ $code -ne 77 ] || exit 77
[ $code -eq 0 ] || {
    cat log
    exit 1
}
grep -q '"action":"coalesced"' journal.jsonl
grep -q '"action":"duplicated"' journal.jsonl
sh "$here/pcap_agrees.sh" journal.jsonl wire.pcap

# A full disk is told once, and the script goes on to its end.
if [ -e /dev/full ]; then
    code=0
    "$SOCKSTAGE" run --pcap /dev/full six.stage >log 2>err || code=$?
    [ $code -eq 3 ]
    grep -q '^PASS six.stage' log
    [ "$(grep -c ENOSPC err)" -eq 1 ]
fi
# A file that can't be made stops everything before it begins.
code=0
"$SOCKSTAGE" run --pcap nowhere/wire.pcap six.stage >log 2>err || code=$?
[ $code -eq 3 ] && [ ! -s log ]
grep -q 'nowhere/wire.pcap: ENOENT' err
