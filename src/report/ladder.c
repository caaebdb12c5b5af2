/* Collects what the picture shows, from the events; the model tells what they
 * only refer to. Segments are in ladder_wire.c, rows in ladder_rows.c. */
#include "ladder_int.h"
#include "report_int.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_COLUMNS   32
#define PYTHON_COLUMNS 120
#define TOLD_COLUMNS   400
/* A call and what it gave, side by side: as far as a slide has room. */
#define BESIDE_COLUMNS 36

char *ladder_line(const char *text, size_t columns)
{
    struct str line = STR_INIT;

    text_add_visible(&line, text != NULL ? text : "", columns);
    return line.data != NULL ? str_steal(&line) : xstrdup("");
}

struct ladder_item *ladder_new_item(
    struct ladder *l, enum ladder_kind kind, uint64_t t_ns)
{
    struct ladder_item item = {.kind = kind,
        .seq = l->events,
        .end_seq = l->events,
        .t_ns = t_ns,
        .end_ns = t_ns,
        .lines = 1,
        .lane = -1};

    if (l->items.len - l->work->gone >= LADDER_ITEMS_MAX) {
        if (l->more++ == 0)
            l->more_ns = t_ns;
        return NULL;
    }
    vec_push(&l->items, item);
    return &l->items.items[l->items.len - 1];
}

/* ---- calls --------------------------------------------------------------- */

static enum host host_of(const struct ladder *l, const char *process)
{
    const struct model_process *p =
        process != NULL ? model_process(l->work->model, process) : NULL;

    if (p != NULL)
        return p->host;
    return str_equal(process, "server") ? HOST_SERVER : HOST_CLIENT;
}

static void add_call(struct ladder *l, const struct event *e)
{
    struct ladder_item *item = ladder_new_item(l, LADDER_CALL, e->t_ns);
    struct ladder_ref ref = {e->u.call.id, l->items.len - 1};
    struct ladder_refs *calls = &l->work->calls;

    if (item == NULL)
        return;
    item->side = host_of(l, e->u.call.process);
    item->who = ladder_line(e->u.call.process, NAME_COLUMNS);
    item->text = ladder_line(e->u.call.python, PYTHON_COLUMNS);
    item->name = ladder_line(e->u.call.name, NAME_COLUMNS);
    item->call = e->u.call.id;
    if (calls->of.len == 0 ||
        calls->of.items[calls->of.len - 1].id < e->u.call.id)
        vec_push(&calls->of, ref);
}

