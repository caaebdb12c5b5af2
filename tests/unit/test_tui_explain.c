/* What `?` and `i` say: every row of every table has its text and reference and
 * fits on the smallest lecture hall's screen, and every kind of thing that can
 * be selected is explained. */
#include "../../src/tui/explain.h"
#include "../../src/tui/sock_rows.h"
#include "../../src/tui/words.h"
#include "tui_moments.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/fields.h"
#include "sockstage/model/state.h"
#include "sockstage/script/complete.h"
#include "sockstage/wire/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH     66 /* of the text at 80x24 */
#define LINES_MAX 5  /* of one row: others have to stand beside it */

#define FOOT_WIDTH 76 /* of the inspector's foot */
#define FOOT_MAX   2

/* How many lines it takes at that width. */
static int lines_of(const char *text, int width)
{
    struct canvas cv;

    canvas_init(&cv, 1, 1);
    struct pen p = pen_at(&cv, (struct rect){0, 0, 0, width});
    pen_wrap(&p, THEME_SCREEN, text, 1000);
    canvas_done(&cv);
    return p.y + 1;
}

static bool may_be_empty(const struct explain_row *row)
{
    return (row->table == EXPLAIN_KIND || row->table == EXPLAIN_TIMER) &&
           (str_equal(row->name, "NONE") || str_equal(row->name, "none"));
}

static void check(
    const char *name, const char *text, const char *see, int width, int most)
{
    if (text[0] == '\0')
        fail_msg("%s is not explained", name);
    if (see[0] == '\0')
        fail_msg("%s has no reference", name);
    if (lines_of(text, width) > most)
        fail_msg("%s takes %d lines", name, lines_of(text, width));
    if (strlen(see) + 5 > WIDTH)
        fail_msg("the reference of %s is too long", name);
}

static void test_every_row(void **state)
{
    size_t count[EXPLAIN_TABLES] = {0};
    struct explain_row row;

    (void)state;
    for (size_t i = 0; explain_row_at(i, &row); i++) {
        count[row.table]++;
        if (!may_be_empty(&row))
            check(row.name, row.text, row.see, WIDTH, LINES_MAX);
    }
    for (size_t i = 0; i < EXPLAIN_TABLES; i++)
        assert_true(count[i] > 4);
    for (size_t i = 0; call_at(i); i++)
        assert_true(explain_row_find(EXPLAIN_CALL, call_at(i)->name, &row));
    for (size_t i = 0; call_constant_at(i); i++)
        assert_true(
            explain_row_find(EXPLAIN_CONSTANT, call_constant_at(i), &row));
}

static void test_every_line_of_the_inspector(void **state)
{
    const char *name, *meaning, *see;

    (void)state;
    for (size_t i = 0; sock_row_at(i, &name, &meaning, &see); i++) {
        check(name, str_equal(name, "state") ? name : meaning, see, FOOT_WIDTH,
            FOOT_MAX);
    }
    for (size_t i = 0; i < info_field_count(); i++)
        check(info_field_at(i)->name, info_field_at(i)->help,
            info_field_at(i)->see, FOOT_WIDTH, FOOT_MAX);
    for (size_t i = 0; i < mem_field_count(); i++)
        check(mem_field_at(i)->name, mem_field_at(i)->help,
            mem_field_at(i)->see, FOOT_WIDTH, FOOT_MAX);
    for (size_t i = 0; field_at(i); i++)
        check(field_at(i)->name, field_at(i)->help, field_at(i)->see,
            FOOT_WIDTH, FOOT_MAX);
}

/* ---- what is explained -----------------------------------------------------
 */

static void assert_word(const char *line, const char *at, const char *title)
{
    struct explanation e = {0};

    assert_true(explain_word(line, (size_t)(strstr(line, at) - line), &e));
    assert_string_equal(str_text(&e.title), title);
    assert_true(e.parts.len > 0 && e.see.len > 0);
    explanation_done(&e);
}

