/* The link under test, its loop and its far ends. */
#include "wire_fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The log: "+1 SYN" for a segment that entered, "1 held" for a verdict. */
static void entered(
    void *ctx, const struct segment *s, const uint8_t *packet, size_t len)
{
    struct fixture *f = ctx;
    struct segment again;
    char name[64];

    assert_true(segment_decode(packet, len, &again));
    assert_int_equal(again.packet_len, s->packet_len);
    f->entered_ns = s->t_ns;
    str_addf(&f->log, "%s+%ju %s%s", f->log.len ? ", " : "", (uintmax_t)s->id,
        segment_format_name(s, name, sizeof name),
        s->from_router ? " router" : "");
}

static void copied(void *ctx, const struct segment *s)
{
    struct fixture *f = ctx;

    str_addf(&f->log, ", %ju copied", (uintmax_t)s->id);
}

static void verdict(void *ctx, const struct segment *s, enum verdict v)
{
    struct fixture *f = ctx;
    void (*action)(struct fixture *, const struct segment *) = f->on_verdict;

    f->verdict_ns = clock_now_ns();
    str_addf(&f->log, "%s%ju %s", f->log.len ? ", " : "", (uintmax_t)s->id,
        verdict_name(v));
    f->on_verdict = NULL;
    if (action)
        action(f, s);
}

/* The connection c1.s is the one whose client has port 40001. */
static bool of_socket(
    void *ctx, const struct segment *s, const char *process, const char *socket)
{
    (void)ctx;
    return strcmp(process, "c1") == 0 && strcmp(socket, "s") == 0 &&
           (s->src.port == 40001 || s->dst.port == 40001);
}

static void failed(void *ctx, const struct err *e)
{
    struct fixture *f = ctx;

    assert_int_not_equal(e->code, 0);
    assert_non_null(strstr(e->msg, "server"));
    f->failures++;
}

const struct link_events wire_events = {
    .entered = entered,
    .verdict = verdict,
    .copied = copied,
    .of_socket = of_socket,
    .failed = failed,
};

static int setup_type(void **state, int type, size_t header_len)
{
    static struct fixture f;
    struct link_port ports[HOST_COUNT] = {0};
    struct err e;

    signal(SIGPIPE, SIG_IGN); /* as the program does */
    f = (struct fixture){0};
    assert_int_equal(uv_loop_init(&f.loop), 0);
    for (int i = 0; i < HOST_COUNT; i++) {
        int pair[2];
        assert_int_equal(
            socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair),
            0);
        f.far[i] = pair[0];
        f.near[i] = pair[1];
        ports[i].fd = pair[1];
        ports[i].header_len = header_len;
        memset(ports[i].header, 'A' + i, header_len);
    }
    assert_int_equal(link_open(&f.loop, &ports[HOST_CLIENT],
                         &ports[HOST_SERVER], &wire_events, &f, &f.link, &e),
        0);
    *state = &f;
    return 0;
}

int wire_setup(void **state)
{
    return setup_type(state, SOCK_SEQPACKET, 0);
}

int wire_setup_dgram(void **state)
{
    return setup_type(state, SOCK_DGRAM, 0);
}

int wire_setup_header(void **state)
{
    return setup_type(state, SOCK_SEQPACKET, WIRE_HEADER_BYTES);
}

static void on_closed(void *ctx)
{
    struct fixture *f = ctx;

    f->closed = true;
}

/* What is still on the wire is freed without a word. */
int wire_teardown(void **state)
{
    struct fixture *f = *state;

    str_clear(&f->log);
    link_close(f->link, on_closed, f);
    assert_false(f->closed);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_true(f->closed);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    assert_string_equal(str_text(&f->log), "");
    str_done(&f->log);
    for (int i = 0; i < HOST_COUNT; i++) {
        if (f->far[i] >= 0)
            close(f->far[i]);
        close(f->near[i]);
    }
    return 0;
}

void order_next(struct fixture *f, enum wire_word word, uint32_t count,
    const struct pattern *p)
{
    struct wire_order order = {.word = word, .count = count};

    if (p)
        order.pattern = *p;
    assert_true(link_order(f->link, &order));
}

void set_delay(struct fixture *f, unsigned sides, uint64_t delay_ns)
{
    const struct wire_order order = {
        .word = WIRE_DELAY, .sides = sides, .delay_ns = delay_ns};

    assert_true(link_order(f->link, &order));
}

void write_far(
    struct fixture *f, enum host from, const uint8_t *packet, size_t len)
{
    assert_int_equal(write(f->far[from], packet, len), len);
}

/* Puts a segment with relative numbers (ISN 1000 and 2000) on the wire. */
void put(struct fixture *f, enum host from, uint8_t flags, uint32_t seq,
    uint32_t ack, size_t len)
{
    uint8_t packet[PACKETS_MAX];
    bool client = from == HOST_CLIENT;
    struct packet_spec spec = {
        .from_server = !client,
        .flags = flags,
        .seq = (client ? 1000 : 2000) + seq,
        .ack = flags & ACK ? (client ? 2000 : 1000) + ack : 0,
        .payload_len = len,
    };

    write_far(f, from, packet, packets_tcp(&spec, packet));
}

void pump(struct fixture *f)
{
    while (link_pump(f->link))
        ;
}

void put_client(
    struct fixture *f, uint8_t flags, uint32_t seq, uint32_t ack, size_t len)
{
    put(f, HOST_CLIENT, flags, seq, ack, len);
    pump(f);
}

void put_server(
    struct fixture *f, uint8_t flags, uint32_t seq, uint32_t ack, size_t len)
{
    put(f, HOST_SERVER, flags, seq, ack, len);
    pump(f);
}

void assert_log(struct fixture *f, const char *text)
{
    assert_string_equal(str_text(&f->log), text);
    str_clear(&f->log);
}

/* What a host has received: the names of all packets that arrived. */
void assert_received(struct fixture *f, enum host host, const char *text)
{
    struct str names = STR_INIT;
    uint8_t packet[PACKETS_MAX];
    ssize_t n;

    while ((n = read(f->far[host], packet, sizeof packet)) > 0) {
        struct segment s;
        char name[64];
        assert_true(segment_decode(packet, (size_t)n, &s));
        str_addf(&names, "%s%s", names.len ? ", " : "",
            segment_format_name(&s, name, sizeof name));
    }
    assert_string_equal(str_text(&names), text);
    str_done(&names);
}

/* Ids 1 to 3, all delivered. */
void handshake(struct fixture *f)
{
    put_client(f, SYN, 0, 0, 0);
    put_server(f, SYN | ACK, 0, 1, 0);
    put_client(f, ACK, 1, 1, 0);
    str_clear(&f->log);
    assert_received(f, HOST_SERVER, "SYN, ACK");
    assert_received(f, HOST_CLIENT, "SYN+ACK");
}

void run_until_idle(struct fixture *f)
{
    while (link_delayed(f->link) > 0)
        uv_run(&f->loop, UV_RUN_ONCE);
}
