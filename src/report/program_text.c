/* What the exported programs say of their steps, and text from outside inside
 * their comments. */
#include "program.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/embed.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <string.h>

#define RESULT_BYTES_MAX 200
#define ELAPSED_CS_MAX   (24 * 3600 * 100)
#define MARK_BEGIN       "From here on part of every exported program."

/* ---- comments ----------------------------------------------------------- */

/* Code points that are not seen, or change how what follows is seen: control
 * characters, marks of direction, breaks of lines, tags. */
static bool is_hidden(uint32_t cp)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        {0x00, 0x1f},
        {0x7f, 0x9f},
        {0xad, 0xad},
        {0x61c, 0x61c},
        {0x180e, 0x180e},
        {0x200b, 0x200f},
        {0x2028, 0x202e},
        {0x2060, 0x206f},
        {0xfeff, 0xfeff},
        {0xfff0, 0xffff},
        {0xe0000, 0xe0fff},
    };

    for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
        if (cp >= hidden[i].first && cp <= hidden[i].last)
            return true;
    return false;
}

/* Two characters that mean something to a C compiler even in a comment: its
 * end, its beginning, a trigraph. */
static bool joins(char before, char next)
{
    return (before == '*' && next == '/') || (before == '/' && next == '*') ||
           (before == '?' && next == '?');
}

void program_comment(const char *text, struct str *out)
{
    size_t len = strlen(text);
    char before = '\0';

    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = utf8_decode(text + i, len - i, &cp);

        if (cp == '\t')
            str_addc(out, ' ');
        else if (is_hidden(cp) || cp == 0xfffd)
            str_addf(out, "<U+%04" PRIX32 ">", cp);
        else {
            if (joins(before, text[i]))
                str_addc(out, ' ');
            str_addn(out, text + i, n);
        }
        before = n == 1 ? text[i] : '\0';
        i += n;
    }
}

/* How many bytes of `text` fit into so many columns: whole words, if there is
 * a blank to break at. */
static size_t line_length(const char *text, size_t columns)
{
    size_t len = strlen(text), width = 0, blank = 0, i = 0;

    while (i < len) {
        uint32_t cp;
        size_t n = utf8_decode(text + i, len - i, &cp);

        width += (size_t)utf8_width(cp);
        if (width > columns && i > 0)
            return blank > 0 ? blank : i;
        if (cp == ' ')
            blank = i;
        i += n;
    }
    return len;
}

void program_wrap(const char *text, size_t columns, size_t indent,
    const char *prefix, struct str *out)
{
    struct str safe = STR_INIT;
    size_t used = indent + strlen(prefix);
    const char *at;

    columns = used + 20 < columns ? columns - used : 20;
    program_comment(text, &safe);
    at = str_text(&safe);
    at += strspn(at, " ");
    do {
        size_t len = line_length(at, columns);

        str_addf(out, "%*s%s", (int)indent, "", prefix);
        str_addn(out, at, len);
        str_addc(out, '\n');
        at += len;
        at += strspn(at, " ");
    } while (*at != '\0');
    str_done(&safe);
}

/* ---- what a call did ---------------------------------------------------- */

