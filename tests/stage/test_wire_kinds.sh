#!/bin/sh
# Proves that the journal tells what makes a segment come again: a timer, three
# duplicate ACKs, a closed window, keep-alive. Needs privilege: the private
# wire.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# play FAMILY: a script from standard input, behind a connection
play() {
    {
        cat <<END
require private
server: ls = socket($1)
server: ls.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
server: ls.bind(('', 8080))
server: ls.listen(5)
c1: s = socket($1)
c1: s.connect(('server', 8080))
server: conn, addr = ls.accept()
END
        cat
    } >kinds.stage
    code=0
    "$SOCKSTAGE" run --format=jsonl kinds.stage >journal || code=$?
    [ $code -ne 77 ] || exit 77
    [ $code -eq 0 ] || {
        grep '"ok":false' journal
        exit 1
    }
}

# kinds LIST: of the repeats, probes and duplicate ACKs, in their order
kinds() {
    found=$(sed -n 's/.*"event":"segment".*"kind":"\([^"]*\)".*/\1/p' journal |
        uniq | tr '\n' ,)
    [ "$found" = "$1" ] || {
        echo "expected $1 and found $found"
        exit 1
    }
}

for family in AF_INET AF_INET6; do
    # nothing answers: the timer
    play $family <<END
wire drop client DATA
c1: s.send(b'hello')
expect server.conn.recv_buffer == 5
END
    kinds timeout,

    # the SYN and the SYN+ACK have timers of their own
    play $family <<END
wire drop client SYN
wire drop server SYN+ACK
c2: s = socket($family)
c2: s.connect(('server', 8080))
expect c2.s.state == ESTABLISHED within 10s
END
    kinds timeout,

    # what comes behind the lost one is answered
    play $family <<END
wire drop client DATA
c1: s.send(b'x' * 4000)
expect server.conn.recv_buffer == 4000
expect c1.s.send_buffer == 0
END
    kinds 'duplicate ACK,fast retransmit,'

    # the window is closed
    play $family <<END
c1: s.send(b'x' * 5000)
expect c1.s.timer == persist
expect wire ..., client PROBE
END
    kinds 'window probe,'

    # nothing to send for a second
    play $family <<END
c1: s.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
c1: s.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 1)
expect wire ..., client PROBE within 5s
END
    kinds 'keep-alive,'
done
