/* What the levels of detail add to a socket: the numbers of TCP, then those
 * that only the kernel has; as many in a line as fit, each with its unit.
 *
 * |  rtt 200 ms  rto 402 ms  cwnd 10 segments  |
 * |  snd_wnd 64240 bytes  mss 1448 bytes       | */
#include "block.h"
#include "words.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define INDENT 1

/* Rows of info.def, in the order in which they are read, and what `expect`
 * calls them. */
static const struct shown_row {
    const char *row, *name;
    bool zero; /* shown as well: a closed window is one of 0 bytes */
} tcp_rows[] = {{"rtt", "rtt", false}, {"rto", "rto", false},
    {"snd_cwnd", "cwnd", true}, {"snd_wnd", "snd_wnd", true},
    {"snd_mss", "mss", false}, {"rcv_wnd", "rcv_wnd", true},
    {"snd_ssthresh", "ssthresh", false}, {"unacked", "unacked", false},
    {"retrans", "retrans", false}, {"rttvar", "rttvar", false}};
static const char *const kernel_rows[] = {"backoff", "total_retrans", "lost",
    "sacked", "rcv_mss", "pmtu", "rcv_space", "bytes_sent", "bytes_acked",
    "bytes_received", "segs_out", "segs_in", "notsent_bytes", "pacing_rate",
    "delivery_rate", "min_rtt", "ato"};

/* Lines being filled, `room` more; what goes beyond them is left out. */
struct filling {
    struct pen *p;
    int room;
    bool begun;
};

static void put(struct filling *f, const char *text)
{
    int width = canvas_width(f->p->cv, text);

    bool next = !f->begun || width + 2 > pen_room(f->p);
    if (next && f->room == 0)
        return;
    if (next)
        pen_newline(f->p, INDENT);
    else
        pen_text(f->p, THEME_DIM, "  ");
    f->room -= next;
    f->begun = true;
    pen_fit(f->p, THEME_DIM, text, pen_room(f->p));
}

/* As the kernel's without an upper limit: not known yet. */
#define INFINITE_SSTHRESH UINT64_C(0x7fffffff)

/* Of a connection that does not exist yet, or no more, no number is shown that
 * nobody has set. */
static bool has_connection(const struct model_sock *s)
{
    return s->state != TCP_STATE_SYN_SENT && s->state != TCP_STATE_CLOSED;
}

/* "12 ms", "1.5 ms", "45 µs". */
static void put_time(struct filling *f, const char *name, uint64_t us)
{
    char text[WORDS_MAX];

    if (us >= 100000)
        snprintf(text, sizeof text, "%s %" PRIu64 " ms", name, us / 1000);
    else if (us >= 1000)
        snprintf(text, sizeof text, "%s %" PRIu64 ".%" PRIu64 " ms", name,
            us / 1000, us % 1000 / 100);
    else
        snprintf(text, sizeof text, "%s %" PRIu64 " µs", name, us);
    put(f, text);
}

static void put_row(struct filling *f, const struct model_sock *s,
    const char *row_name, const char *name, bool zero)
{
    char text[WORDS_MAX];
    size_t i = 0;

    while (strcmp(info_field_at(i)->name, row_name) != 0)
        i++;
    const struct info_field *row = info_field_at(i);
    uint64_t value = info_field_get(&s->info, i);
    if (!info_field_known(s, i) || value == INFINITE_SSTHRESH ||
        (value == 0 && !(zero && has_connection(s))))
        return;
    if (strcmp(row->unit, "us") == 0) {
        put_time(f, name, value);
        return;
    }
    snprintf(text, sizeof text, "%s %" PRIu64 "%s%s", name, value,
        row->unit[0] ? " " : "", words_unit(row->unit, value));
    put(f, text);
}

static void put_bytes(struct filling *f, const char *name, uint32_t value)
{
    char text[WORDS_MAX];

    snprintf(
        text, sizeof text, "%s %u %s", name, value, words_unit("bytes", value));
    put(f, text);
}

static void put_kernel(struct filling *f, const struct model_sock *s)
{
    char text[WORDS_MAX];

    snprintf(text, sizeof text, "cookie %" PRIu64, s->id);
    put(f, text);
    if (s->has_mem) {
        put_bytes(f, "sndbuf", s->sndbuf);
        put_bytes(f, "rcvbuf", s->rcvbuf);
    }
    if (s->recv_memory)
        put_bytes(f, "rmem_alloc", s->recv_memory);
    if (s->ignored && !s->is_listener) {
        snprintf(text, sizeof text,
            ngettext("drops %u datagram", "drops %u datagrams", s->ignored),
            s->ignored);
        put(f, text);
    }
    for (size_t i = 0; i < ARRAY_LEN(kernel_rows); i++)
        put_row(f, s, kernel_rows[i], kernel_rows[i], false);
}

void block_detail(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density)
{
    bool kernel = draw_detail(d) >= DETAIL_KERNEL;
    int room = density == DENSITY_DETAIL ? 100 : d->number_lines;
    int own = kernel ? (room + 1) / 2 : room; /* of TCP's */
    struct filling f = {p, own, false};
    char text[WORDS_MAX];

    if (density < DENSITY_NUMBERS)
        return;
    if (s->proto == IPPROTO_TCP && !s->is_listener) {
        for (size_t i = 0; i < ARRAY_LEN(tcp_rows); i++)
            put_row(&f, s, tcp_rows[i].row, tcp_rows[i].name, tcp_rows[i].zero);
    }
    if (s->timer_retrans) {
        snprintf(text, sizeof text,
            ngettext("sent again %u time so far", "sent again %u times so far",
                s->timer_retrans),
            s->timer_retrans);
        put(&f, text);
    }
    f.room += room - own;
    if (kernel)
        put_kernel(&f, s);
}
