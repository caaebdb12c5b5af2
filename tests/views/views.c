/* Every view at the two usual sizes, as the program itself shows it in a
 * terminal, compared with goldens that are drawn from recordings; and the same
 * moments and keys of a live run, compared with the same goldens. What is to be
 * looked at stands in the scripts, see plan.h. Needs privilege: the private
 * wire, for the live run.
 * Usage: views recorded|live FOLDER/NAME.stage
 * UPDATE_GOLDEN=1 rewrites the goldens: `recorded` those drawn from the
 * recording, `live` those of what no recording has. */
#include "drawn.h"
#include "golden.h"
#include "plan.h"

#include "presses.h"
#include "term.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LOOK_MS     10  /* between two looks at the screen */
#define STILL_MS    300 /* without a change: it is the one to be kept */
#define GIVE_UP_MS  500 /* once something was wrong */
#define CLOSES_MOST 9   /* things that lie over each other */

static const struct {
    int rows, cols;
} sizes[] = {{24, 80}, {36, 120}};

/* How a script is shown. */
enum way {
    WAY_RECORDED,
    WAY_NOW,  /* live, looked at on the way */
    WAY_PAST, /* live, played to its end and then looked back on */
};

static const unsigned shown_by[] = {
    [WAY_RECORDED] = 1U << SHOT_NOW | 1U << SHOT_PAST | 1U << SHOT_RECORDED |
                     1U << SHOT_KEYS,
    [WAY_NOW] = 1U << SHOT_NOW | 1U << SHOT_LIVE | 1U << SHOT_KEYS,
    [WAY_PAST] = 1U << SHOT_PAST,
};

struct moment_mark {
    char *name;
    uint64_t cursor;
};

struct run {
    const char *path; /* of the script */
    enum way way;
    char folder[256], name[64];
    struct plan plan;
    struct lesson_text lines;
    struct presses presses;
    size_t played; /* presses so far */
    size_t checks; /* that these have done */
    size_t steps;  /* of these */
    VEC(struct moment_mark) marks;
    const char *at; /* the mark that was gone to */
    struct term *t;
    int rows, cols;
    char drawn_path[64];
    struct drawn *drawn;
    int wrong;
};

/* ---- waiting ------------------------------------------------------------- */

/* In a recording nothing is to come. */
static uint64_t deadline(const struct run *r)
{
    if (r->way == WAY_RECORDED)
        return 0;

    uint64_t ms = r->wrong ? GIVE_UP_MS : TERM_WAIT_MS;

    return clock_now_ns() + ms * NS_PER_MS;
}

static void wait_until(
    struct run *r, const _Atomic uint64_t *value, uint64_t least)
{
    uint64_t end = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;

    while (*value < least) {
        term_pump(r->t, 1);
        if (clock_now_ns() > end)
            fail_msg("%s: waited in vain", r->name);
    }
}

/* Until the screen shows what they did: a key may mean what was drawn last. */
static void press(struct run *r, const char *bytes, size_t count)
{
    uint64_t before = r->drawn->keys;

    term_keys(r->t, bytes);
    wait_until(r, &r->drawn->shown, before + count);
}

/* Whether the terminal has all that was drawn. */
static bool has_arrived(struct run *r)
{
    uint64_t turn = r->drawn->turn;
    char *drawn = xstrndup(r->drawn->text, DRAWN_TEXT);
    char *screen = term_dump(r->t);
    bool same =
        turn % 2 == 0 && turn == r->drawn->turn && strcmp(drawn, screen) == 0;

    free(drawn);
    free(screen);
    return same;
}

static void wait_for_screen(struct run *r)
{
    uint64_t end = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;

    while (!has_arrived(r)) {
        term_pump(r->t, 1);
        if (clock_now_ns() > end)
            fail_msg("the terminal does not show what was drawn:\n%s",
                r->drawn->text);
    }
}

