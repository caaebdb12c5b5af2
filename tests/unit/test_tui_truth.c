/* What is on the screen is what the model says: states, counts and queues are
 * read back from the cells that were drawn of made-up stages; and what the
 * bottom line offers can be clicked. */
#include "tui_grid.h"
#include "tui_moments.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 120

static uint64_t luck(uint64_t *seed, uint64_t limit)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % limit;
}

/* ---- made-up stages ------------------------------------------------------ */

static void make_pair(struct scene *s, uint64_t *seed, unsigned i)
{
    static const uint8_t states[] = {TCP_STATE_ESTABLISHED,
        TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT, TCP_STATE_FIN_WAIT_1,
        TCP_STATE_FIN_WAIT_2, TCP_STATE_LAST_ACK, TCP_STATE_SYN_SENT};
    char process[16], owner[32], conn[32];
    uint16_t port = (uint16_t)(20000 + i);
    bool waiting = luck(seed, 4) == 0;
    bool half = waiting && luck(seed, 2);
    uint32_t send = luck(seed, 2) ? (uint32_t)luck(seed, 90000) : 0;

    snprintf(process, sizeof process, "c%u", i);
    snprintf(owner, sizeof owner, "c%u.s", i);
    snprintf(conn, sizeof conn, "server.conn%u", i);
    scene_process(s, process, HOST_CLIENT);
    scene_sock(s, (struct scene_sock){.id = 1000 + 2 * i,
                      .owner = owner,
                      .state = states[luck(seed, ARRAY_LEN(states))],
                      .local = port,
                      .peer = 8080,
                      .send = send,
                      .unsent = send ? (uint32_t)luck(seed, send) : 0,
                      .recv = (uint32_t)luck(seed, 3) * 4567});
    scene_sock(
        s, (struct scene_sock){.id = 1001 + 2 * i,
               .host = HOST_SERVER,
               .owner = waiting ? NULL : conn,
               .state = half ? TCP_STATE_SYN_RECEIVED : TCP_STATE_ESTABLISHED,
               .local = 8080,
               .peer = port,
               .recv = waiting ? 0 : (uint32_t)luck(seed, 3) * 7654,
               .waiting = waiting});
}

static void make_stage(struct scene *s, uint64_t *seed)
{
    unsigned clients = 1 + (unsigned)luck(seed, 9);
    uint32_t queued[2] = {0, 0};

    scene_init(s);
    scene_server(s, "ls.listen(20)");
    scene_listener(s, 0, 20, 0, 0);
    for (unsigned i = 1; i <= clients; i++)
        make_pair(s, seed, i);
    const struct model_sock *ls = model_sock(s->model, 100);
    while (model_accept_queue_at(s->model, ls, queued[0]))
        queued[0]++;
    while (model_syn_queue_at(s->model, ls, queued[1]))
        queued[1]++;
    scene_listener(s, queued[0], 20, queued[1], (uint32_t)luck(seed, 2) * 17);
    scene_after_ms(s, 2000);
    snprintf(s->ui.sel.process, sizeof s->ui.sel.process, "c%u",
        1 + (unsigned)luck(seed, clients));
    s->ui.sel.column = (enum column)luck(seed, COLUMNS);
    s->ui.detail = (enum ui_detail)luck(seed, DETAILS);
}

/* ---- read back ----------------------------------------------------------- */

/* Whether the number stands there as a whole: "250" is not in "1250". */
static bool has_number(const char *text, const char *before, uint32_t number)
{
    char want[64];
    size_t len = (size_t)snprintf(want, sizeof want, "%s%u", before, number);

    for (const char *at = text; (at = strstr(at, want)); at++) {
        if (at[len] < '0' || at[len] > '9')
            return true;
    }
    return false;
}

static void expect_number(
    const char *text, const char *before, const char * or, uint32_t number)
{
    if (!has_number(text, before, number) &&
        (! or || !has_number(text, or, number)))
        fail_msg("no \"%s%u\" in\n%s", before, number, text);
}

static void check_listener(
    const struct model *m, const struct model_sock *s, const char *text)
{
    expect_number(text, "to accept  ", "ready for accept ", s->accept_queue);
    if (s->syn_queue)
        expect_number(text, "half open  ", "half open ", s->syn_queue);
    else
        assert_true(!strstr(text, "half open") ||
                    has_number(text, "half open  ", 0) ||
                    has_number(text, "half open ", 0));
    if (s->ignored && !has_number(text, "ignored so far ", s->ignored))
        expect_number(text, "", NULL, s->ignored);
    const struct model_sock *first = model_accept_queue_at(m, s, 0);
    const struct model_sock *client = first ? model_sock_peer(m, first) : NULL;
    char name[8];
    snprintf(name, sizeof name, "%.*s",
        client ? (int)strcspn(client->owners[0], ".") : 0,
        client ? client->owners[0] : "");
    assert_non_null(strstr(text, name));
}

