/* Packed events: every kind comes back, with any of its texts missing, with
 * and without packet; their sizes; what is no packed event. */
#include "../../src/model/event_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model_events.h"
#include "sockstage/base/mem.h"

#define TEXTS_MAX 8
#define AT(where) offsetof(struct event, u.where)

/* Where the texts of each kind are: as event.h says, beside what packs. */
static const struct kind {
    enum event_kind kind;
    size_t size; /* of the member */
    size_t text_count;
    size_t texts[TEXTS_MAX];
} kinds[] = {
    {EVENT_STAGE, sizeof(struct event_stage), 3,
        {AT(stage.wire), AT(stage.kernel), AT(stage.program)}},
    {EVENT_CALL, sizeof(struct event_call), 5,
        {AT(call.process), AT(call.socket), AT(call.name), AT(call.python),
            AT(call.syscall)}},
    {EVENT_BLOCKED, sizeof(struct event_blocked), 0, {0}},
    {EVENT_RETURN, sizeof(struct event_return), 6,
        {AT(ret.process), AT(ret.result), AT(ret.error), AT(ret.exception),
            AT(ret.message), AT(ret.syscall)}},
    {EVENT_SEGMENT, sizeof(struct event_segment), 0, {0}},
    {EVENT_VERDICT, sizeof(struct event_verdict), 0, {0}},
    {EVENT_SOCKET, sizeof(struct event_socket), 8,
        {AT(socket.owners[0]), AT(socket.owners[1]), AT(socket.owners[2]),
            AT(socket.owners[3]), AT(socket.owners[4]), AT(socket.owners[5]),
            AT(socket.owners[6]), AT(socket.owners[7])}},
    {EVENT_PROCESS, sizeof(struct event_process), 2,
        {AT(process.process), AT(process.parent)}},
    {EVENT_OUTPUT, sizeof(struct event_output), 3,
        {AT(output.process), AT(output.stream), AT(output.text)}},
    {EVENT_NOTE, sizeof(struct event_note), 2, {AT(note.text), AT(note.lang)}},
    {EVENT_EXPECT, sizeof(struct event_expect), 3,
        {AT(expect.text), AT(expect.file), AT(expect.actual)}},
    {EVENT_LINE, sizeof(struct event_line), 1, {AT(line.text)}},
    {EVENT_END, sizeof(struct event_end), 0, {0}},
};

static void set_text(struct event *e, size_t where, const char *text)
{
    memcpy((char *)e + where, &text, sizeof text);
}

static const char *get_text(const struct event *e, size_t where)
{
    const char *text;

    memcpy(&text, (const char *)e + where, sizeof text);
    return text;
}

/* Every byte but those of texts, packet, counts and `seq` is `byte`. */
static struct event filled(const struct kind *k, unsigned char byte)
{
    struct event e;

    memset(&e, byte, sizeof e);
    e.kind = k->kind;
    e.seq = 0;
    for (size_t i = 0; i < k->text_count; i++)
        set_text(&e, k->texts[i], NULL);
    if (k->kind == EVENT_SOCKET)
        e.u.socket.owner_count = EVENT_OWNERS_MAX;
    for (size_t h = 0; k->kind == EVENT_STAGE && h < HOST_COUNT; h++)
        e.u.stage.address_count[h] = ARRAY_LEN(e.u.stage.addresses[h]);
    if (k->kind == EVENT_SEGMENT) {
        e.u.segment.packet = NULL;
        e.u.segment.packet_len = 0;
    }
    return e;
}

static void pack(const struct event *e, bool with_packet, struct str *out)
{
    str_clear(out);
    event_pack(e, with_packet, out);
}

static void assert_same(
    const struct event *want, struct event *got, const struct kind *k)
{
    struct event bare = *want;

    for (size_t i = 0; i < k->text_count; i++) {
        const char *text = get_text(want, k->texts[i]);
        const char *back = get_text(got, k->texts[i]);
        if (text == NULL) {
            assert_null(back);
        } else {
            assert_string_equal(back, text);
            assert_ptr_not_equal(back, text);
        }
        set_text(&bare, k->texts[i], NULL);
        set_text(got, k->texts[i], NULL);
    }
    assert_int_equal(got->kind, want->kind);
    assert_int_equal(got->seq, 0);
    assert_memory_equal((const char *)got + offsetof(struct event, t_ns),
        (const char *)&bare + offsetof(struct event, t_ns),
        offsetof(struct event, u) + k->size - offsetof(struct event, t_ns));
}

