/* Patterns: which segments each class means, each further condition, and the
 * words. */
#include "sockstage/wire/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sockstage/base/mem.h"

#include <netinet/in.h>
#include <string.h>

/* Bits for the classes that a segment belongs to, beside PATTERN_ANY. */
#define IS(class) (1U << PATTERN_##class)

static const struct {
    struct segment segment;
    unsigned classes;
} samples[] = {
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_SYN}, IS(SYN)},
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_SYN | SEGMENT_ECE}, IS(SYN)},
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_SYN | SEGMENT_ACK}, IS(SYN_ACK)},
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_ACK}, IS(ACK)},
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_ACK, .probe = true}, IS(PROBE)},
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_FIN | SEGMENT_ACK}, IS(FIN)},
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_FIN | SEGMENT_ACK, .len = 9},
        IS(FIN) | IS(DATA)},
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_RST}, IS(RST)},
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_RST | SEGMENT_ACK}, IS(RST)},
    {{.proto = IPPROTO_TCP, .flags = SEGMENT_ACK, .len = 1}, IS(DATA)},
    {{.proto = IPPROTO_TCP}, 0},
    {{.proto = IPPROTO_UDP, .flags = SEGMENT_ACK, .len = 5}, IS(UDP)},
    {{.proto = IPPROTO_ICMP}, IS(ICMP)},
    {{.proto = IPPROTO_ICMPV6}, IS(ICMP)},
    {{.proto = 47}, 0},
};

static void test_classes(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        unsigned expected = samples[i].classes | IS(ANY);
        unsigned classes = 0;
        for (unsigned c = PATTERN_ANY; c <= PATTERN_ICMP; c++) {
            struct pattern p = {.class = (enum pattern_class)c};
            if (pattern_matches(&p, &samples[i].segment))
                classes |= 1U << c;
        }
        assert_int_equal(classes, expected);
    }
}

static void test_conditions(void **state)
{
    (void)state;
    const struct segment data = {
        .from = HOST_SERVER,
        .proto = IPPROTO_TCP,
        .flags = SEGMENT_ACK,
        .len = 1000,
        .window = 64,
        .has_relative = true,
        .seq = 1001,
    };
    struct segment again = data, unknown = data;
    struct pattern p = {.from_set = true, .from = HOST_SERVER};

    again.retransmission = true;
    unknown.has_relative = false;
    assert_true(pattern_matches(&p, &data));
    p.from = HOST_CLIENT;
    assert_false(pattern_matches(&p, &data));
    p = (struct pattern){.len_set = true, .len = 1000};
    assert_true(pattern_matches(&p, &data));
    p.len = 999;
    assert_false(pattern_matches(&p, &data));
    p = (struct pattern){.win_set = true, .win = 64};
    assert_true(pattern_matches(&p, &data));
    p.win = 65;
    assert_false(pattern_matches(&p, &data));
    p = (struct pattern){.seq_set = true, .seq = 1001};
    assert_true(pattern_matches(&p, &data));
    assert_false(pattern_matches(&p, &unknown));
    p.seq = 1;
    assert_false(pattern_matches(&p, &data));
    p = (struct pattern){.class = PATTERN_DATA};
    assert_true(pattern_matches(&p, &again));
    p.again = true;
    assert_true(pattern_matches(&p, &again));
    assert_false(pattern_matches(&p, &data));
}

static void test_win_is_of_tcp(void **state)
{
    (void)state;
    const struct segment udp = {.proto = IPPROTO_UDP};
    const struct pattern p = {.win_set = true};

    assert_false(pattern_matches(&p, &udp));
}

static void test_words(void **state)
{
    (void)state;
    enum pattern_class class;

    for (unsigned c = PATTERN_ANY; c <= PATTERN_ICMP; c++) {
        const char *word = pattern_class_name((enum pattern_class)c);
        assert_true(pattern_class_parse(word, &class));
        assert_int_equal(class, c);
    }
    assert_true(pattern_class_parse("SYN+ACK", &class));
    assert_int_equal(class, PATTERN_SYN_ACK);
    assert_false(pattern_class_parse("ACK+SYN", &class));
    assert_false(pattern_class_parse("", &class));
}

static void test_format(void **state)
{
    (void)state;
    char out[PATTERN_TEXT_MAX];
    struct pattern p = {0};

    assert_string_equal(pattern_format(&p, out), "*");
    p = (struct pattern){
        .from_set = true,
        .from = HOST_CLIENT,
        .class = PATTERN_DATA,
        .len_set = true,
        .len = 1000,
        .win_set = true,
        .win = 64,
        .seq_set = true,
        .seq = 1,
        .again = true,
        .process = "c1",
        .socket = "s",
    };
    assert_string_equal(
        pattern_format(&p, out), "client DATA(1000) win 64 seq 1 again c1.s");
    p.class = PATTERN_SYN_ACK;
    p.len = p.win = p.seq = UINT32_MAX;
    memset(p.process, 'p', PATTERN_NAME_MAX);
    memset(p.socket, 's', PATTERN_NAME_MAX);
    assert_string_equal(pattern_format(&p, out),
        "client SYN+ACK(4294967295) win 4294967295 seq 4294967295 again "
        "ppppppppppppppppppppppppppppppp.sssssssssssssssssssssssssssssss");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_win_is_of_tcp),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_format),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
