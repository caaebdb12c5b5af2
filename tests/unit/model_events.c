/* Events with sensible values in every field; a test changes what it asks. */
#include "model_events.h"

#include <assert.h>
#include <netinet/in.h>

struct addr ip4(const char *ip, uint16_t port)
{
    struct addr a = {0};
    bool ok = addr_parse(ip, port, &a);

    assert(ok);
    (void)ok;
    return a;
}

struct event make_stage(void)
{
    struct event e = {.kind = EVENT_STAGE};
    struct event_stage *s = &e.u.stage;

    s->opened_ns = UINT64_C(1700000000123456789);
    s->wire = "private";
    s->kernel = "6.18.0";
    s->program = "sockstage 0.1.0";
    s->addresses[HOST_CLIENT][0] = ip4("10.0.0.2", 0);
    s->address_count[HOST_CLIENT] = 1;
    s->addresses[HOST_SERVER][0] = ip4("10.0.0.1", 0);
    s->addresses[HOST_SERVER][1] = ip4("fd00:5::1", 0);
    s->address_count[HOST_SERVER] = 2;
    return e;
}

struct event make_call(uint64_t t_ns, uint64_t id, const char *process,
    const char *name, const char *python)
{
    struct event e = {.kind = EVENT_CALL, .t_ns = t_ns};

    e.u.call = (struct event_call){.id = id,
        .process = process,
        .socket = "s",
        .name = name,
        .python = python,
        .syscall = "connect(3, {...}, 16"};
    return e;
}

struct event make_blocked(uint64_t t_ns, uint64_t id)
{
    struct event e = {.kind = EVENT_BLOCKED, .t_ns = t_ns};

    e.u.blocked.id = id;
    return e;
}

struct event make_return(uint64_t t_ns, uint64_t id, const char *process)
{
    struct event e = {.kind = EVENT_RETURN, .t_ns = t_ns};

    e.u.ret = (struct event_return){.id = id,
        .process = process,
        .elapsed_ns = 31000,
        .syscall = "connect(3, {...}, 16) = 0"};
    return e;
}

struct event make_segment(
    uint64_t t_ns, uint64_t id, enum host from, uint8_t flags)
{
    struct event e = {.kind = EVENT_SEGMENT, .t_ns = t_ns};
    struct segment *s = &e.u.segment.seg;
    struct addr client = ip4("10.0.0.2", 34254);
    struct addr server = ip4("10.0.0.1", 8080);

    s->id = id;
    s->t_ns = t_ns;
    s->from = from;
    s->proto = IPPROTO_TCP;
    s->src = from == HOST_CLIENT ? client : server;
    s->dst = from == HOST_CLIENT ? server : client;
    s->flags = flags;
    s->seq_raw = 4000000000U;
    s->ack_raw = (flags & SEGMENT_ACK) != 0 ? 77 : 0;
    s->ack = (flags & SEGMENT_ACK) != 0 ? 1 : 0;
    s->has_relative = true;
    s->window = 64768;
    return e;
}

struct event make_verdict(uint64_t t_ns, uint64_t id, enum verdict action)
{
    struct event e = {.kind = EVENT_VERDICT, .t_ns = t_ns};

    e.u.verdict = (struct event_verdict){.segment = id, .action = action};
    return e;
}

struct event make_socket(uint64_t t_ns, uint64_t id, enum host host,
    const char *owner, uint8_t state)
{
    struct event e = {.kind = EVENT_SOCKET, .t_ns = t_ns};
    struct event_socket *s = &e.u.socket;
    bool has_peer = state != TCP_STATE_CLOSED && state != TCP_STATE_LISTEN;
    struct addr client = ip4("10.0.0.2", 34254);
    struct addr server = ip4("10.0.0.1", 8080);

    s->id = id;
    s->host = host;
    s->owners[0] = owner;
    s->owner_count = owner != NULL ? 1 : 0;
    s->accepted = owner != NULL;
    s->proto = IPPROTO_TCP;
    s->state = state;
    s->is_listener = state == TCP_STATE_LISTEN;
    if (has_peer) {
        s->local = host == HOST_CLIENT ? client : server;
        s->peer = host == HOST_CLIENT ? server : client;
    }
    if (s->is_listener)
        s->local = ip4("0.0.0.0", 8080);
    return e;
}

struct event make_process(uint64_t t_ns, const char *name, enum host host)
{
    struct event e = {.kind = EVENT_PROCESS, .t_ns = t_ns};

    e.u.process = (struct event_process){
        .process = name, .host = host, .action = PROCESS_STARTED};
    return e;
}

struct event make_expect(
    uint64_t t_ns, const char *text, int line, bool ok, const char *actual)
{
    struct event e = {.kind = EVENT_EXPECT, .t_ns = t_ns};

    e.u.expect = (struct event_expect){.text = text,
        .file = "a.stage",
        .line = line,
        .ok = ok,
        .actual = actual};
    return e;
}

struct event make_line(uint64_t t_ns, const char *text, int line)
{
    struct event e = {.kind = EVENT_LINE, .t_ns = t_ns};

    e.u.line = (struct event_line){
        .text = text, .line = line, .wire = {.coalesce = true}};
    return e;
}

struct event make_note(uint64_t t_ns, const char *text, const char *lang)
{
    struct event e = {.kind = EVENT_NOTE, .t_ns = t_ns};

    e.u.note = (struct event_note){.text = text, .lang = lang};
    return e;
}

struct event make_output(uint64_t t_ns, const char *process, const char *text)
{
    struct event e = {.kind = EVENT_OUTPUT, .t_ns = t_ns};

    e.u.output = (struct event_output){
        .process = process, .stream = "stdout", .text = text};
    return e;
}

struct event make_end(uint64_t t_ns, enum end_result result)
{
    struct event e = {.kind = EVENT_END, .t_ns = t_ns};

    e.u.end.result = result;
    return e;
}
