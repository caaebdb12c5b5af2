/* What no program can beat: the bulk transfer of bulk.sh between the same two
 * hosts, in one thread too, by a loop that only copies packets from one TUN
 * descriptor to the other and looks at nothing.
 * Usage: bench_bare BYTES CHUNK_BYTES */
#include "sockstage/kernel/hosts.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT         8080
#define BUFFER_BYTES 4000000 /* as bulk.sh sets them */

struct bare {
    struct hosts *hosts;
    int listener, sender, receiver;
    size_t size, chunk; /* to send in all, and at once */
    char *data;         /* BUFFER_BYTES */
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* Copies until nothing comes any more, as the stage does between two lines. */
static void settle(const struct bare *b)
{
    static char packet[65536];
    int moved;

    do {
        moved = 0;
        for (int h = 0; h < HOST_COUNT; h++) {
            int from = hosts_wire_fd(b->hosts, (enum host)h);
            int to = hosts_wire_fd(b->hosts, host_other((enum host)h));

            for (int i = 0; i < 64; i++) {
                ssize_t n = read(from, packet, sizeof packet);
                if (n <= 0)
                    break;
                if (write(to, packet, (size_t)n) != n)
                    die("write to the wire");
                moved++;
            }
        }
    } while (moved);
}

static int open_socket(struct bare *b, enum host host, int option)
{
    int bytes = BUFFER_BYTES, fd;
    struct err e;

    if (hosts_enter(b->hosts, host, &e) < 0) {
        fprintf(stderr, "bench_bare: %s\n", e.msg);
        exit(1);
    }
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof bytes) < 0)
        die("socket");
    return fd;
}

static void connect_both(struct bare *b)
{
    struct sockaddr_storage to;
    struct addr server;
    socklen_t len;

    if (!addr_parse("10.0.0.1", PORT, &server))
        exit(1);
    len = addr_to_sockaddr(&server, &to);
    b->listener = open_socket(b, HOST_SERVER, SO_RCVBUF);
    if (bind(b->listener, (struct sockaddr *)&to, len) < 0 ||
        listen(b->listener, 1) < 0)
        die("listen");
    b->sender = open_socket(b, HOST_CLIENT, SO_SNDBUF);
    if (connect(b->sender, (struct sockaddr *)&to, len) == 0 ||
        errno != EINPROGRESS)
        die("connect");
    settle(b);
    b->receiver = accept4(b->listener, NULL, NULL, SOCK_NONBLOCK);
    if (b->receiver < 0)
        die("accept");
}

static size_t send_some(const struct bare *b, size_t most)
{
    ssize_t n = send(b->sender, b->data, most, 0);

    if (n >= 0)
        return (size_t)n;
    if (errno != EAGAIN)
        die("send");
    return 0;
}

static size_t receive_some(const struct bare *b)
{
    ssize_t n = recv(b->receiver, b->data, BUFFER_BYTES, 0);

    if (n >= 0)
        return (size_t)n;
    if (errno != EAGAIN)
        die("recv");
    return 0;
}

static void transfer(const struct bare *b)
{
    size_t sent = 0, due = 0, received = 0;

    while (received < b->size) {
        if (sent == due)
            due += b->chunk < b->size - due ? b->chunk : b->size - due;
        sent += send_some(b, due - sent);
        settle(b);
        received += receive_some(b);
        settle(b);
    }
}

int main(int argc, char **argv)
{
    struct bare b = {0};
    struct err e;

    if (argc == 3) {
        b.size = strtoull(argv[1], NULL, 10);
        b.chunk = strtoull(argv[2], NULL, 10);
    }
    if (b.size == 0 || b.chunk == 0 || b.chunk > BUFFER_BYTES) {
        fputs("usage: bench_bare BYTES CHUNK_BYTES\n", stderr);
        return 2;
    }
    b.data = calloc(1, BUFFER_BYTES);
    if (!b.data)
        die("memory");
    if (hosts_open(HOSTS_PRIVATE, &b.hosts, &e) < 0) {
        fprintf(stderr, "bench_bare: %s\n", e.msg);
        return 1;
    }
    connect_both(&b);
    transfer(&b);
    close(b.sender);
    close(b.receiver);
    close(b.listener);
    hosts_close(b.hosts);
    free(b.data);
    return 0;
}
