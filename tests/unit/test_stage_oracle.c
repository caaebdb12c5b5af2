/* The oracle: at each step of a connection's life every socket on both hosts
 * is compared with what ss(8) prints there. Needs privilege (namespaces, TUN)
 * and ss. */
#include "stage_rig.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct line {
    char state[16], local[64], peer[64];
    unsigned recv_q, send_q;
    bool matched;
    bool has_mem; /* SYN-RECV and TIME-WAIT have none */
    struct sample_mem mem;
};

struct listing {
    struct line lines[64];
    size_t count;
};

static struct rig *rig;

static int setup(void **state)
{
    (void)state;
    rig = calloc(1, sizeof *rig);
    if (!rig_open(rig, STAGE_PRIVATE)) {
        free(rig);
        rig = NULL;
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (rig)
        rig_close(rig);
    free(rig);
    rig = NULL;
    return 0;
}

/* A child of this thread lives on the host that the thread is on: any call of
 * a process takes it there. `here` and `there` do nothing else. */
static void go_to(enum host host)
{
    const char *process = host == HOST_SERVER ? "there" : "here";

    rig_call(rig, process, NULL, "eye", "getblocking", NULL);
}

/* skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d0): the limits rb and tb are
 * other tests' matter. */
static void parse_mem(const char *text, struct line *l)
{
    const char *at = strstr(text, "skmem:(");
    struct sample_mem *m = &l->mem;

    if (!at)
        return;
    l->has_mem = true;
    assert_int_equal(
        sscanf(at, "skmem:(r%u,rb%*u,t%u,tb%*u,f%u,w%u,o%u,bl%u,d%u)",
            &m->rmem_alloc, &m->wmem_alloc, &m->fwd_alloc, &m->wmem_queued,
            &m->optmem, &m->backlog, &m->drops),
        7);
}

static void run_ss(enum host host, struct listing *out)
{
    char text[512];
    FILE *ss;

    go_to(host);
    ss = popen("ss -H -O -tanm", "r");
    assert_non_null(ss);
    out->count = 0;
    while (fgets(text, sizeof text, ss)) {
        struct line *l = &out->lines[out->count];

        assert_true(out->count < 64);
        memset(l, 0, sizeof *l);
        assert_int_equal(sscanf(text, "%15s %u %u %63s %63s", l->state,
                             &l->recv_q, &l->send_q, l->local, l->peer),
            5);
        parse_mem(text, l);
        out->count++;
    }
    assert_int_equal(pclose(ss), 0);
}

/* ss counts a FIN that the application has not read yet, and an own SYN or
 * FIN that is not acknowledged yet, as one byte each. */
static unsigned recv_q_of(const struct model_sock *s, unsigned shown)
{
    bool fin_came = s->state == TCP_STATE_CLOSE_WAIT ||
                    s->state == TCP_STATE_LAST_ACK ||
                    s->state == TCP_STATE_CLOSING;

    if (s->is_listener)
        return s->accept_queue;
    return s->recv_buffer + (fin_came && shown > s->recv_buffer ? 1 : 0);
}

static unsigned send_q_of(const struct model_sock *s)
{
    if (s->is_listener)
        return s->backlog;
    switch (s->state) {
    case TCP_STATE_SYN_SENT:
    case TCP_STATE_FIN_WAIT_1:
    case TCP_STATE_CLOSING:
    case TCP_STATE_LAST_ACK:
        return s->send_buffer + 1;
    default:
        return s->send_buffer;
    }
}

static void address_text(const struct addr *a, char *out)
{
    if (a->family == 0)
        strcpy(out, "0.0.0.0:*");
    else
        addr_format(a, out);
}

static struct line *find_line(struct listing *l, const struct model_sock *s)
{
    char local[ADDR_TEXT_MAX], peer[ADDR_TEXT_MAX];

    address_text(&s->local, local);
    address_text(&s->peer, peer);
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->lines[i].local, local) == 0 &&
            strcmp(l->lines[i].peer, peer) == 0)
            return &l->lines[i];
    return NULL;
}

static void compare_mem(const struct line *l, const struct model_sock *s)
{
    assert_int_equal(l->has_mem, s->has_mem);
    for (size_t i = 0; l->has_mem && i < mem_field_count(); i++)
        assert_int_equal(mem_field_get(&l->mem, i), mem_field_get(&s->mem, i));
}

