/* One block: name, address, state in colour and words, both buffers, the call
 * that its process waits in, and the kernel's timer.
 *
 * |> c1.s  :34254 -> server:8080       |
 * |   ESTABLISHED                      |
 * |  send ####====    no ACK yet 1000  |
 * |  recv ##........  to read 250      | */
#include "block.h"

#include "words.h"

#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define INDENT 1

int block_badge_width(const struct draw *d, const struct model_sock *s)
{
    return canvas_width(d->cv, state_name(s->proto, s->state)) + 2;
}

void block_badge(struct draw *d, struct pen *p, const struct model_sock *s)
{
    enum theme_key style = words_state_badge(s);
    bool boxed = d->cv->colour && !d->cv->ascii;
    bool tight = block_badge_width(d, s) > pen_room(p);

    if (draw_is_fresh(d, s->state_changed_ns) && s->owner_count > 0)
        style = THEME_CHANGED;
    pen_textf(p, style,
        tight   ? "%s"
        : boxed ? " %s "
                : "[%s]",
        state_name(s->proto, s->state));
}

void block_fit2(struct pen *p, enum theme_key style, const char *longer,
    const char *shorter)
{
    bool fits = canvas_width(p->cv, longer) <= pen_room(p);

    pen_fit(p, style, fits ? longer : shorter, pen_room(p));
}

void block_parked(struct draw *d, struct pen *p, const char *process)
{
    const struct model_process *mp = model_process(d->m->model, process);
    const struct model_call *call =
        mp && mp->parked_call ? model_call(d->m->model, mp->parked_call) : NULL;
    char longer[WORDS_MAX];
    char shorter[WORDS_MAX];
    char time[32];

    if (!call)
        return;
    uint64_t since = d->m->now_ns > call->t_ns ? d->m->now_ns - call->t_ns : 0;
    words_duration(since, time, sizeof time);
    bool other = mp->host == HOST_SERVER && call->socket;
    snprintf(longer, sizeof longer, _("◴ waiting in %s%s%s() %s"),
        other ? call->socket : "", other ? "." : "", call->name, time);
    snprintf(shorter, sizeof shorter, "◴ %s() %s", call->name, time);
    block_fit2(p, THEME_WAITING, longer, shorter);
    d->ticking = d->ticking || !d->measuring;
}

static bool has_parked(struct draw *d, const struct block *b)
{
    const struct model_process *p = model_process(d->m->model, b->process);

    return b->shows_call && p && p->parked_call &&
           model_call(d->m->model, p->parked_call);
}

void block_timer(struct draw *d, struct pen *p, const struct model_sock *s)
{
    const char *what = model_timer_words(s);
    char longer[WORDS_MAX];
    char shorter[WORDS_MAX];
    char time[32];

    if (!what)
        return;
    words_duration(
        s->timer_at_ns > d->m->now_ns ? s->timer_at_ns - d->m->now_ns : 0, time,
        sizeof time);
    snprintf(longer, sizeof longer, _("%s in %s"), what, time);
    snprintf(shorter, sizeof shorter,
        s->timer == SOCK_TIMER_TIMEWAIT ? _("forgotten in %s")
                                        : _("again in %s"),
        time);
    pen_newline(p, INDENT);
    block_fit2(p, THEME_TIMER, longer, shorter);
    d->ticking = d->ticking || !d->measuring;
}

/* A meter of `width` cells: the first part, the second part, and the rest.
 * Anything above nothing shows at least one cell. Without colours the parts
 * differ by their symbols: [###==....]. */
