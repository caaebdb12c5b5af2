/* The wire lines at the stage: what each changes of the status, what is
 * refused, and what the kernel counts of a corrupted segment. Needs privilege:
 * the private wire. */
#include "stage_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Carries an order out and gives the status that the journal shows then. */
static struct wire_status status_after(
    struct rig *f, const struct wire_order *order)
{
    struct err e = {0};

    if (stage_wire(f->stage, order, &e) < 0)
        fail_msg("%s", e.msg);
    stage_publish_line(f->stage, "wire", 0);
    return *model_wire_status(stage_model(f->stage));
}

#define AFTER(...) status_after(f, &(struct wire_order){__VA_ARGS__})

static void test_status(void **state)
{
    struct rig *f = rig_opened(state);
    struct wire_status w = AFTER(.word = WIRE_HOLD);

    assert_true(w.holding && w.coalesce && !w.cut);
    assert_int_equal(w.mtu, 1500);
    assert_int_equal(w.rate, 0);
    assert_int_equal(w.seed, 1);
    w = AFTER(.word = WIRE_DELAY, .sides = WIRE_SIDE(HOST_SERVER),
        .delay_ns = 7, .jitter_ns = 3);
    assert_int_equal(w.delay_ns[HOST_SERVER], 7);
    assert_int_equal(w.jitter_ns[HOST_SERVER], 3);
    assert_int_equal(w.delay_ns[HOST_CLIENT] + w.jitter_ns[HOST_CLIENT], 0);
    w = AFTER(.word = WIRE_LOSS, .sides = WIRE_BOTH, .loss_ppm = 5);
    assert_int_equal(w.loss_ppm[HOST_SERVER], 5);
    assert_int_equal(w.loss_ppm[HOST_CLIENT], 5);
    assert_int_equal(AFTER(.word = WIRE_RATE, .rate = 9).rate, 9);
    assert_int_equal(AFTER(.word = WIRE_SEED, .seed = 9).seed, 9);
    assert_int_equal(AFTER(.word = WIRE_MTU, .mtu = 600).mtu, 600);
    assert_true(AFTER(.word = WIRE_CUT).cut);
    assert_false(AFTER(.word = WIRE_JOIN).cut);
    assert_false(AFTER(.word = WIRE_COALESCE).coalesce);
    assert_false(AFTER(.word = WIRE_RELEASE).holding);
}

static void test_refused(void **state)
{
    struct rig *f = rig_opened(state);
    struct err e = {0};

    assert_int_equal(rig_wire(f, WIRE_DELIVER), -EINVAL); /* not holding */
    assert_int_equal(rig_wire(f, WIRE_HOLD), 0);
    assert_int_equal(rig_wire(f, WIRE_DELIVER), -ENOENT);
    assert_int_equal(rig_wire(f, WIRE_REAL), 0);
    rig_call(f, "c1", "s", NULL, "socket", NULL);
    assert_int_equal(
        stage_wire(f->stage, &(struct wire_order){.word = WIRE_REAL}, &e),
        -EBUSY);
    assert_non_null(strstr(e.msg, "before the first socket"));
}

/* Tcp: InCsumErrors of the server, in whose namespace this thread is after it
 * has made a socket. */
static unsigned long server_checksum_errors(struct rig *f)
{
    char names[1024], values[1024], *name, *value, *a, *b;
    FILE *in;

    rig_call(f, "server", "unused", NULL, "socket", NULL);
    in = fopen("/proc/thread-self/net/snmp", "r");
    assert_non_null(in);
    do {
        assert_non_null(fgets(names, sizeof names, in));
        assert_non_null(fgets(values, sizeof values, in));
    } while (strncmp(names, "Tcp:", 4) != 0);
    fclose(in);
    name = strtok_r(names, " \n", &a);
    value = strtok_r(values, " \n", &b);
    while (name && strcmp(name, "InCsumErrors") != 0) {
        name = strtok_r(NULL, " \n", &a);
        value = strtok_r(NULL, " \n", &b);
    }
    assert_non_null(name);
    return strtoul(value, NULL, 10);
}

static void test_corrupt_counts(void **state)
{
    struct rig *f = rig_opened(state);

    rig_connected(f);
    assert_int_equal(server_checksum_errors(f), 0);
    assert_int_equal(rig_wire(f, WIRE_CORRUPT), 0);
    rig_call(f, "c1", NULL, "s", "send", rig_bytes(1000), NULL);
    assert_int_equal(server_checksum_errors(f), 1);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_status),
        TEST(test_refused),
        TEST(test_corrupt_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
