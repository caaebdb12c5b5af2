/* How scripts are played: order, waiting, errors that must be expected, what
 * ends a script and what it says then; and line by line at the screen. */
#include "script_run.h"

#include "sockstage/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define LISTEN                                                                 \
    "server: ls = socket()\n"                                                  \
    "server: ls.bind(('', 0))\n"                                               \
    "server: ls.listen(1)\n"                                                   \
    "server: conn, addr = ls.accept()\n"

static void passes(const char *text)
{
    char why[1024];
    enum end_result result = script_run_text(STAGE_LOOPBACK, text, why);

    assert_string_equal(why, "");
    assert_int_equal(result, END_PASSED);
}

static void fails(const char *text, const char *expected)
{
    char why[1024];
    enum end_result result = script_run_text(STAGE_LOOPBACK, text, why);

    assert_int_equal(result, END_FAILED);
    if (!strstr(why, expected))
        fail_msg("\"%s\" does not say \"%s\"", why, expected);
}

/* ---- batch -------------------------------------------------------------- */

static void plays_in_order(void **state)
{
    (void)state;
    passes("");
    passes("c1: a = 1\nc1: b = a + 1\nexpect c1.b == 2\n");
    passes("c1..c3: s = socket()\nc1..c3: f = s.fileno()\n"
           "expect c3.f == 3\n");
    passes("repeat 2 c1: s = socket()\nexpect c1.error == none\n");
}

/* Without a screen it is only checked. */
static void a_vote_is_for_an_open_question(void **state)
{
    (void)state;
    passes("ask what?\noption one\noption* two\nvote 2\nvote 1\n"
           "c1: a = 1\nexpect c1.a == 1\n");
    passes("ask.ko \xeb\xac\xb4\xec\x97\x87?\noption.ko a\nvote 1\n");
    fails("vote 1\n", "t.stage:1:1: no question waits for a vote");
    fails("ask what?\nvote 1\n", "t.stage:2:1: no question waits");
    fails("ask what?\noption one\noption two\nvote 3\n",
        "t.stage:4:1: there is no option 3: the question has 2 options");
    fails("ask what?\noption one\nvote 2\n", "the question has 1 option");
    fails("ask what?\noption one\nc1: a = 1\nexpect c1.a == 1\nvote 1\n",
        "t.stage:5:1: no question waits for a vote");
}

static void an_error_must_be_expected(void **state)
{
    (void)state;
    fails("c1: s = socket()\nc1: n = s.recv(1)\nc2: a = 1\nc1: s.close()\n",
        "t.stage:2:1: c1: n = s.recv(1) raised OSError (ENOTCONN); expect it "
        "with `expect c1.error == ENOTCONN`");
    fails("c1: s = socket()\nc1: n = s.recv(1)\n", "t.stage:2:1: ");
    fails("c1: s = socket()\nc1: n = s.recv(1)\n"
          "expect c1.s.state == CLOSED\n",
        "t.stage:2:1: ");
    fails("c1: s = socket()\nrepeat 2 c1: s.recv(1)\n"
          "expect c1.error == ENOTCONN\n",
        "t.stage:2:1: ");
    passes("c1: s = socket()\nc1: n = s.recv(1)\nc2: a = 1\n"
           "expect c2.a == 1\nexpect c1.error == ENOTCONN\n"
           "c1: n = s.recv(1)\nexpect c1.error != none\nc1: a = 1\n");
    fails("c1: s = socket()\nc1: n = s.recv(1)\n"
          "expect c1.error == EPIPE within 10ms\n",
        "t.stage:3:1: expected c1.error == EPIPE within 10ms, was ENOTCONN");
}

static void what_python_raises_is_an_error_too(void **state)
{
    (void)state;
    passes("c1: b = b'\\xeb'\nc1: t = b.decode()\n"
           "expect c1.error == UnicodeDecodeError\n");
    fails("c1: b = b'\\xeb'\nc1: t = b.decode()\n",
        "raised UnicodeDecodeError: ");
}

static void an_interrupt_need_not_be_expected(void **state)
{
    (void)state;
    passes(LISTEN "interrupt server\nserver: ls.close()\n");
    passes(LISTEN "interrupt server\nexpect server.error == EINTR\n");
    fails("c1: a = 1\ninterrupt c1\n", "t.stage:2:1: ");
    fails("c1: s = socket()\nc1: n = s.recv(1)\ninterrupt c1\n",
        "t.stage:2:1: c1: n = s.recv(1) raised OSError (ENOTCONN); ");
}

