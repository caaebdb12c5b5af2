/* Selecting by typing a name: c1, c1.s, server.ls, wire, or a socket of the
 * process at the prompt. */
#include "curtain.h"

#include <stdio.h>
#include <string.h>

static void select_in(
    struct ui *ui, enum column column, const char *process, uint64_t sock)
{
    ui->sel = (struct selection){.column = column, .sock = sock};
    snprintf(ui->sel.process, sizeof ui->sel.process, "%.*s",
        MODEL_NAME_MAX - 1, process);
    ui->inspect = false;
    ui->open_run = 0;
}

static enum column column_of(enum host host)
{
    return host == HOST_SERVER ? COLUMN_SERVER : COLUMN_CLIENTS;
}

static bool select_sock(struct ui *ui, const struct moment *m,
    const char *process, const char *variable)
{
    const struct model_sock *s = model_sock_owned(m->model, process, variable);

    if (!s || s->gone || curtain_hides_host(m, s->host))
        return false;
    select_in(ui, column_of(s->host), process, s->id);
    return true;
}

/* c7 before it has done anything: the prompt becomes its own. */
static bool is_new_client(const char *name)
{
    size_t digits = strspn(name + 1, "0123456789");

    return name[0] == 'c' && digits > 0 && digits < 6 &&
           name[1 + digits] == '\0' && name[1] != '0';
}

static bool select_process(
    struct ui *ui, const struct moment *m, const char *name)
{
    const struct model_process *p = model_process(m->model, name);
    bool server = strcmp(name, "server") == 0;

    if (!p && !server && !is_new_client(name))
        return false;
    select_in(ui,
        column_of(p        ? p->host
                  : server ? HOST_SERVER
                           : HOST_CLIENT),
        name, 0);
    return true;
}

static bool select_column(
    struct ui *ui, const struct moment *m, const char *name)
{
    struct selection old = ui->sel;

    if (strcmp(name, "wire") == 0)
        ui->sel.column = COLUMN_WIRE;
    else if (strcmp(name, "client") == 0 || strcmp(name, "clients") == 0)
        ui->sel.column = COLUMN_CLIENTS;
    else
        return false;
    ui->sel.segment = 0;
    if (ui->sel.column == COLUMN_CLIENTS && old.column != COLUMN_CLIENTS)
        ui_select(ui, m, 0, UI_FIRST);
    return true;
}

bool ui_select_named(struct ui *ui, const struct moment *m, const char *typed)
{
    char name[2 * MODEL_NAME_MAX];
    const char *begin = typed + strspn(typed, " \t");
    size_t len = strcspn(begin, " \t");

    if (len == 0 || len >= sizeof name ||
        begin[len + strspn(begin + len, " \t")])
        return false;
    snprintf(name, sizeof name, "%.*s", (int)len, begin);
    char *dot = strchr(name, '.');
    if (!dot)
        return select_column(ui, m, name) || select_process(ui, m, name) ||
               select_sock(ui, m, ui_process(m), name);
    *dot = '\0';
    return select_sock(ui, m, name, dot + 1);
}