static bool is_word(const char *text)
{
    return text && *text && strlen(text) < 64 &&
           text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

const char *step_error(const struct step *s)
{
    const struct notation_line *l = s->call;

    if (!l || !l->returned)
        return NULL;
    if (l->error)
        return is_word(l->error) ? l->error : "Exception";
    if (l->exception)
        return is_word(l->exception) ? l->exception : "Exception";
    return NULL;
}

bool step_is_of_python(const struct step *s)
{
    const char *error = step_error(s);

    return error && err_number(error) == 0 && !s->call->syscall;
}

bool step_never_returned(const struct step *s)
{
    return s->call && !s->call->returned;
}

int step_elapsed_cs(const struct step *s)
{
    uint64_t cs = s->call ? s->call->elapsed_ns / (10 * NS_PER_MS) : 0;

    return cs < ELAPSED_CS_MAX ? (int)cs : ELAPSED_CS_MAX;
}

static void add_shortened(const char *text, struct str *out)
{
    struct str safe = STR_INIT;
    size_t end = RESULT_BYTES_MAX;

    program_comment(text, &safe);
    if (safe.len <= RESULT_BYTES_MAX) {
        str_add(out, str_text(&safe));
    } else {
        while (end > 0 && ((unsigned char)safe.data[end] & 0xc0) == 0x80)
            end--;
        str_addn(out, safe.data, end);
        str_add(out, "...");
    }
    str_done(&safe);
}

static void describe_error(const struct notation_line *l, struct str *out)
{
    const char *name = l->exception ? l->exception : l->error;

    add_shortened(name, out);
    if (l->message && *l->message) {
        str_add(out, ": ");
        add_shortened(l->message, out);
    } else if (l->error && !str_equal(l->error, name)) {
        str_add(out, " (");
        add_shortened(l->error, out);
        str_addc(out, ')');
    }
}

void step_describe(const struct step *s, struct str *out)
{
    const struct notation_line *l = s->call;

    if (!l)
        return;
    if (!l->returned) {
        str_add(out, "had not returned at the end: Ctrl-C ends it");
        return;
    }
    if (l->error || l->exception)
        describe_error(l, out);
    else if (s->child)
        str_addf(out, "the child is %s", s->child->name);
    else if (l->result)
        add_shortened(l->result, out);
    if (l->blocked && l->elapsed_ns >= NS_PER_MS)
        str_addf(out, "%safter %" PRIu64 ".%03" PRIu64 " s",
            out->len ? ", " : "", l->elapsed_ns / NS_PER_S,
            l->elapsed_ns / NS_PER_MS % 1000);
}

/* ---- the beginning ------------------------------------------------------ */

static void add_commands(const struct program *p, const char *mark,
    const char *command, struct str *out)
{
    size_t left = 0;

    for (size_t i = 0; i < p->roles.len; i++)
        left += p->roles.items[i]->parent == NULL;
    for (int server = 1; server >= 0; server--) {
        for (size_t i = 0; i < p->roles.len; i++) {
            const struct role *r = p->roles.items[i];
            if (r->parent || str_equal(r->name, "server") != (server == 1))
                continue;
            left--;
            str_addf(out, "%s    %s %s%s\n", mark, command, r->name,
                left > 0 ? " &" : "");
        }
    }
}

static void add_paragraph(const char *mark, const char *text, struct str *out)
{
    str_addn(out, mark, strlen(mark) - 1);
    str_addc(out, '\n');
    program_wrap(text, PROGRAM_COLUMNS, 0, mark, out);
}

void program_how(const struct program *p, const char *mark, const char *command,
    const char *turns, struct str *out)
{
    struct str more = STR_INIT;

    add_paragraph(mark,
        "Each process of the recording is one process here. Start them within "
        "a moment of each other, the server first:",
        out);
    str_addn(out, mark, strlen(mark) - 1);
    str_addc(out, '\n');
    add_commands(p, mark, command, out);
    add_paragraph(mark,
        "On two machines all of them get --server ADDRESS --client ADDRESS, "
        "and best the same --at UNIXTIME to begin at.",
        out);
    if (p->has_wire)
        add_paragraph(mark,
            "On the stage the wire between the two hosts could be held, slowed "
            "down and cut. Such lines are comments here (\"on the stage: wire "
            "hold\"), and what came of them may differ.",
            out);
    if (p->left_out > 0) {
        str_addf(&more,
            "The recording was longer: %zu more statements are left out.",
            p->left_out);
        add_paragraph(mark, str_text(&more), out);
    }
    add_paragraph(mark, turns, out);
    str_done(&more);
}

/* ---- the rest ----------------------------------------------------------- */

const char *program_prelude(const char *name)
{
    for (const struct embed_file *f = embed_prelude; f->name; f++) {
        const char *mark;

        if (strcmp(f->name, name) != 0)
            continue;
        mark = strstr(f->data, MARK_BEGIN);
        mark = mark ? strchr(mark, '\n') : NULL;
        return mark ? mark + 1 : f->data;
    }
    return "";
}

void program_warn(struct report *r, const struct program *p, const char *format,
    size_t untranslated, const char *first)
{
    if (p->left_out > 0)
        report_warn(r,
            _("the program has the first %d statements; %zu more are left out"),
            PROGRAM_STEPS_MAX, p->left_out);
    if (untranslated > 0)
        report_warn(r,
            ngettext("%s: %zu statement has no translation and is a comment: "
                     "%s",
                "%s: %zu statements have no translation and are comments, as "
                "%s",
                (unsigned long)untranslated),
            format, untranslated, first);
}
