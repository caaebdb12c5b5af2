#!/bin/sh
# Prints a recording in which all of so many sockets are open at its end: pairs
# of a client's and the server's, some with bytes, the last tenth half open or
# waiting for accept(). Needs no kernel to be looked at.
# Usage: many.sh SOCKETS
set -u
awk -v sockets="$1" '
function line(text) { printf "{\"t\":%.9f,%s}\n", t += 0.0000001, text }
function process(name, host) {
    line(sprintf("\"event\":\"process\",\"process\":\"%s\",\"host\":\"%s\"," \
        "\"parent\":null,\"action\":\"started\"", name, host))
}
function sock(id, host, owner, state, near, far, bytes) {
    line(sprintf("\"event\":\"socket\",\"id\":%d,\"host\":\"%s\"," \
        "\"owners\":[%s],\"proto\":\"tcp\",\"local\":\"%s\",\"peer\":%s," \
        "\"state\":\"%s\",\"send_buffer\":%d,\"unsent\":0," \
        "\"recv_buffer\":0,\"sndbuf\":46080,\"rcvbuf\":131072," \
        "\"timer\":\"none\",\"info\":{\"rto\":204000,\"rtt\":120," \
        "\"snd_cwnd\":10,\"snd_mss\":1448}", id, host,
        owner == "" ? "" : "\"" owner "\"", near, far, state, bytes))
}
BEGIN {
    pairs = int((sockets - 1) / 2)
    line("\"event\":\"stage\",\"version\":1,\"opened\":0," \
        "\"wire\":\"private\",\"kernel\":\"6.1.0\",\"hosts\":{\"client\":" \
        "[\"10.0.0.2\"],\"server\":[\"10.0.0.1\"]},\"program\":\"many\"")
    process("server", "server")
    line("\"event\":\"socket\",\"id\":1,\"host\":\"server\",\"owners\":" \
        "[\"server.ls\"],\"proto\":\"tcp\",\"local\":\"0.0.0.0:8080\"," \
        "\"peer\":null,\"state\":\"LISTEN\",\"timer\":\"none\"," \
        "\"info\":{},\"accept_queue\":" int(pairs / 20) ",\"backlog\":" \
        pairs ",\"syn_queue\":" int(pairs / 20) ",\"ignored\":0")
    for (i = 1; i <= pairs; i++) {
        near = sprintf("10.0.0.%d:%d", 2 + int(i / 50000), 10000 + i % 50000)
        waits = i > pairs * 0.9
        half = i > pairs * 0.95
        process("c" i, "client")
        sock(2 * i, "client", "c" i ".s", "ESTABLISHED", near,
            "\"10.0.0.1:8080\"", i % 7 * 100)
        sock(2 * i + 1, "server", waits ? "" : "server.conn" i,
            half ? "SYN_RECEIVED" : "ESTABLISHED", "10.0.0.1:8080",
            "\"" near "\"", i % 5 * 100)
    }
}'
