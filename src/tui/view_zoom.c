/* One connection on the whole screen, for the back of the hall: both ends side
 * by side with everything large, its last segments between them.
 *
 * | c1.s  :34254       | SYN ---------> | server.conn           |
 * | +----------------+ | <------ SYN+ACK| +-------------------+ |
 * | |  ESTABLISHED   | | ACK ---------> | |    ESTABLISHED    | |
 * | +----------------+ |                | +-------------------+ |
 * | send  3000 bytes   |                | send  nothing         |
 * | ######====........ |                | ..................... | */
#include "arrow.h"
#include "block.h"
#include "conn.h"
#include "fate.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define BUFFER_WHEN_UNKNOWN 16384 /* a scale where the kernel gave none */
#define NARROW              40
#define WIDE                56
#define METER_MAX           4  /* rows */
#define LOW                 16 /* rows of a panel below which all is flat */

/* ---- pieces of a panel --------------------------------------------------- */

struct panel {
    struct draw *d;
    struct pen p;
    const struct conn *c;
    const struct model_sock *s;
    enum host side;
    int meter_rows;
    bool low, gaps;
};

static void newline(struct panel *g)
{
    pen_newline(&g->p, 1);
}

static void gap(struct panel *g)
{
    if (g->gaps)
        newline(g);
}

static void line(struct panel *g, enum theme_key style, const char *text)
{
    newline(g);
    pen_fit(&g->p, style, text, pen_room(&g->p) - 1);
}

/* Who, and with whom. */
static void name_lines(struct panel *g)
{
    static const enum theme_key styles[HOST_COUNT] = {
        THEME_END_CLIENT, THEME_END_SERVER};
    const struct model *m = g->d->m->model;
    char name[WORDS_MAX], local[WORDS_MAX];

    conn_name(g->d->m, g->c, g->side, name);
    pen_go(&g->p, 1);
    pen_fit(
        &g->p, g->s ? styles[g->side] : THEME_DIM, name, pen_room(&g->p) - 1);
    if (!g->s || !g->s->local.port)
        return;
    model_address_words(m, &g->s->local, local);
    if (strcmp(name, local) == 0)
        return;
    pen_text(&g->p, THEME_DIM, "  ");
    pen_fit(&g->p, THEME_ADDRESS, local, pen_room(&g->p) - 1);
}

/* The state, large: its name in the middle of a field of its colour. */
static void badge(struct panel *g)
{
    enum theme_key style = words_state_badge(g->s);
    const char *name = state_name(g->s->proto, g->s->state);
    bool boxed = g->d->cv->colour && !g->d->cv->ascii;
    int width = g->p.clip.w - 2;
    int text = canvas_width(g->d->cv, name);
    int left = (width - text) / 2;

    if (draw_is_fresh(g->d, g->s->state_changed_ns) && g->s->owner_count > 0)
        style = THEME_CHANGED;
    for (int row = g->low; row < (g->low ? 2 : 3); row++) {
        newline(g);
        if (boxed || row == 1) {
            pen_repeat(&g->p, style, " ", width);
        } else {
            pen_text(&g->p, style, "+");
            pen_repeat(&g->p, style, "─", width - 2);
            pen_text(&g->p, style, "+");
        }
        if (row != 1)
            continue;
        if (!boxed) {
            pen_go(&g->p, 1);
            pen_text(&g->p, style, "│");
            pen_go(&g->p, width);
            pen_text(&g->p, style, "│");
        }
        pen_go(&g->p, 1 + (left > 0 ? left : 0));
        pen_fit(&g->p, style, name, width);
    }
}

/* What the state means; always the class in words, so that its colour is
 * never needed. */
static void meaning(struct panel *g)
{
    enum theme_key style = words_state_style(g->s);
    bool narrow = g->p.clip.w < NARROW;
    const char *words = model_state_words(g->d->m->model, g->s, narrow);
    const char *class = state_class_name(state_class(g->s->proto, g->s->state));

    newline(g);
    if (g->s->proto != IPPROTO_UDP)
        pen_textf(&g->p, style, "%s%s", class, words[0] ? ": " : "");
    pen_wrap(&g->p, style, words, g->low ? 1 : 2);
}

/* ---- meters -------------------------------------------------------------- */

static int cells(uint64_t part, uint64_t limit, int width)
{
    int n = limit ? (int)(part * (uint64_t)width / limit) : 0;

    return part && n == 0 ? 1 : n > width ? width : n;
}

