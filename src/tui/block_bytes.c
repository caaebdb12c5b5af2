/* The two buffers of a block: what was sent and is not acknowledged or waits,
 * what can be read, each as a meter and in bytes.
 *
 * |  send ####====  no ACK yet 1000 bytes · waiting 500 bytes |
 * |  recv ##......  to read 250 of 131072 bytes               | */
#include "block.h"

#include "words.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdio.h>

#define INDENT 1

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

/* ---- sending -------------------------------------------------------------
 */

enum { WITH_UNIT, WITHOUT, BRIEF, FORMS };

static void flight_texts(uint32_t n, char out[FORMS][WORDS_MAX])
{
    snprintf(out[WITH_UNIT], WORDS_MAX,
        ngettext("no ACK yet %u byte", "no ACK yet %u bytes", n), n);
    snprintf(out[WITHOUT], WORDS_MAX, _("no ACK yet %u"), n);
    snprintf(out[BRIEF], WORDS_MAX, _("no ACK %u"), n);
}

static void waiting_texts(uint32_t n, char out[BRIEF][WORDS_MAX])
{
    snprintf(out[WITH_UNIT], WORDS_MAX,
        ngettext("waiting %u byte", "waiting %u bytes", n), n);
    snprintf(out[WITHOUT], WORDS_MAX, _("waiting %u"), n);
}

/* Both in one line; false: they do not fit. */
static bool both_beside(struct pen *p, char flight[FORMS][WORDS_MAX],
    char waiting[BRIEF][WORDS_MAX])
{
    static const int forms[][2] = {
        {WITH_UNIT, WITH_UNIT}, {WITHOUT, WITH_UNIT}, {WITHOUT, WITHOUT}};

    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        const char *first = flight[forms[i][0]];
        const char *second = waiting[forms[i][1]];
        if (canvas_width(p->cv, first) + 3 + canvas_width(p->cv, second) >
            pen_room(p))
            continue;
        pen_text(p, THEME_BYTES_FLIGHT, first);
        pen_textf(p, THEME_BYTES_UNSENT, " · %s", second);
        return true;
    }
    return false;
}

static void sent_words(struct pen *p, uint32_t flight, uint32_t unsent)
{
    char flights[FORMS][WORDS_MAX];
    char waitings[BRIEF][WORDS_MAX];
    int column = p->x;

    flight_texts(flight, flights);
    waiting_texts(unsent, waitings);
    if (flight && unsent && both_beside(p, flights, waitings))
        return;
    if (flight || !unsent) {
        if (canvas_width(p->cv, flights[WITH_UNIT]) <= pen_room(p))
            pen_text(p, THEME_BYTES_FLIGHT, flights[WITH_UNIT]);
        else
            block_fit2(p, THEME_BYTES_FLIGHT, flights[WITHOUT], flights[BRIEF]);
    }
    if (flight && unsent)
        pen_newline(p, column);
    if (unsent)
        block_fit2(
            p, THEME_BYTES_UNSENT, waitings[WITH_UNIT], waitings[WITHOUT]);
}

/* After its FIN nothing more comes into it. */
static void nothing_to_send(struct pen *p, const struct model_sock *s)
{
    bool ended = s->state == TCP_STATE_FIN_WAIT_2;

    if (ended)
        pen_fit(p, THEME_DIM,
            block_narrow(p) ? _("ended") : _("ended, all confirmed"),
            pen_room(p));
    else
        pen_fit(p, THEME_DIM,
            block_narrow(p) ? _("empty") : _("nothing unconfirmed"),
            pen_room(p));
}

void block_send(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density)
{
    uint32_t unsent = s->unsent < s->send_buffer ? s->unsent : s->send_buffer;
    uint32_t flight = s->send_buffer - unsent;

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
    if (s->send_buffer == 0)
        nothing_to_send(p, s);
    else
        sent_words(p, flight, unsent);
}

/* ---- receiving -----------------------------------------------------------
 */

/* Behind the last byte the end of the peer waits to be read. */
static void nothing_to_read(struct pen *p, const struct model_sock *s)
{
    if (s->state == TCP_STATE_CLOSE_WAIT) {
        pen_fit(p, THEME_BYTES_RECV,
            block_narrow(p) ? _("end: b''") : _("the end: recv gives b''"),
            pen_room(p));
        return;
    }
    pen_fit(p, THEME_DIM, block_narrow(p) ? _("empty") : _("nothing to read"),
        pen_room(p));
}

static void read_words(
    struct pen *p, const struct model_sock *s, enum density density)
{
    uint32_t n = s->recv_buffer;
    char text[WORDS_MAX];
    char limit[WORDS_MAX];
    char unit[WORDS_MAX];

    if (s->has_mem && block_is_full(p, density)) {
        snprintf(text, sizeof text, _("to read %u"), n);
        snprintf(unit, sizeof unit, _(" of %u bytes"), s->rcvbuf);
        snprintf(limit, sizeof limit, _(" of %u"), s->rcvbuf);
        int room = pen_room(p) - canvas_width(p->cv, text);
        if (canvas_width(p->cv, limit) <= room) {
            pen_text(p, THEME_BYTES_RECV, text);
            bool fits = canvas_width(p->cv, unit) <= room;
            pen_text(p, THEME_DIM, fits ? unit : limit);
            return;
        }
    }
    snprintf(text, sizeof text, _("to read %u"), n);
    snprintf(unit, sizeof unit,
        ngettext("to read %u byte", "to read %u bytes", n), n);
    block_fit2(p, THEME_BYTES_RECV, unit, text);
}

void block_recv(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density)
{
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
    if (s->recv_buffer == 0)
        nothing_to_read(p, s);
    else
        read_words(p, s, density);
}

/* ---- datagrams -----------------------------------------------------------
 */

static void datagram_words(struct pen *p, const struct model_sock *s)
{
    uint32_t n = s->recv_buffer;
    char longer[WORDS_MAX];
    char text[WORDS_MAX];
    char shorter[WORDS_MAX];

    snprintf(longer, sizeof longer, _("next datagram %u bytes"), n);
    snprintf(
        text, sizeof text, ngettext("next %u byte", "next %u bytes", n), n);
    snprintf(shorter, sizeof shorter, _("next %u"), n);
    bool fits = canvas_width(p->cv, longer) <= pen_room(p);
    block_fit2(p, THEME_BYTES_RECV, fits ? longer : text, shorter);
    snprintf(
        longer, sizeof longer, _("%u bytes of memory queued"), s->recv_memory);
    snprintf(text, sizeof text, _("memory %u bytes"), s->recv_memory);
    snprintf(shorter, sizeof shorter, _("memory %u"), s->recv_memory);
    pen_newline(p, INDENT);
    fits = canvas_width(p->cv, longer) <= pen_room(p);
    block_fit2(p, THEME_DIM, fits ? longer : text, shorter);
}

void block_datagrams(struct draw *d, struct pen *p, const struct model_sock *s,
    enum density density)
{
    bool fresh = draw_is_fresh(d, s->recv_changed_ns);

    if (s->recv_memory == 0 && density < DENSITY_LESS)
        return;
    pen_newline(p, INDENT);
    pen_text(p, fresh ? THEME_CHANGED : THEME_DIM, _("recv "));
    meter(d, p, meter_width(p, false), s->recv_memory, 0,
        s->has_mem ? s->rcvbuf : 8 * BUFFER_WHEN_UNKNOWN, THEME_METER_RECV);
    pen_text(p, THEME_DIM, " ");
    if (s->recv_memory == 0)
        nothing_to_read(p, s);
    else
        datagram_words(p, s);
}
