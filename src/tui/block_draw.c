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
#include "sockstage/calls/call.h"

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
    char text[WORDS_MAX];
    char shorter[WORDS_MAX];
    char time[32];

    if (!call)
        return;
    uint64_t since = d->m->now_ns > call->t_ns ? d->m->now_ns - call->t_ns : 0;
    words_duration(since, time, sizeof time);
    /* os.read() is no method of the socket that it reads from. */
    bool other = mp->host == HOST_SERVER && call->socket &&
                 call_find(CALL_ON_SOCKET, call->name);
    const char *socket = other ? call->socket : "";
    const char *dot = other ? "." : "";
    snprintf(longer, sizeof longer, _("◴ waiting in %s%s%s() %s"), socket, dot,
        call->name, time);
    snprintf(text, sizeof text, "◴ %s%s%s() %s", socket, dot, call->name, time);
    snprintf(shorter, sizeof shorter, "◴ %s() %s", call->name, time);
    bool fits = canvas_width(p->cv, longer) <= pen_room(p);
    block_fit2(p, THEME_WAITING, fits ? longer : text, shorter);
    d->ticking = d->ticking || !d->measuring;
}

static bool has_parked(struct draw *d, const struct block *b)
{
    const struct model_process *p = model_process(d->m->model, b->process);

    return b->shows_call && p && p->parked_call &&
           model_call(d->m->model, p->parked_call);
}

/* The first question of a timer that asks is no repetition. */
static const char *timer_brief(const struct model_sock *s)
{
    if (s->timer == SOCK_TIMER_TIMEWAIT)
        return _("forgotten in %s");
    if (model_waits_for_fin(s))
        return _("given up in %s");
    if (s->timer == SOCK_TIMER_KEEPALIVE || s->timer == SOCK_TIMER_PERSIST)
        return _("asks in %s");
    return _("again in %s");
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
    snprintf(shorter, sizeof shorter, timer_brief(s), time);
    pen_newline(p, INDENT);
    block_fit2(p, THEME_TIMER, longer, shorter);
    d->ticking = d->ticking || !d->measuring;
}

bool block_narrow(const struct pen *p)
{
    return p->clip.w < 36;
}

bool block_is_full(const struct pen *p, enum density density)
{
    return density >= DENSITY_FULL && !block_narrow(p);
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
static void address_text(const struct model *m, const struct model_sock *s,
    bool full, char out[WORDS_MAX])
{
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

/* The longer form, if it fits in `room`, else the shorter one. */
static void address_fitting(struct draw *d, const struct model_sock *s,
    bool full, int room, char out[WORDS_MAX])
{
    address_text(d->m->model, s, full, out);
    if (full && canvas_width(d->cv, out) > room)
        address_text(d->m->model, s, false, out);
}

#define PORT_WIDTH 6 /* ":34254", which comes with connect() */

int block_head_width(const struct canvas *cv, const struct model *m,
    const struct model_sock *s, const char *label)
{
    bool fixed = s->is_listener || s->proto != IPPROTO_TCP;
    uint8_t state = fixed ? s->state : TCP_STATE_ESTABLISHED;
    char address[WORDS_MAX];

    address_text(m, s, false, address);
    int width = canvas_width(cv, address);
    if (s->host == HOST_CLIENT && width < PORT_WIDTH)
        width = PORT_WIDTH;
    return INDENT + canvas_width(cv, label) + 1 + width + 1 +
           canvas_width(cv, state_name(s->proto, state)) + 2;
}

static void draw_address(struct pen *p, const char *address)
{
    if (address[0] == '\0')
        return;
    pen_fit(p, THEME_ADDRESS, address, pen_room(p));
    pen_text(p, THEME_DIM, " ");
}

/* Name, address and badge: where it is narrow in one line, and in a second one
 * what does not fit, as far as rows are free. */
static void head_lines(struct draw *d, struct pen *p, const struct block *b,
    const struct model_sock *s, enum density density)
{
    char address[WORDS_MAX];
    int badge = block_badge_width(d, s);
    bool full = block_is_full(p, density);
    bool one_line = !full || s->is_listener;
    bool orphan = b->kind == BLOCK_ORPHAN;
    int label = canvas_width(d->cv, b->label);

    pen_go(p, INDENT);
    bool fresh = draw_is_fresh(d, s->changed_ns) && !orphan && !d->many_fresh;
    address_fitting(d, s, full, pen_room(p) - label - 1, address);
    if (orphan)
        address[0] = '\0';
    int width = canvas_width(d->cv, address);
    width += width > 0; /* and the blank behind it */
    bool beside = label + 1 + width + badge <= pen_room(p);
    bool second = one_line ? !beside && (d->extras & 1u << EXTRA_ADDRESS)
                           : label + 1 + width > pen_room(p);
    int room = pen_room(p) - (one_line && !second ? badge + 1 : 0);
    /* In the narrowest column the badge does without its edges. */
    if (label > room && p->clip.w < 24)
        room += 2;
    pen_fit(p,
        orphan  ? THEME_DIM
        : fresh ? THEME_CHANGED
                : THEME_NAME,
        b->label, room);
    pen_text(p, THEME_DIM, " ");
    if (second)
        pen_newline(p, INDENT);
    if (!one_line || beside || second)
        draw_address(p, address);
    if (!one_line && width && !second)
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
        block_send(d, p, s, DENSITY_LEAST);
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
        block_datagrams(d, p, s, density);
        ignored_line(p, s);
    } else if (has_buffers(s)) {
        block_send(d, p, s, density);
        block_recv(d, p, s, density);
    }
    if (has_parked(d, b)) {
        pen_newline(p, INDENT);
        block_parked(d, p, b->process);
    }
    /* Of a connection that goes well the timer says nothing new, and a running
     * time on the screen keeps the program awake. */
    bool brief = density == DENSITY_LEAST || d->cv->large;
    bool awaits_ack = s->send_buffer && (d->extras & 1u << EXTRA_TIMER);
    if (!brief || awaits_ack || s->state != TCP_STATE_ESTABLISHED)
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
