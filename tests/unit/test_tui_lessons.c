/* What every lesson keeps to: its texts fit on the screen of a lecture hall,
 * whole and in both languages; it has a title, a first note, a question before
 * its answer, five to twenty narrated steps and something to try; and all
 * lessons together prove every sentence of the lecture notes. */
#include "lesson_text.h"
#include "tui_moments.h"

#include "sockstage/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TEXT_COLS    76
#define TEXT_LINES   2
#define OPTION_COLS  72 /* behind its number it is on one line */
#define SCREEN_COLS  80
#define SCREEN_ROWS  24
#define STEPS_MIN    5
#define STEPS_MAX    20
#define CLAIMS       68
#define HANGUL_FIRST 0xac00
#define HANGUL_LAST  0xd7a3

static int complaints;

static void complain(const struct lesson_text *l,
    const struct lesson_line *line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(const struct lesson_text *l,
    const struct lesson_line *line, const char *fmt, ...)
{
    char what[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    print_message("src/lessons/%s.stage:%d: %s\n", l->name,
        line ? line->number : 1, what);
    complaints++;
}

static void look_at_all(void (*look)(const struct lesson_text *l))
{
    complaints = 0;
    for (const struct embed_file *f = embed_lessons; f->name; f++) {
        struct lesson_text l;

        lesson_text_read(&l, f);
        look(&l);
        lesson_text_done(&l);
    }
}

/* Fails once all complaints are told. */
static void each_lesson(void (*look)(const struct lesson_text *l))
{
    look_at_all(look);
    assert_int_equal(complaints, 0);
}

static void test_there_are_lessons(void **state)
{
    (void)state;
    assert_non_null(embed_lessons[0].name);
}

/* ---- texts -------------------------------------------------------------- */

/* As pen_wrap() breaks it: a word longer than a line would be cut in two. */
static bool has_long_word(const char *text, size_t width)
{
    while (*text) {
        size_t len = strcspn(text, " ");
        char *word = xstrndup(text, len);
        bool too_long = text_width(word) > width;

        free(word);
        if (too_long)
            return true;
        text += len + strspn(text + len, " ");
    }
    return false;
}

static int lines_of(const char *text, int width)
{
    struct canvas cv;
    struct pen p;
    int lines;

    canvas_init(&cv, 1, width);
    p = pen_at(&cv, (struct rect){0, 0, 0, width});
    lines = pen_wrap(&p, THEME_NOTE, text, 99);
    canvas_done(&cv);
    return lines;
}

static void look_at_width(const struct lesson_text *l)
{
    for (size_t i = 0; i < l->lines.len; i++) {
        const struct lesson_line *line = &l->lines.items[i];
        bool is_option = lesson_line_is(line, "option");
        int width = is_option ? OPTION_COLS : TEXT_COLS;
        int most = is_option ? 1 : TEXT_LINES;

        if (line->part != PART_TEXT)
            continue;
        if (lines_of(line->text, width) > most ||
            has_long_word(line->text, (size_t)width))
            complain(l, line, "%zu columns do not fit into %d of %d",
                text_width(line->text), most, width);
        if (line->text[strcspn(line->text, "\t")] ||
            strcmp(line->text + strlen(line->text) - (line->text[0] ? 1 : 0),
                " ") == 0)
            complain(l, line, "a tab, or a blank at the end");
    }
}

static void test_texts_fit(void **state)
{
    (void)state;
    each_lesson(look_at_width);
}

/* ---- both languages ----------------------------------------------------- */

static bool has_hangul(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len;) {
        uint32_t code = 0;

        i += utf8_decode(text + i, len - i, &code);
        if (code >= HANGUL_FIRST && code <= HANGUL_LAST)
            return true;
    }
    return false;
}

/* Behind each English text stands its Korean. A title or an option may be
 * without Hangul: a number, a name. */
static void look_at_languages(const struct lesson_text *l)
{
    for (size_t i = 0; i < l->lines.len; i++) {
        const struct lesson_line *line = &l->lines.items[i];
        const struct lesson_line *next = line + 1;

        if (line->part != PART_TEXT)
            continue;
        if (line->korean) {
            complain(l, line, "the English is missing");
            continue;
        }
        if (i + 1 == l->lines.len || !next->korean ||
            strcmp(next->word, line->word) != 0) {
            complain(l, line, "the Korean is missing");
            continue;
        }
        if (next->right != line->right)
            complain(l, next, "right in one language only");
        if (!has_hangul(next->text) && !lesson_line_is(next, "title") &&
            !lesson_line_is(next, "option"))
            complain(l, next, "this is not Korean");
        i++;
    }
}

static void test_both_languages(void **state)
{
    (void)state;
    each_lesson(look_at_languages);
}

/* ---- its parts ---------------------------------------------------------- */

/* The options behind line `i`, an `ask`, in English. */
static void look_at_question(const struct lesson_text *l, size_t i)
{
    const struct lesson_line *ask = &l->lines.items[i];
    int options = 0, right = 0;

    for (i++; i < l->lines.len && l->lines.items[i].part == PART_TEXT; i++) {
        const struct lesson_line *line = &l->lines.items[i];

        if (line->korean || !lesson_line_is(line, "option"))
            continue;
        options++;
        right += line->right;
    }
    if (options < 2 || options > 4 || right != 1)
        complain(l, ask, "%d options, of which %d are right", options, right);
    while (i < l->lines.len && l->lines.items[i].part != PART_EXPECT)
        i++;
    if (i == l->lines.len)
        complain(l, ask, "nothing behind it shows the answer");
}

/* A note with nothing done before the next one would never be seen. */
static void look_at_note(const struct lesson_text *l, size_t i)
{
    const struct lesson_line *note = &l->lines.items[i];

    for (i++; i < l->lines.len; i++) {
        const struct lesson_line *line = &l->lines.items[i];

        if (line->part == PART_ACTION || line->part == PART_EXPECT)
            return;
        if (lesson_line_is(line, "note") && !line->korean)
            complain(l, note, "the next note takes its place at once");
    }
}

static void look_at_parts(const struct lesson_text *l)
{
    int notes = 0, asks = 0, tries = 0, titles = 0;
    bool begun = false;

    for (size_t i = 0; i < l->lines.len; i++) {
        const struct lesson_line *line = &l->lines.items[i];

        if (line->korean)
            continue;
        if (lesson_line_is(line, "note")) {
            notes++;
            look_at_note(l, i);
        } else if (lesson_line_is(line, "ask")) {
            asks++;
            look_at_question(l, i);
        }
        titles += lesson_line_is(line, "title");
        tries += lesson_line_is(line, "try");
        if (strchr(line->whole, ':') && line->part == PART_ACTION) {
            if (!begun && (notes == 0 || titles == 0))
                complain(l, line, "title and first note come before");
            begun = true;
        }
    }
    if (titles != 1 || tries != 1 || asks < 1)
        complain(
            l, NULL, "%d titles, %d questions, %d to try", titles, asks, tries);
    if (notes < STEPS_MIN || notes > STEPS_MAX)
        complain(l, NULL, "%d narrated steps", notes);
}

static void test_parts(void **state)
{
    (void)state;
    each_lesson(look_at_parts);
}

/* ---- the screen --------------------------------------------------------- */

/* Without blanks: those at the ends of lines are not there. */
static void add_solid(struct str *out, const char *text)
{
    for (; *text; text++)
        if (*text != ' ' && *text != '\n')
            str_addn(out, text, 1);
}

static void draw_solid(struct scene *s, struct str *out)
{
    struct canvas cv;
    struct str dump = STR_INIT;
    struct draw d = {.cv = &cv, .m = &s->moment};

    s->moment.model = s->model;
    s->moment.ui = &s->ui;
    s->moment.play = &s->play;
    s->moment.now_ns = s->t_ns;
    canvas_init(&cv, SCREEN_ROWS, SCREEN_COLS);
    cv.colour = true;
    ui_draw(&d);
    canvas_dump(&cv, &dump);
    add_solid(out, str_text(&dump));
    str_done(&dump);
    canvas_done(&cv);
}

/* Complains of each text from line `from` up to `to` that is not whole on the
 * screen; of the language that is shown. */
static void look_for(struct scene *s, const struct lesson_text *l, size_t from,
    size_t to, bool korean)
{
    struct str screen = STR_INIT;

    draw_solid(s, &screen);
    for (size_t i = from; i < to; i++) {
        const struct lesson_line *line = &l->lines.items[i];
        struct str text = STR_INIT;

        if (line->part != PART_TEXT || line->korean != korean)
            continue;
        add_solid(&text, line->text);
        if (!strstr(str_text(&screen), str_text(&text)))
            complain(l, line, "not whole on a screen of %dx%d", SCREEN_COLS,
                SCREEN_ROWS);
        str_done(&text);
    }
    str_done(&screen);
}

static void say(struct scene *s, const struct lesson_line *line)
{
    struct event e = {.kind = EVENT_NOTE};

    if (!lesson_line_is(line, "note")) {
        scene_line(s, line->whole);
        return;
    }
    e.u.note.text = line->text;
    e.u.note.lang = line->korean ? "ko" : "en";
    scene_apply(s, &e);
}

static bool has_line(const struct lesson_text *l, const char *start)
{
    for (size_t i = 0; i < l->lines.len; i++)
        if (strncmp(l->lines.items[i].whole, start, strlen(start)) == 0)
            return true;
    return false;
}

static bool asks(const struct lesson_line *line)
{
    return lesson_line_is(line, "ask") || lesson_line_is(line, "option");
}

/* As the screen plays it: a question stands alone until something is done; a
 * narration is read while its line is done, with the answer before it. */
static void show_line(struct scene *s, const struct lesson_text *l, size_t i,
    size_t *from, bool korean)
{
    const struct lesson_line *line = &l->lines.items[i];
    bool question = i > *from && asks(line - 1);

    if (question && !asks(line)) {
        look_for(s, l, *from, i, korean);
        *from = i;
    }
    if (line->part == PART_TEXT) {
        say(s, line);
        return;
    }
    if (line->part == PART_ACTION || line->part == PART_EXPECT)
        scene_line(s, "wait 1ms");
    if (i > *from)
        look_for(s, l, *from, i, korean);
    *from = i + 1;
}

static void show(const struct lesson_text *l, bool korean)
{
    struct scene s;
    size_t from = 0;

    scene_init(&s);
    s.moment.lang = korean ? "ko" : "en";
    /* What is set on the wire leaves the title less room. */
    scene_wire(
        &s, has_line(l, "wire delay") ? 250 : 0, has_line(l, "wire hold"));
    scene_process(&s, "server", HOST_SERVER);
    scene_process(&s, "c1", HOST_CLIENT);
    s.play.position = 88;
    s.play.count = 88;
    for (size_t i = 0; i < l->lines.len; i++)
        show_line(&s, l, i, &from, korean);
    look_for(&s, l, from, l->lines.len, korean);
    scene_done(&s);
}

static void look_at_screen(const struct lesson_text *l)
{
    show(l, false);
    show(l, true);
}

static void test_shown_whole(void **state)
{
    (void)state;
    each_lesson(look_at_screen);
}

/* ---- claims ------------------------------------------------------------- */

static int claimed[CLAIMS + 1]; /* how often */

static void look_at_claims(const struct lesson_text *l)
{
    for (size_t i = 0; i < l->lines.len; i++) {
        const struct lesson_line *line = &l->lines.items[i];
        const struct lesson_line *next = line + 1;
        int n;

        if (line->part != PART_CLAIM)
            continue;
        n = atoi(line->text);
        if (n < 1 || n > CLAIMS)
            complain(l, line, "the notes have claims 1 to %d", CLAIMS);
        else
            claimed[n]++;
        if (i + 1 == l->lines.len ||
            (next->part != PART_EXPECT && next->part != PART_CLAIM))
            complain(l, line, "an `expect` belongs behind a claim");
    }
}

static void test_claims(void **state)
{
    (void)state;
    memset(claimed, 0, sizeof claimed);
    look_at_all(look_at_claims);
    for (int n = 1; n <= CLAIMS; n++) {
        if (claimed[n])
            continue;
        print_message("no lesson proves claim %d\n", n);
        complaints++;
    }
    assert_int_equal(complaints, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_are_lessons),
        cmocka_unit_test(test_texts_fit),
        cmocka_unit_test(test_both_languages),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_shown_whole),
        cmocka_unit_test(test_claims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
