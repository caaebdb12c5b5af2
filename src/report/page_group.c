/* What belongs together, and what it is called. */
#include "page_group.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSTANT_NS    NS_PER_MS        /* what takes longer is no one moment */
#define RUN_NS        (20 * NS_PER_MS) /* of segments faster than the eye */
#define RUN_SOCKS_MAX 64
#define SETTING_BYTES 400

bool page_is_among(const uint64_t *ids, size_t count, uint64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id)
            return true;
    }
    return false;
}

/* ---- what joins --------------------------------------------------------- */

static bool has_effects(const struct page_deed *deed)
{
    return deed->kind != EVENT_STAGE && deed->kind != EVENT_NOTE &&
           deed->kind != EVENT_LINE && deed->kind != EVENT_EXPECT;
}

static bool is_last(
    const struct page_group *g, enum event_kind kind, uint64_t id)
{
    return g->last == kind && g->last_id == id;
}

static bool is_of_run(const struct page_group *g, const struct event *e)
{
    return g->deed.run != 0 && e->t_ns < g->t_ns + RUN_NS &&
           g->changed.len < RUN_SOCKS_MAX &&
           (e->kind == EVENT_SEGMENT || e->kind == EVENT_VERDICT ||
               e->kind == EVENT_SOCKET);
}

/* The fate of a segment that has just entered the wire. */
static bool is_its_verdict(const struct page_group *g, uint64_t segment)
{
    return is_last(g, EVENT_SEGMENT, segment) ||
           (is_last(g, EVENT_VERDICT, segment) &&
               g->deed.kind == EVENT_SEGMENT);
}

/* The same narration in another language. */
static bool is_translation(const struct page_group *g, const char *lang)
{
    return g->last == EVENT_NOTE && lang != NULL &&
           strncmp(g->note_lang, lang, sizeof g->note_lang - 1) != 0;
}

bool page_group_takes(const struct page_group *g, const struct event *e)
{
    if (!g->is_open)
        return false;
    if (is_of_run(g, e))
        return true;
    if (e->t_ns > g->t_ns + INSTANT_NS)
        return false;
    switch (e->kind) {
    case EVENT_CALL:
        return g->last == EVENT_PROCESS && g->deed.kind == EVENT_PROCESS;
    case EVENT_BLOCKED:
        return is_last(g, EVENT_CALL, e->u.blocked.id);
    case EVENT_RETURN:
        return is_last(g, EVENT_CALL, e->u.ret.id);
    case EVENT_VERDICT:
        return is_its_verdict(g, e->u.verdict.segment);
    case EVENT_SOCKET:
        return has_effects(&g->deed) &&
               !page_is_among(g->changed.items, g->changed.len, e->u.socket.id);
    case EVENT_NOTE:
        return is_translation(g, e->u.note.lang);
    case EVENT_LINE:
        return g->last == EVENT_LINE || g->last == EVENT_NOTE;
    case EVENT_EXPECT:
        return e->u.expect.ok;
    default:
        return false;
    }
}

/* ---- what happened ------------------------------------------------------ */

static const char *or_nothing(const char *text)
{
    return text != NULL ? text : "";
}

/* Of what the model does not keep. */
static void tell(struct page_deed *deed, const struct event *e)
{
    struct str text = STR_INIT;

    if (e->kind == EVENT_STAGE)
        str_addf(&text, _("%s wire, Linux %s"), or_nothing(e->u.stage.wire),
            or_nothing(e->u.stage.kernel));
    if (e->kind == EVENT_EXPECT && !e->u.expect.ok)
        str_addf(&text, _("%s: it was %s"), or_nothing(e->u.expect.text),
            e->u.expect.actual != NULL ? e->u.expect.actual : "-");
    if (e->kind == EVENT_OUTPUT) {
        deed->who = xstrdup(or_nothing(e->u.output.process));
        str_add(&text, or_nothing(e->u.output.text));
    }
    if (text.len > 0)
        deed->text = str_steal(&text);
    str_done(&text);
}

/* "wire hold", "wire release · wire delay 100ms" */
static void add_setting(struct page_deed *deed, const char *line)
{
    struct str text = STR_INIT;

    if (strncmp(line, "wire ", 5) != 0 && strncmp(line, "set ", 4) != 0)
        return;
    if (deed->text != NULL && strlen(deed->text) > SETTING_BYTES)
        return;
    if (deed->text != NULL)
        str_addf(&text, "%s · ", deed->text);
    str_add(&text, line);
    free(deed->text);
    deed->text = str_steal(&text);
}

static void add_segment(
    struct page_group *g, uint64_t segment, const struct model *m)
{
    const struct model_run *run = model_run(m, segment);

    g->deed.segment = g->last_id = segment;
    g->deed.run = run != NULL ? run->first : 0;
}

static void open_group(struct page_group *g, const struct event *e)
{
    g->is_open = true;
    g->t_ns = e->t_ns;
    g->deed.kind = e->kind;
    if (e->kind == EVENT_SOCKET)
        g->deed.sock = e->u.socket.id;
    tell(&g->deed, e);
}

static void add_sock(struct page_group *g, uint64_t sock)
{
    if (!page_is_among(g->changed.items, g->changed.len, sock))
        vec_push(&g->changed, sock);
}

void page_group_add(
    struct page_group *g, const struct event *e, const struct model *m)
{
    if (!g->is_open)
        open_group(g, e);
    switch (e->kind) {
    case EVENT_CALL:
        g->deed.kind = EVENT_CALL; /* it may follow its process */
        g->deed.call = g->last_id = e->u.call.id;
        break;
    case EVENT_BLOCKED:
        g->deed.call = g->last_id = e->u.blocked.id;
        break;
    case EVENT_RETURN:
        g->deed.call = g->last_id = e->u.ret.id;
        break;
    case EVENT_SEGMENT:
        add_segment(g, e->u.segment.seg.id, m);
        break;
    case EVENT_VERDICT:
        g->deed.segment = g->last_id = e->u.verdict.segment;
        g->deed.verdict = e->u.verdict.action;
        g->deed.has_verdict = true;
        break;
    case EVENT_SOCKET:
        add_sock(g, e->u.socket.id);
        break;
    case EVENT_NOTE:
        snprintf(g->note_lang, sizeof g->note_lang, "%s",
            or_nothing(e->u.note.lang));
        break;
    case EVENT_LINE:
        add_setting(&g->deed, or_nothing(e->u.line.text));
        break;
    default:
        break;
    }
    if (e->kind != EVENT_EXPECT)
        g->last = e->kind;
}

void page_group_clear(struct page_group *g)
{
    free(g->deed.who);
    free(g->deed.text);
    g->deed = (struct page_deed){0};
    g->is_open = false;
    vec_clear(&g->changed);
}

void page_group_done(struct page_group *g)
{
    page_group_clear(g);
    vec_done(&g->changed);
}