static void meter(struct draw *d, struct pen *p, int width, uint64_t first,
    uint64_t second, uint64_t limit, enum theme_key style)
{
    bool plain = !d->cv->colour || d->cv->ascii;
    const char *cell = d->cv->large ? "█" : "▆";
    int inner = plain ? width - 2 : width;
    if (p->clip.w < 24)
        return; /* the numbers need the room */
    uint64_t all = first + second;

    if (limit < all)
        limit = all;
    int full = limit ? (int)((all * (uint64_t)inner + limit - 1) / limit) : 0;
    int head = all ? (int)((uint64_t)full * first / all) : 0;
    if (first && !head)
        head = 1;
    if (plain)
        pen_text(p, THEME_DIM, "[");
    pen_repeat(p, style, plain ? "█" : cell, head);
    pen_repeat(p, THEME_METER_UNSENT, plain ? "▒" : cell, full - head);
    pen_repeat(p, THEME_METER_EMPTY, plain ? "░" : cell, inner - full);
    if (plain)
        pen_text(p, THEME_DIM, "]");
}

static bool narrow(const struct pen *p)
{
    return p->clip.w < 36;
}

/* Whether name and state have a line each, and the words are long. */
static bool is_full(const struct pen *p, enum density density)
{
    return density >= DENSITY_FULL && !narrow(p);
}

/* For the last row of a hall what is in a buffer has a line of its own, and
 * the words stand below it. */
static bool has_own_line(
    const struct pen *p, uint32_t bytes, enum density density)
{
    return p->cv->large && bytes > 0 && density >= DENSITY_LESS;
}

#define METER_MAX 40

static int meter_width(const struct pen *p, bool own_line)
{
    int room = pen_room(p) - 1;

    if (own_line)
        return room < METER_MAX ? room : METER_MAX;
    return p->clip.w >= 60 ? 16 : p->clip.w >= 36 ? 8 : 6;
}

#define BUFFER_WHEN_UNKNOWN 16384 /* a scale where the kernel gave none */

static void behind_meter(struct pen *p, bool own_line, int start)
{
    if (own_line)
        pen_newline(p, start);
    else
        pen_text(p, THEME_DIM, " ");
}

static void send_line(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density)
{
    uint32_t unsent = s->unsent < s->send_buffer ? s->unsent : s->send_buffer;
    uint32_t flight = s->send_buffer - unsent;
    char longer[WORDS_MAX];
    char shorter[WORDS_MAX];

    if (s->send_buffer == 0 && density < DENSITY_LESS)
        return;
    pen_newline(p, INDENT);
    bool fresh = draw_is_fresh(d, s->send_changed_ns);
    pen_text(
        p, fresh ? THEME_CHANGED : THEME_DIM, p->clip.w < 24 ? "" : _("send "));
    bool own_line = has_own_line(p, s->send_buffer, density);
    int start = p->x;
    meter(d, p, meter_width(p, own_line), flight, unsent,
        s->has_mem ? s->sndbuf : BUFFER_WHEN_UNKNOWN, THEME_METER_FLIGHT);
    behind_meter(p, own_line, start);
    if (s->send_buffer == 0) {
        pen_fit(p, THEME_DIM, narrow(p) ? _("empty") : _("nothing unconfirmed"),
            pen_room(p));
        return;
    }
    int column = p->x;
    if (flight || !unsent) {
        snprintf(longer, sizeof longer, _("no ACK yet %u"), flight);
        snprintf(shorter, sizeof shorter, _("no ACK %u"), flight);
        block_fit2(p, THEME_BYTES_FLIGHT, longer, shorter);
    }
    if (!unsent)
        return;
    snprintf(longer, sizeof longer,
        flight ? _(" · waiting %u") : _("waiting %u"), unsent);
    if (canvas_width(p->cv, longer) <= pen_room(p)) {
        pen_text(p, THEME_BYTES_UNSENT, longer);
        return;
    }
    snprintf(longer, sizeof longer, _("waiting %u"), unsent);
    pen_newline(p, column);
    pen_fit(p, THEME_BYTES_UNSENT, longer, pen_room(p));
}