static void a_hopeless_wait_fails_at_once(void **state)
{
    uint64_t before = clock_now_ns();

    (void)state;
    fails(LISTEN "c1: a = 1\nserver: ls.close()\n",
        "t.stage:6:1: line 6 waits for server, in accept() since line 4; ");
    fails(LISTEN "expect server.result == 1 within 9s\n",
        "was undefined: server is in accept() since line 4; ");
    assert_true(clock_now_ns() - before < 5 * NS_PER_S);
}

static void a_parked_process_at_the_end_is_no_failure(void **state)
{
    (void)state;
    passes(LISTEN);
    passes(LISTEN "expect server.call == accept\n");
}

static void a_later_line_waits_for_the_call(void **state)
{
    (void)state;
    passes("server: ls = socket()\nserver: ls.bind(('', 0))\n"
           "server: ls.listen(1)\nserver: ls.settimeout(0.2)\n"
           "server: conn, addr = ls.accept()\nc1: a = 1\n"
           "expect server.error == ETIMEDOUT\n"
           "expect server.elapsed >= 200ms\n");
}

static void the_limit_names_the_parked(void **state)
{
    struct script_run r;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_BATCH))
        skip();
    script_run_play(&r,
        "server: ls = socket()\nserver: ls.bind(('', 0))\n"
        "server: ls.listen(1)\nserver: ls.settimeout(9)\n"
        "server: conn, addr = ls.accept()\nserver: ls.close()\n",
        100 * NS_PER_MS);
    script_run_until_ended(&r);
    assert_int_equal(r.result, END_FAILED);
    assert_non_null(strstr(r.why, "t.stage:6:1: "));
    assert_non_null(strstr(r.why, "100ms"));
    assert_non_null(strstr(r.why, "server is in accept() since line 5"));
    script_run_close(&r);
}

static void an_exited_process_does_nothing_more(void **state)
{
    (void)state;
    fails("c1: s = socket()\nc1: exit()\nc1: a = 1\n",
        "t.stage:3:1: c1 has exited");
}

static void without_a_private_wire(void **state)
{
    struct script_run r;

    (void)state;
    fails("c1: a = 1\nwire hold\n", "t.stage:2:1: ");
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_BATCH))
        skip();
    script_run_play(&r, "c1: a = 1\nrequire private\nwire hold\n", 0);
    script_run_until_ended(&r);
    assert_int_equal(r.result, END_SKIPPED);
    assert_string_equal(r.why, "this needs the private wire");
    assert_int_equal(script_run_count(&r, EVENT_PROCESS), 0);
    assert_int_equal(script_run_count(&r, EVENT_END), 1);
    script_run_close(&r);
}

static void what_is_carried_out_is_in_the_journal(void **state)
{
    struct script_run r;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_BATCH))
        skip();
    script_run_play(&r,
        "title T\nnote N\nnote.ko M\nask Q\noption A\noption* B\n"
        "mark here\nclaim 3\nwait 1ms\npause\nc1: a = 1\nc1: print(a)\n"
        "expect c1.a == 1\nhide server\nshow\ntry this\n",
        0);
    script_run_until_ended(&r);
    assert_string_equal(r.why, "");
    assert_int_equal(script_run_count(&r, EVENT_NOTE), 2);
    assert_int_equal(script_run_count(&r, EVENT_EXPECT), 1);
    assert_int_equal(script_run_count(&r, EVENT_OUTPUT), 1);
    assert_int_equal(script_run_count(&r, EVENT_LINE), 13);
    assert_int_equal(script_run_count(&r, EVENT_CALL), 0);
    assert_int_equal(
        journal_at(r.journal, journal_end(r.journal) - 1)->kind, EVENT_END);
    script_run_close(&r);
}

/* ---- interactive -------------------------------------------------------- */

static bool is_idle(void *ctx)
{
    struct script_run *r = ctx;
    struct player_state s = player_state(r->player);

    return r->changes > 0 && !s.waiting;
}

static bool is_waiting(void *ctx)
{
    struct script_run *r = ctx;

    return player_state(r->player).waiting;
}

static bool is_past_first(void *ctx)
{
    struct script_run *r = ctx;

    return player_state(r->player).position == 1;
}

static bool has_asked(void *ctx)
{
    struct script_run *r = ctx;

    return model_lesson(stage_model(r->stage), "en").option_count == 2;
}

