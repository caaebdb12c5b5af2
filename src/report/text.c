/* The readable log: time, who, what. A call is one line with its result and
 * the system call; one that had to wait has a line more at its end:
 *
 *   0.100  c1          s.connect(('server', 8080))  ... blocked   connect(3,
 *   0.100  c1.s        CLOSED -> SYN_SENT
 *   0.100  wire        client ---> server  SYN   34254 > 8080  seq 0 win 64768
 *   0.301  c1          s.connect(('server', 8080))  -> None after 0.201 s
 *   0.301  ok     line 11: c1.s.state == ESTABLISHED */
#include "sockstage/base/text.h"
#include "narration.h"
#include "report_int.h"
#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/model/model.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define WHO_COLUMNS     12
#define SYSCALL_COLUMN  72
#define PYTHON_COLUMNS  120
#define SYSCALL_COLUMNS 200
#define NAME_COLUMNS    12 /* of a segment */

struct text {
    struct model *model; /* owned; what events only refer to */
    struct narration narration;
    uint64_t entered; /* segment whose line waits for its fate, 0: none */
    uint64_t entered_ns;
    char *script; /* its file; owned; NULL: not known */
    size_t scripts;
    size_t ended[END_SKIPPED + 1];
};

/* How a segment's line shows each fate, from the client and from the server. */
struct fate {
    const char *from_client, *from_server, *word;
};

static const struct fate passes = {"--->", "<---", ""};
static const struct fate enters = {"--  ", "  --", "on its way"};
static const struct fate fates[] = {
    [VERDICT_HELD] = {"--| ", " |--", "held"},
    [VERDICT_DELIVERED] = {" -->", "<-- ", "delivered"},
    [VERDICT_DROPPED] = {"--x ", " x--", "lost on the wire"},
    [VERDICT_DUPLICATED] = {"===>", "<===", "duplicated"},
    [VERDICT_CORRUPTED] = {"~~~>", "<~~~", "corrupted"},
    [VERDICT_COALESCED] = {"--+ ", " +--", "repeat folded"},
    [VERDICT_ANSWERED] = {"--! ", " !--", "answered by an ICMP error"},
};

static void pad_to(struct str *line, size_t column)
{
    size_t width = text_width(str_text(line));

    do
        str_add(line, " ");
    while (++width < column);
}

static void begin_line(struct str *line, uint64_t t_ns, const char *who)
{
    uint64_t ms = t_ns / NS_PER_MS;

    str_addf(line, "%3" PRIu64 ".%03" PRIu64 "  ", ms / 1000, ms % 1000);
    if (who == NULL)
        return;
    text_add_visible(line, who, 0);
    pad_to(line, 9 + WHO_COLUMNS);
}

static void end_line(struct report *r, struct str *line)
{
    while (line->len > 0 && line->data[line->len - 1] == ' ')
        line->data[--line->len] = '\0';
    str_addc(line, '\n');
    report_write(r, str_text(line), line->len);
    str_done(line);
}

static void plain_line(
    struct report *r, uint64_t t_ns, const char *who, const char *text)
{
    struct str line = STR_INIT;

    begin_line(&line, t_ns, who);
    text_add_visible(&line, text != NULL ? text : "", 0);
    end_line(r, &line);
}

static void add_syscall(struct str *line, const char *syscall)
{
    if (syscall == NULL)
        return;
    str_add(line, " ");
    pad_to(line, SYSCALL_COLUMN);
    text_add_visible(line, syscall, SYSCALL_COLUMNS);
}

static void log_blocked(struct report *r, const struct event *e)
{
    struct text *state = report_state(r);
    const struct model_call *c = model_call(state->model, e->u.blocked.id);
    struct str line = STR_INIT;

    if (c == NULL)
        return;
    begin_line(&line, e->t_ns, c->process);
    text_add_visible(&line, c->python, PYTHON_COLUMNS);
    str_add(&line, "  ... blocked");
    add_syscall(&line, c->syscall);
    end_line(r, &line);
}

static void add_result(struct str *line, const struct model_call *c)
{
    str_add(line, "  -> ");
    if (c->exception != NULL)
        text_add_visible(line, c->exception, 0);
    else if (c->error == NULL)
        text_add_visible(line, c->result != NULL ? c->result : "None", 0);
    if (c->error != NULL) {
        str_add(line, c->exception != NULL ? " (" : "");
        text_add_visible(line, c->error, 0);
        str_add(line, c->exception != NULL ? ")" : "");
    }
    /* Python's text of an errno says no more than its name. */
    if (c->message != NULL && strncmp(c->message, "[Errno", 6) != 0) {
        str_add(line, ": ");
        text_add_visible(line, c->message, 0);
    }
    if (c->blocked)
        str_addf(line, " after %" PRIu64 ".%03" PRIu64 " s",
            c->elapsed_ns / NS_PER_S, c->elapsed_ns / NS_PER_MS % 1000);
}

