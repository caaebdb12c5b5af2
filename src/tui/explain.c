/* What `?` means at this moment: the line of a menu, the word that is typed,
 * the segment, the wire, the process or the socket that is selected. */
#include "explain.h"

#include "block.h"
#include "curtain.h"
#include "rung.h"
#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/why.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- pieces -------------------------------------------------------------- */

void explanation_done(struct explanation *e)
{
    for (size_t i = 0; i < e->parts.len; i++)
        free(e->parts.items[i].text);
    vec_done(&e->parts);
    str_done(&e->title);
    str_done(&e->see);
}

void explain_add(struct explanation *e, enum theme_key style, const char *text)
{
    struct explain_part part = {style, NULL};

    if (text[0] == '\0')
        return;
    part.text = xstrdup(text);
    vec_push(&e->parts, part);
}

void explain_addf(
    struct explanation *e, enum theme_key style, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list args;

    va_start(args, fmt);
    str_addv(&text, fmt, args);
    va_end(args);
    explain_add(e, style, str_text(&text));
    str_done(&text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool has_place(const struct str *see, const char *place, size_t len)
{
    const char *text = str_text(see);

    for (const char *at = text; *at; at++) {
        bool begins = at == text || at[-1] == ' ';
        bool ends = strlen(at) >= len && strchr(", ", at[len]); /* or '\0' */
        if (begins && ends && strncmp(at, place, len) == 0)
            return true;
    }
    return false;
}

/* How long the first place of the list is. "RFC 9293 3.8.4, 3.8.6.1" is one;
 * "tcp(7), RFC 9293 3.5.2" are two. */
static size_t place_length(const char *see)
{
    size_t len = 0;

    while (see[len] && strncmp(see + len, " / ", 3) != 0 &&
           !(strncmp(see + len, ", ", 2) == 0 && !is_digit(see[len + 2])))
        len++;
    return len;
}

void explain_see(struct explanation *e, const char *see)
{
    while (*see) {
        size_t len = place_length(see);
        if (!has_place(&e->see, see, len))
            str_addf(&e->see, "%s%.*s", e->see.len ? " / " : "", (int)len, see);
        see += len;
        see += strspn(see, ",/ ");
    }
}

static void topic(struct explanation *e, const char *id)
{
    static const struct {
        const char *id, *title;
    } titles[] = {
#define TOPIC(name, title, explain, see) {#name, title},
#include "topics.def"
#undef TOPIC
    };

    for (size_t i = 0; i < ARRAY_LEN(titles) && e->title.len == 0; i++) {
        if (str_equal(titles[i].id, id))
            str_add(&e->title, _(titles[i].title));
    }
    explain_row(e, EXPLAIN_TOPIC, id);
}

/* ---- calls --------------------------------------------------------------- */

static bool is_of(const struct moment *m, const struct model_call *c,
    const struct model_sock *s)
{
    return c->socket && model_sock_owned(m->model, c->process, c->socket) == s;
}

static void add_parked(
    const struct moment *m, const struct model_call *c, struct explanation *e)
{
    uint64_t since = m->now_ns > c->t_ns ? m->now_ns - c->t_ns : 0;
    struct str why = STR_INIT;
    char time[32];

    words_duration(since, time, sizeof time);
    e->runs = true;
    why_waits(m->model, c, &why);
    explain_addf(e, THEME_WAITING, _("%s waits in %s for %s: %s."), c->process,
        c->python, time, str_text(&why));
    str_done(&why);
}

static void add_error(const struct model_call *c, struct explanation *e)
{
    explain_addf(e, THEME_LOG_ERROR, _("%s raised %s%s%s."), c->python,
        c->error, c->why ? ": " : "", c->why ? c->why : "");
}

/* What was called last on the socket, or by the process; NULL: nothing. */
static const struct model_call *last_call(const struct moment *m,
    const struct model_process *p, const struct model_sock *s)
{
    if (!s)
        return model_call(m->model, p->last_call);
    for (size_t i = model_call_count(m->model); i-- > 0;) {
        const struct model_call *c = model_call_at(m->model, i);
        if (is_of(m, c, s))
            return c;
    }
    return NULL;
}

bool explain_calls(const struct moment *m, const char *process, uint64_t sock,
    struct explanation *e)
{
    const struct model_process *p = model_process(m->model, process);
    const struct model_sock *s = sock ? model_sock(m->model, sock) : NULL;
    const struct model_call *c;

    if (!p)
        return false;
    c = model_call(m->model, p->parked_call);
    if (c && (!s || is_of(m, c, s))) {
        add_parked(m, c, e);
        if (!s)
            explain_row(e, EXPLAIN_CALL, c->name);
        return true;
    }
    c = last_call(m, p, s);
    if (!c || !c->returned || !c->error)
        return false;
    add_error(c, e);
    explain_row(e, EXPLAIN_ERRNO, c->error);
    return true;
}

static void explain_process(
    const struct moment *m, const char *process, struct explanation *e)
{
    const struct model_process *p = model_process(m->model, process);

    str_addf(
        &e->title, "%s  %s", process, p ? _("process") : _("not there yet"));
    if (explain_calls(m, process, 0, e))
        return;
    topic(e, p ? "PROCESS" : "NEW");
    if (str_equal(process, "server"))
        topic(e, "SERVER_HOST");
}

/* ---- the wire ------------------------------------------------------------ */

#define USUAL_MTU 1500 /* of the calm wire */

static void add_order(
    struct explanation *e, const char *word, const char *value)
{
    struct explain_row row;

    explain_row_find(EXPLAIN_ORDER, word, &row);
    explain_addf(e, THEME_WORDS, "%s: %s", value, _(row.text));
    explain_see(e, row.see);
}

static void add_pair(struct explanation *e, const char *word, const char *fmt,
    double up, double down)
{
    char value[WORDS_MAX];

    if (up == 0 && down == 0)
        return;
    snprintf(value, sizeof value, fmt, up, down);
    add_order(e, word, value);
}

static void add_held(const struct moment *m, struct explanation *e)
{
    bool hidden = curtain_hides(m, COLUMN_WIRE);
    char value[WORDS_MAX];

    snprintf(value, sizeof value, _("Holding %" PRIu64), model_held(m->model));
    if (model_wire_status(m->model)->holding)
        add_order(e, "hold", hidden ? _("Holding") : value);
    else if (model_held(m->model) > 0 && !hidden)
        explain_row(e, EXPLAIN_TOPIC, "HELD");
}

static void add_faults(const struct moment *m, struct explanation *e)
{
    const struct wire_status *w = model_wire_status(m->model);
    const double ms = NS_PER_MS, percent = 10000;
    char value[WORDS_MAX];

    if (w->cut)
        add_order(e, "cut", _("Cut"));
    add_held(m, e);
    add_pair(e, "delay",
        _("Delay %g ms from the client, %g ms from the server"),
        (double)w->delay_ns[HOST_CLIENT] / ms,
        (double)w->delay_ns[HOST_SERVER] / ms);
    add_pair(e, "loss", _("Loss %g %% from the client, %g %% from the server"),
        w->loss_ppm[HOST_CLIENT] / percent, w->loss_ppm[HOST_SERVER] / percent);
    if (w->rate) {
        snprintf(
            value, sizeof value, _("Rate %g kbit/s"), (double)w->rate / 1000);
        add_order(e, "rate", value);
    }
    if (w->mtu && w->mtu != USUAL_MTU) {
        snprintf(value, sizeof value, _("MTU %" PRIu32 " bytes"), w->mtu);
        add_order(e, "mtu", value);
    }
    if (!w->coalesce)
        add_order(e, "coalesce", _("Repeats are not folded"));
}

static void explain_wire(const struct moment *m, struct explanation *e)
{
    if (str_equal(model_wire(m->model), "loopback")) {
        topic(e, "LOOPBACK");
        return;
    }
    topic(e, "WIRE");
    add_faults(m, e);
}

/* A part of the first line. */
static void explain_header(const struct moment *m, struct explanation *e)
{
    bool loopback = str_equal(model_wire(m->model), "loopback");

    switch (m->ui->explain_header) {
    case HEADER_WIRE:
        explain_wire(m, e);
        if (e->parts.len == 1 && !loopback)
            explain_row(e, EXPLAIN_TOPIC, "WIRE_CALM");
        break;
    case HEADER_HOLD:
        str_add(&e->title, _("THE WIRE"));
        if (model_wire_status(m->model)->cut)
            add_order(e, "cut", _("Cut"));
        add_held(m, e);
        if (e->parts.len == 0) /* released meanwhile, or hidden */
            topic(e, "WIRE");
        break;
    case HEADER_STEP:
        topic(e, "STEP");
        break;
    default:
        topic(e, m->steps > 0 || m->title ? "TITLE" : "FREE_PLAY");
    }
}

static void explain_rung(const struct moment *m, struct explanation *e)
{
    struct rung rung;

    if (!m->ui->sel.segment || !rung_selected(m, &rung))
        explain_wire(m, e);
    else if (rung.run)
        topic(e, "RUN");
    else
        explain_segment(m, model_segment_at(m->model, rung.first), e);
}

/* ---- menus and the prompt -------------------------------------------------
 */

static void explain_item(const struct moment *m, struct explanation *e)
{
    const struct menu *menu = &m->ui->menu;

    if (menu->selected >= menu->items.len)
        return;
    const struct menu_item *item = &menu->items.items[menu->selected];
    switch (menu->kind) {
    case MENU_CHAPTERS:
        topic(e, "CHAPTER");
        break;
    case MENU_FORMATS:
        topic(e, "SAVE");
        break;
    case MENU_ACTIONS:
        str_add(&e->title, _(action_row(item->action)->name));
        explain_add(e, THEME_SCREEN, _(action_row(item->action)->help));
        explain_row(e, EXPLAIN_TOPIC, "PAST");
        break;
    case MENU_LINES:
        explain_line(item->line, 0, e);
        if (item->why)
            explain_addf(e, THEME_WORDS, _("Here: %s."), _(item->why));
        break;
    }
}

static bool explain_last_error(const struct moment *m, struct explanation *e)
{
    const struct model_process *p = model_process(m->model, ui_process(m));
    const struct model_call *c = p ? model_call(m->model, p->last_call) : NULL;

    if (!c || !c->returned || !c->error)
        return false;
    str_add(&e->title, c->error);
    add_error(c, e);
    explain_row(e, EXPLAIN_ERRNO, c->error);
    return true;
}

static void explain_typed(const struct moment *m, struct explanation *e)
{
    const struct prompt *p = &m->ui->prompt;

    if (!explain_word(str_text(&p->text), p->cursor, e) &&
        !(p->text.len == 0 && explain_last_error(m, e)))
        topic(e, "PROMPT");
}

/* ---- what is selected -----------------------------------------------------
 */

static void explain_block(const struct moment *m, struct explanation *e)
{
    const struct selection *sel = &m->ui->sel;
    struct blocks b = {.spans = VEC_INIT};
    const struct model_sock *s = NULL;
    char process[MODEL_NAME_MAX];

    snprintf(process, sizeof process, "%s", ui_process(m));
    blocks_fill(
        &b, m->model, sel->column == COLUMN_SERVER ? HOST_SERVER : HOST_CLIENT);
    size_t at = blocks_selected(&b, sel);
    if (at < b.len) {
        struct block block = blocks_at(&b, at);
        s = model_sock(m->model, block.sock);
        if (block.process[0])
            memcpy(process, block.process, sizeof process);
    }
    blocks_done(&b);
    if (s)
        explain_sock(m, s, e);
    else
        explain_process(m, process, e);
}

void explain_selected(const struct moment *m, struct explanation *e)
{
    const struct model_sock *pictured =
        m->ui->scene != SCENE_COLUMNS ? model_sock(m->model, m->ui->scene_sock)
                                      : NULL;

    if (m->ui->explain_header != HEADER_NONE)
        explain_header(m, e);
    else if (m->ui->mode == UI_MENU)
        explain_item(m, e);
    else if (m->ui->prompt.typing)
        explain_typed(m, e);
    else if (pictured)
        explain_sock(m, pictured, e);
    else if (explain_inspected(m, e))
        return;
    else if (m->ui->sel.column == COLUMN_WIRE)
        explain_rung(m, e);
    else
        explain_block(m, e);
    if (e->parts.len == 0)
        topic(e, "PROMPT");
}