/* Two or three rows high; each part has a pattern of its own. */
static void meter(struct panel *g, uint64_t first, uint64_t second,
    uint64_t limit, enum theme_key style, const char *pattern)
{
    int width = g->p.clip.w - 2;

    if (limit < first + second)
        limit = first + second;
    int a = cells(first, limit, width);
    int b = cells(second, limit, width - a);
    for (int row = 0; row < g->meter_rows; row++) {
        newline(g);
        pen_repeat(&g->p, style, pattern, a);
        pen_repeat(&g->p, THEME_METER_UNSENT, "▒", b);
        pen_repeat(&g->p, THEME_METER_EMPTY, "░", width - a - b);
    }
}

/* With the limit that a full meter stands for, where there is room. */
static void heading(struct panel *g, const char *what, const char *brief,
    uint32_t bytes, bool fresh, uint32_t limit)
{
    enum theme_key style = fresh   ? THEME_CHANGED
                           : bytes ? THEME_STRONG
                                   : THEME_WORDS;
    char text[WORDS_MAX];

    gap(g);
    newline(g);
    int room = pen_room(&g->p) - 1;
    if (limit && g->p.clip.w >= NARROW)
        snprintf(
            text, sizeof text, _("%s  %u bytes, limit %u"), what, bytes, limit);
    else if (limit && room >= 25)
        snprintf(
            text, sizeof text, _("%s %u of %u bytes"), brief, bytes, limit);
    else
        snprintf(text, sizeof text, _("%s %u bytes"), brief, bytes);
    pen_fit(&g->p, style, text, room);
}

/* What a pattern of the meter stands for. */
static void part(struct panel *g, enum theme_key style, const char *longer,
    const char *shorter, uint32_t bytes)
{
    char words[WORDS_MAX], brief[WORDS_MAX];

    snprintf(words, sizeof words, longer, bytes);
    snprintf(brief, sizeof brief, shorter, bytes);
    block_fit2(&g->p, style, words, brief);
}

static void send_meter(struct panel *g)
{
    const struct model_sock *s = g->s;
    uint32_t unsent = s->unsent < s->send_buffer ? s->unsent : s->send_buffer;
    uint32_t flight = s->send_buffer - unsent;

    heading(g, _("send buffer"), _("send"), s->send_buffer,
        draw_is_fresh(g->d, s->send_changed_ns), s->has_mem ? s->sndbuf : 0);
    meter(g, flight, unsent, s->has_mem ? s->sndbuf : BUFFER_WHEN_UNKNOWN,
        THEME_METER_FLIGHT, "█");
    newline(g);
    if (flight == 0 && unsent == 0) {
        pen_fit(
            &g->p, THEME_DIM, _("nothing unconfirmed"), pen_room(&g->p) - 1);
        return;
    }
    part(g, THEME_BYTES_FLIGHT, _("█ no ACK yet %u bytes"), _("█ no ACK %u"),
        flight);
    if (!unsent)
        return;
    if (g->p.clip.w < 48)
        newline(g);
    else
        pen_text(&g->p, THEME_DIM, "  ");
    part(g, THEME_BYTES_UNSENT, _("▒ not sent %u bytes"), _("▒ unsent %u"),
        unsent);
}

static void recv_meter(struct panel *g)
{
    const struct model_sock *s = g->s;
    bool udp = s->proto == IPPROTO_UDP;
    uint32_t filled = udp ? s->recv_memory : s->recv_buffer;

    heading(g, _("receive buffer"), _("recv"), filled,
        draw_is_fresh(g->d, s->recv_changed_ns), s->has_mem ? s->rcvbuf : 0);
    meter(g, filled, 0, s->has_mem ? s->rcvbuf : 8 * BUFFER_WHEN_UNKNOWN,
        THEME_METER_RECV, "▓");
    newline(g);
    if (filled)
        part(g, THEME_BYTES_RECV,
            udp ? _("▓ next datagram %u bytes") : _("▓ to read %u bytes"),
            _("▓ %u bytes"), s->recv_buffer);
    else
        pen_fit(&g->p, THEME_DIM, _("nothing to read"), pen_room(&g->p) - 1);
}

/* ---- the lines below ----------------------------------------------------- */

static bool knows(const struct model_sock *s, const char *name)
{
    for (size_t i = 0; i < info_field_count(); i++) {
        if (strcmp(info_field_at(i)->name, name) == 0)
            return info_field_known(s, i);
    }
    return false;
}