static void test_every_kind_with_any_texts(void **state)
{
    static const char *const texts[TEXTS_MAX] = {"", "a", "c1.s",
        "a longer one: 가나다", "connect(3, {...}, 16)", "f", "gg", "h"};
    struct str packed = STR_INIT;
    struct event e, back;

    (void)state;
    assert_int_equal(ARRAY_LEN(kinds), EVENT_KINDS);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        for (unsigned set = 0; set < 1U << kinds[i].text_count; set++) {
            e = filled(&kinds[i], set % 2 == 0 ? 0xa5 : 0);
            for (size_t t = 0; t < kinds[i].text_count; t++) {
                if ((set & 1U << t) != 0)
                    set_text(&e, kinds[i].texts[t], texts[t]);
            }
            pack(&e, true, &packed);
            assert_int_equal(
                event_packed_kind(packed.data, packed.len), kinds[i].kind);
            assert_true(event_unpack(packed.data, packed.len, &back));
            assert_same(&e, &back, &kinds[i]);
        }
    }
    str_done(&packed);
}

static void test_packet_on_request(void **state)
{
    const uint8_t packet[] = {0x45, 0, 0, 0, 9};
    struct event e = make_segment(5, 1, HOST_CLIENT, SEGMENT_SYN), back;
    struct str packed = STR_INIT;
    size_t bare;

    (void)state;
    e.u.segment.packet = packet;
    e.u.segment.packet_len = sizeof packet;
    pack(&e, false, &packed);
    bare = packed.len;
    assert_true(event_unpack(packed.data, packed.len, &back));
    assert_null(back.u.segment.packet);
    assert_int_equal(back.u.segment.packet_len, 0);
    assert_int_equal(back.u.segment.seg.id, 1);

    pack(&e, true, &packed);
    assert_true(packed.len > bare);
    assert_true(event_unpack(packed.data, packed.len, &back));
    assert_int_equal(back.u.segment.packet_len, sizeof packet);
    assert_memory_equal(back.u.segment.packet, packet, sizeof packet);

    e.u.segment.packet_len = 0;
    pack(&e, true, &packed);
    assert_true(event_unpack(packed.data, packed.len, &back));
    assert_non_null(back.u.segment.packet);
    assert_int_equal(back.u.segment.packet_len, 0);

    e.u.segment.packet = NULL;
    pack(&e, true, &packed);
    assert_true(event_unpack(packed.data, packed.len, &back));
    assert_null(back.u.segment.packet);
    str_done(&packed);
}

/* What lies beyond the counts doesn't count. */
static void test_unused_slots(void **state)
{
    struct event sock =
        make_socket(0, 1, HOST_CLIENT, "c1.s", TCP_STATE_ESTABLISHED);
    struct event stage = make_stage(), back;
    struct str packed = STR_INIT, other = STR_INIT;

    (void)state;
    pack(&sock, false, &other);
    memset(&sock.u.socket.owners[1], 0xff, sizeof sock.u.socket.owners[1] * 7);
    pack(&sock, false, &packed);
    assert_int_equal(packed.len, other.len);
    assert_memory_equal(packed.data, other.data, other.len);
    assert_true(event_unpack(packed.data, packed.len, &back));
    assert_string_equal(back.u.socket.owners[0], "c1.s");
    assert_null(back.u.socket.owners[1]);

    pack(&stage, false, &other);
    stage.u.stage.addresses[HOST_CLIENT][5] = ip4("9.9.9.9", 9);
    pack(&stage, false, &packed);
    assert_int_equal(packed.len, other.len);
    assert_memory_equal(packed.data, other.data, other.len);
    assert_true(event_unpack(packed.data, packed.len, &back));
    assert_true(addr_equal(&back.u.stage.addresses[HOST_SERVER][1],
        &stage.u.stage.addresses[HOST_SERVER][1]));

    /* More than there is room for is cut. */
    sock.u.socket.owner_count = 99;
    for (size_t i = 0; i < EVENT_OWNERS_MAX; i++)
        sock.u.socket.owners[i] = "c1.s";
    stage.u.stage.address_count[HOST_CLIENT] = 99;
    pack(&sock, false, &packed);
    assert_true(event_unpack(packed.data, packed.len, &back));
    assert_int_equal(back.u.socket.owner_count, EVENT_OWNERS_MAX);
    pack(&stage, false, &packed);
    assert_true(event_unpack(packed.data, packed.len, &back));
    assert_int_equal(back.u.stage.address_count[HOST_CLIENT], 8);
    str_done(&packed);
    str_done(&other);
}

