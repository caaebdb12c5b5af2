/* Events become moments, and moments patches: of what the page shows, the
 * fields that are not as they were. A moment that changes nothing is none. */
#include "page_moments.h"

#include "page_fields.h"
#include "page_group.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"
#include "sockstage/model/json_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTENERS_MAX 16 /* looked after whenever a queue may have changed */

/* What the page knows of a thing: its fields as they were written last. */
struct record {
    uint64_t id;               /* of a socket */
    char name[MODEL_NAME_MAX]; /* of a process */
    bool listed;
    char *was[PAGE_FIELDS_MAX]; /* owned; NULL: no such field */
};

struct records {
    VEC(struct record) list;
    bool is_full; /* one had no room */
};

struct page_moments {
    struct model *model;
    const char *lang;
    struct page_group group;
    VEC(uint64_t) touched; /* sockets that may look different in it, */
    bool all_socks;        /* or all of them may */
    struct record stage, deed;
    struct records processes, socks;
    uint64_t events, left;
    uint64_t changes; /* fields written in this moment */
    size_t count;
    struct str patches;
    struct str scratch;
};

struct page_moments *page_moments_new(const char *lang)
{
    struct page_moments *p = xcalloc(1, sizeof *p);

    p->model = model_new();
    p->lang = lang;
    json_out_open(&p->patches, '[');
    return p;
}

/* ---- records ------------------------------------------------------------ */

static void forget(struct record *r)
{
    for (size_t i = 0; i < PAGE_FIELDS_MAX; i++) {
        free(r->was[i]);
        r->was[i] = NULL;
    }
    r->listed = false;
}

static void records_done(struct records *r)
{
    for (size_t i = 0; i < r->list.len; i++)
        forget(&r->list.items[i]);
    vec_done(&r->list);
}

static struct record *record_new(struct records *r)
{
    struct record fresh = {0};

    if (r->list.len >= PAGE_THINGS_MAX) {
        r->is_full = true;
        return NULL;
    }
    vec_push(&r->list, fresh);
    return &r->list.items[r->list.len - 1];
}

/* NULL: there is no room for another. */
static struct record *sock_record(struct page_moments *p, uint64_t id)
{
    struct record *r;

    for (size_t i = 0; i < p->socks.list.len; i++) {
        if (p->socks.list.items[i].id == id)
            return &p->socks.list.items[i];
    }
    r = record_new(&p->socks);
    if (r != NULL)
        r->id = id;
    return r;
}

static struct record *process_record(struct page_moments *p, const char *name)
{
    struct record *r;

    for (size_t i = 0; i < p->processes.list.len; i++) {
        if (strcmp(p->processes.list.items[i].name, name) == 0)
            return &p->processes.list.items[i];
    }
    r = record_new(&p->processes);
    if (r != NULL)
        memcpy(r->name, name, strnlen(name, MODEL_NAME_MAX - 1));
    return r;
}

void page_moments_free(struct page_moments *p)
{
    if (p == NULL)
        return;
    model_free(p->model);
    forget(&p->stage);
    forget(&p->deed);
    records_done(&p->processes);
    records_done(&p->socks);
    vec_done(&p->touched);
    page_group_done(&p->group);
    str_done(&p->patches);
    str_done(&p->scratch);
    free(p);
}

/* ---- patches ------------------------------------------------------------ */

static struct page_subject subject_of(const struct page_moments *p)
{
    return (struct page_subject){
        .m = p->model, .lang = p->lang, .deed = &p->group.deed};
}

static void cut_back(struct str *s, size_t len)
{
    s->len = len;
    s->data[len] = '\0';
}

static void add_key(struct str *out, const char *name)
{
    struct str key = STR_INIT;

    str_addf(&key, "\"%s\":", name);
    json_out_key(out, str_text(&key), key.len);
    str_done(&key);
}

/* Adds the fields that are not as they were, null for one that is no more. */
static void add_fields(struct page_moments *p, enum page_part part,
    struct record *r, const struct page_subject *of)
{
    const struct page_field *fields[PAGE_FIELDS_MAX];
    size_t count = page_fields(part, fields);

