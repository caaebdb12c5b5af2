/* Reading files: the script itself and what it includes, relative to the file
 * that says so. */
#include "parser.h"

#include "sockstage/base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Beside `from`, unless it is absolute. */
static char *resolve_path(const char *from, const char *path)
{
    const char *slash = strrchr(from, '/');
    struct str full = STR_INIT;

    if (path[0] != '/' && slash)
        str_addn(&full, from, (size_t)(slash - from) + 1);
    str_add(&full, path);
    return str_steal(&full);
}

/* Reads up to one byte more than the script may still have. */
static int read_stream(FILE *in, size_t room, struct str *out)
{
    char buffer[16384];
    struct stat st;

    if (fstat(fileno(in), &st) != 0)
        return -errno;
    if (S_ISDIR(st.st_mode))
        return -EISDIR;
    while (out->len <= room) {
        size_t n = fread(buffer, 1, sizeof buffer, in);
        if (n == 0)
            break;
        str_addn(out, buffer, n);
    }
    return ferror(in) ? -(errno ? errno : EIO) : 0;
}

static bool fail_read(struct parser *p, int column, const char *path, int code)
{
    char reason[128];

    return parse_fail_at(p, column, _("can't read %s: %s (%s)"), path,
        err_name(code), strerror_r(code, reason, sizeof reason));
}

static bool read_file(
    struct parser *p, const char *path, int column, struct str *out)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(path, "rbe");

    if (!in)
        return fail_read(p, column, path, errno);
    int rc = read_stream(in, PARSE_BYTES_MAX - p->bytes, out);
    if (!is_stdin)
        fclose(in);
    if (rc != 0)
        return fail_read(p, column, path, -rc);
    p->bytes += out->len;
    if (p->bytes > PARSE_BYTES_MAX)
        return parse_fail_at(p, column,
            _("a script has at most %lu MiB, with all that it includes"),
            PARSE_BYTES_MAX >> 20);
    return true;
}

static bool check_cycle(struct parser *p, const char *real, int column)
{
    if (p->open_files.len >= PARSE_INCLUDE_MAX)
        return parse_fail_at(p, column,
            _("more than %d files inside each other"), PARSE_INCLUDE_MAX);
    for (size_t i = 0; i < p->open_files.len; i++)
        if (strcmp(p->open_files.items[i], real) == 0)
            return parse_fail_at(
                p, column, _("this file includes itself: %s"), real);
    return true;
}

/* Reads and parses `path`, which is `real`; then goes on where it was. */
static bool parse_file(
    struct parser *p, const char *path, char *real, int column)
{
    struct str text = STR_INIT;
    struct lexer lex = p->lex;
    struct script_line *out = p->out;
    char *file = p->file;
    int line = p->line;

    bool ok = read_file(p, path, column, &text);
    if (ok) {
        vec_push(&p->script->files, xstrdup(path));
        vec_push(&p->open_files, real);
        p->file = p->script->files.items[p->script->files.len - 1];
        p->line = 0;
        p->out = NULL;
        ok = parse_text(p, str_text(&text), text.len);
        p->open_files.len--;
    }
    p->file = file;
    p->line = line;
    p->out = out;
    p->lex = lex;
    str_done(&text);
    return ok;
}

/* A terminal or a pipe would make parsing wait for ever. */
static bool check_plain_file(struct parser *p, const char *path, int column)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return fail_read(p, column, path, errno);
    if (S_ISREG(st.st_mode))
        return true;
    return parse_fail_at(p, column, _("%s is no plain file"), path);
}

bool parse_include(struct parser *p, const char *path, int column)
{
    char real[PATH_MAX];
    char *full = resolve_path(p->file, path);
    bool ok = check_plain_file(p, full, column);

    if (ok && !realpath(full, real))
        ok = fail_read(p, column, full, errno);
    ok =
        ok && check_cycle(p, real, column) && parse_file(p, full, real, column);
    free(full);
    return ok;
}

bool parse_main_file(struct parser *p, const char *path)
{
    struct str text = STR_INIT;
    char real[PATH_MAX];

    /* A pipe such as /dev/stdin has no path of its own. */
    if (!realpath(path, real))
        snprintf(real, sizeof real, "%s", path);
    vec_push(&p->open_files, real);
    bool ok = read_file(p, path, 1, &text);
    if (ok) {
        p->line = 0;
        ok = parse_text(p, str_text(&text), text.len);
    }
    str_done(&text);
    return ok;
}
