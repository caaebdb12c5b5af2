/* What a lesson says, from the `line` events that narrate: title, question
 * with its options, what to try, and which columns are hidden. Each text is
 * kept by language. The next call or line that does something answers a
 * question; it stays, with what was right and what the class has voted for,
 * until the next narration. */
#include "model_int.h"

#include "sockstage/base/text.h"

#include <stdlib.h>

#define TEXT_BYTES_MAX 1024

/* The words of lines that do nothing on the stage. */
static const struct {
    const char *word;
    enum lesson_kind kind;
} narrating[] = {
    {"title", LESSON_TITLE},
    {"ask", LESSON_ASK},
    {"option", LESSON_OPTION},
    {"try", LESSON_TRY},
    {"vote", LESSON_VOTE},
    {"mark", LESSON_NOTHING},
    {"claim", LESSON_NOTHING},
    {"require", LESSON_NOTHING},
};

static const char *const parts[MODEL_PARTS] = {[MODEL_CLIENT] = "client",
    [MODEL_WIRE] = "wire",
    [MODEL_SERVER] = "server"};

/* Behind the word, in any order: `*` of the right option, `.ko`. */
static const char *read_marks(const char *at, struct lesson_line *out)
{
    for (int i = 0; i < 2; i++) {
        if (*at == '*') {
            out->right = true;
            at++;
        }
        if (at[0] == '.' && at[1] != '\0' && at[2] != '\0') {
            out->lang[0] = at[1];
            out->lang[1] = at[2];
            at += 3;
        }
    }
    return at;
}

bool lesson_read_line(const char *text, struct lesson_line *out)
{
    size_t len = strcspn(text, " \t*.");

    for (size_t i = 0; i < ARRAY_LEN(narrating); i++) {
        const char *word = narrating[i].word;

        if (strlen(word) != len || strncmp(text, word, len) != 0)
            continue;
        *out = (struct lesson_line){.kind = narrating[i].kind, .lang = "en"};
        out->text = read_marks(text + len, out);
        if (*out->text != ' ' && *out->text != '\t')
            return false;
        out->text += strspn(out->text, " \t");
        return true;
    }
    return false;
}

/* ---- the texts ---------------------------------------------------------- */

static void remove_at(struct model *m, size_t i)
{
    free(m->lesson.items[i].text);
    vec_remove(&m->lesson, i);
}

static void forget_question(struct model *m)
{
    for (size_t i = m->lesson.len; i-- > 0;)
        if (m->lesson.items[i].kind == LESSON_ASK ||
            m->lesson.items[i].kind == LESSON_OPTION)
            remove_at(m, i);
    m->judged = m->told = false;
    m->asked = 0;
    m->vote = 0;
}

static bool has_text(
    const struct model *m, enum lesson_kind kind, const char *lang)
{
    for (size_t i = 0; i < m->lesson.len; i++)
        if (m->lesson.items[i].kind == kind &&
            (lang == NULL || strcmp(m->lesson.items[i].lang, lang) == 0))
            return true;
    return false;
}

size_t model_open_options(const struct model *m)
{
    size_t most = 0;

    if (m->judged)
        return 0;
    for (size_t i = 0; i < m->lesson.len; i++) {
        size_t count = 0;
        for (size_t k = 0; k < m->lesson.len; k++)
            count +=
                m->lesson.items[k].kind == LESSON_OPTION &&
                strcmp(m->lesson.items[i].lang, m->lesson.items[k].lang) == 0;
        most = count > most ? count : most;
    }
    return most < MODEL_OPTIONS_MAX ? most : MODEL_OPTIONS_MAX;
}

/* One beyond the options is none: a recording may say anything. */
static void take_vote(struct model *m, const char *text)
{
    if (text[0] >= '1' && text[0] <= '9' && text[1] == '\0' &&
        (size_t)(text[0] - '0') <= model_open_options(m))
        m->vote = (uint8_t)(text[0] - '0');
}

/* What has been asked is answered by what happens, once it can be seen. */
static void judge(struct model *m)
{
    m->judged |= !model_hides_any(m) && has_text(m, LESSON_ASK, NULL);
}

/* The next question, or the next narration: the last one is over. */
static void end_question(struct model *m, const struct lesson_line *line)
{
    bool asks = line->kind == LESSON_ASK;
    bool another = asks && (has_text(m, LESSON_ASK, line->lang) ||
                               !has_text(m, LESSON_ASK, NULL));

    if (m->judged || another)
        forget_question(m);
}

static bool is_lang(const struct lesson_text *t, const char *lang)
{
    return strcmp(t->lang, lang) == 0;
}