    for (size_t i = 0; i < count; i++) {
        str_clear(&p->scratch);
        fields[i]->write(of, &p->scratch);
        const char *now = p->scratch.len > 0 ? str_text(&p->scratch) : NULL;
        if (str_equal(r->was[i], now))
            continue;
        add_key(&p->patches, fields[i]->key);
        str_add(&p->patches, now != NULL ? now : "null");
        free(r->was[i]);
        r->was[i] = now != NULL ? xstrdup(now) : NULL;
        p->changes++;
    }
}

/* As a member of the object that is open, if anything of it has changed. */
static void add_thing(struct page_moments *p, const char *key,
    enum page_part part, struct record *r, const struct page_subject *of)
{
    size_t before = p->patches.len;
    uint64_t changes = p->changes;

    add_key(&p->patches, key);
    json_out_open(&p->patches, '{');
    add_fields(p, part, r, of);
    json_out_close(&p->patches, '}');
    if (p->changes == changes)
        cut_back(&p->patches, before);
}

/* Things are numbered in the order of their coming. */
static void add_numbered(struct page_moments *p, const struct records *of,
    enum page_part part, struct record *r, bool is_there,
    const struct page_subject *subject)
{
    char number[24];

    snprintf(number, sizeof number, "%zu", (size_t)(r - of->list.items) + 1);
    if (is_there) {
        r->listed = true;
        add_thing(p, number, part, r, subject);
    } else if (r->listed) {
        add_key(&p->patches, number);
        json_out_null(&p->patches);
        forget(r);
        p->changes++;
    }
}

static void add_processes(struct page_moments *p)
{
    size_t count = model_process_count(p->model);

    for (size_t i = 0; i < count && i < PAGE_THINGS_MAX; i++) {
        const struct model_process *process = model_process_at(p->model, i);
        struct record *r = process_record(p, process->name);
        struct page_subject of = subject_of(p);
        bool is_there =
            !process->exited || model_process_sock_count(process) > 0;
        of.process = process;
        if (r != NULL)
            add_numbered(p, &p->processes, PAGE_PROCESS, r, is_there, &of);
    }
    p->processes.is_full = count > PAGE_THINGS_MAX;
}

static void add_sock(struct page_moments *p, struct record *r)
{
    struct page_subject of = subject_of(p);

    of.sock = model_sock(p->model, r->id);
    add_numbered(
        p, &p->socks, PAGE_SOCKET, r, of.sock != NULL && !of.sock->gone, &of);
}

static bool is_touched(const struct page_moments *p, uint64_t sock)
{
    return p->all_socks ||
           page_is_among(p->touched.items, p->touched.len, sock);
}

static void add_socks(struct page_moments *p)
{
    for (size_t i = 0; i < p->touched.len; i++)
        sock_record(p, p->touched.items[i]);
    for (size_t i = 0; i < p->socks.list.len; i++) {
        if (is_touched(p, p->socks.list.items[i].id))
            add_sock(p, &p->socks.list.items[i]);
    }
}

/* A member that is an object of things; none if nothing of them changed. */
static void add_things(struct page_moments *p, const char *key,
    void (*add)(struct page_moments *p))
{
    size_t before = p->patches.len;
    uint64_t changes = p->changes;

    add_key(&p->patches, key);
    json_out_open(&p->patches, '{');
    add(p);
    json_out_close(&p->patches, '}');
    if (p->changes == changes)
        cut_back(&p->patches, before);
}

/* What is worth a moment even if nothing else looks different. */
static bool is_deed(const struct page_deed *deed)
{
    return deed->kind != EVENT_NOTE && deed->kind != EVENT_LINE &&
           deed->kind != EVENT_SOCKET && deed->kind != EVENT_PROCESS &&
           deed->kind != EVENT_END &&
           (deed->kind != EVENT_EXPECT || deed->text != NULL);
}