static void log_return(struct report *r, const struct event *e)
{
    struct text *state = report_state(r);
    const struct model_call *c = model_call(state->model, e->u.ret.id);
    struct str line = STR_INIT;

    if (c == NULL)
        return;
    begin_line(&line, e->t_ns, c->process);
    text_add_visible(&line, c->python, PYTHON_COLUMNS);
    add_result(&line, c);
    add_syscall(&line, c->syscall);
    end_line(r, &line);
}

static void add_header(struct str *line, const struct segment *s)
{
    const struct segment_quote *about = &s->quoted;

    if (s->src.port != 0 || s->dst.port != 0)
        str_addf(line, "  %u > %u", s->src.port, s->dst.port);
    if (about->src.port != 0 || about->dst.port != 0)
        str_addf(line, "  about %u > %u", about->src.port, about->dst.port);
    if (s->proto != IPPROTO_TCP)
        return;
    if (s->has_relative) {
        str_addf(line, "  seq %" PRIu32, s->seq);
        if ((s->flags & SEGMENT_ACK) != 0)
            str_addf(line, " ack %" PRIu32, s->ack);
    }
    str_addf(line, " win %u", s->window);
}

/* What the arrow does not say: which timer sent it again. */
static void add_kind(struct str *line, const struct segment *s)
{
    if (s->kind != SEGMENT_KIND_NONE && s->kind != SEGMENT_KIND_REPEAT &&
        s->kind != SEGMENT_KIND_PROBE)
        str_addf(line, "  (%s)", segment_kind_name(s->kind));
}

static void log_segment(struct report *r, uint64_t t_ns,
    const struct segment *s, const struct fate *fate)
{
    struct str line = STR_INIT, name = STR_INIT;
    char text[64];

    begin_line(&line, t_ns, "wire");
    str_addf(&line, "client %s server  ",
        s->from == HOST_CLIENT ? fate->from_client : fate->from_server);
    str_add(&name, segment_format_name(s, text, sizeof text));
    if (s->retransmission)
        str_add(&name, " again");
    pad_to(&name, NAME_COLUMNS);
    str_add(&line, str_text(&name));
    add_header(&line, s);
    add_kind(&line, s);
    if (fate->word[0] != '\0')
        str_addf(&line, "  %s", fate->word);
    end_line(r, &line);
    str_done(&name);
}

/* Prints the segment whose line waited, with the fate that it turned out to
 * have. */
static void settle_entered(struct report *r, const struct fate *fate)
{
    struct text *state = report_state(r);
    const struct model_segment *s = model_segment(state->model, state->entered);

    state->entered = 0;
    if (s != NULL)
        log_segment(r, state->entered_ns, &s->seg, fate);
}

static void log_entered(struct report *r, const struct event *e)
{
    struct text *state = report_state(r);

    state->entered = e->u.segment.seg.id;
    state->entered_ns = e->t_ns;
}

static void log_verdict(struct report *r, const struct event *e)
{
    struct text *state = report_state(r);
    const struct event_verdict *v = &e->u.verdict;
    const struct model_segment *s = model_segment(state->model, v->segment);

    if (state->entered != 0 && state->entered == v->segment) {
        settle_entered(
            r, v->action == VERDICT_DELIVERED ? &passes : &fates[v->action]);
        return;
    }
    if (s != NULL)
        log_segment(r, e->t_ns, &s->seg, &fates[v->action]);
}

/* "c1.s", or the host and both addresses of what only the kernel holds. */
static void begin_sock_line(struct str *line, const struct event *e)
{
    const struct event_socket *s = &e->u.socket;
    char local[ADDR_TEXT_MAX], peer[ADDR_TEXT_MAX];

    if (s->owner_count > 0) {
        struct str owners = STR_INIT;
        for (size_t i = 0; i < s->owner_count && i < EVENT_OWNERS_MAX; i++)
            str_addf(&owners, i > 0 ? "=%s" : "%s", s->owners[i]);
        begin_line(line, e->t_ns, str_text(&owners));
        str_done(&owners);
        return;
    }
    begin_line(line, e->t_ns, host_name(s->host));
    str_addf(line, "%s", addr_format(&s->local, local));
    if (s->peer.family != 0)
        str_addf(line, " < %s", addr_format(&s->peer, peer));
    str_add(line, "  ");
}