static void test_words(void **state)
{
    struct explanation e = {0};

    (void)state;
    assert_word("c1: s.connect(('server', 8080))", "connect", "connect()");
    assert_word("c1: s.connect(('server', 8080))", "server", "connect()");
    assert_word(
        "s.setsockopt(SOL_SOCKET, SO_LINGER, (1, 0))", "LINGER", "SO_LINGER");
    assert_word("expect c1.error == ECONNREFUSED", "ECONN", "ECONNREFUSED");
    assert_word("expect c1.s.state == TIME_WAIT", "TIME", "TIME_WAIT");
    assert_word("expect c1.s.cwnd == 10", "cwnd", "cwnd");
    assert_word("wire delay 100ms", "100ms", "wire delay");
    assert_word("wire unreachable host SYN", "unreach", "wire unreachable");
    assert_word("wire drop 1 client SYN", "drop", "wire drop");
    assert_word("wire drop 1 client SYN+ACK", "ACK", "SYN+ACK");
    assert_word("wire step", "step", "wire step");
    assert_word("wire", "wire", "wire");
    assert_word("expect c1.s.state == half-closed", "closed", "half-closed");
    assert_word("expect c1.s.state == closing", "closing", "closing");
    assert_word("expect c1.s.state == syn-recv", "recv", "SYN_RECEIVED");
    assert_word("expect c1.error == EDEADLK", "EDEAD", "EDEADLK");
    assert_word("BlockingIOError", "IO",
        "EAGAIN, EALREADY, EINPROGRESS: "
        "BlockingIOError");
    assert_word("ssthresh", "ss", "snd_ssthresh");
    assert_word("note a FIN is sent by close()", "FIN", "note");
    assert_word("note.ko close()", "close", "note");
    /* A name of the process, of one of its variables, or a host's name. */
    assert_word("c1: s.recv(1)", "c1", "c1");
    assert_word("c1..c4: s.recv(1)", "c1", "c1");
    assert_word("server: ls.listen(1)", "server", "server");
    assert_word("c1: host = s.recv(1)", "host", "recv()");
    assert_word("c1: note = s.recv(1)", "note", "recv()");
    assert_word("c1: s.send(b'SYN x')", "SYN", "send()");
    assert_false(explain_word("", 0, &e));
    assert_false(explain_word("((((", 99, &e));
    assert_false(explain_word("s.frobnicate(1)", 4, &e));
    explanation_done(&e);
}

/* ---- every word of the notation --------------------------------------------
 */

/* That word at the end of the line has a text of its own. */
static void check_word(const char *before, const char *word)
{
    struct explanation e = {0};
    struct str line = STR_INIT, call = STR_INIT, order = STR_INIT;
    struct state_word state;
    const char *title;

    str_addf(&line, "%s%s", before, word);
    if (!explain_word(str_text(&line), line.len, &e))
        fail_msg("nothing is explained: %s", str_text(&line));
    title = str_text(&e.title);
    str_addf(&call, "%s()", word);
    str_addf(&order, "wire %s", word);
    bool is_own = str_equal(title, word) || str_equal(title, str_text(&call)) ||
                  str_equal(title, str_text(&order)) ||
                  (state_word_parse(word, &state) && !state.is_class &&
                      str_equal(title, state_name(state.proto, state.state)));
    if (!is_own || e.parts.len == 0 || e.see.len == 0)
        fail_msg("%s has no explanation of its own in `%s`, but that of %s",
            word, str_text(&line), title);
    str_done(&call);
    str_done(&order);
    str_done(&line);
    explanation_done(&e);
}