static void recv_line(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density)
{
    char text[WORDS_MAX];

    if (s->recv_buffer == 0 && density < DENSITY_LESS)
        return;
    pen_newline(p, INDENT);
    bool fresh = draw_is_fresh(d, s->recv_changed_ns);
    pen_text(p, fresh ? THEME_CHANGED : THEME_DIM, _("recv "));
    bool own_line = has_own_line(p, s->recv_buffer, density);
    int start = p->x;
    meter(d, p, meter_width(p, own_line), s->recv_buffer, 0,
        s->has_mem ? s->rcvbuf : 8 * BUFFER_WHEN_UNKNOWN, THEME_METER_RECV);
    behind_meter(p, own_line, start);
    if (s->recv_buffer == 0) {
        pen_fit(p, THEME_DIM, narrow(p) ? _("empty") : _("nothing to read"),
            pen_room(p));
        return;
    }
    snprintf(text, sizeof text, _("to read %u"), s->recv_buffer);
    pen_fit(p, THEME_BYTES_RECV, text, pen_room(p));
    if (s->has_mem && is_full(p, density)) {
        snprintf(text, sizeof text, _(" of %u"), s->rcvbuf);
        if (canvas_width(p->cv, text) <= pen_room(p))
            pen_text(p, THEME_DIM, text);
    }
}

/* A datagram socket has no stream to measure: the size of the next datagram is
 * what recvfrom() would give, and the limit counts the memory of all. */
static void datagram_lines(struct draw *d, struct pen *p,
    const struct model_sock *s, enum density density)
{
    bool fresh = draw_is_fresh(d, s->recv_changed_ns);
    char longer[WORDS_MAX];
    char shorter[WORDS_MAX];

    if (s->recv_memory == 0 && density < DENSITY_LESS)
        return;
    pen_newline(p, INDENT);
    pen_text(p, fresh ? THEME_CHANGED : THEME_DIM, _("recv "));
    meter(d, p, meter_width(p, false), s->recv_memory, 0,
        s->has_mem ? s->rcvbuf : 8 * BUFFER_WHEN_UNKNOWN, THEME_METER_RECV);
    pen_text(p, THEME_DIM, " ");
    if (s->recv_memory == 0) {
        pen_fit(p, THEME_DIM, narrow(p) ? _("empty") : _("nothing to read"),
            pen_room(p));
        return;
    }
    snprintf(
        longer, sizeof longer, _("next datagram %u bytes"), s->recv_buffer);
    snprintf(shorter, sizeof shorter, _("next %u"), s->recv_buffer);
    block_fit2(p, THEME_BYTES_RECV, longer, shorter);
    snprintf(
        longer, sizeof longer, _("%u bytes of memory queued"), s->recv_memory);
    snprintf(shorter, sizeof shorter, _("memory %u"), s->recv_memory);
    pen_newline(p, INDENT);
    block_fit2(p, THEME_DIM, longer, shorter);
}

/* What arrived and was thrown away is told as long as the socket lives. */
static void ignored_line(struct pen *p, const struct model_sock *s)
{
    char longer[WORDS_MAX];
    char shorter[WORDS_MAX];

    if (s->ignored == 0)
        return;
    snprintf(
        longer, sizeof longer, _("datagrams ignored so far %u"), s->ignored);
    snprintf(shorter, sizeof shorter, _("%u ignored"), s->ignored);
    pen_newline(p, INDENT);
    block_fit2(p, THEME_FULL, longer, shorter);
}

static bool has_buffers(const struct model_sock *s)
{
    if (s->send_buffer || s->recv_buffer)
        return true;
    switch (s->state) {
    case TCP_STATE_ESTABLISHED:
    case TCP_STATE_CLOSE_WAIT:
    case TCP_STATE_FIN_WAIT_1:
    case TCP_STATE_FIN_WAIT_2:
        return s->owner_count > 0;
    default:
        return false;
    }
}

/* Where it is and whom it speaks to. */
static void address_text(
    struct draw *d, const struct model_sock *s, bool full, char out[WORDS_MAX])
{
    const struct model *m = d->m->model;
    char local[WORDS_MAX];
    char peer[WORDS_MAX];

