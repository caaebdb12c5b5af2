/* What happened in a moment, and to whom: a call, a segment, a socket that
 * changed by itself, a line that a program printed. */
#include "page_int.h"

#include "sockstage/base/host.h"
#include "sockstage/base/text.h"
#include "sockstage/model/json_out.h"
#include "sockstage/model/why.h"

static const struct model_call *call_of(const struct page_subject *of)
{
    return of->deed->call != 0 ? model_call(of->m, of->deed->call) : NULL;
}

void page_deed_kind(const struct page_subject *of, struct str *out)
{
    json_out_text(out, event_kind_name(of->deed->kind));
}

/* The process at the client's end of its connection, if one is known. */
static void add_segment_owner(const struct page_subject *of, struct str *out)
{
    const struct model_segment *s = model_segment(of->m, of->deed->segment);
    const char *owner =
        s != NULL ? model_segment_owner(of->m, &s->seg, HOST_CLIENT) : NULL;

    if (owner != NULL)
        page_add_process_of(out, owner);
}

void page_deed_who(const struct page_subject *of, struct str *out)
{
    const struct model_call *c = call_of(of);
    const struct model_sock *s =
        of->deed->sock != 0 ? model_sock(of->m, of->deed->sock) : NULL;

    if (c != NULL)
        page_add_short(out, c->process);
    else if (s != NULL)
        page_add_short(out, s->owner_count > 0 ? s->owners[0] : s->former);
    else if (of->deed->segment != 0)
        add_segment_owner(of, out);
    else
        page_add_short(out, of->deed->who);
}

static enum host other(enum host host)
{
    return host == HOST_CLIENT ? HOST_SERVER : HOST_CLIENT;
}

/* "SYN arrives at the server, ignored: accept queue full" */
static void say_fate(const struct page_deed *deed,
    const struct model_segment *s, struct str *out)
{
    static const char *const fates[] = {
        [VERDICT_HELD] = N_("%s waits on the wire: it is held"),
        [VERDICT_DROPPED] = N_("%s is lost on the wire"),
        [VERDICT_DUPLICATED] = N_("%s is duplicated on the wire"),
        [VERDICT_CORRUPTED] = N_("%s: a bit of it turns over on the wire"),
        [VERDICT_COALESCED] = N_("%s was sent again; the wire keeps one"),
        [VERDICT_ANSWERED] = N_("%s is answered by an ICMP error"),
    };
    struct str name = STR_INIT;
    char text[64];

    str_add(&name, segment_format_name(&s->seg, text, sizeof text));
    if (s->seg.retransmission)
        str_addf(&name, " %s", _("again"));
    if (!deed->has_verdict)
        str_addf(out,
            s->seg.from == HOST_CLIENT ? _("%s leaves the client")
                                       : _("%s leaves the server"),
            str_text(&name));
    else if (deed->verdict == VERDICT_DELIVERED)
        str_addf(out,
            other(s->seg.from) == HOST_CLIENT ? _("%s arrives at the client")
                                              : _("%s arrives at the server"),
            str_text(&name));
    else
        str_addf(out, _(fates[deed->verdict]), str_text(&name));
    str_done(&name);
    if (deed->has_verdict && deed->verdict == VERDICT_DELIVERED &&
        s->reason != MODEL_REASON_NONE)
        str_addf(out, ", %s", _(model_reason_words(s->reason, false)));
}

static void say_run(
    const struct model *m, const struct page_deed *deed, struct str *out)
{
    const struct model_run *run = model_run(m, deed->segment);

    if (run != NULL)
        str_addf(out,
            _("many segments: %u from the client so far, %u from the server"),
            run->count[HOST_CLIENT], run->count[HOST_SERVER]);
}

static void say_sock(const struct model_sock *s, struct str *out)
{
    if (s->is_listener)
        str_add(out, _("its queues change"));
    else if (s->gone)
        str_add(out, _("is gone"));
    else
        str_addf(out, _("is %s"), state_name(s->proto, s->state));
}

void page_deed_text(const struct page_subject *of, struct str *out)
{
    const struct page_deed *deed = of->deed;
    const struct model_call *c = call_of(of);
    const struct model_segment *seg =
        deed->segment != 0 ? model_segment(of->m, deed->segment) : NULL;
    const struct model_sock *s =
        deed->sock != 0 ? model_sock(of->m, deed->sock) : NULL;
    struct str said = STR_INIT;

    if (c != NULL)
        page_add_short(out, c->python);
    else if (deed->text != NULL)
        page_add_short(out, deed->text);
    else if (seg != NULL && deed->run != 0)
        say_run(of->m, deed, &said);
    else if (seg != NULL)
        say_fate(deed, seg, &said);
    else if (s != NULL)
        say_sock(s, &said);
    page_add_said(out, &said);
}

void page_deed_result(const struct page_subject *of, struct str *out)
{
    const struct model_call *c = call_of(of);
    struct str said = STR_INIT;

    if (c == NULL || !c->returned)
        return;
    if (c->error == NULL && c->exception == NULL) {
        page_add_short(out, c->result != NULL ? c->result : "None");
        return;
    }
    str_add(&said, c->exception != NULL ? c->exception : c->error);
    if (c->exception != NULL && c->error != NULL)
        str_addf(&said, " (%s)", c->error);
    page_add_said(out, &said);
}

void page_deed_failed(const struct page_subject *of, struct str *out)
{
    const struct model_call *c = call_of(of);
    bool failed = of->deed->kind == EVENT_EXPECT;

    if (c != NULL)
        failed = c->returned && (c->error != NULL || c->exception != NULL);
    if (failed)
        json_out_bool(out, true);
}

void page_deed_waits(const struct page_subject *of, struct str *out)
{
    const struct model_call *c = call_of(of);

    if (c != NULL && c->blocked && !c->returned)
        json_out_bool(out, true);
}

void page_deed_took(const struct page_subject *of, struct str *out)
{
    const struct model_call *c = call_of(of);

    if (c != NULL && c->blocked && c->returned)
        page_add_seconds(out, c->elapsed_ns);
}

void page_deed_why(const struct page_subject *of, struct str *out)
{
    const struct model_call *c = call_of(of);
    struct str said = STR_INIT;

    if (c == NULL)
        return;
    if (c->why != NULL)
        str_add(&said, c->why);
    else if (c->blocked && !c->returned)
        why_waits(of->m, c, &said);
    page_add_said(out, &said);
}

void page_deed_call(const struct page_subject *of, struct str *out)
{
    if (of->deed->call != 0)
        json_out_u64(out, of->deed->call);
}