static void check_block(
    const struct model *m, const struct model_sock *s, const char *text)
{
    uint32_t flight = s->send_buffer - s->unsent;

    if (!strstr(text, state_name(s->proto, s->state)))
        fail_msg("no %s in\n%s", state_name(s->proto, s->state), text);
    if (s->is_listener) {
        check_listener(m, s, text);
        return;
    }
    if (flight)
        expect_number(text, "no ACK yet ", "no ACK ", flight);
    else
        assert_null(strstr(text, "no ACK yet"));
    if (s->unsent)
        expect_number(text, "waiting ", NULL, s->unsent);
    if (s->recv_buffer)
        expect_number(text, "to read ", NULL, s->recv_buffer);
    else
        assert_null(strstr(text, "to read 1"));
}

/* Sockets that are seen and those that the columns count as more. */
static size_t check_hits(const struct scene *s, const struct draw *d)
{
    size_t seen = 0;

    for (size_t i = 0; i < d->hit_count; i++) {
        const struct hit *h = &d->hits[i];
        struct str text = STR_INIT;
        if (!h->sel.sock || h->sel.column == COLUMN_WIRE)
            continue;
        seen++;
        grid_text(d->cv, h->area, &text);
        check_block(
            s->model, model_sock(s->model, h->sel.sock), str_text(&text));
        str_done(&text);
    }
    return seen;
}

static bool is_narrow(const struct draw *d)
{
    return d->cv->cols < 80;
}

static void check_screen(struct scene *s, int cols, int rows)
{
    struct canvas cv;
    struct draw d = {.cv = &cv, .m = &s->moment};
    struct str all = STR_INIT;
    size_t shown = 0, expected = 0;

    s->moment.model = s->model;
    s->moment.ui = &s->ui;
    s->moment.now_ns = s->t_ns;
    canvas_init(&cv, rows, cols);
    ui_draw(&d);
    grid_check(&cv, &d);
    shown = check_hits(s, &d);
    for (size_t i = 0; i < model_sock_count(s->model); i++)
        expected += model_sock_at(s->model, i)->owner_count > 0;
    canvas_dump(&cv, &all);
    if (shown < expected && !is_narrow(&d))
        assert_non_null(strstr(str_text(&all), " more"));
    if (rows >= 60 || (rows >= 36 && expected < 8))
        assert_int_equal(shown, expected);
    str_done(&all);
    canvas_done(&cv);
}

static void shows_what_the_model_says(void **state)
{
    static const int sizes[][2] = {
        {80, 24}, {60, 16}, {72, 20}, {120, 36}, {200, 60}};

    (void)state;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        uint64_t seed = round * 0x9e3779b97f4a7c15U;
        struct scene s;
        make_stage(&s, &seed);
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
            check_screen(&s, sizes[i][0], sizes[i][1]);
        scene_done(&s);
    }
}

/* ---- the bottom line ----------------------------------------------------- */

static bool is_pressed(const struct draw *d, int y, int x)
{
    return mouse_press(d, y, x) != 0;
}

/* A hint's key and its words press one key, and none is cut: an ellipsis, or
 * words that no click reaches, would tell. */
static void check_bar(const struct draw *d)
{
    const struct canvas *cv = d->cv;
    int y = cv->rows - 1;

    for (int x = 0; x < cv->cols; x++) {
        uint32_t code = canvas_at(cv, y, x)->code[0];
        assert_int_not_equal(code, 0x2026);
        if (code > ' ' && !is_pressed(d, y, x)) {
            struct str line = STR_INIT;
            grid_text(cv, (struct rect){y, 0, 1, cv->cols}, &line);
            fail_msg("column %d can't be clicked: %s", x, str_text(&line));
        }
    }
    int last = cv->cols - 1;
    assert_int_equal(canvas_at(cv, y, last)->code[0], ' ');
}

static void can_be_clicked(void **state)
{
    static const int sizes[][2] = {
        {80, 24}, {60, 16}, {70, 18}, {93, 30}, {120, 36}};

    (void)state;
    for (const struct scene_row *row = scenes; row->name; row++) {
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
            struct canvas cv;
            struct scene s;
            scene_init(&s);
            row->make(&s);
            struct draw d = {.cv = &cv, .m = &s.moment};
            s.moment.model = s.model;
            s.moment.ui = &s.ui;
            s.moment.play = s.place.recording ? NULL : &s.play;
            s.moment.place = &s.place;
            s.moment.now_ns = s.t_ns;
            canvas_init(&cv, sizes[i][1], sizes[i][0]);
            ui_draw(&d);
            grid_check(&cv, &d);
            check_bar(&d);
            canvas_done(&cv);
            scene_done(&s);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_the_model_says),
        cmocka_unit_test(can_be_clicked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
