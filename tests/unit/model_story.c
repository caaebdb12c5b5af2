/* See model_story.h. */
#include "model_story.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/mem.h"
#include "sockstage/model/fields.h"

#define PROCESSES 30
#define SOCKETS   400
#define BURST_MAX 12000

uint64_t story_luck(struct story *s, uint64_t limit)
{
    s->luck ^= s->luck << 13;
    s->luck ^= s->luck >> 7;
    s->luck ^= s->luck << 17;
    return s->luck % limit;
}

static bool chance(struct story *s, uint64_t percent)
{
    return story_luck(s, 100) < percent;
}

static uint32_t some(struct story *s)
{
    return (uint32_t)story_luck(s, UINT64_C(1) << (4 + story_luck(s, 29)));
}

void story_begin(struct story *s, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->luck = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

static const char *process(struct story *s)
{
    uint64_t n = story_luck(s, PROCESSES);

    if (n == 0)
        return "server";
    snprintf(s->texts[0], STORY_NAME, "c%" PRIu64, n);
    return s->texts[0];
}

static const char *text_or_null(struct story *s, const char *text)
{
    return chance(s, 30) ? NULL : text;
}

static struct addr some_addr(struct story *s)
{
    static const char *const ips[] = {"10.0.0.1", "10.0.0.2", "fd00:5::1",
        "::ffff:10.0.0.2", "0.0.0.0", "::"};

    return ip4(ips[story_luck(s, ARRAY_LEN(ips))],
        (uint16_t)(8080 + story_luck(s, 20)));
}

static struct event tell_stage(struct story *s)
{
    struct event e = make_stage();

    s->begun = true;
    s->call = s->segment = 0;
    s->burst = 0;
    s->verdict_due = false;
    s->t_ns = 0;
    e.u.stage.wire = chance(s, 50) ? "private" : "loopback";
    return e;
}

static struct event tell_process(struct story *s)
{
    struct event e = make_process(
        s->t_ns, process(s), chance(s, 50) ? HOST_CLIENT : HOST_SERVER);

    if (chance(s, 20))
        e.u.process.action = PROCESS_EXITED;
    e.u.process.parent = text_or_null(s, "server");
    return e;
}

static struct event tell_call(struct story *s)
{
    struct event e = make_call(s->t_ns, ++s->call, process(s), "send", s->text);

    snprintf(s->text, sizeof s->text, "s.send('\xea\xb0\x80' * %" PRIu32 ")",
        some(s));
    e.u.call.socket = text_or_null(s, "s");
    e.u.call.syscall = text_or_null(s, e.u.call.syscall);
    return e;
}

static uint64_t earlier(struct story *s, uint64_t latest, uint64_t back)
{
    uint64_t by = story_luck(s, back);

    return by < latest ? latest - by : 1;
}

static struct event tell_blocked(struct story *s)
{
    return make_blocked(s->t_ns, earlier(s, s->call, 20));
}

static struct event tell_return(struct story *s)
{
    struct event e = make_return(s->t_ns, earlier(s, s->call, 30), process(s));

    e.u.ret.result_is_number = chance(s, 50);
    e.u.ret.result_number = (int64_t)some(s) - 100;
    e.u.ret.result = text_or_null(s, "b'hello'");
    e.u.ret.error = text_or_null(s, "ECONNREFUSED");
    e.u.ret.exception = text_or_null(s, "ConnectionRefusedError");
    e.u.ret.message = text_or_null(s, "nobody is there");
    e.u.ret.elapsed_ns = some(s);
    return e;
}

static void fill_options(struct story *s, struct segment_options *o)
{
    o->has_mss = chance(s, 20);
    o->mss = (uint16_t)some(s);
    o->has_wscale = chance(s, 20);
    o->wscale = (uint8_t)some(s);
    o->has_sack_ok = chance(s, 20);
    o->has_timestamps = chance(s, 90);
    o->ts_val = some(s);
    o->ts_ecr = some(s);
    o->sack_count = (uint8_t)story_luck(s, SEGMENT_SACK_MAX + 1);
    for (size_t i = 0; i < o->sack_count; i++) {
        o->sack[i].left = some(s);
        o->sack[i].right = some(s);
    }
}

static void fill_icmp(struct story *s, struct segment *seg)
{
    seg->proto = IPPROTO_ICMP;
    seg->from_router = chance(s, 50);
    seg->icmp_type = 3;
    seg->icmp_code = (uint8_t)story_luck(s, 4);
    seg->quoted.proto = chance(s, 50) ? IPPROTO_UDP : IPPROTO_TCP;
    seg->quoted.src = some_addr(s);
    seg->quoted.dst = some_addr(s);
}

static struct event tell_segment(struct story *s)
{
    struct event e = make_segment(s->t_ns, ++s->segment,
        chance(s, 50) ? HOST_CLIENT : HOST_SERVER, (uint8_t)some(s));
    struct segment *seg = &e.u.segment.seg;

    if (chance(s, 30))
        seg->src = some_addr(s);
    if (chance(s, 30))
        seg->dst = some_addr(s);
    if (chance(s, 20))
        seg->proto = IPPROTO_UDP;
    else if (chance(s, 10))
        fill_icmp(s, seg);
    fill_options(s, &seg->options);
    seg->malformed = chance(s, 2);
    seg->fragment = chance(s, 2);
    seg->ttl = 64;
    seg->packet_len = some(s);
    seg->transport_offset = 20;
    seg->payload_offset = 52;
    seg->seq_raw = some(s);
    seg->seq = some(s);
    seg->len = some(s);
    seg->window = (uint16_t)some(s);
    seg->retransmission = chance(s, 10);
    seg->probe = chance(s, 5);
    seg->kind = (enum segment_kind)story_luck(s, SEGMENT_KINDS);
    seg->flow = some(s);
    seg->times = some(s);
    /* Without luck of their own: the stories stay what they are. */
    e.u.segment.rest.ip_id = seg->times;
    e.u.segment.rest.dont_fragment = seg->flow % 2;
    e.u.segment.rest.urgent = seg->window;
    return e;
}

static struct event tell_verdict(struct story *s)
{
    enum verdict v = (enum verdict)story_luck(s, VERDICT_ANSWERED + 1);

    return make_verdict(s->t_ns, earlier(s, s->segment, 300), v);
}

/* Data one way, acknowledgments the other, all delivered. */
static struct event tell_burst(struct story *s)
{
    struct event e;

    s->burst--;
    s->t_ns += story_luck(s, 1000);
    s->verdict_due = !s->verdict_due;
    if (!s->verdict_due)
        return make_verdict(s->t_ns, s->segment,
            chance(s, 98) ? VERDICT_DELIVERED : VERDICT_DROPPED);
    s->segment++;
    e = make_segment(s->t_ns, s->segment,
        s->segment % 2 ? HOST_CLIENT : HOST_SERVER, SEGMENT_ACK);
    e.u.segment.seg.len = s->segment % 2 ? 1000 : 0;
    e.u.segment.seg.seq = (uint32_t)s->segment * 500;
    e.u.segment.seg.retransmission = chance(s, 5);
    return e;
}

static void fill_info(struct story *s, struct event_socket *e)
{
    for (size_t i = 0; i < info_field_count(); i++) {
        if (!chance(s, 10))
            continue;
        info_field_set(&e->info, i, some(s) & 0x7f);
        info_set_add(&e->info_changed, i);
    }
}

static void fill_mem(struct story *s, struct event_socket *e)
{
    for (size_t i = 0; i < mem_field_count(); i++) {
        if (!chance(s, 30))
            continue;
        mem_field_set(&e->mem, i, some(s));
        e->mem_changed |= 1U << i;
    }
}

static void fill_counts(struct story *s, struct event_socket *e)
{
    e->send_buffer = some(s);
    e->unsent = some(s);
    e->recv_buffer = some(s);
    e->recv_memory = some(s);
    e->has_mem = chance(s, 50);
    fill_mem(s, e);
    e->sndbuf = some(s);
    e->rcvbuf = some(s);
    e->timer = (uint8_t)story_luck(s, SOCK_TIMER_SYNACK + 1);
    e->timer_at_ns = s->t_ns + some(s);
    e->timer_retrans = some(s);
    e->accept_queue = some(s);
    e->backlog = some(s);
    e->syn_queue = some(s);
    e->ignored = some(s);
}

/* Hostile ones too: gone and back, held again, names too long or shared. */
static struct event tell_socket(struct story *s)
{
    struct event e = make_socket(s->t_ns, 1 + story_luck(s, SOCKETS),
        chance(s, 50) ? HOST_CLIENT : HOST_SERVER, NULL,
        (uint8_t)(1 + story_luck(s, TCP_STATE_CLOSING)));
    struct event_socket *es = &e.u.socket;

    es->gone = chance(s, 30);
    if (chance(s, 20)) {
        es->proto = IPPROTO_UDP;
        es->is_listener = false;
    }
    es->owner_count = chance(s, 50) ? 0 : story_luck(s, 4);
    for (size_t i = 0; i < es->owner_count; i++) {
        snprintf(s->texts[i], STORY_NAME, "c%" PRIu64 ".s%" PRIu64 "%s",
            story_luck(s, PROCESSES), story_luck(s, 4),
            chance(s, 5) ? "_with_a_name_that_is_longer_than_any_other_name_is"
                         : "");
        es->owners[i] = s->texts[i];
    }
    es->local = some_addr(s);
    es->peer = some_addr(s);
    fill_counts(s, es);
    fill_info(s, es);
    return e;
}

static struct event tell_note(struct story *s)
{
    static const char *const langs[] = {"en", "ko", "fr", "de", "ja"};

    snprintf(s->text, sizeof s->text, "Note %" PRIu64, story_luck(s, 1000));
    return make_note(s->t_ns, s->text, langs[story_luck(s, ARRAY_LEN(langs))]);
}

static struct event tell_line(struct story *s)
{
    static const char *const lines[] = {"title Chapter",
        "title.ko \xec\x9e\xa5", "mark here", "ask Which?", "option* This",
        "option.ko That", "vote", "try it alone", "wire hold", "claim 7"};
    struct event e;
    struct wire_status *w = &e.u.line.wire;

    snprintf(s->text, sizeof s->text, "%s %" PRIu64,
        lines[story_luck(s, ARRAY_LEN(lines))], story_luck(s, 10));
    e = make_line(s->t_ns, s->text, (int)story_luck(s, 100));
    w->holding = chance(s, 50);
    w->coalesce = chance(s, 50);
    w->cut = chance(s, 50);
    w->rate = some(s);
    w->mtu = some(s);
    w->seed = some(s);
    for (size_t h = 0; h < HOST_COUNT; h++) {
        w->delay_ns[h] = some(s);
        w->jitter_ns[h] = some(s);
        w->loss_ppm[h] = some(s);
    }
    return e;
}

static struct event tell_rest(struct story *s)
{
    if (chance(s, 40))
        return make_output(s->t_ns, process(s), "hello\n");
    if (chance(s, 90))
        return make_expect(s->t_ns, "c1.s.state == LISTEN", 3, true, NULL);
    return make_end(s->t_ns, END_PASSED);
}

struct event story_next(struct story *s)
{
    static const struct {
        unsigned weight;
        struct event (*tell)(struct story *s);
    } kinds[] = {
        {8, tell_process},
        {60, tell_call},
        {20, tell_blocked},
        {50, tell_return},
        {200, tell_segment},
        {200, tell_verdict},
        {150, tell_socket},
        {10, tell_note},
        {20, tell_line},
        {20, tell_rest},
    };
    uint64_t at = story_luck(s, 738);

    s->t_ns += story_luck(s, 100) == 0 ? story_luck(s, 5000 * MS)
                                       : story_luck(s, 2 * MS);
    if (!s->begun || story_luck(s, 20000) == 0)
        return tell_stage(s);
    if (s->burst == 0 && story_luck(s, 4000) == 0)
        s->burst = (unsigned)story_luck(s, BURST_MAX);
    if (s->burst > 0)
        return tell_burst(s);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (at < kinds[i].weight)
            return kinds[i].tell(s);
        at -= kinds[i].weight;
    }
    return tell_rest(s);
}
