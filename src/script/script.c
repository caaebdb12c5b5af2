/* A script as a whole: making it from text, files or the prompt, and what its
 * users ask of it. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *script_error_format(const struct script_error *e, char *out, size_t size)
{
    snprintf(out, size, "%s:%d:%d: %s", e->file, e->line, e->column, e->what);
    return out;
}

static void parser_init(
    struct parser *p, const char *name, struct script_error *e)
{
    *e = (struct script_error){0};
    *p = (struct parser){.error = e, .scopes = scopes_new()};
    p->script = xcalloc(1, sizeof *p->script);
    p->script->name = xstrdup(name);
    vec_push(&p->script->files, xstrdup(name));
    p->file = p->script->files.items[0];
}

/* Releases the parser; hands the script over if it parsed. */
static struct script *parser_finish(struct parser *p, bool ok)
{
    struct script *s = p->script;

    ok = ok && parse_check_sockets(p);
    scopes_free(p->scopes);
    vec_done(&p->open_files);
    vec_done(&p->sockets);
    if (ok)
        return s;
    script_free(s);
    return NULL;
}

static bool parse_whole(struct parser *p, const char *text, size_t len)
{
    p->bytes = len;
    if (len <= PARSE_BYTES_MAX)
        return parse_text(p, text, len);
    p->line = 1;
    return parse_fail_at(
        p, 1, _("a script has at most %lu MiB"), PARSE_BYTES_MAX >> 20);
}

struct script *script_parse(
    const char *name, const char *text, size_t len, struct script_error *e)
{
    struct parser p;

    parser_init(&p, name, e);
    return parser_finish(&p, parse_whole(&p, text, len));
}

struct script *script_parse_file(const char *path, struct script_error *e)
{
    struct parser p;

    parser_init(&p, path, e);
    p.line = 1;
    return parser_finish(&p, parse_main_file(&p, path));
}

struct script *script_parse_prompt(
    const char *process, const char *text, struct script_error *e)
{
    return script_parse_typed(process, text, NULL, e);
}

struct script *script_parse_typed(const char *process, const char *text,
    const struct script_names *names, struct script_error *e)
{
    struct parser p;

    parser_init(&p, "", e);
    p.is_prompt = true;
    p.prompt_process = process;
    p.names = names;
    return parser_finish(&p, parse_whole(&p, text, strlen(text)));
}

void script_free(struct script *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->lines.len; i++)
        script_line_free(s->lines.items[i]);
    for (size_t i = 0; i < s->files.len; i++)
        free(s->files.items[i]);
    for (size_t i = 0; i < s->typed.len; i++)
        free(s->typed.items[i]);
    vec_done(&s->lines);
    vec_done(&s->typed);
    vec_done(&s->files);
    vec_done(&s->steps);
    vec_done(&s->hints);
    free(s->name);
    free(s);
}

const char *script_name(const struct script *s)
{
    return s->name;
}

static const char *title_in(const struct script *s, const char *lang)
{
    for (size_t i = 0; i < s->lines.len; i++) {
        const struct script_line *l = s->lines.items[i];
        if (l->kind == LINE_TITLE && strcmp(l->lang, lang) == 0)
            return l->text;
    }
    return NULL;
}

const char *script_title(const struct script *s, const char *lang)
{
    const char *title = title_in(s, lang);

    return title ? title : title_in(s, "en");
}

size_t script_line_count(const struct script *s)
{
    return s->steps.len;
}

static const struct script_line *step_at(const struct script *s, size_t i)
{
    return s->lines.items[s->steps.items[i]];
}

const char *script_line_text(const struct script *s, size_t i)
{
    return step_at(s, i)->source;
}

int script_line_number(const struct script *s, size_t i)
{
    return step_at(s, i)->line;
}

const char *script_line_file(const struct script *s, size_t i)
{
    return step_at(s, i)->file;
}

const char *script_typed_at(const struct script *s, size_t i)
{
    return i < s->typed.len ? s->typed.items[i] : NULL;
}

const struct script_error *script_hint_at(const struct script *s, size_t i)
{
    return i < s->hints.len ? &s->hints.items[i] : NULL;
}

bool script_requires_private(const struct script *s)
{
    for (size_t i = 0; i < s->lines.len; i++)
        if (s->lines.items[i]->kind == LINE_REQUIRE)
            return true;
    return false;
}

static bool is_of_wire(const struct subject *s)
{
    return s->kind == SUBJECT_WIRE_HELD || s->kind == SUBJECT_WIRE_DROPPED;
}

static bool needs_wire(const struct script_line *l)
{
    const struct expectation *e = &l->expect;

    if (l->kind != LINE_EXPECT)
        return l->kind == LINE_WIRE;
    if (e->kind != EXPECT_COMPARE)
        return true;
    return is_of_wire(&e->subject) ||
           (e->value.kind == OPERAND_SUBJECT && is_of_wire(&e->value.subject));
}

static struct script_asked asked_of(
    const struct script_line *l, const struct subject *s)
{
    bool wire = !s || is_of_wire(s);

    return (struct script_asked){.text = s ? s->text : "wire",
        .whose = wire ? NULL : s->process,
        .line = l->line,
        .column = l->column};
}

void script_each_asked(const struct script *s,
    void (*each)(void *ctx, const struct script_asked *asked), void *ctx)
{
    for (size_t i = 0; i < s->lines.len; i++) {
        const struct script_line *l = s->lines.items[i];
        const struct expectation *e = &l->expect;
        bool compares = e->kind == EXPECT_COMPARE;

        if (l->kind != LINE_EXPECT)
            continue;
        struct script_asked asked = asked_of(l, compares ? &e->subject : NULL);
        each(ctx, &asked);
        if (compares && e->value.kind == OPERAND_SUBJECT) {
            asked = asked_of(l, &e->value.subject);
            each(ctx, &asked);
        }
    }
}

int script_needs_wire_line(const struct script *s)
{
    for (size_t i = 0; i < s->lines.len; i++)
        if (needs_wire(s->lines.items[i]))
            return s->lines.items[i]->line;
    return 0;
}