static void click(struct run *r, const char *text)
{
    char bytes[64];
    int row, col;

    wait_for_screen(r);
    assert_true(term_wait(r->t, text));
    assert_true(term_find(r->t, text, &row, &col));
    uint64_t before = r->drawn->keys;
    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", col + 1,
        row + 1, col + 1, row + 1);
    term_keys(r->t, bytes);
    wait_until(r, &r->drawn->shown, before + 1);
    wait_until(r, &r->drawn->keys, before + 2);
}

static void press_all(struct run *r, const char *keys)
{
    struct plan_key key;

    while (plan_key_next(&keys, &key)) {
        for (size_t i = 0; key.kind == KEY_PRESS && i < key.times; i++)
            press(r, key.bytes, key.count);
        if (key.kind == KEY_CLICK)
            click(r, key.bytes);
        else if (key.kind == KEY_AWAIT)
            assert_true(term_wait(r->t, key.bytes));
        else if (key.kind == KEY_PASTE)
            assert_true(term_paste(r->t, key.bytes));
    }
}

/* ---- the screen and its golden ------------------------------------------- */

static char *shown(struct run *r)
{
    wait_for_screen(r);
    char *screen = term_dump(r->t);
    struct str text = STR_INIT;

    golden_add(&text, screen, r->drawn->views);
    free(screen);
    return str_steal(&text);
}

/* What of it has to be the same as the golden; frees `text`. */
static char *comparable(const struct run *r, bool is_recorded, char *text)
{
    char *any_run, *any_place;

    if (r->way == WAY_RECORDED)
        return text;
    any_run = golden_of_any_run(text);
    free(text);
    if (!is_recorded)
        return any_run;
    any_place = golden_of_any_place(any_run);
    free(any_run);
    return any_place;
}

static void golden_path(
    const struct run *r, const struct shot *s, char path[512])
{
    snprintf(path, 512, "%s/golden/%s_%dx%d.txt", r->folder, s->name, r->cols,
        r->rows);
}

/* The one that no longer changes. */
static char *still(struct run *r, bool is_recorded)
{
    char *last = comparable(r, is_recorded, shown(r));
    uint64_t since = clock_now_ns();

    while (clock_now_ns() - since < STILL_MS * NS_PER_MS) {
        term_pump(r->t, LOOK_MS);
        char *now = comparable(r, is_recorded, shown(r));
        if (strcmp(now, last) != 0)
            since = clock_now_ns();
        free(last);
        last = now;
    }
    return last;
}

static void keep(struct run *r, const struct shot *s)
{
    char path[512];
    char *text = still(r, false);

    golden_path(r, s, path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    free(text);
}

/* The rows that differ. */
static void complain(
    struct run *r, const char *path, const char *golden, const char *screen)
{
    r->wrong++;
    printf("%s, %s%s\n", path, r->way == WAY_RECORDED ? "recorded" : "live",
        golden ? ":" : ": it is not there; UPDATE_GOLDEN=1 writes it");
    for (int row = 1; golden && (*golden || *screen); row++) {
        size_t n = strcspn(golden, "\n"), k = strcspn(screen, "\n");
        if (n != k || memcmp(golden, screen, n) != 0)
            printf("%3d golden: %.*s\n    screen: %.*s\n", row, (int)n, golden,
                (int)k, screen);
        golden += n + (golden[n] == '\n');
        screen += k + (screen[k] == '\n');
    }
    fflush(stdout);
}

static void compare(struct run *r, const struct shot *s)
{
    bool is_recorded = s->kind != SHOT_LIVE;
    uint64_t end = deadline(r);
    char path[512];

    if (getenv("UPDATE_GOLDEN") && is_recorded == (r->way == WAY_RECORDED)) {
        keep(r, s);
        return;
    }
    golden_path(r, s, path);
    char *golden = plan_file(path);
    if (golden)
        golden = comparable(r, is_recorded, golden);
    char *screen = comparable(r, is_recorded, shown(r));
    while (golden && strcmp(golden, screen) != 0 && clock_now_ns() < end) {
        term_pump(r->t, LOOK_MS);
        free(screen);
        screen = comparable(r, is_recorded, shown(r));
    }
    if (!golden || strcmp(golden, screen) != 0)
        complain(r, path, golden, screen);
    free(golden);
    free(screen);
}

/* ---- a moment ------------------------------------------------------------ */

static void note_mark(struct run *r, const char *name, uint64_t cursor)
{
    struct moment_mark m = {xstrdup(name), cursor};
    vec_push(&r->marks, m);
}

/* The moments of the recording; that of a question is behind its last option.
 */
static void read_marks(struct run *r)
{
    static const char word[] = "\"event\":\"line\",\"text\":\"";
    uint64_t cursor = 0;
    char path[512];

    snprintf(path, sizeof path, "%s/%s.jsonl", r->folder, r->name);
    char *all = plan_file(path), *rest = all;
    if (!all)
        fail_msg("no recording %s", path);
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        char *at = strstr(line, word);
        cursor++;
        if (!at)
            continue;
        at += strlen(word);
        at[strcspn(at, "\"")] = '\0';
        if (plan_mark(at))
            note_mark(r, plan_mark(at), cursor);
        else if (strncmp(at, "option", strlen("option")) == 0)
            r->marks.items[r->marks.len - 1].cursor = cursor;
    }
    free(all);
}

