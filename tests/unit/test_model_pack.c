/* The packed model: what is unpacked is the same moment, shows the same, and
 * goes on as the first one would; bytes of anything else are refused. */
#include "../../src/model/model_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_events.h"
#include "model_story.h"
#include "sockstage/base/mem.h"

#define ROUNDS 12
#define EVENTS 6000

static void assert_same_bytes(const struct model *a, const struct model *b)
{
    struct str x = STR_INIT, y = STR_INIT;

    model_pack(a, &x);
    model_pack(b, &y);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.data, y.data, x.len);
    str_done(&x);
    str_done(&y);
}

/* Texts in arrays: what is behind their end does not count. */
static struct model_sock tidy(const struct model_sock *s)
{
    struct model_sock out = *s;

    memset(out.owners, 0, sizeof out.owners);
    for (size_t i = 0; i < s->owner_count; i++)
        strcpy(out.owners[i], s->owners[i]);
    memset(out.former, 0, sizeof out.former);
    strcpy(out.former, s->former);
    return out;
}

static void assert_same_socks(const struct model *a, const struct model *b)
{
    assert_int_equal(model_sock_count(a), model_sock_count(b));
    for (size_t i = 0; i < model_sock_count(a); i++) {
        struct model_sock x = tidy(model_sock_at(a, i));
        struct model_sock y = tidy(model_sock_at(b, i));
        assert_memory_equal(&x.info, &y.info, sizeof x.info);
        assert_memory_equal(&x, &y, sizeof x);
    }
    for (uint64_t id = 0; id < 500; id++) {
        const struct model_sock *x = model_sock(a, id);
        const struct model_sock *y = model_sock(b, id);
        assert_int_equal(x != NULL, y != NULL);
        if (x == NULL)
            continue;
        assert_string_equal(x->former, y->former);
        for (size_t i = 0; i < x->owner_count; i++)
            assert_string_equal(x->owners[i], y->owners[i]);
    }
}

static void assert_same_names(const struct model *a, const struct model *b)
{
    char process[16], variable[16];

    for (int i = 0; i < 30 * 4; i++) {
        const struct model_sock *x, *y;
        snprintf(process, sizeof process, "c%d", i / 4);
        snprintf(variable, sizeof variable, "s%d", i % 4);
        x = model_sock_owned(a, process, variable);
        y = model_sock_owned(b, process, variable);
        assert_int_equal(x != NULL, y != NULL);
        if (x != NULL)
            assert_int_equal(x->id, y->id);
    }
}

/* Made events are all zero where they say nothing, so that their copies are
 * equal to the last byte. */
static void assert_same_traffic(const struct model *a, const struct model *b)
{
    assert_int_equal(model_held(a), model_held(b));
    assert_int_equal(model_dropped(a), model_dropped(b));
    assert_int_equal(model_segment_count(a), model_segment_count(b));
    for (size_t i = 0; i < model_segment_count(a); i++) {
        const struct model_segment *x = model_segment_at(a, i);
        const struct model_segment *y = model_segment_at(b, i);
        const struct model_run *r = model_run(a, x->seg.id);
        const struct model_run *q = model_run(b, y->seg.id);
        assert_memory_equal(x, y, sizeof *x);
        assert_int_equal(r != NULL, q != NULL);
        if (r == NULL)
            continue;
        assert_int_equal(r->bytes[HOST_CLIENT], q->bytes[HOST_CLIENT]);
        assert_int_equal(r->lost, q->lost);
        assert_int_equal(r->several, q->several);
    }
}

static void assert_same_text(const char *x, const char *y)
{
    assert_true(str_equal(x, y));
}

static void assert_same_calls(const struct model *a, const struct model *b)
{
    assert_int_equal(model_call_count(a), model_call_count(b));
    for (size_t i = 0; i < model_call_count(a); i++) {
        const struct model_call *x = model_call_at(a, i);
        const struct model_call *y = model_call_at(b, i);
        assert_int_equal(x->id, y->id);
        assert_int_equal(x->t_ns, y->t_ns);
        assert_int_equal(x->elapsed_ns, y->elapsed_ns);
        assert_int_equal(x->blocked, y->blocked);
        assert_int_equal(x->returned, y->returned);
        assert_same_text(x->process, y->process);
        assert_same_text(x->socket, y->socket);
        assert_same_text(x->name, y->name);
        assert_same_text(x->python, y->python);
        assert_same_text(x->syscall, y->syscall);
        assert_same_text(x->result, y->result);
        assert_same_text(x->error, y->error);
        assert_same_text(x->exception, y->exception);
        assert_same_text(x->message, y->message);
    }
    assert_int_equal(model_process_count(a), model_process_count(b));
    for (size_t i = 0; i < model_process_count(a); i++)
        assert_memory_equal(model_process_at(a, i), model_process_at(b, i),
            sizeof(struct model_process));
}