/* What the tables have. */
static void test_words_of_tables(void **state)
{
    static const enum explain_table tables[] = {EXPLAIN_ERRNO, EXPLAIN_CALL,
        EXPLAIN_CONSTANT, EXPLAIN_STATE, EXPLAIN_FIELD, EXPLAIN_INFO,
        EXPLAIN_MEM, EXPLAIN_FLAG, EXPLAIN_LINE, EXPLAIN_TEXT_LINE,
        EXPLAIN_SETTING, EXPLAIN_WORD};
    struct explain_row row;
    const char *word;

    (void)state;
    for (size_t i = 0; explain_row_at(i, &row); i++)
        for (size_t k = 0; k < ARRAY_LEN(tables); k++)
            if (row.table == tables[k])
                check_word("", row.name);
    for (size_t i = 0; (word = state_word_at(i)) != NULL; i++)
        check_word("expect c1.s.state == ", word);
    for (uint8_t i = 0; i <= SOCK_TIMER_SYNACK; i++)
        check_word("expect c1.s.timer == ", timer_name(i));
    for (int i = PATTERN_SYN; i <= PATTERN_ICMP; i++)
        check_word(
            "expect wire client ", pattern_class_name((enum pattern_class)i));
    for (size_t i = 0; (word = wire_word_at(i, NULL)) != NULL; i++)
        check_word("wire ", word);
    for (int i = 0; i < WIRE_UNREACHABLES; i++)
        check_word("wire unreachable ",
            wire_unreachable_name((enum wire_unreachable)i));
    for (int code = 1; code < 134; code++)
        if (err_number(err_name(code)) == code)
            check_word("expect c1.error == ", err_name(code));
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Whatever Tab offers: the first word of it. Names that somebody has given, and
 * what is only an example, are no words of the notation. */
static void check_offered(const char *before)
{
    const struct complete_names names = {.process = NULL};
    struct completion c = {0};
    char word[64];

    complete(&c, before, strlen(before), strlen(before), &names);
    if (c.of.len == 0)
        fail_msg("nothing is offered behind `%s`", before);
    for (size_t i = 0; i < c.of.len; i++) {
        const struct candidate *each = &c.of.items[i];
        size_t len = 0;
        while (is_letter(each->text[len]) || each->text[len] == '-' ||
               each->text[len] == '+' ||
               (len > 0 && each->text[len] >= '0' && each->text[len] <= '9'))
            len++;
        if (len == 0 || each->kind == CANDIDATE_PROCESS ||
            each->kind == CANDIDATE_EXAMPLE)
            continue;
        snprintf(word, sizeof word, "%.*s", (int)len, each->text);
        check_word(before, word);
    }
    completion_done(&c);
}

static void test_words_that_are_offered(void **state)
{
    static const char *const lines[] = {"", "wire ", "wire delay 100ms ",
        "wire delay 1ms jitter 1ms from ", "wire coalesce ",
        "wire unreachable ", "wire drop ", "wire drop 1 client ", "expect ",
        "expect wire ", "expect wire client SYN ", "expect c1.", "expect c1.s.",
        "expect wire.", "expect server.sockets.", "expect c1.s.cwnd == 1 ",
        "expect c1.s.state == ", "expect c1.s.timer == ", "expect c1.call == ",
        "expect c1.error == ", "set ", "set client ", "hide ", "require ",
        "c1: ", "c1: x = ", "c1: s.", "c1: s = socket(", "c1: s.shutdown("};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        check_offered(lines[i]);
}

/* A place is named once, wherever it stands in a list. */
static void test_references(void **state)
{
    struct explanation e = {0};

    (void)state;
    explain_see(&e, "RFC 9293 3.3.2");
    explain_see(&e, "tcp(7)");
    explain_see(&e, "tcp(7), RFC 9293 3.5.2");
    explain_see(&e, "RFC 9293 3.8.4, 3.8.6.1");
    explain_see(&e, "RFC 9293 3.8.4 / tcp(7)");
    assert_string_equal(str_text(&e.see),
        "RFC 9293 3.3.2 / tcp(7) / RFC 9293 3.5.2 / RFC 9293 3.8.4, 3.8.6.1");
    explanation_done(&e);
}

/* Every scene, whatever is selected in it, has something to say. */
static void explain_scene(const struct scene_row *row)
{
    struct scene s;

    scene_init(&s);
    row->make(&s);
    s.moment.model = s.model;
    s.moment.ui = &s.ui;
    s.moment.place = &s.place;
    s.moment.now_ns = s.t_ns;
    for (int i = 0; i < 12; i++) {
        struct explanation e = {0};
        explain_selected(&s.moment, &e);
        if (e.title.len == 0 || e.parts.len == 0 || e.see.len == 0)
            fail_msg("nothing is explained in %s, step %d", row->name, i);
        explanation_done(&e);
        s.ui.mode = UI_STAGE;
        prompt_reset(&s.ui.prompt);
        ui_select(&s.ui, &s.moment, i % 4 == 3, 1);
    }
    scene_done(&s);
}

static void test_everything_selected(void **state)
{
    (void)state;
    for (const struct scene_row *row = scenes; row->name; row++)
        explain_scene(row);
}

/* ---- the first line --------------------------------------------------------
 */

/* What a click on each part of it explains; there is none where it is empty. */
static void test_first_line(void **state)
{
    static const struct {
        enum header_part part;
        const char *says;
    } wanted[] = {{HEADER_TITLE, "The script"}, {HEADER_WIRE, "Delay 100 ms"},
        {HEADER_HOLD, "Holding 1"}, {HEADER_STEP, "steps are done"}};
    struct canvas cv;
    struct scene s;
    struct draw d = {0};

    (void)state;
    scene_init(&s);
    scene_header_step(&s);
    s.ui.explain = false;
    s.ui.explain_header = HEADER_NONE;
    s.moment.model = s.model;
    s.moment.ui = &s.ui;
    s.moment.now_ns = s.t_ns;
    d.m = &s.moment;
    d.cv = &cv;
    canvas_init(&cv, 36, 120);
    ui_draw(&d);
    assert_false(mouse_click_header(&s.ui, &d, 1, d.header[HEADER_WIRE].x));
    assert_false(mouse_click_header(&s.ui, &d, 0, cv.cols - 1));
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        const struct rect *r = &d.header[wanted[i].part];
        struct explanation e = {0};
        bool found = false;
        assert_true(r->w > 0);
        assert_true(mouse_click_header(&s.ui, &d, 0, r->x + r->w - 1));
        assert_true(s.ui.explain);
        explain_selected(&s.moment, &e);
        for (size_t k = 0; k < e.parts.len; k++)
            found |= strstr(e.parts.items[k].text, wanted[i].says) != NULL;
        assert_true(found);
        explanation_done(&e);
    }
    assert_true(mouse_click_header(&s.ui, &d, 0, d.header[HEADER_STEP].x));
    assert_false(s.ui.explain); /* once more */
    s.ui.mode = UI_HELP;
    assert_false(mouse_click_header(&s.ui, &d, 0, d.header[HEADER_STEP].x));
    s.ui.mode = UI_STAGE;
    s.moment.steps = 0;
    ui_draw(&d);
    assert_int_equal(d.header[HEADER_STEP].w, 0);
    canvas_done(&cv);
    scene_done(&s);
}

