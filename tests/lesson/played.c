/* Plays a lesson in a terminal of a lecture hall, 80x24, from its start to the
 * card at its end, as a lecturer does: Page Down, again and again. At each
 * press all that is said stands whole on the screen, no expectation fails, and
 * nothing answers a question that is open. Needs privilege: the private wire.
 * Usage: played LESSON LANG
 * With $SCREENS, a folder, each screen is kept there as text; with $TALK_MS the
 * lecturer talks that long between two presses. */
#include "presses.h"
#include "term.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS      24
#define COLS      80
#define PAGE_DOWN "\033[6~"
#define STEP_MS   60000  /* the longest that a step may take */
#define LATE_MS   140000 /* if the lecturer talks: TCP's longest timer */
#define CUT_LEAST 8      /* bytes of a text, so that it is surely one */
#define LOOK_MS   20     /* between two looks at the screen */

/* What the program itself says, in each language. */
static const struct words {
    const char *lang, *step, *hidden, *end, *try;
} languages[] = {
    {"en", "step %zu of %zu", "hidden until the vote",
        "The end: ", "Try alone"},
    {"ko", "단계 %zu / %zu", "투표 전까지 가림", "끝: ", "혼자 해 보기"},
};

static const char *lesson_name, *lesson_lang;

struct play {
    struct term *t;
    struct lesson_text l;
    struct presses presses;
    const struct words *words;
    bool korean;
    size_t steps; /* done so far */
    size_t number;
    const struct lesson_line *open; /* the question nobody has answered yet */
    const char *hidden[3];          /* columns behind the curtain */
    size_t hidden_count;
    char folder[32], record[64];
    int complaints;
    bool quiet; /* they are counted, not told */
};

/* ---- the screen ---------------------------------------------------------- */

/* Without blanks: a text may be broken at any of them. */
static char *solid(const char *text)
{
    struct str out = STR_INIT;

    for (; *text; text++)
        if (*text != ' ' && *text != '\n')
            str_addn(&out, text, 1);
    return str_steal(&out);
}

static bool screen_has(const char *screen, const char *text)
{
    char *whole = solid(screen);
    char *part = solid(text);
    bool found = strstr(whole, part) != NULL;

    free(whole);
    free(part);
    return found;
}

static void complain(struct play *p, const char *what, const char *text)
{
    char *screen;

    p->complaints++;
    if (p->quiet)
        return;
    screen = term_dump(p->t);
    printf("%s %s, press %zu: %s: %s\n%s", lesson_name, lesson_lang, p->number,
        what, text, screen);
    free(screen);
}

/* Waits until all of them are on the screen; complains of each that isn't. */
static bool wait_for_all(struct play *p, const char *const *texts, size_t count)
{
    uint64_t ms = getenv("TALK_MS") ? LATE_MS : STEP_MS;
    uint64_t end = clock_now_ns() + ms * NS_PER_MS;
    size_t seen = 0;

    for (;;) {
        char *screen = term_dump(p->t);

        seen = 0;
        while (seen < count && screen_has(screen, texts[seen]))
            seen++;
        free(screen);
        if (seen == count)
            return true;
        if (clock_now_ns() > end)
            break;
        term_pump(p->t, LOOK_MS);
    }
    complain(p, "not whole on the screen", texts[seen]);
    return false;
}

static bool wait_for(struct play *p, const char *text)
{
    return wait_for_all(p, &text, 1);
}

/* For whoever wants to look at them. */
static void keep_screen(struct play *p)
{
    const char *folder = getenv("SCREENS");
    struct str path = STR_INIT;

    if (!folder)
        return;
    term_pump(p->t, 100);
    char *screen = term_dump(p->t);
    str_addf(&path, "%s/%s.%s.%02zu%s.txt", folder, lesson_name, lesson_lang,
        p->number, p->open ? ".ask" : "");
    FILE *f = fopen(str_text(&path), "w");
    if (f) {
        fputs(screen, f);
        fclose(f);
    }
    str_done(&path);
    free(screen);
}

/* ---- what may not be on it ----------------------------------------------- */

static bool is_said(const struct play *p, const struct lesson_line *line)
{
    return line->part == PART_TEXT && line->korean == p->korean;
}

static const char *text_of(const struct play *p, const char *word)
{
    for (size_t i = 0; i < p->l.lines.len; i++)
        if (is_said(p, &p->l.lines.items[i]) &&
            lesson_line_is(&p->l.lines.items[i], word))
            return p->l.lines.items[i].text;
    return "";
}