/* From the first moment on, event by event. */
static void walk_to(struct run *r, uint64_t cursor)
{
    struct str keys = STR_INIT;

    press(r, "\033[H", 1);
    for (uint64_t i = 0; i < cursor; i++)
        str_addc(&keys, ']');
    press(r, str_text(&keys), cursor);
    assert_int_equal(r->drawn->cursor, cursor);
    str_done(&keys);
}

static void play_press(struct run *r)
{
    const struct press *p = &r->presses.list.items[r->played++];
    const char *name = NULL;
    char step[64];

    for (size_t i = p->from; i < p->to; i++) {
        const struct lesson_line *line = &r->lines.lines.items[i];
        r->checks += line->part == PART_EXPECT ||
                     str_equal(line->word, "mark") ||
                     str_equal(line->word, "option");
        if (plan_mark(line->whole))
            name = plan_mark(line->whole);
    }
    r->steps += p->does;
    press(r, "\033[6~", 1);
    snprintf(step, sizeof step, "step %zu of %zu", r->steps, r->presses.steps);
    assert_true(term_wait(r->t, step));
    wait_until(r, &r->drawn->checks, r->checks);
    if (name)
        note_mark(r, name, r->drawn->mark);
}

/* NULL: none was passed so far. */
static const struct moment_mark *last_mark(const struct run *r)
{
    return r->marks.len ? &r->marks.items[r->marks.len - 1] : NULL;
}

/* `mark` NULL: to the end. */
static void play_to(struct run *r, const char *mark)
{
    while (!last_mark(r) || !mark || !str_equal(last_mark(r)->name, mark)) {
        if (r->played == r->presses.list.len && !mark)
            return;
        if (r->played == r->presses.list.len)
            fail_msg("%s has no mark %s", r->path, mark);
        play_press(r);
    }
}

static uint64_t cursor_of(const struct run *r, const char *mark)
{
    size_t i = 0;

    while (i < r->marks.len && !str_equal(r->marks.items[i].name, mark))
        i++;
    if (i == r->marks.len)
        fail_msg("%s has no mark %s", r->path, mark);
    return r->marks.items[i].cursor;
}

static void go_to(struct run *r, const struct shot *s)
{
    if (r->way == WAY_NOW && *s->mark && !str_equal(r->at, s->mark))
        play_to(r, s->mark);
    r->at = s->mark;
    if (r->way == WAY_NOW)
        return;
    uint64_t cursor = cursor_of(r, s->mark);
    if (r->drawn->cursor == DRAWN_NOW)
        press(r, "[", 1);
    if (r->drawn->cursor != cursor)
        walk_to(r, cursor);
}

/* Closes all that was opened. */
static void leave(struct run *r)
{
    for (int i = 0; r->drawn->open > 0 && i < CLOSES_MOST; i++)
        press(r, "\033", 1);
    assert_int_equal(r->drawn->open, 0);
}

