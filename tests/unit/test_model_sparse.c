/* The short form for data that is mostly zeros: there and back for any bytes,
 * its size, and what is no such form. */
#include "../../src/model/sparse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sockstage/base/mem.h"

#define LEN_MAX 3000

/* One byte of `one_in` is not zero; 0: none is. */
static void fill(uint8_t *data, size_t len, unsigned one_in, unsigned *seed)
{
    for (size_t i = 0; i < len; i++) {
        *seed = *seed * 1103515245U + 12345U;
        data[i] = one_in > 0 && (*seed >> 16) % one_in == 0
                      ? (uint8_t)((*seed >> 24) | 1U)
                      : 0;
    }
}

static bool unpack(const struct str *packed, size_t used, void *out, size_t len)
{
    uint8_t *exact = xmemdup(packed->data, used); /* reading beyond shows */
    const uint8_t *at = exact;
    bool whole = sparse_unpack(&at, exact + used, out, len);

    if (whole)
        assert_ptr_equal(at, exact + used);
    free(exact);
    return whole;
}

static void test_there_and_back(void **state)
{
    const unsigned densities[] = {0, 1, 3, 20, 300};
    uint8_t data[LEN_MAX], back[LEN_MAX];
    struct str packed = STR_INIT;
    unsigned seed = 1;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(densities); i++) {
        for (size_t len = 0; len < LEN_MAX; len += len < 200 ? 1 : 97) {
            fill(data, len, densities[i], &seed);
            str_clear(&packed);
            sparse_pack(data, len, &packed);
            assert_true(packed.len <= len / 8 * 9 + 9);
            memset(back, 0xaa, sizeof back);
            assert_true(unpack(&packed, packed.len, back, len));
            assert_memory_equal(back, data, len);
            assert_int_equal(back[len], 0xaa);
        }
    }
    str_done(&packed);
}

static void test_zeros_take_a_bit_a_word(void **state)
{
    uint8_t data[640] = {0};
    struct str packed = STR_INIT;

    (void)state;
    sparse_pack(data, sizeof data, &packed);
    assert_int_equal(packed.len, 10);
    data[64] = 1;
    data[639] = 1;
    str_clear(&packed);
    sparse_pack(data, sizeof data, &packed);
    assert_int_equal(packed.len, 10 + 16);
    str_done(&packed);
}

static void test_what_is_cut_off_is_refused(void **state)
{
    uint8_t data[500], back[500];
    struct str packed = STR_INIT;
    unsigned seed = 5;

    (void)state;
    fill(data, sizeof data, 9, &seed);
    sparse_pack(data, sizeof data, &packed);
    for (size_t len = 0; len < packed.len; len++)
        assert_false(unpack(&packed, len, back, sizeof back));
    str_done(&packed);
}

/* The last block of 12 bytes has two words, the second of them 4 bytes. */
static void test_more_than_asked_for_is_refused(void **state)
{
    const uint8_t good[] = {2, 1, 2, 3, 4, 0, 0, 0, 0};
    const uint8_t tail[] = {2, 1, 2, 3, 4, 5, 0, 0, 0};
    const uint8_t word[] = {4, 1, 2, 3, 4, 5, 6, 7, 8};
    const uint8_t want[12] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4};
    uint8_t back[12];
    const uint8_t *at = good;

    (void)state;
    assert_true(sparse_unpack(&at, good + sizeof good, back, sizeof back));
    assert_memory_equal(back, want, sizeof want);
    at = tail;
    assert_false(sparse_unpack(&at, tail + sizeof tail, back, sizeof back));
    at = word;
    assert_false(sparse_unpack(&at, word + sizeof word, back, sizeof back));
}

static void test_any_bytes(void **state)
{
    uint8_t junk[200], back[300];
    struct str packed = STR_INIT;
    unsigned seed = 77, whole = 0;

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        size_t len = i % sizeof junk;
        const uint8_t *at = junk;
        fill(junk, sizeof junk, 1 + i % 40, &seed);
        str_clear(&packed);
        str_addn(&packed, (const char *)junk, len);
        if (sparse_unpack(&at, junk + len, back, sizeof back)) {
            assert_true(at <= junk + len);
            whole++;
        }
        if (len > 0 && i % 3 == 0)
            unpack(&packed, (size_t)(at - junk), back, sizeof back);
    }
    assert_true(whole > 0);
    str_done(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_zeros_take_a_bit_a_word),
        cmocka_unit_test(test_what_is_cut_off_is_refused),
        cmocka_unit_test(test_more_than_asked_for_is_refused),
        cmocka_unit_test(test_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
