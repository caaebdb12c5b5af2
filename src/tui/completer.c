/* Answers what completion asks: from the model, from the stage's variables,
 * and from the machine for files. */
#include "tui_int.h"

#include "curtain.h"
#include "situation.h"

#include "sockstage/base/text.h"

#include <string.h>

/* Nothing is offered that tells what is behind the curtain. */
static bool is_hidden(const struct tui *t, const char *process)
{
    const struct moment m = {.model = t->source.model};

    return curtain_hides_process(&m, process);
}

static const char *process_at(void *ctx, size_t i)
{
    const struct tui *t = ctx;
    size_t alive = 0;

    for (size_t k = 0; k < model_process_count(t->source.model); k++) {
        const struct model_process *p = model_process_at(t->source.model, k);
        if (is_hidden(t, p->name) && !str_equal(p->name, "server"))
            continue;
        if (!p->exited && alive++ == i)
            return p->name;
    }
    return NULL;
}

static const char *variable_at(void *ctx, const char *process, size_t i)
{
    const struct tui *t = ctx;

    if (is_hidden(t, process))
        return NULL;
    return t->source.stage ? stage_variable_at(t->source.stage, process, i)
                           : NULL;
}

static bool is_socket(void *ctx, const char *process, const char *variable)
{
    const struct tui *t = ctx;
    const struct value *v =
        t->source.stage ? stage_variable(t->source.stage, process, variable)
                        : NULL;

    return v && value_kind(v) == VALUE_SOCKET;
}

static bool argument(void *ctx, const char *process, const char *variable,
    const struct call_def *def, size_t arg, struct str *out)
{
    const struct tui *t = ctx;

    return !model_hides_any(t->source.model) &&
           situation_argument(
               t->source.model, process, variable, def, arg, out);
}

/* Behind the curtain the numbers of the sockets tell too much. */
static bool size_at(void *ctx, const char *process, const char *variable,
    size_t i, uint64_t *bytes, const char **help)
{
    const struct tui *t = ctx;
    bool hides = model_hides_any(t->source.model);

    return situation_size(
        t->source.model, process, hides ? NULL : variable, i, bytes, help);
}

static bool has_setting(void *ctx, const char *name)
{
    (void)ctx;
    return complete_setting_exists(name);
}

static const char *host_at(void *ctx, size_t i)
{
    const struct tui *t = ctx;

    return t->source.stage ? stage_name_at(t->source.stage, i) : NULL;
}

/* The host that is called so, seen from the process; false: not known. */
static bool find_host(
    const struct tui *t, const char *process, const char *name, enum host *host)
{
    if (str_equal(name, "localhost")) {
        *host = situation_host(t->source.model, process);
        return true;
    }
    return t->source.stage && stage_name_host(t->source.stage, name, host);
}

static bool port_at(void *ctx, const char *process, const char *variable,
    const struct call_def *def, const char *host, size_t i, uint16_t *port)
{
    const struct tui *t = ctx;
    enum host on;
    bool known = find_host(t, process, host, &on);

    return !model_hides_any(t->source.model) &&
           situation_port(t->source.model, process, variable, def,
               known ? &on : NULL, i, port);
}

static void list_files(void *ctx, const char *prefix,
    void (*add)(void *to, const char *path), void *to)
{
    (void)ctx;
    complete_list_files(prefix, add, to);
}

void tui_complete(struct tui *t, const struct shown *s, int step)
{
    struct complete_names names = {
        .ctx = t,
        .process = ui_process(&s->m),
        .process_at = process_at,
        .variable_at = variable_at,
        .is_socket = is_socket,
        .argument = argument,
        .size_at = size_at,
        .has_setting = has_setting,
        .host_at = host_at,
        .port_at = port_at,
        .files = list_files,
    };

    prompt_complete(&t->ui.prompt, &names, step);
    if (t->ui.prompt.choices.nothing)
        tui_show_message(t, _("Nothing known fits here."), false);
}
