/* The table of calls, and what is the same for all of them: arguments are
 * checked once, tries are counted, and a wait ends in the same few ways. */
#include "sockstage/calls/call.h"

#include <errno.h>
#include <string.h>

#include "args.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/mem.h"
#include "strace.h"

static const struct call_def *const defs[] = {
#define CALL(id) &call_##id##_def,
#include "calls.def"
#undef CALL
};

const struct call_def *call_at(size_t i)
{
    return i < ARRAY_LEN(defs) ? defs[i] : NULL;
}

const struct call_def *call_find(enum call_receiver on, const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(defs); i++)
        if (defs[i]->on == on && strcmp(defs[i]->name, name) == 0)
            return defs[i];
    return NULL;
}

void call_init(struct call *c)
{
    c->result.new_fd = -1;
    str_init(&c->result.syscall);
    str_init(&c->input);
}

void call_done(struct call *c)
{
    for (size_t i = 0; i < ARRAY_LEN(c->args); i++) {
        value_free(c->args[i]);
        c->args[i] = NULL;
    }
    c->argc = 0;
    value_free(c->result.value);
    c->result.value = NULL;
    str_done(&c->result.syscall);
    str_done(&c->input);
}

enum call_step call_run(struct call *c)
{
    if (!c->checked && !args_check(c))
        return CALL_DONE;
    c->checked = true;
    c->tries++;
    return c->def->run(c);
}

/* What a C program with SO_RCVTIMEO or SO_SNDTIMEO would be told (socket(7)):
 * EAGAIN, and EINPROGRESS of connect(). Python makes both TimeoutError. */
void call_time_out(struct call *c)
{
    result_failed(c, c->wait_errnum);
    result_raise(c, "TimeoutError", ETIMEDOUT, "timed out");
}

/* A signal ends the system call with what it has done so far, with EINTR only
 * if that is nothing (signal(7)); Python raises in both cases. */
void call_interrupt(struct call *c)
{
    if (c->done > c->shown)
        result_part(c);
    else
        result_failed(c, EINTR);
    result_raise(c, "KeyboardInterrupt", EINTR, "%s", "");
}

void call_describe(const struct call *c, struct str *out)
{
    struct call view = *c;

    /* Before the first try the arguments are checked here: a call that will
     * raise makes no system call. */
    if (!view.checked && !args_check(&view))
        return;
    if (c->result.syscall.len > 0)
        str_addf(out, "%s; ", str_text(&c->result.syscall));
    view.def->describe(&view, out);
}
