/* Reading scripts, and telling what is wrong with them. */
#include "app.h"

static void tell_error(const struct script_error *e)
{
    char line[1024];

    tell(script_error_format(e, line, sizeof line));
}

struct script *script_load(const char *path)
{
    struct script_error e;
    struct script *script = script_parse_file(path, &e);
    const struct script_error *hint;

    if (!script) {
        if (!signals_heard()) /* which end the reading */
            tell_error(&e);
        return NULL;
    }
    for (size_t i = 0; (hint = script_hint_at(script, i)) != NULL; i++)
        tell_error(hint);
    return script;
}
