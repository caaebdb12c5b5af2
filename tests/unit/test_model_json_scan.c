/* What the reader of recordings takes as JSON, with jansson as the judge: lines
 * of a kind that nobody knows are passed over, so only their JSON counts. */
#include "sockstage/model/event_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "sockstage/base/mem.h"

#define ROUNDS 60000

/* xorshift: the same texts on every machine. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void begin_line(struct str *line)
{
    str_clear(line);
    str_add(line, "{\"event\":\"other\",\"x\":");
}

static bool is_taken(const struct str *line)
{
    struct event_room *room = event_room_new();
    struct event e;
    size_t column = 0;
    char what[256] = "";
    enum event_read got;

    /* On the heap, of exactly that size. */
    char *copy = xmemdup(str_text(line), line->len);
    got =
        event_from_json(copy, line->len, room, &e, &column, what, sizeof what);
    free(copy);
    event_room_free(room);
    assert_int_not_equal(got, EVENT_READ);
    if (got == EVENT_REFUSED) {
        assert_true(column >= 1 && column <= line->len + 1);
        assert_true(what[0] != '\0');
    }
    return got == EVENT_PASSED;
}

/* jansson refuses numbers that no double holds; what is passed over is not
 * made a number, so that is no fault. */
static bool jansson_takes(const struct str *line, bool *unsure)
{
    json_error_t error;
    json_t *o =
        json_loadb(str_text(line), line->len, JSON_DECODE_INT_AS_REAL, &error);

    *unsure =
        o == NULL && json_error_code(&error) == json_error_numeric_overflow;
    json_decref(o);
    return o != NULL;
}

static void add_word(struct str *out, uint32_t *seed)
{
    static const char *const words[] = {"null", "true", "false", "0", "-0",
        "12", "-7.25", "1e3", "0.1E-2", "\"\"", "\"a\"", "\"\\u00e9\\n\"",
        "\"\\ud83d\\ude00\"", "\"\xc3\xa9\"", "\"\xf0\x9f\x98\x80\"", "[]",
        "{}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""};

    str_add(out, words[next_random(seed) % ARRAY_LEN(words)]);
}

static void add_value(struct str *out, uint32_t *seed, int depth)
{
    uint32_t kind = next_random(seed) % 4;
    uint32_t count = next_random(seed) % 4;

    if (depth == 0 || kind < 2) {
        add_word(out, seed);
        return;
    }
    str_addc(out, kind == 2 ? '[' : '{');
    for (uint32_t i = 0; i < count; i++) {
        str_add(out, i > 0 ? " , " : "");
        if (kind == 3)
            str_addf(out, "\"k%u\" :", i);
        add_value(out, seed, depth - 1);
    }
    str_addc(out, kind == 2 ? ']' : '}');
}

/* Changes, adds or removes one byte behind `begin`. */
static void damage(struct str *line, size_t begin, uint32_t *seed)
{
    static const char bytes[] = "{}[]\",:\\/u0123456789abcdefEe+-. \t\r"
                                "ntrls\x01\x7f\x80\xc3\xa9\xed\xa0\xf4\xff";
    size_t at = begin + next_random(seed) % (line->len - begin);
    char c = bytes[next_random(seed) % (sizeof bytes - 1)];
    size_t behind = line->len - at;

    switch (next_random(seed) % 3) {
    case 0:
        line->data[at] = c;
        return;
    case 1:
        str_addc(line, ' ');
        memmove(line->data + at + 1, line->data + at, behind);
        line->data[at] = c;
        return;
    default:
        memmove(line->data + at, line->data + at + 1, behind);
        line->len--;
    }
}

static void test_takes_what_jansson_takes(void **state)
{
    struct str line = STR_INIT;
    size_t taken = 0, refused = 0;
    uint32_t seed = 20240601;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        bool unsure, ours, theirs;
        size_t begin;
        begin_line(&line);
        begin = line.len;
        add_value(&line, &seed, 4);
        str_addc(&line, '}');
        for (uint32_t n = next_random(&seed) % 3; n > 0; n--)
            damage(&line, begin, &seed);
        ours = is_taken(&line);
        theirs = jansson_takes(&line, &unsure);
        if (unsure)
            continue;
        if (ours != theirs)
            fail_msg("%s it: %s", theirs ? "jansson takes" : "we take",
                str_text(&line));
        taken += ours;
        refused += !ours;
    }
    assert_true(taken > ROUNDS / 4);
    assert_true(refused > ROUNDS / 4);
    str_done(&line);
}

static void assert_taken(const char *value, bool taken)
{
    struct str line = STR_INIT;
    bool unsure;

    begin_line(&line);
    str_add(&line, value);
    str_addc(&line, '}');
    if (is_taken(&line) != taken)
        fail_msg("%s: %s", taken ? "refused" : "taken", value);
    assert_int_equal(jansson_takes(&line, &unsure), taken);
    str_done(&line);
}

static void test_edges(void **state)
{
    static const char *const good[] = {"-0.0e+00", " [ ] ",
        "\"\\ud800\\udc00\"", "\"\xf4\x8f\xbf\xbf\"", "[[],{}]", "\"\x7f\""};
    static const char *const bad[] = {"", "01", "+1", ".5", "1.", "1e", "--1",
        "tru", "nulL", "[1,]", "[,1]", "{\"a\":1,}", "{a:1}", "{\"a\"}",
        "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"",
        "\"\\ud800\\u0041\"", "\"\\u0000\"", "\"\t\"", "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xc3\"", "'a'", "[1}",
        "1 2", "\f1", "NaN", "Infinity", "//x\n1"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_taken(good[i], true);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_taken(bad[i], false);
}

static void test_depth_has_a_limit(void **state)
{
    struct str line = STR_INIT;

    (void)state;
    for (int depth = 64; depth <= 65; depth++) {
        begin_line(&line);
        for (int i = 0; i < depth; i++)
            str_addc(&line, '[');
        for (int i = 0; i < depth; i++)
            str_addc(&line, ']');
        str_addc(&line, '}');
        assert_int_equal(is_taken(&line), depth == 64);
    }
    begin_line(&line);
    for (int i = 0; i < 1000000; i++)
        str_addc(&line, '[');
    assert_false(is_taken(&line));
    str_done(&line);
}

static void test_every_beginning_is_refused(void **state)
{
    static const char whole[] = "{\"event\":\"other\",\"x\":[1.5e3,\"\\u00e9"
                                "\\ud83d\\ude00\xc3\xa9\",true,null,{}]}";
    struct str line = STR_INIT;

    (void)state;
    for (size_t len = 0; len <= strlen(whole); len++) {
        str_clear(&line);
        str_addn(&line, whole, len);
        assert_int_equal(is_taken(&line), len == strlen(whole));
    }
    str_done(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_takes_what_jansson_takes),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_depth_has_a_limit),
        cmocka_unit_test(test_every_beginning_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