static void test_is_small(void **state)
{
    struct event seg =
        make_segment(UINT64_C(123456789012), 77, HOST_SERVER, SEGMENT_ACK);
    struct event verdict =
        make_verdict(UINT64_C(123456789012), 77, VERDICT_DELIVERED);
    struct str packed = STR_INIT;

    (void)state;
    pack(&seg, false, &packed);
    assert_true(packed.len <= 200);
    pack(&verdict, false, &packed);
    assert_true(packed.len <= 32);
    str_done(&packed);
}

/* ---- what is no packed event --------------------------------------------- */

static bool unpack_exact(const char *bytes, size_t len)
{
    char *exact = xmemdup(bytes, len); /* reading beyond shows */
    struct event e;
    bool is_one = event_unpack(exact, len, &e);

    if (is_one) {
        for (size_t i = 0; i < kinds[e.kind].text_count; i++) {
            const char *text = get_text(&e, kinds[e.kind].texts[i]);
            if (text != NULL)
                assert_true(strlen(text) < len);
        }
    }
    free(exact);
    return is_one;
}

static void test_cut_off_or_longer_is_refused(void **state)
{
    struct event events[] = {make_stage(),
        make_call(1, 2, "c1", "connect", "s.connect(('server', 8080))"),
        make_segment(1, 2, HOST_CLIENT, SEGMENT_SYN),
        make_socket(1, 2, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT),
        make_expect(1, "x == 1", 4, false, "2"), make_end(5, END_PASSED)};
    struct str packed = STR_INIT;

    (void)state;
    events[2].u.segment.packet = (const uint8_t *)"packet";
    events[2].u.segment.packet_len = 6;
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        pack(&events[i], true, &packed);
        assert_true(unpack_exact(packed.data, packed.len));
        for (size_t len = 0; len < packed.len; len++)
            assert_false(unpack_exact(packed.data, len));
        str_addc(&packed, '\0');
        assert_false(unpack_exact(packed.data, packed.len));
    }
    str_done(&packed);
}

static void test_spoilt_bytes(void **state)
{
    struct event events[] = {make_stage(),
        make_call(1, 2, "c1", "connect", "s.connect(('server', 8080))"),
        make_segment(1, 2, HOST_CLIENT, SEGMENT_SYN),
        make_socket(1, 2, HOST_CLIENT, "c1.s", TCP_STATE_SYN_SENT)};
    struct str packed = STR_INIT;
    unsigned refused = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        pack(&events[i], true, &packed);
        for (size_t at = 0; at < packed.len; at++) {
            for (int bit = 0; bit < 8; bit++) {
                packed.data[at] ^= (char)(1 << bit);
                refused += !unpack_exact(packed.data, packed.len);
                packed.data[at] ^= (char)(1 << bit);
            }
        }
    }
    assert_true(refused > 1000);
    packed.data[0] = EVENT_KINDS;
    assert_false(unpack_exact(packed.data, packed.len));
    assert_int_equal(event_packed_kind(packed.data, packed.len), EVENT_KINDS);
    assert_int_equal(event_packed_kind(packed.data, 0), EVENT_KINDS);
    str_done(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_with_any_texts),
        cmocka_unit_test(test_packet_on_request),
        cmocka_unit_test(test_unused_slots),
        cmocka_unit_test(test_is_small),
        cmocka_unit_test(test_cut_off_or_longer_is_refused),
        cmocka_unit_test(test_spoilt_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
