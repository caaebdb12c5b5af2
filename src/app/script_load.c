/* Reading scripts, files and built-in lessons, and telling what is wrong with
 * them. */
#include "app.h"

#include <string.h>
#include <sys/stat.h>

static void tell_error(const struct script_error *e)
{
    char line[1024];

    tell(script_error_format(e, line, sizeof line));
}

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

/* A lesson's name comes first; a file of that name is ./NAME. */
static struct script *parse(
    const struct lessons *all, const char *name, struct script_error *e)
{
    const struct lesson *l = lessons_find(all, name);

    return l ? lesson_parse(l, e) : script_parse_file(name, e);
}

struct script *script_load(const struct lessons *all, const char *name)
{
    struct script_error e;
    struct script *script;
    const struct script_error *hint;

    if (lesson_is_word(name) && !lessons_find(all, name) && !is_file(name)) {
        lesson_tell_unknown(all, name);
        return NULL;
    }
    script = parse(all, name, &e);
    if (!script) {
        if (!signals_heard()) /* which end the reading */
            tell_error(&e);
        return NULL;
    }
    for (size_t i = 0; (hint = script_hint_at(script, i)) != NULL; i++)
        tell_error(hint);
    return script;
}