static void add_patch(struct page_moments *p)
{
    struct page_subject of = subject_of(p);
    size_t before = p->patches.len;
    struct str *out = &p->patches;

    p->changes = 0;
    json_out_item(out);
    json_out_open(out, '{');
    add_key(out, "t");
    json_out_fixed(out, model_now_ns(p->model) / NS_PER_US, 6);
    add_key(out, "event");
    json_out_u64(out, p->events);
    add_fields(p, PAGE_STAGE, &p->stage, &of);
    add_things(p, "processes", add_processes);
    add_things(p, "sockets", add_socks);
    if (p->changes == 0 && !is_deed(&p->group.deed)) {
        cut_back(out, before);
        return;
    }
    add_thing(p, "deed", PAGE_DEED, &p->deed, &of);
    json_out_close(out, '}');
    p->count++;
}

/* ---- from moment to moment ---------------------------------------------- */

static void close_moment(struct page_moments *p)
{
    if (p->group.is_open)
        add_patch(p);
    vec_clear(&p->touched);
    p->all_socks = false;
    page_group_clear(&p->group);
}

/* ---- what an event touches ---------------------------------------------- */

static void touch(struct page_moments *p, const struct model_sock *s)
{
    if (s != NULL && !page_is_among(p->touched.items, p->touched.len, s->id))
        vec_push(&p->touched, s->id);
}

/* Whose queue it may have come into or left. */
static void touch_listeners(
    struct page_moments *p, const struct event_socket *s)
{
    size_t seen = 0;

    for (size_t i = 0; i < p->socks.list.len && seen < LISTENERS_MAX; i++) {
        const struct model_sock *l =
            model_sock(p->model, p->socks.list.items[i].id);
        if (l == NULL || !l->is_listener || l->host != s->host ||
            l->local.port != s->local.port || l->id == s->id)
            continue;
        touch(p, l);
        seen++;
    }
}

static void touch_around(struct page_moments *p, const struct event_socket *e)
{
    const struct model_sock *s = model_sock(p->model, e->id);

    touch(p, s);
    if (s == NULL)
        return;
    touch(p, model_sock_last_peer(p->model, s));
    touch_listeners(p, e);
}

static unsigned hidden_parts(const struct model *m)
{
    unsigned bits = 0;

    for (enum model_part i = MODEL_CLIENT; i < MODEL_PARTS; i++)
        bits |= (unsigned)model_hides(m, i) << i;
    return bits;
}

void page_moments_add(struct page_moments *p, const struct event *e)
{
    unsigned hidden = hidden_parts(p->model);

    if (p->left > 0) {
        p->left++;
        return;
    }
    if (!page_group_takes(&p->group, e)) {
        close_moment(p);
        if (p->count >= PAGE_MOMENTS_MAX || p->patches.len >= PAGE_BYTES_MAX) {
            p->left = 1;
            return;
        }
    }
    model_apply(p->model, e);
    p->events++;
    page_group_add(&p->group, e, p->model);
    if (e->kind == EVENT_SOCKET)
        touch_around(p, &e->u.socket);
    p->all_socks |= hidden_parts(p->model) != hidden;
}

/* ---- what there is ------------------------------------------------------ */

const char *page_moments_json(struct page_moments *p)
{
    close_moment(p);
    if (p->count == 0)
        str_add(&p->patches, "{\"t\":0,\"event\":0}");
    json_out_close(&p->patches, ']');
    return str_text(&p->patches);
}

uint64_t page_moments_events_left(const struct page_moments *p)
{
    return p->left;
}

bool page_moments_is_crowded(const struct page_moments *p)
{
    return p->socks.is_full || p->processes.is_full;
}

void page_moments_add_addresses(
    const struct page_moments *p, enum host host, struct str *out)
{
    const struct addr *list = NULL;
    size_t count = model_addresses(p->model, host, &list);
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < count; i++) {
        addr_format_ip(&list[i], text);
        if (strncmp(text, "127.", 4) != 0 && strcmp(text, "::1") != 0)
            str_addf(out, "%s%s", out->len > 0 ? " " : "", text);
    }
}