struct ladder_item *ladder_find(
    struct ladder *l, const struct ladder_refs *refs, uint64_t id)
{
    size_t low = 0, high = refs->of.len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (refs->of.items[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == refs->of.len || refs->of.items[low].id != id)
        return NULL;
    return &l->items.items[refs->of.items[low].item];
}

static void add_blocked(struct ladder *l, const struct event *e)
{
    struct ladder_item *item = ladder_find(l, &l->work->calls, e->u.blocked.id);

    if (item != NULL && !item->ends)
        item->blocked = true;
}

/* What socket() gives says nothing; of accept() whom it is from. */
static void add_result(struct str *out, const char *result)
{
    const char *from = strstr(result, ">, ");
    size_t len = strlen(result);

    if (strncmp(result, "(<socket", 8) == 0 && from != NULL)
        str_addn(out, from + 3, len - (size_t)(from - result) - 4);
    else if (strncmp(result, "<socket", 7) != 0)
        str_add(out, result);
}

/* Python's text of an errno says no more than its name. */
static char *outcome(const struct event_return *r)
{
    struct str text = STR_INIT;

    if (r->exception != NULL || r->error != NULL) {
        str_add(&text, r->exception != NULL ? r->exception : r->error);
        if (r->exception != NULL && r->error != NULL)
            str_addf(&text, " (%s)", r->error);
        if (r->message != NULL && strncmp(r->message, "[Errno", 6) != 0)
            str_addf(&text, ": %s", r->message);
    } else if (r->result_is_number) {
        str_addf(&text, "%" PRId64, r->result_number);
    } else {
        add_result(&text, r->result != NULL ? r->result : "None");
    }
    char *line = ladder_line(str_text(&text), PYTHON_COLUMNS);
    str_done(&text);
    return line;
}

static bool fits_beside(const struct ladder *l, const struct ladder_item *item)
{
    size_t columns = text_width(item->text) + text_width(item->more);

    if (str_equal(item->more, "None") || item->more[0] == '\0')
        return true;
    if (l->hosts[item->side].processes.len > 1)
        columns += text_width(item->who) + 2;
    return columns <= BESIDE_COLUMNS;
}

static void add_return(struct ladder *l, const struct event *e)
{
    const struct event_return *r = &e->u.ret;
    struct ladder_item *item = ladder_find(l, &l->work->calls, r->id);

    if (item == NULL || item->ends)
        return;
    item->ends = true;
    item->end_seq = l->events;
    item->end_ns = e->t_ns;
    item->failed = r->exception != NULL || r->error != NULL;
    item->more = outcome(r);
    item->apart = item->blocked || item->failed || !fits_beside(l, item);
}

/* ---- processes ----------------------------------------------------------- */

static void count_process(struct ladder *l, const struct event_process *p)
{
    struct ladder_host *host = &l->hosts[p->host];

    if (p->action == PROCESS_STARTED && host->processes.len < LADDER_ITEMS_MAX)
        vec_push(&host->processes, ladder_line(p->process, NAME_COLUMNS));
}

static void add_process(struct ladder *l, const struct event *e)
{
    const struct event_process *p = &e->u.process;
    struct ladder_item *item;
    struct str text = STR_INIT;

    count_process(l, p);
    if (p->action == PROCESS_STARTED && p->parent == NULL)
        return;
    item = ladder_new_item(l, LADDER_PROCESS, e->t_ns);
    if (item == NULL)
        return;
    if (p->action == PROCESS_EXITED)
        str_add(&text, _("exited"));
    else
        str_addf(&text, _("forked from %s"), p->parent);
    item->side = p->host;
    item->who = ladder_line(p->process, NAME_COLUMNS);
    item->text = ladder_line(str_text(&text), PYTHON_COLUMNS);
    str_done(&text);
}

static void add_output(struct ladder *l, const struct event *e)
{
    struct ladder_item *item = ladder_new_item(l, LADDER_OUTPUT, e->t_ns);

    if (item == NULL)
        return;
    item->side = host_of(l, e->u.output.process);
    item->who = ladder_line(e->u.output.process, NAME_COLUMNS);
    item->text = ladder_line(e->u.output.text, PYTHON_COLUMNS);
}

/* ---- states -------------------------------------------------------------- */

/* "c1.s", or "(c1.s)": whom it is connected to, if only the kernel has it. */
static char *socket_name(const struct model *m, const struct model_sock *s)
{
    const struct model_sock *peer;
    char text[2 * MODEL_NAME_MAX + 4];

    if (s->owner_count > 0)
        return ladder_line(s->owners[0], 0);
    if (s->former[0] != '\0')
        return ladder_line(s->former, 0);
    peer = model_sock_last_peer(m, s);
    if (peer != NULL && peer->owner_count > 0)
        snprintf(text, sizeof text, "(%s)", peer->owners[0]);
    else if (peer != NULL && peer->former[0] != '\0')
        snprintf(text, sizeof text, "(%s)", peer->former);
    else
        snprintf(text, sizeof text, ":%u",
            s->peer.port != 0 ? s->peer.port : s->local.port);
    return ladder_line(text, 0);
}

static bool is_known_socket(const struct ladder *l, uint64_t id)
{
    for (size_t i = 0; i + 1 < l->items.len; i++) {
        if (l->items.items[i].kind == LADDER_STATE &&
            l->items.items[i].sock == id)
            return true;
    }
    return false;
}

/* `before`: what the model knew before this event. */
static void add_state(
    struct ladder *l, const struct event *e, bool was_known, uint8_t before)
{
    const struct event_socket *s = &e->u.socket;
    uint8_t state = s->gone ? TCP_STATE_NONE : s->state;
    const char *was = state_name(s->proto, was_known ? before : TCP_STATE_NONE);
    const struct model_sock *sock = model_sock(l->work->model, s->id);
    struct ladder_item *item;