static void assert_same_rest(const struct model *a, const struct model *b)
{
    const struct wire_status *w = model_wire_status(a);
    const struct addr *x, *y;
    struct model_lesson l = model_lesson(a, "ko"), k = model_lesson(b, "ko");

    assert_int_equal(model_now_ns(a), model_now_ns(b));
    assert_same_text(model_wire(a), model_wire(b));
    assert_memory_equal(w, model_wire_status(b), sizeof *w);
    for (int h = 0; h < HOST_COUNT; h++) {
        size_t n = model_addresses(a, (enum host)h, &x);
        assert_int_equal(n, model_addresses(b, (enum host)h, &y));
        assert_memory_equal(x, y, n * sizeof *x);
    }
    assert_int_equal(model_note(a, "ko") != NULL, model_note(b, "ko") != NULL);
    if (model_note(a, "ko") != NULL)
        assert_same_text(model_note(a, "ko")->text, model_note(b, "ko")->text);
    assert_same_text(l.title, k.title);
    assert_same_text(l.question, k.question);
    assert_same_text(l.try_text, k.try_text);
    assert_int_equal(l.option_count, k.option_count);
    assert_int_equal(l.vote, k.vote);
}

static void assert_same_queue(const struct model *a, const struct model *b,
    const struct model_sock *listener,
    const struct model_sock *(*at)(
        const struct model *m, const struct model_sock *listener, size_t i))
{
    for (size_t i = 0; i < 8; i++) {
        const struct model_sock *x = at(a, listener, i);
        const struct model_sock *y = at(b, listener, i);
        assert_int_equal(x != NULL, y != NULL);
        if (x == NULL)
            return;
        assert_int_equal(x->id, y->id);
    }
}

static void assert_same_queues(const struct model *a, const struct model *b)
{
    for (size_t i = 0; i < model_sock_count(a); i += 5) {
        const struct model_sock *s = model_sock_at(a, i);
        assert_same_queue(a, b, s, model_accept_queue_at);
        assert_same_queue(a, b, s, model_syn_queue_at);
    }
}

static void assert_same(const struct model *a, const struct model *b)
{
    assert_same_bytes(a, b);
    assert_same_socks(a, b);
    assert_same_names(a, b);
    assert_same_queues(a, b);
    assert_same_traffic(a, b);
    assert_same_calls(a, b);
    assert_same_rest(a, b);
}

static void tell(
    struct story *s, size_t events, struct model *a, struct model *b)
{
    for (size_t i = 0; i < events; i++) {
        struct event e = story_next(s);
        model_apply(a, &e);
        if (b != NULL)
            model_apply(b, &e);
    }
}

static void copy_model(const struct model *from, struct model *to)
{
    struct str bytes = STR_INIT;

    model_pack(from, &bytes);
    assert_true(model_unpack(bytes.data, bytes.len, to));
    str_done(&bytes);
}

static void test_nothing(void **state)
{
    struct model *a = model_new(), *b = model_new();
    struct event e = make_note(3, "hello", "en");

    (void)state;
    model_apply(b, &e);
    copy_model(a, b);
    assert_same(a, b);
    model_free(a);
    model_free(b);
}

/* The copy is made over another moment of another story, and goes on with the
 * same events as the first. */
static void test_stories(void **state)
{
    struct model *b = model_new();

    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct model *a = model_new();
        struct story s;
        story_begin(&s, seed);
        tell(&s, story_luck(&s, EVENTS), a, NULL);
        copy_model(a, b);
        assert_same(a, b);
        tell(&s, EVENTS, a, b);
        assert_same(a, b);
        model_free(a);
    }
    model_free(b);
}

