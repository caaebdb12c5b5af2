/* The ladder as a sequence diagram of Mermaid (mermaid.js.org): every client's
 * process is a participant, and the server's host. A call that waits is an
 * activation. Whatever could end a line's text there is an entity. */
#include "ladder.h"
#include "report_int.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS_MAX  12 /* more of them stand for one: their host */
#define NOTE_COLUMNS 60
#define CALL_COLUMNS 60
#define PAUSE_NS     (40 * NS_PER_MS)

enum step { STEP_BEGIN, STEP_HELD, STEP_END };

struct point {
    uint64_t seq, t_ns;
    size_t item;
    enum step step;
};

struct mermaid {
    bool begun;
    struct ladder ladder;
};

/* What is being written. */
struct sheet {
    struct str out;
    const struct ladder *l;
    bool several;     /* clients are participants of their own */
    uint32_t *active; /* by participant; the last is the server */
    uint64_t t_ns;    /* of the latest line */
    bool begun;
};

/* ---- text ---------------------------------------------------------------- */

/* Entities of Mermaid: "#" and a number or a name. */
static bool is_special(uint32_t cp)
{
    return cp == '#' || cp == ';' || cp == '<' || cp == '>' || cp == '&' ||
           cp == '"' || cp == '%' || cp == '`' || cp == '\\' || cp == '{' ||
           cp == '}';
}

static void add_character(struct str *out, uint32_t cp)
{
    char bytes[4];

    if (is_special(cp))
        str_addf(out, "#%" PRIu32 ";", cp);
    else
        str_addn(
            out, bytes, utf8_encode(utf8_misleads(cp) ? 0xfffd : cp, bytes));
}

static void add_n(struct str *out, const char *text, size_t len)
{
    struct str line = STR_INIT;
    char *part = xstrndup(text, len);
    size_t left;
    const char *at;

    text_add_visible(&line, part, 0);
    at = str_text(&line);
    left = line.len;
    while (left > 0) {
        uint32_t cp;
        size_t n = utf8_decode(at, left, &cp);
        add_character(out, cp);
        at += n;
        left -= n;
    }
    str_done(&line);
    free(part);
}

static void add_text(struct str *out, const char *text)
{
    add_n(out, text, strlen(text));
}

static void add_cut(struct str *out, const char *text, size_t columns)
{
    struct str line = STR_INIT;

    text_add_visible(&line, text, columns);
    add_text(out, str_text(&line));
    str_done(&line);
}

/* In lines: Mermaid breaks none. */
static void add_lines(struct str *out, const char *text)
{
    while (text != NULL) {
        const char *next = NULL;
        size_t len = ladder_wrap(text, NOTE_COLUMNS, &next);
        add_n(out, text, len);
        if (next != NULL)
            str_add(out, "<br/>");
        text = next;
    }
}

/* ---- participants -------------------------------------------------------- */

/* 0, 1, .. of the clients; their count is the server's. */
static size_t participant(
    const struct sheet *s, enum host side, const char *process)
{
    const struct ladder_host *clients = &s->l->hosts[HOST_CLIENT];
    size_t n = s->several ? clients->processes.len : 1;

    if (side == HOST_SERVER)
        return n;
    for (size_t i = 0; s->several && process != NULL && i < n; i++) {
        if (strcmp(clients->processes.items[i], process) == 0)
            return i;
    }
    return 0;
}

static size_t server_of(const struct sheet *s)
{
    return participant(s, HOST_SERVER, NULL);
}

static void add_id(struct sheet *s, size_t i)
{
    if (i == server_of(s))
        str_add(&s->out, "S");
    else
        str_addf(&s->out, "C%zu", i + 1);
}

static void add_participants(struct sheet *s)
{
    const struct ladder_host *clients = &s->l->hosts[HOST_CLIENT];

    for (size_t i = 0; i <= server_of(s); i++) {
        bool server = i == server_of(s);
        const char *address = s->l->hosts[server].address;
        str_add(&s->out, "    participant ");
        add_id(s, i);
        str_add(&s->out, " as ");
        if (server)
            str_add(&s->out, host_name(HOST_SERVER));
        else if (s->several || clients->processes.len == 1)
            add_text(&s->out, clients->processes.items[i]);
        else
            str_add(&s->out, host_name(HOST_CLIENT));
        if (address != NULL && (server || !s->several)) {
            str_add(&s->out, "<br/>");
            add_text(&s->out, address);
        }
        str_addc(&s->out, '\n');
    }
}

/* ---- lines --------------------------------------------------------------- */

static void begin_note_over(struct sheet *s)
{
    str_add(&s->out, "    Note over C1,S: ");
}

static void begin_note(struct sheet *s, enum host side, const char *who)
{
    size_t i = participant(s, side, who);

    str_add(&s->out, side == HOST_SERVER ? "    Note right of "
                     : i == 0            ? "    Note left of "
                                         : "    Note over ");
    add_id(s, i);
    str_add(&s->out, ": ");
}

static void end_line(struct sheet *s)
{
    str_addc(&s->out, '\n');
}