static void log_queues(struct report *r, const struct event *e)
{
    const struct event_socket *s = &e->u.socket;
    struct str line = STR_INIT;

    begin_sock_line(&line, e);
    str_addf(&line,
        "accept queue %" PRIu32 ", backlog %" PRIu32 ", SYN queue %" PRIu32,
        s->accept_queue, s->backlog, s->syn_queue);
    if (s->ignored > 0)
        str_addf(&line, ", ignored %" PRIu32, s->ignored);
    end_line(r, &line);
}

static void log_datagrams_ignored(struct report *r, const struct event *e)
{
    const struct event_socket *s = &e->u.socket;
    struct str line = STR_INIT;

    begin_sock_line(&line, e);
    str_addf(&line,
        "next datagram %" PRIu32 " bytes, memory %" PRIu32 "/%" PRIu32
        ", ignored %" PRIu32,
        s->recv_buffer, s->recv_memory, s->rcvbuf, s->ignored);
    end_line(r, &line);
}

/* Called before the model takes the event: `old` is what was known. */
static void log_socket(struct report *r, const struct event *e)
{
    struct text *state = report_state(r);
    const struct event_socket *s = &e->u.socket;
    const struct model_sock *old = model_sock(state->model, s->id);
    const char *was = old != NULL ? state_name(old->proto, old->state) : NULL;
    const char *is = state_name(s->proto, s->gone ? TCP_STATE_NONE : s->state);
    bool is_new = old == NULL && (s->proto == IPPROTO_TCP || s->gone);
    struct str line = STR_INIT;

    if (is_new)
        was = state_name(IPPROTO_TCP, TCP_STATE_NONE);
    if (was != NULL && !str_equal(was, is)) {
        begin_sock_line(&line, e);
        if (!is_new || s->owner_count > 0)
            str_addf(&line, "%s -> ", was);
        str_add(&line, is);
        end_line(r, &line);
    }
    if (s->is_listener && old != NULL &&
        (old->accept_queue != s->accept_queue ||
            old->syn_queue != s->syn_queue || old->ignored != s->ignored))
        log_queues(r, e);
    if (s->proto == IPPROTO_UDP && old != NULL && old->ignored != s->ignored)
        log_datagrams_ignored(r, e);
}

static void log_process(struct report *r, const struct event *e)
{
    const struct event_process *p = &e->u.process;
    struct str line = STR_INIT;

    if (p->action == PROCESS_STARTED && p->parent == NULL)
        return;
    begin_line(&line, e->t_ns, p->process);
    str_add(&line, p->action == PROCESS_EXITED ? "exited" : "forked from ");
    if (p->action == PROCESS_STARTED)
        text_add_visible(&line, p->parent, 0);
    end_line(r, &line);
}

static void log_output(struct report *r, const struct event *e)
{
    const char *text = e->u.output.text != NULL ? e->u.output.text : "";

    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        char *row = xstrndup(text, len);
        struct str line = STR_INIT;
        begin_line(&line, e->t_ns, e->u.output.process);
        str_add(&line, "| ");
        text_add_visible(&line, row, 0);
        end_line(r, &line);
        free(row);
        text += len + (text[len] != '\0' ? 1 : 0);
    }
}

/* The options of a question stand below it; the right one has a star. */
static void log_told(void *report, const struct telling *t)
{
    static const char *const who[] = {[TELLING_NOTE] = "note",
        [TELLING_ASK] = "question",
        [TELLING_OPTION] = "",
        [TELLING_TRY] = "try"};
    struct str text = STR_INIT;

    if (t->kind == TELLING_OPTION)
        str_add(&text, t->right ? "* " : "- ");
    str_add(&text, t->text);
    plain_line(report, t->t_ns, who[t->kind], str_text(&text));
    str_done(&text);
}

static void log_expect(struct report *r, const struct event *e)
{
    struct text *state = report_state(r);
    const struct event_expect *x = &e->u.expect;
    struct str line = STR_INIT;

    begin_line(&line, e->t_ns, NULL);
    str_add(&line, x->ok ? "ok     " : "FAILED ");
    if (x->line > 0)
        str_addf(&line, "line %d", x->line);
    if (x->file != NULL && !str_equal(x->file, state->script)) {
        str_add(&line, " of ");
        text_add_visible(&line, x->file, 0);
    }
    str_add(&line, x->ok ? ": " : ": expected ");
    text_add_visible(
        &line, report_expectation(x->text != NULL ? x->text : ""), 0);
    if (!x->ok) {
        str_add(&line, ", was ");
        text_add_visible(&line, x->actual != NULL ? x->actual : "undefined", 0);
    }
    end_line(r, &line);
}