    if (str_equal(was, state_name(s->proto, state)) || sock == NULL ||
        (!was_known && s->proto != IPPROTO_TCP))
        return;
    item = ladder_new_item(l, LADDER_STATE, e->t_ns);
    if (item == NULL)
        return;
    item->side = s->host;
    item->who = socket_name(l->work->model, sock);
    item->text = xstrdup(state_name(s->proto, state));
    item->sock = s->id;
    item->proto = s->proto;
    item->state = state;
    if (!is_known_socket(l, s->id))
        l->hosts[s->host].sockets++;
}

/* ---- what is told -------------------------------------------------------- */

static void add_told(void *ctx, const struct telling *t)
{
    struct ladder *l = ctx;
    struct ladder_item *item;

    if (t->kind != TELLING_NOTE || l->is_silent)
        return;
    item = ladder_new_item(l, LADDER_NOTE, t->t_ns);
    if (item == NULL)
        return;
    item->seq = item->end_seq = t->seq;
    item->text = ladder_line(t->text, TOLD_COLUMNS);
}

static void add_failed(struct ladder *l, const struct event *e)
{
    const struct event_expect *x = &e->u.expect;
    struct ladder_item *item;
    struct str text = STR_INIT;

    if (x->ok)
        return;
    item = ladder_new_item(l, LADDER_FAILED, e->t_ns);
    if (item == NULL)
        return;
    str_addf(&text, _("expected %s, was %s"),
        report_expectation(x->text != NULL ? x->text : ""),
        x->actual != NULL ? x->actual : "undefined");
    item->text = ladder_line(str_text(&text), TOLD_COLUMNS);
    str_done(&text);
}

static bool begins_with(const char *text, const char *word)
{
    size_t len = strlen(word);

    return strncmp(text, word, len) == 0 &&
           (text[len] == ' ' || text[len] == '\t');
}

static bool is_same_wire(
    const struct wire_status *a, const struct wire_status *b)
{
    return a->holding == b->holding && a->cut == b->cut && a->rate == b->rate &&
           a->mtu == b->mtu && a->coalesce == b->coalesce &&
           memcmp(a->delay_ns, b->delay_ns, sizeof a->delay_ns) == 0 &&
           memcmp(a->jitter_ns, b->jitter_ns, sizeof a->jitter_ns) == 0 &&
           memcmp(a->loss_ppm, b->loss_ppm, sizeof a->loss_ppm) == 0;
}

/* What a line lets go arrives before the line itself is told of. */
static void add_line(struct ladder *l, const struct event *e)
{
    const char *text = e->u.line.text != NULL ? e->u.line.text : "";
    bool wire = begins_with(text, "wire") &&
                !is_same_wire(&e->u.line.wire, &l->work->status);
    bool releases = l->work->status.holding && !e->u.line.wire.holding;
    enum ladder_kind kind =
        begins_with(text, "mark") ? LADDER_MARK : LADDER_WIRE;
    struct ladder_item *item;

    if (kind == LADDER_WIRE && !wire && !begins_with(text, "set"))
        return;
    item = ladder_new_item(l, kind, e->t_ns);
    if (item == NULL)
        return;
    if (kind == LADDER_MARK)
        text += strcspn(text, " \t") + 1;
    if (releases && l->work->let_go != 0)
        item->seq = item->end_seq = l->work->let_go - 1;
    item->text = ladder_line(text, PYTHON_COLUMNS);
}

/* ---- all of it ----------------------------------------------------------- */

static void add_stage(struct ladder *l, const struct event *e)
{
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        char text[ADDR_TEXT_MAX];
        free(l->hosts[h].address);
        l->hosts[h].address =
            e->u.stage.address_count[h] > 0
                ? xstrdup(addr_format_ip(&e->u.stage.addresses[h][0], text))
                : NULL;
    }
}