static void plays_line_by_line(void **state)
{
    struct script_run r;
    struct player_state s;
    struct model_lesson l;
    struct err e;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_INTERACTIVE))
        skip();
    assert_int_equal(player_next(r.player, &e), -ENOENT);
    script_run_play(&r,
        "note one\nc1: a = 1\nask What?\nask.ko Mwo?\noption A\noption* B\n"
        "c1: b = 2\ntry more\n",
        0);
    s = player_state(r.player);
    assert_int_equal(s.position, 0);
    assert_int_equal(s.count, 2);
    assert_string_equal(s.next, "note one");

    assert_int_equal(player_next(r.player, &e), 0);
    script_run_until(&r, is_past_first, &r);
    assert_null(model_lesson(stage_model(r.stage), "en").question);

    /* A question stops: the line behind it is the answer. */
    assert_int_equal(player_next(r.player, &e), 0);
    script_run_until(&r, has_asked, &r);
    l = model_lesson(stage_model(r.stage), "en");
    assert_string_equal(l.question, "What?");
    assert_string_equal(l.options[1], "B");
    assert_null(l.try_text);
    l = model_lesson(stage_model(r.stage), "ko");
    assert_string_equal(l.question, "Mwo?");
    assert_int_equal(l.option_count, 2);
    assert_null(stage_variable(r.stage, "c1", "b"));

    assert_int_equal(player_next(r.player, &e), 0);
    assert_int_equal(player_next(r.player, &e), 0);
    assert_int_equal(player_next(r.player, &e), -ENOENT);
    script_run_close(&r);
}

static bool has_variable(void *ctx)
{
    struct script_run *r = ctx;

    return stage_variable(r->stage, "c1", "a") != NULL;
}

static bool server_has_variable(void *ctx)
{
    struct script_run *r = ctx;

    return stage_variable(r->stage, "server", "later") != NULL;
}

static void a_typed_line_waits_for_its_process_alone(void **state)
{
    struct script_run r;
    struct script_error e;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_INTERACTIVE))
        skip();
    assert_true(player_submit(r.player, NULL, LISTEN, &e));
    assert_true(player_submit(r.player, "server", "later = 1", &e));
    assert_true(player_submit(r.player, "c1", "a = 1", &e));
    script_run_until(&r, has_variable, &r);
    script_run_until(&r, is_waiting, &r);
    assert_null(stage_variable(r.stage, "server", "later"));
    assert_string_equal(r.why, "");
    struct player_queue q = player_queue(r.player);
    assert_int_equal(q.count, 1);
    assert_string_equal(q.first[0].process, "server");
    assert_string_equal(q.first[0].text, "later = 1");
    assert_string_equal(q.first[0].call, "accept");
    assert_true(player_submit(r.player, NULL, "interrupt server", &e));
    script_run_until(&r, server_has_variable, &r);
    assert_int_equal(player_queue(r.player).count, 0);
    script_run_close(&r);
}

/* What is typed behind a line that goes on is queued, whosever it is. */
static void a_typed_line_waits_for_the_one_before(void **state)
{
    struct script_run r;
    struct script_error e;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_INTERACTIVE))
        skip();
    assert_int_equal(player_queue(r.player).count, 0);
    assert_true(player_submit(r.player, NULL, "wait 200ms", &e));
    script_run_until(&r, is_waiting, &r);
    for (int i = 0; i < PLAYER_QUEUE_MAX; i++)
        assert_true(player_submit(r.player, "server", "k = 1", &e));
    assert_true(player_submit(r.player, "c1", "a = 1", &e));
    struct player_queue q = player_queue(r.player);
    assert_int_equal(q.count, PLAYER_QUEUE_MAX + 1);
    assert_string_equal(q.first[0].process, "server");
    assert_null(q.first[0].call);
    assert_string_equal(q.first[0].line, "wait 200ms");
    script_run_until(&r, has_variable, &r);
    assert_int_equal(player_queue(r.player).count, 0);
    script_run_close(&r);
}

/* A name of another process: before anything is done, where that is known by
 * then, else as it fails. */
static void a_name_of_another_is_told(void **state)
{
    struct script_run r;
    struct script_error e;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_INTERACTIVE))
        skip();
    assert_true(player_submit(r.player, NULL, "wait 10ms", &e));
    assert_true(player_submit(r.player, "server", "k = 1", &e));
    assert_true(player_submit(r.player, "c1", "print(k)", &e));
    assert_true(player_submit(r.player, "c1", "a = 1", &e));
    script_run_until(&r, has_variable, &r);
    assert_non_null(strstr(r.why, "'k' is not defined; k belongs to server"));
    assert_false(player_submit(r.player, "c1", "b = k", &e));
    assert_string_equal(e.what, "k belongs to server, not to c1");
    assert_false(player_submit(r.player, "c1", "k.accept()", &e));
    assert_string_equal(
        e.what, "k belongs to server: server: conn, addr = k.accept()");
    assert_true(player_submit(r.player, "server", "print(k)", &e));
    /* What a line before it will give is no longer another's. */
    assert_true(player_submit(r.player, NULL, "wait 10ms", &e));
    assert_true(player_submit(r.player, "c1", "k = 2", &e));
    assert_true(player_submit(r.player, "c1", "print(k)", &e));
    assert_true(player_submit(r.player, "server", "w = fork()", &e));
    assert_true(player_submit(r.player, "w", "print(k)", &e));
    script_run_close(&r);
}