static void compare_host(enum host host)
{
    struct listing listing;
    const struct model *m = stage_model(rig->stage);
    size_t listed = 0;

    run_ss(host, &listing);
    for (size_t i = 0; i < model_sock_count(m); i++) {
        const struct model_sock *s = model_sock_at(m, i);
        struct state_word word;
        struct line *l;

        if (s->host != host || s->state == TCP_STATE_CLOSED)
            continue;
        listed++;
        l = find_line(&listing, s);
        assert_non_null(l);
        l->matched = true;
        assert_true(state_word_parse(l->state, &word));
        assert_true(state_word_holds(&word, s->proto, s->state));
        assert_int_equal(l->recv_q, recv_q_of(s, l->recv_q));
        assert_int_equal(l->send_q, send_q_of(s));
        compare_mem(l, s);
    }
    assert_int_equal(listed, listing.count);
    assert_int_equal(listed, model_listed(m, host, TCP_STATE_NONE));
}

static void compare(void)
{
    compare_host(HOST_CLIENT);
    compare_host(HOST_SERVER);
}

static void deliver(void)
{
    assert_int_equal(stage_wire_deliver(rig->stage, NULL, NULL), 0);
    rig_settle(rig);
    compare();
}

/* Delivers until nothing is held, comparing after each. */
static void deliver_all(void)
{
    while (stage_wire_deliver(rig->stage, NULL, NULL) == 0) {
        rig_settle(rig);
        compare();
    }
}

static void call(const char *process, const char *targets, const char *variable,
    const char *name, struct value *arg)
{
    rig_call(rig, process, targets, variable, name, arg, NULL);
    compare();
}

static void begin(void)
{
    if (!rig)
        skip();
    if (system("ss -V >/dev/null 2>&1") != 0)
        skip();
    rig_call(rig, "here", "eye", NULL, "socket", NULL);
    rig_call(rig, "server", "eye", NULL, "socket", NULL);
    rig_call(rig, "server", "there", NULL, "fork", NULL);
    rig_listen(rig, 1);
    compare();
    rig_wire(rig, WIRE_HOLD);
    rig_call(rig, "c1", "s", NULL, "socket", NULL);
    call("c1", NULL, "s", "connect", rig_address("server", 8080));
}

static void test_every_step_of_a_life(void **state)
{
    (void)state;
    begin();
    deliver();
    deliver();
    deliver();
    call("server", "conn,addr", "ls", "accept", NULL);
    call("c1", NULL, "s", "send", rig_bytes(3000));
    deliver_all();
    call("server", "m", "conn", "recv", value_int(1000));
    call("c1", NULL, "s", "shutdown", value_int(1));
    deliver_all();
    call("server", "m", "conn", "recv", value_int(2000));
    call("server", "m", "conn", "recv", value_int(1));
    call("server", NULL, "conn", "send", rig_bytes(500));
    deliver_all();
    call("server", NULL, "conn", "close", NULL);
    deliver_all();
    call("c1", NULL, "s", "close", NULL);
}

static void test_both_close_at_once(void **state)
{
    (void)state;
    begin();
    deliver_all();
    call("server", "conn,addr", "ls", "accept", NULL);
    call("c1", NULL, "s", "close", NULL);
    call("server", NULL, "conn", "close", NULL);
    deliver_all();
}

static void test_queues_full(void **state)
{
    static const char *const names[] = {"c2", "c3", "c4"};

    (void)state;
    begin();
    deliver_all();
    for (size_t i = 0; i < 3; i++) {
        rig_call(rig, names[i], "s", NULL, "socket", NULL);
        call(names[i], NULL, "s", "connect", rig_address("server", 8080));
        deliver_all();
    }
    call("server", "conn,addr", "ls", "accept", NULL);
    call("c1", NULL, "s", "close", NULL);
    deliver_all();
    call("server", NULL, "ls", "close", NULL);
}

static void test_reset_by_unread_data(void **state)
{
    (void)state;
    begin();
    deliver_all();
    call("server", "conn,addr", "ls", "accept", NULL);
    call("c1", NULL, "s", "send", rig_bytes(100));
    deliver_all();
    call("server", NULL, "conn", "close", NULL);
    deliver_all();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_every_step_of_a_life),
        TEST(test_both_close_at_once),
        TEST(test_queues_full),
        TEST(test_reset_by_unread_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