static void look(struct run *r, const struct shot *s)
{
    if (!(shown_by[r->way] >> s->kind & 1))
        return;
    go_to(r, s);
    press_all(r, s->keys);
    if (s->kind != SHOT_KEYS)
        compare(r, s);
    leave(r);
}

/* ---- a run --------------------------------------------------------------- */

static void map_drawn(struct run *r)
{
    snprintf(
        r->drawn_path, sizeof r->drawn_path, "/tmp/sockstage-views.XXXXXX");
    int fd = mkstemp(r->drawn_path);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, sizeof *r->drawn), 0);
    r->drawn =
        mmap(NULL, sizeof *r->drawn, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(r->drawn != MAP_FAILED);
    close(fd);
    setenv(DRAWN_FILE, r->drawn_path, 1);
}

static void read_script(struct run *r)
{
    struct embed_file file;
    const char *base = strrchr(r->path, '/');

    snprintf(
        r->folder, sizeof r->folder, "%.*s", (int)(base - r->path), r->path);
    snprintf(
        r->name, sizeof r->name, "%.*s", (int)strcspn(base + 1, "."), base + 1);
    plan_read(&r->plan, r->path);
    file = (struct embed_file){r->name, r->plan.text, strlen(r->plan.text)};
    lesson_text_read(&r->lines, &file);
    presses_read(&r->presses, &r->lines);
}

static void start(struct run *r)
{
    const char *live[] = {"--lang=en", "--wire=private", r->path, NULL};
    char recording[512];
    const char *replay[] = {"--lang=en", recording, NULL};

    if (!r->plan.has_script)
        live[2] = NULL;
    snprintf(recording, sizeof recording, "%s/%s.jsonl", r->folder, r->name);
    r->t = term_start(r->rows, r->cols, r->way == WAY_RECORDED ? replay : live);
    r->at = "";
    r->played = r->checks = r->steps = 0;
    if (r->way == WAY_RECORDED)
        read_marks(r);
    assert_true(term_wait(r->t, r->way == WAY_RECORDED ? "RECORDING" : "c1>"));
    if (r->way == WAY_PAST)
        play_to(r, NULL);
}

static void forget_marks(struct run *r)
{
    for (size_t i = 0; i < r->marks.len; i++)
        free(r->marks.items[i].name);
    vec_done(&r->marks);
}

static void show_all(struct run *r, enum way way)
{
    bool any = false;

    for (size_t i = 0; i < r->plan.shots.len; i++)
        any |= shown_by[way] >> r->plan.shots.items[i].kind & 1;
    if (!any)
        return;
    r->way = way;
    map_drawn(r);
    start(r);
    for (size_t i = 0; i < r->plan.shots.len; i++)
        look(r, &r->plan.shots.items[i]);
    assert_true(term_quit(r->t));
    forget_marks(r);
    munmap(r->drawn, sizeof *r->drawn);
    unlink(r->drawn_path);
}

static struct run asked; /* by the arguments */
static bool is_live;

static void test_views(void **state)
{
    struct run *r = *state;

    if (is_live && term_wire_is_refused())
        skip();
    read_script(r);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        r->rows = sizes[i].rows;
        r->cols = sizes[i].cols;
        for (enum way way = is_live ? WAY_NOW : WAY_RECORDED;
             way <= (is_live ? WAY_PAST : WAY_RECORDED); way++)
            show_all(r, way);
    }
    presses_done(&r->presses);
    lesson_text_done(&r->lines);
    plan_done(&r->plan);
    assert_int_equal(r->wrong, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest views[] = {
        cmocka_unit_test_prestate(test_views, &asked),
    };
    const char *program = getenv("SOCKSTAGE_VIEWS");

    if (argc != 3) {
        fputs("usage: views recorded|live FOLDER/NAME.stage\n", stderr);
        return 2;
    }
    asked.path = argv[2];
    is_live = str_equal(argv[1], "live");
    if (program)
        setenv("SOCKSTAGE", program, 1);
    return cmocka_run_group_tests_name(argv[2], views, NULL, NULL);
}