/* ---- the inspector ---------------------------------------------------------
 */

struct seen {
    size_t lines, changed;
    enum field_group last;
    struct str text, fresh;
    uint64_t now_ns;
};

static void see_line(void *ctx, const struct sock_line *line)
{
    struct seen *seen = ctx;

    assert_true(line->group >= seen->last);
    seen->last = line->group;
    seen->lines++;
    seen->changed += line->change != SOCK_SAME;
    if (line->change != SOCK_SAME)
        str_addf(&seen->text, "%d %s: %s, was %s\n", line->change, line->name,
            str_text(&line->value), str_text(&line->was));
    if (line->changed_ns + FRESH_NS > seen->now_ns)
        str_addf(&seen->fresh, "%s ", line->name);
}

static void look(scene_maker *make, struct seen *seen)
{
    struct scene s;

    *seen = (struct seen){.last = GROUP_CONNECTION};
    scene_init(&s);
    make(&s);
    s.moment.model = s.model;
    s.moment.ui = &s.ui;
    s.moment.now_ns = seen->now_ns = s.t_ns;
    sock_lines_each(
        &s.moment, model_sock(s.model, 1), &s.ui.inspect_base, see_line, seen);
    scene_done(&s);
}

static void looked(struct seen *seen)
{
    str_done(&seen->text);
    str_done(&seen->fresh);
}

/* Since it was opened, and a moment ago. */
static void test_changes(void **state)
{
    struct seen seen;

    (void)state;
    look(scene_inspect_changed, &seen);
    assert_string_equal(str_text(&seen.text),
        "1 snd_cwnd: 11 segments, was 10 segments\n"
        "1 fwd_alloc: 2192 bytes, was 1096 bytes\n"
        "1 wmem_queued: 6840 bytes, was 3840 bytes\n"
        "1 bytes_sent: 6000 bytes, was 3000 bytes\n");
    assert_string_equal(str_text(&seen.fresh), "");
    /* Every row of tcp_info and of memory, and the others. */
    assert_true(seen.lines > info_field_count() + mem_field_count() + 10);
    looked(&seen);
    look(scene_inspect_fresh, &seen);
    assert_string_equal(str_text(&seen.fresh),
        "last_data_sent last_data_recv last_ack_recv fwd_alloc wmem_queued "
        "bytes_sent ");
    looked(&seen);
}