static void pass_time(struct sheet *s, uint64_t t_ns)
{
    if (s->begun && t_ns >= s->t_ns + PAUSE_NS) {
        begin_note_over(s);
        str_add(&s->out, "\xe2\x8b\xae ");
        ladder_add_duration(&s->out, t_ns - s->t_ns);
        end_line(s);
    }
    s->begun = true;
    s->t_ns = t_ns;
}

static void add_over(struct sheet *s, const char *text)
{
    begin_note_over(s);
    add_lines(&s->out, text);
    end_line(s);
}

/* Where one participant stands for several processes. */
static void add_who(struct sheet *s, const struct ladder_item *item)
{
    bool alone = item->side == HOST_CLIENT && s->several;

    if (alone || item->who == NULL || s->l->hosts[item->side].processes.len < 2)
        return;
    add_text(&s->out, item->who);
    str_add(&s->out, ": ");
}

static void add_result(struct sheet *s, const struct ladder_item *item)
{
    str_add(&s->out, item->failed ? "\xe2\x9c\x97 " : "\xe2\x86\x92 ");
    add_cut(&s->out, item->more, CALL_COLUMNS);
}

static void activate(struct sheet *s, const struct ladder_item *item, bool on)
{
    size_t i = participant(s, item->side, item->who);

    if (!on && s->active[i] == 0)
        return;
    s->active[i] += on ? 1 : UINT32_MAX;
    str_add(&s->out, on ? "    activate " : "    deactivate ");
    add_id(s, i);
    end_line(s);
}

static void add_call(struct sheet *s, const struct ladder_item *item)
{
    begin_note(s, item->side, item->who);
    add_who(s, item);
    add_cut(&s->out, item->text, CALL_COLUMNS);
    if (item->ends && !item->blocked && item->more[0] != '\0' &&
        strcmp(item->more, "None") != 0) {
        str_addc(&s->out, ' ');
        add_result(s, item);
    }
    end_line(s);
    if (item->blocked)
        activate(s, item, true);
}

static void add_return(struct sheet *s, const struct ladder_item *item)
{
    begin_note(s, item->side, item->who);
    add_who(s, item);
    add_text(&s->out, item->name);
    str_add(&s->out, "() ");
    add_result(s, item);
    str_add(&s->out, ", ");
    ladder_add_duration(&s->out, item->end_ns - item->t_ns);
    end_line(s);
    activate(s, item, false);
}

static void add_state(struct sheet *s, const struct ladder_item *item)
{
    char *process =
        item->who != NULL ? xstrndup(item->who, strcspn(item->who, ".")) : NULL;

    begin_note(s, item->side, process);
    add_text(&s->out, item->who != NULL ? item->who : "");
    str_addc(&s->out, ' ');
    add_text(&s->out, item->text);
    end_line(s);
    free(process);
}

/* ->> arrives, -x does not; -->> and --x were sent before. */
static void begin_message(
    struct sheet *s, const struct ladder_item *item, bool gone)
{
    size_t client = participant(s, HOST_CLIENT, item->who);
    bool up = item->side == HOST_CLIENT;

    str_add(&s->out, "    ");
    add_id(s, up ? client : server_of(s));
    str_add(&s->out, item->again ? "--" : "-");
    str_add(&s->out, gone ? "x" : ">>");
    add_id(s, up ? server_of(s) : client);
    str_add(&s->out, ": ");
}

static void add_words(struct sheet *s, const struct ladder_item *item)
{
    const char *kind = ladder_kind_word(item);

    add_text(&s->out, item->text);
    if (item->more != NULL && item->more[0] != '\0') {
        str_addc(&s->out, ' ');
        add_text(&s->out, item->more);
    }
    if (kind[0] != '\0') {
        str_addc(&s->out, ' ');
        add_text(&s->out, kind);
    }
}

static void add_arrow(struct sheet *s, const struct ladder_item *item)
{
    const char *fate = ladder_fate_word(item);

    begin_message(
        s, item, item->fate == LADDER_LOST || item->fate == LADDER_ANSWERED);
    add_words(s, item);
    if (fate[0] != '\0') {
        str_add(&s->out, " (");
        add_text(&s->out, fate);
        str_addc(&s->out, ')');
    }
    end_line(s);
}

/* It is drawn when it arrives; that it waits is to be seen before. */
static void add_held(struct sheet *s, const struct ladder_item *item)
{
    begin_note_over(s);
    str_addf(&s->out, "%s: ", host_name(item->side));
    add_words(s, item);
    str_add(&s->out, " (");
    add_text(&s->out, _("held"));
    str_add(&s->out, ")");
    end_line(s);
}

static void add_bundle(struct sheet *s, const struct ladder_item *item)
{
    char *words = ladder_bundle_words(item);

    begin_message(s, item, false);
    add_text(&s->out, words);
    end_line(s);
    free(words);
}