/* The narration behind the question, which tells the answer. */
static const char *answer_of(const struct play *p)
{
    const struct lesson_line *end = p->l.lines.items + p->l.lines.len;

    for (const struct lesson_line *line = p->open; line < end; line++)
        if (is_said(p, line) && lesson_line_is(line, "note"))
            return line->text;
    return NULL;
}

/* Each option stands behind its digit, and none looks other than the rest. */
static void look_at_options(struct play *p)
{
    const struct lesson_line *line = p->open;
    const struct lesson_line *end = p->l.lines.items + p->l.lines.len;
    uint32_t fg = 0, bg = 0, first_fg = 0, first_bg = 0;
    size_t n = 0;

    for (line++; line < end && line->part == PART_TEXT; line++) {
        struct str text = STR_INIT;
        int row, col;

        if (!is_said(p, line) || !lesson_line_is(line, "option"))
            continue;
        str_addf(&text, "   %zu  %s", ++n, line->text);
        if (!term_find(p->t, str_text(&text), &row, &col)) {
            complain(p, "an option is not there", str_text(&text));
        } else {
            term_colours_at(p->t, row, col + 6, &fg, &bg);
            if (n > 1 && (fg != first_fg || bg != first_bg))
                complain(p, "an option looks other", line->text);
            first_fg = fg;
            first_bg = bg;
        }
        str_done(&text);
    }
}

static void look_at_question(struct play *p)
{
    const char *answer = answer_of(p);
    char *screen = term_dump(p->t);

    if (strstr(screen, "✓"))
        complain(p, "the answer is marked", p->open->text);
    if (answer && screen_has(screen, answer))
        complain(p, "the answer is told", answer);
    free(screen);
    look_at_options(p);
}

/* Marks each third of the row that says it is hidden. */
static void find_curtains(const struct play *p, char *row, bool *seen)
{
    const size_t len = strlen(p->words->hidden);

    for (char *at = row; (at = strstr(at, p->words->hidden)); at += len) {
        char first = *at;

        *at = '\0';
        seen[(text_width(row) + 10) * 3 / COLS] = true;
        *at = first;
    }
}

/* The curtain hangs over each column that is hidden, and over no other. The
 * log says it too, lower down. */
static void look_at_curtain(struct play *p)
{
    static const char *const columns[] = {"client", "wire", "server"};
    bool seen[4] = {false};
    char *screen = term_dump(p->t);
    char *rest = screen;

    for (int y = 0; y < ROWS - 6; y++)
        find_curtains(p, strsep(&rest, "\n"), seen);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        bool hidden = false;

        for (size_t k = 0; k < p->hidden_count; k++)
            hidden |= strcmp(p->hidden[k], columns[i]) == 0;
        if (hidden != seen[i])
            complain(p, hidden ? "no curtain" : "a curtain", columns[i]);
    }
    free(screen);
}

/* Whether `part`, which a row breaks off, is of a text of the lesson. */
static bool is_of_lesson(const struct play *p, const char *part)
{
    bool found = false;

    for (size_t i = 0; i < p->l.lines.len && !found; i++) {
        const struct lesson_line *line = &p->l.lines.items[i];
        char *text = is_said(p, line) ? solid(line->text) : xstrdup("");

        found = strlen(part) >= CUT_LEAST && strstr(text, part) != NULL;
        free(text);
    }
    return found;
}

/* No text of the lesson ends in a mark that says more was to come. */
static void look_at_cuts(struct play *p)
{
    char *screen = term_dump(p->t);
    char *rest = screen;

    for (char *row; (row = strsep(&rest, "\n")) != NULL;) {
        char *cut = strstr(row, "…");

        if (!cut)
            continue;
        *cut = '\0';
        char *part = solid(row);
        if (is_of_lesson(p, part))
            complain(p, "a text is cut", row);
        free(part);
    }
    free(screen);
}

/* In the header, whatever else that tells. */
static void look_at_title(struct play *p)
{
    char *screen = term_dump(p->t);

    screen[strcspn(screen, "\n")] = '\0';
    if (!strstr(screen, text_of(p, "title")))
        complain(p, "the title is cut", screen);
    free(screen);
}

static void look_once(struct play *p)
{
    if (p->open)
        look_at_question(p);
    look_at_curtain(p);
    look_at_cuts(p);
    look_at_title(p);
}

/* What is drawn arrives in pieces: it complains of what stays. */
static void look(struct play *p)
{
    uint64_t end = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;
    int before = p->complaints;

    p->quiet = true;
    for (;;) {
        look_once(p);
        bool right = p->complaints == before;
        p->complaints = before;
        if (right || clock_now_ns() > end)
            break;
        term_pump(p->t, LOOK_MS);
    }
    p->quiet = false;
    look_once(p);
}

/* ---- playing ------------------------------------------------------------- */

