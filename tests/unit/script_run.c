/* A stage, a player and a loop for one script of a test. */
#include "script_run.h"

#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define PATIENCE_MS 20000

static void keep_why(struct script_run *r, const char *why)
{
    snprintf(r->why, sizeof r->why, "%s", why ? why : "");
}

static void on_ended(void *ctx, enum end_result result, const char *why)
{
    struct script_run *r = ctx;

    assert_false(r->ended);
    r->ended = true;
    r->result = result;
    keep_why(r, why);
    uv_stop(&r->loop); /* else this turn would still wait for events */
}

static void on_changed(void *ctx, const char *why)
{
    struct script_run *r = ctx;

    r->changes++;
    if (why)
        keep_why(r, why);
    uv_stop(&r->loop);
}

static const struct player_events events = {on_ended, on_changed};

bool script_run_open(
    struct script_run *r, enum stage_wire wire, enum player_mode mode)
{
    struct err e;

    *r = (struct script_run){0};
    uv_loop_init(&r->loop);
    r->journal = journal_new(1U << 20);
    if (stage_open(&r->loop, wire, r->journal, &r->stage, &e) < 0) {
        print_message("no stage: %s\n", e.msg);
        uv_run(&r->loop, UV_RUN_DEFAULT);
        assert_int_equal(uv_loop_close(&r->loop), 0);
        journal_free(r->journal);
        return false;
    }
    r->player = player_new(r->stage, mode, &events, r);
    return true;
}

void script_run_close(struct script_run *r)
{
    player_free(r->player);
    stage_close(r->stage, NULL, NULL);
    uv_run(&r->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&r->loop), 0);
    journal_free(r->journal);
    script_free(r->script);
}

void script_run_play(struct script_run *r, const char *text, uint64_t ns)
{
    struct script_error e;
    char line[1024];

    r->script = script_parse("t.stage", text, strlen(text), &e);
    if (!r->script)
        fail_msg("%s", script_error_format(&e, line, sizeof line));
    player_play(r->player, r->script, ns);
}

static void on_patience_over(uv_timer_t *t)
{
    bool *over = t->data;

    *over = true;
}

void script_run_until(
    struct script_run *r, bool (*is_true)(void *ctx), void *ctx)
{
    bool over = false;
    uv_timer_t patience;

    uv_timer_init(&r->loop, &patience);
    patience.data = &over;
    uv_timer_start(&patience, on_patience_over, PATIENCE_MS, 0);
    while (!is_true(ctx) && !over)
        uv_run(&r->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&patience, NULL);
    uv_run(&r->loop, UV_RUN_NOWAIT);
    assert_false(over);
}

static bool has_ended(void *ctx)
{
    const struct script_run *r = ctx;

    return r->ended;
}

void script_run_until_ended(struct script_run *r)
{
    script_run_until(r, has_ended, r);
}

enum end_result script_run_text(
    enum stage_wire wire, const char *text, char why[1024])
{
    struct script_run r;
    enum end_result result;

    if (!script_run_open(&r, wire, PLAYER_BATCH))
        skip();
    script_run_play(&r, text, UINT64_C(10000000000));
    assert_false(r.ended); /* only ever from the loop */
    script_run_until_ended(&r);
    result = r.result;
    memcpy(why, r.why, sizeof r.why);
    script_run_close(&r);
    return result;
}

unsigned script_run_count(const struct script_run *r, enum event_kind kind)
{
    unsigned count = 0;

    for (uint64_t i = journal_first(r->journal); i < journal_end(r->journal);
         i++)
        count += journal_at(r->journal, i)->kind == kind;
    return count;
}