static void log_line(struct report *r, const struct event *e)
{
    plain_line(r, e->t_ns, "script", e->u.line.text);
}

static void log_stage(struct report *r, const struct event *e)
{
    struct str text = STR_INIT;

    str_addf(&text, "%s wire, Linux %s",
        e->u.stage.wire != NULL ? e->u.stage.wire : "unknown",
        e->u.stage.kernel != NULL ? e->u.stage.kernel : "");
    plain_line(r, e->t_ns, "stage", str_text(&text));
    str_done(&text);
}

static void (*const logs[])(struct report *r, const struct event *e) = {
    [EVENT_STAGE] = log_stage,
    [EVENT_BLOCKED] = log_blocked,
    [EVENT_RETURN] = log_return,
    [EVENT_SEGMENT] = log_entered,
    [EVENT_VERDICT] = log_verdict,
    [EVENT_PROCESS] = log_process,
    [EVENT_OUTPUT] = log_output,
    [EVENT_EXPECT] = log_expect,
    [EVENT_LINE] = log_line,
    [EVENT_KINDS] = NULL,
};

static struct model *model_of(struct text *state)
{
    if (state->model == NULL)
        state->model = model_new();
    return state->model;
}

static struct narration *narration_of(struct report *r)
{
    struct narration *n = &((struct text *)report_state(r))->narration;

    n->lang = report_lang(r);
    n->told = log_told;
    n->ctx = r;
    return n;
}

static void text_event(struct report *r, const struct event *e)
{
    struct text *state = report_state(r);
    struct model *m = model_of(state);

    if (state->entered != 0 &&
        !(e->kind == EVENT_VERDICT && e->u.verdict.segment == state->entered))
        settle_entered(r, &enters);
    bool told = narration_take(narration_of(r), e, 0);
    if (e->kind == EVENT_SOCKET)
        log_socket(r, e);
    model_apply(m, e);
    if (!told && logs[e->kind] != NULL)
        logs[e->kind](r, e);
}

/* What waits to be told more of: nothing comes. */
static void settle(struct report *r)
{
    struct text *state = report_state(r);

    if (state->entered != 0)
        settle_entered(r, &enters);
    narration_end(narration_of(r));
}

static void text_run_begin(struct report *r, size_t scripts)
{
    struct text *state = report_state(r);

    state->scripts = scripts;
}

static void text_script_begin(
    struct report *r, const char *name, const char *title)
{
    struct text *state = report_state(r);
    struct str line = STR_INIT;

    settle(r);
    model_free(state->model);
    state->model = model_new();
    free(state->script);
    state->script = name != NULL ? xstrdup(name) : NULL;
    str_add(&line, "== ");
    if (name != NULL)
        text_add_visible(&line, name, 0);
    if (name != NULL && title != NULL)
        str_add(&line, ": ");
    if (title != NULL)
        text_add_visible(&line, title, 0);
    end_line(r, &line);
}

static void text_script_end(
    struct report *r, const char *name, enum end_result result, const char *why)
{
    static const char *const words[] = {
        [END_PASSED] = "PASS ",
        [END_FAILED] = "FAIL ",
        [END_SKIPPED] = "SKIP ",
    };
    struct text *state = report_state(r);
    struct str line = STR_INIT;

    settle(r);
    state->ended[result]++;
    str_add(&line, words[result]);
    text_add_visible(&line, name, 0);
    if (why != NULL) {
        str_add(&line, ": ");
        text_add_visible(&line, why, 0);
    }
    end_line(r, &line);
}

static void text_run_end(struct report *r)
{
    const struct text *state = report_state(r);

    settle(r);
    if (state->scripts > 1)
        report_printf(r, "%zu passed, %zu failed, %zu skipped\n",
            state->ended[END_PASSED], state->ended[END_FAILED],
            state->ended[END_SKIPPED]);
}

static void text_done(void *state)
{
    struct text *text = state;

    model_free(text->model);
    narration_done(&text->narration);
    free(text->script);
}

const struct report_def report_text = {
    .name = "text",
    .suffix = "txt",
    .of_run = true,
    .of_export = true,
    .help = N_("a readable log"),
    .run_begin = text_run_begin,
    .script_begin = text_script_begin,
    .event = text_event,
    .script_end = text_script_end,
    .run_end = text_run_end,
    .state_size = sizeof(struct text),
    .state_done = text_done,
};