/* What it may have in flight: the peer's room, and its own caution. */
static void windows(struct panel *g)
{
    const struct sample_tcp_info *info = &g->s->info;
    bool narrow = g->p.clip.w < NARROW;
    char text[WORDS_MAX];

    if (knows(g->s, "snd_wnd")) {
        snprintf(text, sizeof text, _("peer's window %u bytes"), info->snd_wnd);
        line(g, THEME_WORDS, text);
    }
    if (knows(g->s, "snd_cwnd") && !g->low) {
        snprintf(text, sizeof text,
            narrow ? _("cwnd, segments: %u")
                   : _("congestion window, segments: %u"),
            info->snd_cwnd);
        line(g, THEME_WORDS, text);
    }
    if (knows(g->s, "rtt") && !g->low) {
        snprintf(text, sizeof text,
            g->p.clip.w < WIDE
                ? _("RTT %u.%u ms, RTO %u ms")
                : _("round trip %u.%u ms, repeats after %u ms (RTO)"),
            info->rtt / 1000, info->rtt / 100 % 10, info->rto / 1000);
        line(g, THEME_WORDS, text);
    }
}

static void timer(struct panel *g)
{
    const struct model_sock *s = g->s;
    char text[WORDS_MAX];

    if (!model_timer_words(s))
        return;
    block_timer(g->d, &g->p, s);
    if (s->timer_retrans == 0)
        return;
    snprintf(text, sizeof text, _("times it fired: %u"), s->timer_retrans);
    line(g, THEME_TIMER, text);
}

/* The latest call on that end that has returned. */
static const struct model_call *last_call(const struct panel *g)
{
    const struct model *m = g->d->m->model;

    for (size_t i = model_call_count(m); i-- > 0;) {
        const struct model_call *call = model_call_at(m, i);
        if (call->returned && conn_takes_call(g->d->m, g->c, g->side, call))
            return call;
    }
    return NULL;
}

/* The call that a process waits in, else what the last one gave. */
static void call_line(struct panel *g)
{
    const struct model_call *call = conn_parked(g->d->m, g->c, g->side);
    char text[WORDS_MAX];

    newline(g);
    if (call) {
        block_parked(g->d, &g->p, call->process);
        return;
    }
    call = last_call(g);
    if (!call)
        return;
    snprintf(text, sizeof text,
        call->error ? "%.40s(): %.60s" : "%.40s() = %.60s", call->name,
        call->error    ? call->error
        : call->result ? call->result
                       : "None");
    pen_fit(&g->p, call->error ? THEME_LOG_ERROR : THEME_DIM, text,
        pen_room(&g->p) - 1);
}

static bool has_buffers(const struct model_sock *s)
{
    return s->proto == IPPROTO_UDP || s->send_buffer || s->recv_buffer ||
           (s->state != TCP_STATE_CLOSED && s->state != TCP_STATE_TIME_WAIT);
}

/* Returns the lines that it takes; in a height of 0 nothing is drawn. */
static int draw_lines(struct panel *g)
{
    name_lines(g);
    if (!g->s) {
        call_line(g);
        return g->p.y + 1;
    }
    int top = g->p.y;
    badge(g);
    meaning(g);
    /* Both ends alike, so that the eye can go across. */
    g->p.y = top + (g->low ? 2 : 5);
    call_line(g);
    if (g->s->is_listener) {
        newline(g);
        listener_draw(g->d, &g->p, g->s, DENSITY_FULL);
        return g->p.y + 1;
    }
    if (has_buffers(g->s)) {
        if (g->s->proto != IPPROTO_UDP)
            send_meter(g);
        recv_meter(g);
    }
    gap(g);
    timer(g);
    windows(g);
    return g->p.y + 1;
}

static struct panel panel_of(
    struct draw *d, struct rect r, const struct conn *c, enum host side)
{
    return (struct panel){.d = d,
        .p = pen_at(d->cv, r),
        .c = c,
        .s = c->end[side],
        .side = side,
        .low = r.h < LOW};
}

static int lines_of(
    struct draw *d, struct rect r, const struct conn *c, enum host side)
{
    struct panel g = panel_of(d, r, c, side);

    g.p.clip.h = 0;
    d->measuring = true;
    int lines = draw_lines(&g);
    d->measuring = false;
    return lines;
}

/* What the lines leave is for the meters, the same in both panels, then for
 * gaps. */