static void add_timer_line(void *ctx, const struct sock_line *line)
{
    if (str_equal(line->name, "timer"))
        str_addf(ctx, "%s: %s", str_text(&line->value), line->meaning);
}

/* What the inspector says of the row "timer" of socket 70. */
static void explain_timer_row(struct scene *s, struct explanation *e)
{
    s->ui.inspect_sock = 70;
    for (int i = 0; i < 20; i++) {
        s->ui.inspect_row = i;
        if (!explain_inspected(&s->moment, e))
            fail_msg("nothing is inspected");
        if (strncmp(str_text(&e->title), "timer  ", 7) == 0)
            return;
        explanation_done(e);
        *e = (struct explanation){0};
    }
    fail_msg("there is no row of the timer");
}

static bool says(const struct explanation *e, const char *what)
{
    for (size_t i = 0; i < e->parts.len; i++) {
        if (strstr(e->parts.items[i].text, what))
            return true;
    }
    return false;
}

/* Nobody asks by the timer of keep-alive once the socket is closed: the marked
 * row says so as the whole socket does. */
static void test_timer_of_a_closed_one(void **state)
{
    struct explanation row = {0}, whole = {0};
    struct str line = STR_INIT;
    struct scene s;

    (void)state;
    scene_init(&s);
    scene_handshake(&s);
    scene_sock(&s, (struct scene_sock){.id = 70,
                       .host = HOST_SERVER,
                       .state = TCP_STATE_FIN_WAIT_2,
                       .local = 8080,
                       .peer = 34240,
                       .timer = SOCK_TIMER_KEEPALIVE,
                       .timer_ms = 57000});
    s.moment.model = s.model;
    s.moment.ui = &s.ui;
    s.moment.now_ns = s.t_ns;
    s.ui.sel.column = COLUMN_SERVER;
    const struct model_sock *sock = model_sock(s.model, 70);
    explain_timer_row(&s, &row);
    assert_true(says(&row, "tcp_fin_timeout"));
    assert_false(says(&row, "SO_KEEPALIVE"));
    assert_null(strstr(str_text(&row.see), "3.8.4"));
    explain_sock(&s.moment, sock, &whole);
    assert_true(says(&whole, "tcp_fin_timeout"));
    assert_null(strstr(str_text(&whole.see), "3.8.4"));
    sock_lines_each(&s.moment, sock, NULL, add_timer_line, &line);
    assert_string_equal(str_text(&line),
        "keepalive, in 57 s: waits for the peer's FIN, given up");
    explanation_done(&row);
    explanation_done(&whole);
    str_done(&line);
    scene_done(&s);
}

static void test_units(void **state)
{
    (void)state;
    assert_string_equal(words_unit("connections", 1), "connection");
    assert_string_equal(words_unit("connections", 0), "connections");
    assert_string_equal(words_unit("packets", 1), "packet");
    assert_string_equal(words_unit("segments", 2), "segments");
    assert_string_equal(words_unit("bytes", 1), "byte");
    assert_string_equal(words_unit("bytes", UINT64_MAX), "bytes");
    assert_string_equal(words_unit("ms", 1), "ms");
    assert_string_equal(words_unit("", 1), "");
}

/* It gives up decimals before it is wider. */
static void test_stamps(void **state)
{
    static const struct {
        uint64_t ms;
        int width;
        const char *text;
    } rows[] = {{9250, 6, " 9.250"}, {99999, 6, "99.999"},
        {100990, 6, " 100.9"}, {9999999, 6, "9999.9"}, {10000000, 6, " 10000"},
        {50, 4, " 0.0"}, {99999, 4, "99.9"}, {100000, 4, " 100"},
        {999999, 7, "999.999"}, {1000000, 7, " 1000.0"}};
    char text[32];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(words_stamp(rows[i].ms * NS_PER_MS, rows[i].width,
                                text, sizeof text),
            rows[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_every_line_of_the_inspector),
        cmocka_unit_test(test_timer_of_a_closed_one),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_stamps),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_words_of_tables),
        cmocka_unit_test(test_words_that_are_offered),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_everything_selected),
        cmocka_unit_test(test_first_line),
        cmocka_unit_test(test_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