static void add_socket(struct ladder *l, const struct event *e)
{
    const struct model_sock *old = model_sock(l->work->model, e->u.socket.id);
    uint8_t before = old != NULL ? old->state : TCP_STATE_NONE;

    bool was_known = old != NULL;
    model_apply(l->work->model, e);
    add_state(l, e, was_known, before);
}

static void add_known(struct ladder *l, const struct event *e)
{
    static void (*const adders[EVENT_KINDS])(
        struct ladder * l, const struct event *e) = {
        [EVENT_STAGE] = add_stage,
        [EVENT_CALL] = add_call,
        [EVENT_BLOCKED] = add_blocked,
        [EVENT_RETURN] = add_return,
        [EVENT_SEGMENT] = ladder_add_segment,
        [EVENT_VERDICT] = ladder_add_verdict,
        [EVENT_PROCESS] = add_process,
        [EVENT_OUTPUT] = add_output,
        [EVENT_EXPECT] = add_failed,
        [EVENT_LINE] = add_line,
    };

    model_apply(l->work->model, e);
    if (adders[e->kind] != NULL)
        adders[e->kind](l, e);
}

void ladder_begin(struct ladder *l, const char *lang, const char *title)
{
    memset(l, 0, sizeof *l);
    snprintf(l->lang, sizeof l->lang, "%s", lang);
    l->title = title != NULL ? ladder_line(title, PYTHON_COLUMNS) : NULL;
    l->work = xcalloc(1, sizeof *l->work);
    l->work->model = model_new();
    l->work->narration =
        (struct narration){.lang = l->lang, .told = add_told, .ctx = l};
}

void ladder_add(struct ladder *l, const struct event *e)
{
    struct ladder_work *w = l->work;
    bool told = narration_take(&w->narration, e, l->events);

    if (told)
        model_apply(w->model, e);
    else if (e->kind == EVENT_SOCKET)
        add_socket(l, e);
    else
        add_known(l, e);
    if (e->kind == EVENT_LINE)
        w->status = e->u.line.wire;
    if (e->kind != EVENT_SEGMENT && e->kind != EVENT_VERDICT &&
        e->kind != EVENT_SOCKET)
        w->let_go = 0;
    ladder_look_again(l, false);
    l->last_ns = e->t_ns;
    l->events++;
}

static void item_done(struct ladder_item *item)
{
    free(item->who);
    free(item->text);
    free(item->more);
    free(item->name);
}

static void work_done(struct ladder *l)
{
    if (l->work == NULL)
        return;
    model_free(l->work->model);
    narration_done(&l->work->narration);
    vec_done(&l->work->calls.of);
    vec_done(&l->work->arrows.of);
    free(l->work);
    l->work = NULL;
}

static void drop_gone(struct ladder *l)
{
    size_t kept = 0;

    for (size_t i = 0; i < l->items.len; i++) {
        if (l->items.items[i].kind == LADDER_GONE)
            item_done(&l->items.items[i]);
        else
            l->items.items[kept++] = l->items.items[i];
    }
    l->items.len = kept;
}

void ladder_finish(struct ladder *l, int columns)
{
    if (l->work == NULL)
        return;
    narration_end(&l->work->narration);
    ladder_look_again(l, true);
    work_done(l);
    drop_gone(l);
    ladder_tell_windows(l);
    ladder_place(l, columns);
}

void ladder_done(struct ladder *l)
{
    work_done(l);
    for (size_t i = 0; i < l->items.len; i++)
        item_done(&l->items.items[i]);
    vec_done(&l->items);
    vec_done(&l->pauses);
    vec_done(&l->stamps);
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        for (size_t i = 0; i < l->hosts[h].processes.len; i++)
            free(l->hosts[h].processes.items[i]);
        vec_done(&l->hosts[h].processes);
        free(l->hosts[h].address);
    }
    free(l->title);
    memset(l, 0, sizeof *l);
}
