/* See stage_rig.h. */
#include "stage_rig.h"

#include "sockstage/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

bool rig_open(struct rig *f, enum stage_wire wire)
{
    struct err e;

    assert_int_equal(uv_loop_init(&f->loop), 0);
    f->journal = journal_new(8U << 20);
    if (stage_open(&f->loop, wire, f->journal, &f->stage, &e) == 0)
        return true;
    print_message("no stage: %s\n", e.msg);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    uv_loop_close(&f->loop);
    journal_free(f->journal);
    return false;
}

static void on_closed(void *ctx)
{
    *(bool *)ctx = true;
}

void rig_close(struct rig *f)
{
    bool closed = false;

    stage_close(f->stage, on_closed, &closed);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_true(closed);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    journal_free(f->journal);
}

int rig_setup(void **state)
{
    struct rig *f = calloc(1, sizeof *f);

    if (!rig_open(f, STAGE_PRIVATE)) {
        free(f);
        f = NULL;
    }
    *state = f;
    return 0;
}

int rig_teardown(void **state)
{
    if (*state) {
        rig_close(*state);
        free(*state);
    }
    return 0;
}

struct rig *rig_opened(void **state)
{
    if (!*state)
        skip();
    return *state;
}

static void on_settled(void *ctx)
{
    *(bool *)ctx = true;
}

void rig_settle(struct rig *f)
{
    bool settled = false;

    stage_when_settled(f->stage, on_settled, &settled);
    while (!settled)
        uv_run(&f->loop, UV_RUN_ONCE);
}

void rig_wait(struct rig *f, bool (*true_now)(struct rig *f, const void *arg),
    const void *arg, unsigned limit_ms)
{
    bool over = false;
    struct stage_timer *limit = stage_timer_new(&f->loop, on_settled, &over);

    stage_timer_start(limit, limit_ms * NS_PER_MS);
    while (!over && !true_now(f, arg))
        uv_run(&f->loop, UV_RUN_ONCE);
    stage_timer_free(limit);
    assert_true(true_now(f, arg));
}

static enum call_receiver receiver_of(const char *variable)
{
    if (!variable)
        return CALL_ON_MODULE;
    return strcmp(variable, "os") == 0 ? CALL_ON_OS : CALL_ON_SOCKET;
}

void rig_call(struct rig *f, const char *process, const char *targets,
    const char *variable, const char *name, ...)
{
    struct stage_call wish = {
        .process = process, .variable = variable, .python = name};
    char *names = strdup(targets ? targets : ""), *rest = names, *target;
    struct value *arg;
    struct err e = {0};
    va_list args;

    wish.def = call_find(receiver_of(variable), name);
    assert_non_null(wish.def);
    while ((target = strsep(&rest, ",")) != NULL)
        if (*target)
            wish.targets[wish.target_count++] = target;
    va_start(args, name);
    while ((arg = va_arg(args, struct value *)) != NULL)
        wish.args[wish.argc++] = arg;
    va_end(args);
    if (stage_call(f->stage, &wish, &e) < 0)
        fail_msg("%s: %s(): %s", process, name, e.msg);
    for (size_t i = 0; i < wish.argc; i++)
        value_free(wish.args[i]);
    free(names);
    rig_settle(f);
}

struct value *rig_address(const char *host, int port)
{
    struct value *pair[] = {value_str(host, strlen(host)), value_int(port)};

    return value_tuple(pair, 2);
}

struct value *rig_bytes(size_t len)
{
    char *data = malloc(len);
    struct value *v;

    memset(data, 'x', len);
    v = value_bytes(data, len);
    free(data);
    return v;
}

const struct model_sock *rig_sock(
    struct rig *f, const char *process, const char *variable)
{
    return model_sock(
        stage_model(f->stage), stage_socket_id(f->stage, process, variable));
}

int rig_wire(struct rig *f, enum wire_word word)
{
    struct wire_order order = {.word = word, .sides = WIRE_BOTH, .count = 1};

    return stage_wire(f->stage, &order, NULL);
}

void rig_listen(struct rig *f, int backlog)
{
    rig_call(f, "server", "ls", NULL, "socket", NULL);
    rig_call(f, "server", NULL, "ls", "bind", rig_address("", 8080), NULL);
    rig_call(f, "server", NULL, "ls", "listen", value_int(backlog), NULL);
}

void rig_connected(struct rig *f)
{
    rig_listen(f, 5);
    rig_call(f, "c1", "s", NULL, "socket", NULL);
    rig_call(f, "c1", NULL, "s", "connect", rig_address("server", 8080), NULL);
    rig_call(f, "server", "conn,addr", "ls", "accept", NULL);
}