static void draw_panels(
    struct draw *d, struct rect left, struct rect right, const struct conn *c)
{
    struct panel panels[HOST_COUNT] = {
        [HOST_CLIENT] = panel_of(d, left, c, HOST_CLIENT),
        [HOST_SERVER] = panel_of(d, right, c, HOST_SERVER),
    };
    int client = lines_of(d, left, c, HOST_CLIENT);
    int server = lines_of(d, right, c, HOST_SERVER);
    int spare = left.h - (client > server ? client : server);
    int rows = spare / 2;

    if (rows < 1)
        rows = 1;
    if (rows > METER_MAX)
        rows = METER_MAX;
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        panels[h].meter_rows = rows;
        panels[h].gaps = spare - 2 * rows >= 3;
        draw_lines(&panels[h]);
    }
}

/* ---- the ladder ---------------------------------------------------------- */

static void rung_label(const struct draw *d, const struct conn *c,
    const struct model_segment *s, struct str *out)
{
    char name[WORDS_MAX];
    const char *kind = fate_kind(&s->seg, true);

    segment_format_name(&s->seg, name, sizeof name);
    str_add(out, name);
    if (conn_is_listener(c)) {
        words_segment_owner(d->m->model, &s->seg, name);
        str_addf(out, " %s", name);
    }
    if (s->copies && !kind[0])
        kind = "↻";
    if (kind[0])
        str_addf(out, " %s", kind);
    if (s->copies > 1)
        str_addf(out, "%" PRIu32, s->copies);
}

static void draw_rung(struct draw *d, struct rect r, const struct conn *c,
    const struct model_segment *s)
{
    enum fate fate = fate_of(d->m->model, s);
    struct str label = STR_INIT;

    rung_label(d, c, s, &label);
    struct arrow arrow = {.from = conn_sender(c, &s->seg),
        .look = fate_row(fate),
        .line = "─",
        .mark = fate == FATE_CORRUPT ? "≠" : NULL,
        .label = str_text(&label),
        .word = fate_word(fate, s, true),
        .permille = fate_permille(d->m->model, s, d->m->now_ns)};
    /* Where the line is too short for both, its head tells enough. */
    if (fate == FATE_UNDER_WAY &&
        canvas_width(d->cv, arrow.label) + canvas_width(d->cv, arrow.word) + 5 >
            r.w)
        arrow.word = "";
    arrow.word_style = arrow.label_style = arrow.look->style;
    if (fate == FATE_ARRIVED)
        arrow.label_style = THEME_SEG_LABEL;
    if (fate == FATE_TRAVELS && arrow.permille < 1000)
        d->travel_ms = d->travel_ms && d->travel_ms < 100 ? d->travel_ms : 100;
    arrow_draw(d->cv, r, &arrow);
    str_done(&label);
}

static void draw_ladder(struct draw *d, struct rect r, const struct conn *c)
{
    struct conn_segments list = {VEC_INIT};
    struct pen p = pen_at(d->cv, r);

    pen_text(&p, THEME_TITLE, _("last segments"));
    r.y++;
    r.h--;
    conn_segments_fill(&list, d->m, c, r.h > 0 ? (size_t)r.h : 0);
    for (size_t i = 0; i < list.of.len; i++)
        draw_rung(d, (struct rect){r.y + (int)i, r.x, 1, r.w}, c,
            model_segment_at(d->m->model, list.of.items[i]));
    conn_segments_done(&list);
}

void view_zoom(struct draw *d, struct rect r)
{
    struct conn c = conn_shown(d->m);
    int ladder = r.w * 28 / 100;
    int side = (r.w - ladder - 2) / 2;

    conn_title(d, r, _("ZOOM"), &c);
    r.y++;
    r.h--;
    if (conn_id(&c) == 0) {
        struct pen p = pen_at(d->cv, r);
        pen_go(&p, 1);
        pen_wrap(
            &p, THEME_DIM, _("There is no such connection at this moment."), 2);
        return;
    }
    for (int y = r.y; y < r.y + r.h; y++) {
        struct pen p = pen_at(d->cv, (struct rect){y, r.x, 1, r.w});
        pen_go(&p, side);
        pen_text(&p, THEME_RULE, "│");
        pen_go(&p, r.w - side - 1);
        pen_text(&p, THEME_RULE, "│");
    }
    draw_panels(d, (struct rect){r.y, r.x, r.h, side},
        (struct rect){r.y, r.x + r.w - side, r.h, side}, &c);
    draw_ladder(
        d, (struct rect){r.y, r.x + side + 2, r.h, r.w - 2 * side - 4}, &c);
}