/* Of a recording nobody knows how long a text is; no character is halved. */
static char *copy_text(const char *text)
{
    size_t len = strnlen(text, TEXT_BYTES_MAX + 1);

    if (len > TEXT_BYTES_MAX) {
        len = TEXT_BYTES_MAX;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    return xstrndup(text, len);
}

static void keep(struct model *m, const struct lesson_line *line)
{
    struct lesson_text new = {.kind = line->kind, .right = line->right};

    for (size_t i = m->lesson.len; i-- > 0;)
        if (m->lesson.items[i].kind == line->kind &&
            is_lang(&m->lesson.items[i], line->lang) &&
            line->kind != LESSON_OPTION)
            remove_at(m, i);
    if (m->lesson.len >= MODEL_LESSON_MAX)
        return;
    memcpy(new.lang, line->lang, sizeof new.lang);
    new.text = copy_text(line->text);
    vec_push(&m->lesson, new);
}

/* The word behind `hide`, if this is one. */
static const char *hidden_in(const char *text)
{
    if (strncmp(text, "hide", 4) != 0 || (text[4] != ' ' && text[4] != '\t'))
        return NULL;
    return text + 4 + strspn(text + 4, " \t");
}

/* False for a line that is about something else, or tells of what happened. */
static bool draw_curtain(struct model *m, const char *text)
{
    const char *what = hidden_in(text);

    for (size_t i = 0; i < MODEL_PARTS && what != NULL; i++)
        m->hidden[i] |= strcmp(what, parts[i]) == 0;
    if (strcmp(text, "show") == 0)
        memset(m->hidden, 0, sizeof m->hidden);
    return what != NULL || strcmp(text, "pause") == 0;
}

static void apply_line(struct model *m, const struct event *e)
{
    const char *text = e->u.line.text;
    struct lesson_line line;

    if (text == NULL || draw_curtain(m, text))
        return;
    if (!lesson_read_line(text, &line)) {
        judge(m);
        return;
    }
    if (line.kind == LESSON_VOTE)
        take_vote(m, line.text);
    if (line.kind == LESSON_NOTHING || line.kind == LESSON_VOTE)
        return;
    end_question(m, &line);
    if (line.kind == LESSON_ASK && m->asked == 0)
        m->asked = e->t_ns + 1;
    keep(m, &line);
}

void lesson_apply(struct model *m, const struct event *e)
{
    if (e->kind == EVENT_LINE)
        apply_line(m, e);
    else if (e->kind == EVENT_CALL ||
             (e->kind == EVENT_EXPECT && e->u.expect.line > 0))
        judge(m); /* a typed `expect` only looks */
    else if (e->kind == EVENT_NOTE && m->judged)
        forget_question(m);
    else if (e->kind == EVENT_NOTE)
        m->told = has_text(m, LESSON_ASK, NULL);
}

void lesson_clear(struct model *m)
{
    while (m->lesson.len > 0)
        remove_at(m, m->lesson.len - 1);
    vec_done(&m->lesson);
}

/* ---- what views ask ----------------------------------------------------- */

/* In that language, else in English. */
static const char *text_of(
    const struct model *m, enum lesson_kind kind, const char *lang)
{
    const char *english = NULL;

    for (size_t i = 0; i < m->lesson.len; i++) {
        const struct lesson_text *t = &m->lesson.items[i];

        if (t->kind == kind && is_lang(t, lang))
            return t->text;
        if (t->kind == kind && is_lang(t, "en"))
            english = t->text;
    }
    return english;
}

static void add_options(
    struct model_lesson *out, const struct model *m, const char *lang)
{
    for (size_t i = 0; i < m->lesson.len; i++) {
        const struct lesson_text *t = &m->lesson.items[i];

        if (t->kind == LESSON_OPTION && is_lang(t, lang) &&
            out->option_count < ARRAY_LEN(out->options)) {
            out->options[out->option_count++] = t->text;
            if (t->right)
                out->right = out->option_count;
        }
    }
}

/* The mark may stand only at the English option. */
static size_t right_in(const struct model *m, const char *lang)
{
    struct model_lesson of = {0};

    add_options(&of, m, lang);
    return of.right;
}

struct model_lesson model_lesson(const struct model *m, const char *lang)
{
    struct model_lesson out = {0};

    if (lang == NULL)
        lang = "en";
    out.title = text_of(m, LESSON_TITLE, lang);
    out.try_text = text_of(m, LESSON_TRY, lang);
    out.question = text_of(m, LESSON_ASK, lang);
    if (out.question == NULL)
        return out;
    out.asked = m->asked;
    out.judged = m->judged;
    out.told = m->told;
    out.vote = m->vote;
    add_options(&out, m, lang);
    if (out.right == 0)
        out.right = right_in(m, "en");
    if (out.option_count == 0)
        add_options(&out, m, "en");
    return out;
}

bool model_hides(const struct model *m, enum model_part part)
{
    return m->hidden[part];
}

bool model_hides_any(const struct model *m)
{
    for (size_t i = 0; i < MODEL_PARTS; i++)
        if (m->hidden[i])
            return true;
    return false;
}