static void a_typed_mistake_is_told(void **state)
{
    struct script_run r;
    struct script_error e;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_INTERACTIVE))
        skip();
    assert_false(player_submit(r.player, "c1", "s.lisen(3)", &e));
    assert_false(player_submit(r.player, NULL, "a = 1", &e));
    assert_true(
        player_submit(r.player, "c1", "expect c1.a == 1 within 10ms", &e));
    script_run_until(&r, is_idle, &r);
    assert_non_null(strstr(r.why, "expected c1.a == 1 within 10ms"));
    r.changes = 0;
    assert_true(player_submit(r.player, "c1", "s.connect(('server', 1))", &e));
    script_run_until(&r, is_idle, &r);
    assert_non_null(strstr(r.why, "raised NameError"));
    r.changes = 0;
    assert_true(player_submit(r.player, "c1", "a = 1", &e));
    script_run_until(&r, has_variable, &r);
    script_run_close(&r);
}

static bool waits_in_script(void *ctx)
{
    return player_state(((struct script_run *)ctx)->player).script_waits;
}

static bool has_narrated(void *ctx)
{
    struct script_run *r = ctx;
    const struct model_note *n = model_note(stage_model(r->stage), "en");

    return n && strcmp(n->text, "two") == 0;
}

/* What is said can go ahead of what is done; the line still counts once. */
static void narrates_ahead(void **state)
{
    struct script_run r;
    struct err e;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_INTERACTIVE))
        skip();
    assert_false(player_narrate(r.player));
    script_run_play(&r, "note one\nnote two\nc1: a = 1\ntry more\n", 0);
    assert_false(player_state(r.player).only_words);
    assert_true(player_narrate(r.player));
    script_run_until(&r, has_narrated, &r);
    assert_false(player_narrate(r.player));
    assert_string_equal(player_state(r.player).next, "c1: a = 1");
    assert_int_equal(player_state(r.player).position, 0);
    assert_int_equal(player_next(r.player, &e), 0);
    script_run_until(&r, is_past_first, &r);
    assert_true(player_state(r.player).only_words);
    assert_true(player_narrate(r.player));
    assert_null(player_state(r.player).next);
    script_run_close(&r);
}

/* A line that waits for what never comes can be given up; the next goes on. */
static void a_waiting_line_is_given_up(void **state)
{
    struct script_run r;
    struct err e;

    (void)state;
    if (!script_run_open(&r, STAGE_LOOPBACK, PLAYER_INTERACTIVE))
        skip();
    script_run_play(&r, LISTEN "server: ls.close()\nc1: a = 1\n", 0);
    assert_false(player_skip(r.player));
    while (!player_state(r.player).script_waits &&
           player_state(r.player).position < 5) {
        assert_int_equal(player_next(r.player, &e), 0);
        uv_run(stage_loop(r.stage), UV_RUN_ONCE);
    }
    script_run_until(&r, waits_in_script, &r);
    assert_int_equal(player_next(r.player, &e), -EBUSY);
    assert_true(player_skip(r.player));
    assert_false(player_state(r.player).script_waits);
    assert_int_equal(player_next(r.player, &e), 0);
    script_run_until(&r, has_variable, &r);
    script_run_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays_in_order),
        cmocka_unit_test(a_vote_is_for_an_open_question),
        cmocka_unit_test(an_error_must_be_expected),
        cmocka_unit_test(what_python_raises_is_an_error_too),
        cmocka_unit_test(an_interrupt_need_not_be_expected),
        cmocka_unit_test(a_hopeless_wait_fails_at_once),
        cmocka_unit_test(a_parked_process_at_the_end_is_no_failure),
        cmocka_unit_test(a_later_line_waits_for_the_call),
        cmocka_unit_test(the_limit_names_the_parked),
        cmocka_unit_test(an_exited_process_does_nothing_more),
        cmocka_unit_test(without_a_private_wire),
        cmocka_unit_test(what_is_carried_out_is_in_the_journal),
        cmocka_unit_test(plays_line_by_line),
        cmocka_unit_test(narrates_ahead),
        cmocka_unit_test(a_waiting_line_is_given_up),
        cmocka_unit_test(a_typed_line_waits_for_its_process_alone),
        cmocka_unit_test(a_typed_line_waits_for_the_one_before),
        cmocka_unit_test(a_name_of_another_is_told),
        cmocka_unit_test(a_typed_mistake_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
