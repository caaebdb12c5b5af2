/* See plan.h. */
#include "plan.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

char *plan_file(const char *path)
{
    struct str text = STR_INIT;
    char buf[4096];
    FILE *f = fopen(path, "r");

    if (!f)
        return NULL;
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        str_addn(&text, buf, n);
    fclose(f);
    return text.data ? str_steal(&text) : xstrdup("");
}

/* ---- the comments -------------------------------------------------------- */

static const char *const kind_words[SHOT_KINDS] = {[SHOT_NOW] = "# shot ",
    [SHOT_PAST] = "# past ",
    [SHOT_RECORDED] = "# recorded ",
    [SHOT_LIVE] = "# live ",
    [SHOT_KEYS] = "# keys "};

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* False: it is a comment like others. */
static bool take_shot(struct plan *p, const char *line, const char *mark)
{
    enum shot_kind kind = 0;
    struct shot s;

    while (kind < SHOT_KINDS && !begins(line, kind_words[kind]))
        kind++;
    if (kind == SHOT_KINDS)
        return false;
    line += strlen(kind_words[kind]);
    size_t name = kind == SHOT_KEYS ? 0 : strcspn(line, ":");
    if (kind != SHOT_KEYS && line[name] != ':')
        fail_msg("no colon behind the name: %s", line);
    s = (struct shot){.kind = kind, .mark = xstrdup(mark)};
    s.name = name ? xstrndup(line, name) : NULL;
    s.keys = xstrdup(line + name + (name > 0));
    vec_push(&p->shots, s);
    return true;
}

const char *plan_mark(const char *line)
{
    static const char *const words[] = {"mark ", "ask "};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (begins(line, words[i]))
            return line + strlen(words[i]);
    return NULL;
}

void plan_read(struct plan *p, const char *path)
{
    const char *mark = "";

    *p = (struct plan){.text = plan_file(path)};
    if (!p->text)
        fail_msg("can't read %s", path);
    char *copy = xstrdup(p->text), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (take_shot(p, line, mark))
            continue;
        if (plan_mark(line))
            mark = plan_mark(line);
        p->has_script |= line[0] != '\0' && line[0] != '#';
    }
    free(copy);
    assert_true(p->shots.len > 0);
}

void plan_done(struct plan *p)
{
    for (size_t i = 0; i < p->shots.len; i++) {
        free(p->shots.items[i].name);
        free(p->shots.items[i].keys);
        free(p->shots.items[i].mark);
    }
    vec_done(&p->shots);
    free(p->text);
}

/* ---- keys ---------------------------------------------------------------- */

static const struct {
    const char *name, *bytes;
} named[] = {{"Enter", "\r"}, {"Esc", "\033"}, {"Tab", "\t"}, {"Space", " "},
    {"Up", "\033[A"}, {"Down", "\033[B"}, {"Right", "\033[C"},
    {"Left", "\033[D"}, {"Home", "\033[H"}, {"End", "\033[F"},
    {"PgUp", "\033[5~"}, {"PgDn", "\033[6~"}, {"F1", "\033OP"}};

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* Text between quotes; `at` is behind the first. */
static const char *take_text(const char *at, struct plan_key *out)
{
    size_t len = 0;

    for (; *at && *at != '"' && len + 1 < sizeof out->bytes; at++) {
        bool newline = at[0] == '\\' && at[1] == 'n';
        out->bytes[len++] = newline ? '\n' : *at;
        at += newline;
    }
    if (*at != '"')
        fail_msg("a text without its end: %s", out->bytes);
    out->count = characters(out->bytes);
    return at + 1;
}

static const char *take_name(const char *at, struct plan_key *out)
{
    size_t len = strcspn(at, " ");
    size_t name = strcspn(at, " *");

    if (name > 0 && at[name] == '*')
        out->times = strtoul(at + name + 1, NULL, 10);
    else
        name = len;
    for (size_t i = 0; i < ARRAY_LEN(named); i++)
        if (strlen(named[i].name) == name &&
            memcmp(named[i].name, at, name) == 0)
            snprintf(out->bytes, sizeof out->bytes, "%s", named[i].bytes);
    if (out->bytes[0] == '\0' && name == 1)
        out->bytes[0] = *at;
    if (out->bytes[0] == '\0')
        fail_msg("no key is called %.*s", (int)len, at);
    out->count = 1;
    return at + len;
}

bool plan_key_next(const char **keys, struct plan_key *out)
{
    static const char prefixes[] = "@~^";
    const char *at = *keys + strspn(*keys, " ");

    *out = (struct plan_key){.kind = KEY_PRESS, .times = 1};
    if (*at == '\0')
        return false;
    const char *prefix = strchr(prefixes, *at);
    if (*at == '"') {
        *keys = take_text(at + 1, out);
    } else if (prefix && at[1] == '"') {
        out->kind = KEY_CLICK + (enum key_kind)(prefix - prefixes);
        *keys = take_text(at + 2, out);
    } else {
        *keys = take_name(at, out);
    }
    return true;
}