static void draw_curtain(struct play *p, const struct lesson_line *line)
{
    if (strcmp(line->word, "show") == 0)
        p->hidden_count = 0;
    if (strcmp(line->word, "hide") == 0 &&
        p->hidden_count < ARRAY_LEN(p->hidden))
        p->hidden[p->hidden_count++] = line->text;
}

/* What that press has to show. */
static void collect(struct play *p, const struct press *press,
    const char **texts, size_t *count, size_t most)
{
    for (size_t i = press->from; i < press->to; i++) {
        const struct lesson_line *line = &p->l.lines.items[i];

        if (is_said(p, line) && *count < most)
            texts[(*count)++] = line->text;
        if (is_said(p, line) && lesson_line_is(line, "ask"))
            p->open = line;
        draw_curtain(p, line);
    }
}

static bool do_press(struct play *p, const struct press *press)
{
    const char *texts[16];
    size_t count = 0;
    char step[64];

    p->number++;
    if (press->does || !press->asks)
        p->open = NULL;
    collect(p, press, texts, &count, ARRAY_LEN(texts) - 1);
    p->steps += press->does;
    snprintf(step, sizeof step, p->words->step, p->steps, p->presses.steps);
    texts[count++] = step;
    term_keys(p->t, PAGE_DOWN);
    if (!wait_for_all(p, texts, count))
        return false;
    look(p);
    keep_screen(p);
    if (getenv("TALK_MS")) {
        term_pump(p->t, atoi(getenv("TALK_MS")));
        look(p);
    }
    return true;
}

/* The card lies over the columns; what was said last is below it. */
static void look_at_card(struct play *p)
{
    struct str end = STR_INIT, try = STR_INIT;

    str_addf(&end, "%s%s", p->words->end, text_of(p, "title"));
    str_addf(&try, "%s%s", p->words->try, text_of(p, "try"));
    p->number++;
    wait_for(p, str_text(&end));
    keep_screen(p);
    str_done(&end);
    str_done(&try);
}

/* What was written down while it was played. */
static void look_at_record(struct play *p)
{
    FILE *f = fopen(p->record, "r");
    char *line = NULL;
    size_t size = 0, expects = 0;

    assert_non_null(f);
    while (getline(&line, &size, f) > 0) {
        if (!strstr(line, "\"event\":\"expect\""))
            continue;
        expects++;
        if (!strstr(line, "\"ok\":true")) {
            printf("%s: %s", lesson_name, line);
            p->complaints++;
        }
    }
    free(line);
    fclose(f);
    assert_int_equal(expects, p->presses.expects);
}

static void start(struct play *p)
{
    const char *args[] = {
        "--lang", lesson_lang, "--record", p->record, lesson_name, NULL};
    const struct embed_file *file = embed_lessons;

    while (file->name && strcmp(file->name, lesson_name) != 0)
        file++;
    assert_non_null(file->name);
    lesson_text_read(&p->l, file);
    presses_read(&p->presses, &p->l);
    for (size_t i = 0; i < ARRAY_LEN(languages); i++)
        if (strcmp(languages[i].lang, lesson_lang) == 0)
            p->words = &languages[i];
    assert_non_null(p->words);
    p->korean = strcmp(lesson_lang, "ko") == 0;
    snprintf(p->folder, sizeof p->folder, "/tmp/sockstage-played-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->record, sizeof p->record, "%s/record.jsonl", p->folder);
    p->t = term_start(ROWS, COLS, args);
    assert_true(term_wait(p->t, "c1>"));
}

static void done(struct play *p)
{
    unlink(p->record);
    rmdir(p->folder);
    presses_done(&p->presses);
    lesson_text_done(&p->l);
}

static bool has_no_wire(struct play *p)
{
    char *screen = term_dump(p->t);
    bool found = strstr(screen, "loopback") != NULL;

    free(screen);
    return found;
}

static void test_played(void **state)
{
    struct play p = {0};
    bool whole = true;

    (void)state;
    start(&p);
    if (has_no_wire(&p)) {
        term_free(p.t);
        done(&p);
        skip();
    }
    wait_for(&p, text_of(&p, "title"));
    keep_screen(&p);
    for (size_t i = 0; i < p.presses.list.len && whole; i++)
        whole = do_press(&p, &p.presses.list.items[i]);
    look_at_card(&p);
    term_keys(p.t, "q");
    assert_int_equal(term_wait_exit(p.t), 0);
    look_at_record(&p);
    term_free(p.t);
    done(&p);
    assert_int_equal(p.complaints, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_played)};

    if (argc != 3) {
        fputs("usage: played LESSON LANG\n", stderr);
        return 2;
    }
    lesson_name = argv[1];
    lesson_lang = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
