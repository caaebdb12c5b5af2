#!/bin/sh
# Prints the script of a bulk transfer: each chunk is sent, has arrived when
# the stage has settled, and is read in one call. Usage: bulk.sh BYTES CHUNK
set -eu
cat <<'END'
require private
server: ls = socket()
server: ls.setsockopt(SOL_SOCKET, SO_RCVBUF, 4000000)
server: ls.bind(('', 8080))
server: ls.listen(1)
c1: s = socket()
c1: s.setsockopt(SOL_SOCKET, SO_SNDBUF, 4000000)
c1: s.connect(('server', 8080))
server: conn, addr = ls.accept()
END
left=$1
while [ "$left" -gt 0 ]; do
    size=$(($2 < left ? $2 : left))
    left=$((left - size))
    echo "c1: n = s.send(b'x' * $size)"
    echo "server: m = conn.recv(4000000)"
done
# Early chunks may not have fitted into a window still small.
cat <<'END'
c1: s.shutdown(SHUT_WR)
repeat 20 server: m = conn.recv(4000000)
expect server.m == b''
END