static void add_beginning(struct sheet *s, const struct ladder_item *item)
{
    switch (item->kind) {
    case LADDER_CALL:
        add_call(s, item);
        break;
    case LADDER_STATE:
        add_state(s, item);
        break;
    case LADDER_BUNDLE:
        add_bundle(s, item);
        break;
    case LADDER_PROCESS:
    case LADDER_OUTPUT:
        begin_note(s, item->side, item->who);
        add_who(s, item);
        add_cut(&s->out, item->text, CALL_COLUMNS);
        end_line(s);
        break;
    case LADDER_ARROW:
        add_arrow(s, item);
        break;
    default:
        add_over(s, item->text);
        break;
    }
}

/* ---- all of it ----------------------------------------------------------- */

static int by_seq(const void *a, const void *b)
{
    const struct point *x = a, *y = b;

    if (x->seq != y->seq)
        return x->seq > y->seq ? 1 : -1;
    if (x->item != y->item)
        return x->item > y->item ? 1 : -1;
    return (int)x->step - (int)y->step;
}

/* An arrow is drawn when it arrives, or is lost. */
static size_t points_of(
    const struct ladder_item *item, size_t i, struct point out[3])
{
    bool late = item->kind == LADDER_ARROW && item->ends;
    size_t n = 0;

    if (item->was_held)
        out[n++] = (struct point){item->held_seq, item->t_ns, i, STEP_HELD};
    if (item->kind == LADDER_ARROW && item->fate == LADDER_HELD)
        return n;
    out[n++] = (struct point){late ? item->end_seq : item->seq,
        late ? item->end_ns : item->t_ns, i, STEP_BEGIN};
    if (item->kind == LADDER_CALL && item->blocked && item->ends)
        out[n++] = (struct point){item->end_seq, item->end_ns, i, STEP_END};
    return n;
}

static void add_point(struct sheet *s, const struct point *p)
{
    const struct ladder_item *item = &s->l->items.items[p->item];

    pass_time(s, p->t_ns);
    if (p->step == STEP_HELD)
        add_held(s, item);
    else if (p->step == STEP_END)
        add_return(s, item);
    else
        add_beginning(s, item);
}

static void add_points(struct sheet *s)
{
    VEC(struct point) points = VEC_INIT;

    for (size_t i = 0; i < s->l->items.len; i++) {
        struct point of[3];
        size_t n = points_of(&s->l->items.items[i], i, of);
        for (size_t k = 0; k < n; k++)
            vec_push(&points, of[k]);
    }
    if (points.len > 0)
        qsort(points.items, points.len, sizeof *points.items, by_seq);
    for (size_t i = 0; i < points.len; i++)
        add_point(s, &points.items[i]);
    vec_done(&points);
}

static void end_activations(struct sheet *s)
{
    for (size_t i = 0; i <= server_of(s); i++) {
        for (; s->active[i] > 0; s->active[i]--) {
            str_add(&s->out, "    deactivate ");
            add_id(s, i);
            end_line(s);
        }
    }
}

static void add_more(struct sheet *s)
{
    struct str text = STR_INIT;

    if (s->l->more == 0)
        return;
    ladder_add_more(&text, s->l);
    add_over(s, str_text(&text));
    str_done(&text);
}

static void write_diagram(struct report *r, const struct ladder *l)
{
    size_t clients = l->hosts[HOST_CLIENT].processes.len;
    struct sheet s = {.l = l, .several = clients > 1 && clients <= CLIENTS_MAX};

    s.active = xcalloc(server_of(&s) + 1, sizeof *s.active);
    str_add(&s.out, "sequenceDiagram\n");
    if (l->title != NULL) {
        str_add(&s.out, "    title ");
        add_text(&s.out, l->title);
        end_line(&s);
    }
    add_participants(&s);
    add_points(&s);
    end_activations(&s);
    add_more(&s);
    report_write(r, str_text(&s.out), s.out.len);
    str_done(&s.out);
    free(s.active);
}

/* ---- the format ---------------------------------------------------------- */

static void mermaid_begin(struct report *r, const char *name, const char *title)
{
    struct mermaid *m = report_state(r);

    if (m->begun)
        return;
    m->begun = true;
    ladder_begin(&m->ladder, report_lang(r), title != NULL ? title : name);
}

static void mermaid_event(struct report *r, const struct event *e)
{
    struct mermaid *m = report_state(r);

    mermaid_begin(r, NULL, NULL);
    ladder_add(&m->ladder, e);
}

static void mermaid_run_end(struct report *r)
{
    struct mermaid *m = report_state(r);

    mermaid_begin(r, NULL, NULL);
    ladder_finish(&m->ladder, NOTE_COLUMNS);
    write_diagram(r, &m->ladder);
}

static void mermaid_done(void *state)
{
    ladder_done(&((struct mermaid *)state)->ladder);
}

const struct report_def report_mermaid = {
    .name = "mermaid",
    .suffix = "mmd",
    .of_export = true,
    .of_one_stage = true,
    .help = N_("a sequence diagram for Mermaid"),
    .script_begin = mermaid_begin,
    .event = mermaid_event,
    .run_end = mermaid_run_end,
    .state_size = sizeof(struct mermaid),
    .state_done = mermaid_done,
};