/* All that the tails can hold. */
static void test_full(void **state)
{
    struct model *a = model_new(), *b = model_new();
    struct event e = make_stage();

    (void)state;
    model_apply(a, &e);
    for (uint64_t id = 1; id <= 6000; id++) {
        e = make_segment(id, id, HOST_CLIENT, SEGMENT_ACK);
        model_apply(a, &e);
        e = make_verdict(id, id, VERDICT_HELD);
        model_apply(a, &e);
        e = make_call(id, id, "c1", "send", "s.send()");
        model_apply(a, &e);
        e = make_socket(id, id, HOST_CLIENT, "c1.s", TCP_STATE_CLOSED);
        model_apply(a, &e);
        e.u.socket.owner_count = 0;
        e.u.socket.gone = true;
        model_apply(a, &e);
    }
    copy_model(a, b);
    assert_same(a, b);
    model_free(a);
    model_free(b);
}

/* Whatever was unpacked must be a model that can be used. */
static void use(struct model *m)
{
    struct story s;

    story_begin(&s, 99);
    tell(&s, 200, m, NULL);
    for (uint64_t id = 1; id < 600; id++) {
        struct event e = make_socket(1, id, HOST_CLIENT, NULL, 7);
        e.u.socket.gone = true;
        model_apply(m, &e);
    }
    assert_same_names(m, m);
}

static void test_cut_off(void **state)
{
    struct model *a = model_new(), *b = model_new();
    struct str bytes = STR_INIT;
    struct story s;

    (void)state;
    story_begin(&s, 5);
    tell(&s, 150, a, NULL);
    model_pack(a, &bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        uint8_t *cut = xmemdup(bytes.data, len + 1);
        assert_false(model_unpack(cut, len, b));
        free(cut);
    }
    str_addc(&bytes, 0);
    assert_false(model_unpack(bytes.data, bytes.len, b));
    model_free(a);
    a = model_new();
    assert_same(a, b);
    model_free(a);
    model_free(b);
    str_done(&bytes);
}

/* Puts `by` in the place of the first, or last, 8 bytes that are `word`. */
static void replace_word(
    struct str *bytes, const void *word, const void *by, bool last)
{
    size_t at = SIZE_MAX;

    for (size_t i = 0; i + 8 <= bytes->len && (last || at == SIZE_MAX); i++) {
        if (memcmp(bytes->data + i, word, 8) == 0)
            at = i;
    }
    assert_true(at != SIZE_MAX);
    memcpy(bytes->data + at, by, 8);
}

/* What later events stand on: the order of sockets, and that each knows the
 * names that mean it. */
static void test_contradicts_itself(void **state)
{
    struct model *a = model_new(), *b = model_new();
    struct event e = make_socket(0, 0x100, HOST_CLIENT, "c1.s1", 7);
    uint64_t one = 1, two = 2, three = 3;
    struct str bytes = STR_INIT;

    (void)state;
    model_apply(a, &e);
    e = make_socket(0, 0x200, HOST_CLIENT, "c2.s1", 7);
    model_apply(a, &e);
    for (int i = 0; i < 4; i++) {
        str_clear(&bytes);
        model_pack(a, &bytes);
        if (i == 1) /* the latest order of all is that of the first */
            replace_word(&bytes, &two, &one, false);
        else if (i == 2) /* kept as a difference: the second is of order 0 */
            replace_word(&bytes, &three, &one, false);
        else if (i == 3) /* a name that its socket does not know */
            replace_word(&bytes, "c1.s1\0\0", "c1.s2\0\0", true);
        assert_int_equal(model_unpack(bytes.data, bytes.len, b), i == 0);
    }
    str_done(&bytes);
    model_free(a);
    model_free(b);
}

static void test_hostile(void **state)
{
    struct model *a = model_new(), *b = model_new();
    struct str bytes = STR_INIT;
    struct story s;
    size_t taken = 0;

    (void)state;
    story_begin(&s, 6);
    tell(&s, 120, a, NULL);
    model_pack(a, &bytes);
    for (size_t i = 0; i < 6000; i++) {
        size_t at = story_luck(&s, bytes.len), n = 1 + story_luck(&s, 4);
        char *spoilt = xmemdup(bytes.data, bytes.len);
        for (size_t k = at; k < at + n && k < bytes.len; k++)
            spoilt[k] ^= (char)(1 << story_luck(&s, 8));
        if (model_unpack(spoilt, bytes.len, b)) {
            use(b);
            taken++;
        }
        free(spoilt);
    }
    /* A changed number of a field is as good as the old one. */
    assert_in_range(taken, 1, 5999);
    model_free(a);
    model_free(b);
    str_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_stories),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_contradicts_itself),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