    out[0] = '\0';
    if (s->is_listener || (!s->peer.family && s->local.port)) {
        model_address_words(m, &s->local, out);
    } else if (s->peer.family && s->host == HOST_SERVER) {
        model_client_words(m, s, peer);
        addr_format(&s->peer, local);
        snprintf(out, WORDS_MAX, full ? "%.64s · %.64s" : "%.64s", peer, local);
    } else if (s->local.port && !full) {
        snprintf(out, WORDS_MAX, ":%u", s->local.port);
    } else if (s->local.port) {
        model_address_words(m, &s->peer, peer);
        snprintf(out, WORDS_MAX, ":%u → %.100s", s->local.port, peer);
    }
}

/* Name, address and badge; in one line where it is narrow. */
static void head_lines(struct draw *d, struct pen *p, const struct block *b,
    const struct model_sock *s, enum density density)
{
    char address[WORDS_MAX];
    int badge = block_badge_width(d, s);
    bool one_line = !is_full(p, density) || s->is_listener;
    bool orphan = b->kind == BLOCK_ORPHAN;

    pen_go(p, INDENT);
    bool fresh = draw_is_fresh(d, s->changed_ns) && !orphan && !d->many_fresh;
    /* In the narrowest column the badge does without its edges. */
    int label = pen_room(p) - (one_line ? badge + 1 : 0);
    if (canvas_width(d->cv, b->label) > label && p->clip.w < 24)
        label += 2;
    pen_fit(p,
        orphan  ? THEME_DIM
        : fresh ? THEME_CHANGED
                : THEME_NAME,
        b->label, label);
    pen_text(p, THEME_DIM, " ");
    address_text(d, s, is_full(p, density), address);
    if (orphan)
        address[0] = '\0';
    int width = canvas_width(d->cv, address);
    if (width && (!one_line || width + 1 + badge <= pen_room(p))) {
        pen_fit(p, THEME_ADDRESS, address, pen_room(p));
        pen_text(p, THEME_DIM, " ");
    }
    if (!one_line && width)
        pen_newline(p, INDENT);
    block_badge(d, p, s);
}

static void words_line(struct draw *d, struct pen *p,
    const struct model_sock *s, enum density density)
{
    const char *words = model_state_words(d->m->model, s, false);
    const char *brief = model_state_words(d->m->model, s, true);

    if (*words == '\0')
        return;
    if (canvas_width(d->cv, words) + 1 <= pen_room(p)) {
        pen_text(p, THEME_DIM, " ");
        pen_text(p, words_state_style(s), words);
        return;
    }
    if (density == DENSITY_LEAST &&
        state_class(s->proto, s->state) != CLASS_HALF_CLOSED)
        return;
    pen_newline(p, INDENT);
    block_fit2(p, words_state_style(s), words, brief);
}

/* Only the kernel has it: one dim line, with the time that is left. */
static void orphan_line(struct draw *d, struct pen *p, const struct block *b,
    const struct model_sock *s)
{
    head_lines(d, p, b, s, DENSITY_LEAST);
    if (s->timer == SOCK_TIMER_TIMEWAIT) {
        char time[32];
        char longer[WORDS_MAX];
        char shorter[WORDS_MAX];
        words_duration(
            s->timer_at_ns > d->m->now_ns ? s->timer_at_ns - d->m->now_ns : 0,
            time, sizeof time);
        snprintf(longer, sizeof longer, _(" kernel, %s more"), time);
        snprintf(shorter, sizeof shorter, " %s", time);
        block_fit2(p, THEME_TIMER, longer, shorter);
        d->ticking = d->ticking || !d->measuring;
        return;
    }
    words_line(d, p, s, DENSITY_LESS);
    if (s->send_buffer)
        send_line(d, p, s, DENSITY_LEAST);
    block_timer(d, p, s);
}

