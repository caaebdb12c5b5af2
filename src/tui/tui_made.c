/* A socket that a typed line makes is selected once it is there, so that the
 * menu goes on with it. A selection that moved meanwhile stays. */
#include "tui_int.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

#define LETTERS                                                                \
    "abcdefghijklmnopqrstuvwxyz"                                               \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* Of "server: ls = socket()" and "conn, addr = ls.accept()" the first name;
 * "" of any other line. */
static void made_by(const char *line, char out[MODEL_NAME_MAX])
{
    const char *at = strchr(line, '=');
    size_t len = 0;

    out[0] = '\0';
    if (!at || (!strstr(at, "socket(") && !strstr(at, ".accept(")))
        return;
    const char *colon = memchr(line, ':', (size_t)(at - line));
    line = colon ? colon + 1 : line;
    line += strspn(line, " ");
    len = strspn(line, LETTERS);
    const char *behind = line + len + strspn(line + len, " ");
    if (len > 0 && len < MODEL_NAME_MAX && (*behind == '=' || *behind == ','))
        snprintf(out, MODEL_NAME_MAX, "%.*s", (int)len, line);
}

void tui_made_await(struct tui *t, const char *line)
{
    struct made *made = &t->made;
    const struct model_sock *old;

    made_by(line, made->variable);
    if (made->variable[0] == '\0')
        return;
    made->at = t->ui.sel;
    old = model_sock_owned(t->source.model, made->at.process, made->variable);
    made->old = old ? old->id : 0;
}

void tui_made_check(struct tui *t)
{
    struct made *made = &t->made;
    struct selection *sel = &t->ui.sel;
    const struct model_sock *s;

    if (made->variable[0] == '\0')
        return;
    if (sel->column != made->at.column || sel->sock != made->at.sock ||
        !str_equal(sel->process, made->at.process)) {
        made->variable[0] = '\0';
        return;
    }
    s = model_sock_owned(t->source.model, sel->process, made->variable);
    if (!s || s->gone || s->id == made->old)
        return;
    sel->sock = s->id;
    made->variable[0] = '\0';
}