static void sock_lines(struct draw *d, struct pen *p, const struct block *b,
    const struct model_sock *s, enum density density)
{
    head_lines(d, p, b, s, density);
    if (s->is_listener) {
        listener_draw(d, p, s, density);
        block_detail(d, p, s, density);
        return;
    }
    words_line(d, p, s, density);
    if (s->proto == IPPROTO_UDP) {
        datagram_lines(d, p, s, density);
        ignored_line(p, s);
    } else if (has_buffers(s)) {
        send_line(d, p, s, density);
        recv_line(d, p, s, density);
    }
    if (has_parked(d, b)) {
        pen_newline(p, INDENT);
        block_parked(d, p, b->process);
    }
    /* Of a connection that goes well the timer says nothing new, and a running
     * time on the screen keeps the program awake. */
    bool brief = density == DENSITY_LEAST || d->cv->large;
    if (!brief || s->state != TCP_STATE_ESTABLISHED)
        block_timer(d, p, s);
    block_detail(d, p, s, density);
}

/* The keys that select its column, and its menu there: "→ Enter". */
static void add_way(const struct draw *d, const struct block *b, struct str *s)
{
    const struct moment *m = d->m;
    bool server = str_equal(b->process, "server");
    enum action a = server ? ACTION_RIGHT : ACTION_LEFT;
    int columns = (int)COLUMN_SERVER - (int)m->ui->sel.column;

    if (!server)
        columns = (int)m->ui->sel.column - (int)COLUMN_CLIENTS;
    if (columns == 2 && model_segment_count(m->model) == 0)
        columns = 1; /* the empty wire is skipped */
    for (; columns > 0; columns--) {
        bool plain = keymap_first(m->keys, a) ==
                     (server ? KEY_CODE_RIGHT : KEY_CODE_LEFT);
        str_addf(s, "%s ", !plain ? ui_key(m, a).text : server ? "→" : "←");
    }
    str_add(s, ui_key(m, ACTION_CALL).text);
}

/* Where nothing is on that side yet, how to begin there. */
static void new_line(struct draw *d, struct pen *p, const struct block *b)
{
    const struct moment *m = d->m;
    bool server = str_equal(b->process, "server");
    bool first = server || str_equal(b->process, "c1");
    struct str text = STR_INIT;
    struct str way = STR_INIT;

    pen_textf(p, THEME_DIM, "%s ", b->label);
    pen_fit(p, THEME_DIM, _("not there yet"), pen_room(p));
    if (!first || m->steps > 0 || !m->play || moment_is_past(m))
        return;
    add_way(d, b, &way);
    str_addf(&text, _("%s, or type %s"), str_text(&way),
        server ? "server: ls = socket()" : "c1: s = socket()");
    pen_text(p, THEME_DIM, ": ");
    if (canvas_width(d->cv, str_text(&text)) > pen_room(p))
        pen_newline(p, INDENT);
    pen_wrap(p, THEME_DIM, str_text(&text), 3);
    str_done(&text);
    str_done(&way);
}

static void process_line(struct draw *d, struct pen *p, const struct block *b)
{
    const struct model_process *mp = model_process(d->m->model, b->process);

    pen_go(p, INDENT);
    if (b->kind == BLOCK_NEW) {
        new_line(d, p, b);
        return;
    }
    pen_textf(p, THEME_NAME, "%s ", b->label);
    if (has_parked(d, b)) {
        pen_text(p, THEME_DIM, " ");
        block_parked(d, p, b->process);
    } else if (mp && mp->host == HOST_CLIENT) {
        pen_fit(p, THEME_DIM, _("holds no socket"), pen_room(p));
    }
}

int block_draw(
    struct draw *d, struct rect r, const struct block *b, enum density density)
{
    struct pen p = pen_at(d->cv, r);
    const struct model_sock *s =
        b->sock ? model_sock(d->m->model, b->sock) : NULL;

    if (b->kind == BLOCK_PROCESS || b->kind == BLOCK_NEW)
        process_line(d, &p, b);
    else if (s && b->kind == BLOCK_ORPHAN)
        orphan_line(d, &p, b, s);
    else if (s)
        sock_lines(d, &p, b, s, density);
    return p.y + 1;
}
