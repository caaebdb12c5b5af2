/* setsockopt(): changes an option of a socket or of its protocol. */
#include <errno.h>
#include <sys/socket.h>

#include "args.h"
#include "result.h"
#include "rows.h"
#include "sockstage/base/text.h"
#include "strace.h"

/* The option's value as the kernel takes it. */
struct setting {
    const void *data;
    size_t len;
    bool is_int;
    int number;
    struct linger linger;
};

static void read_setting(const struct call *c, struct setting *s)
{
    const struct value *v = arg_value(c, 2);

    *s = (struct setting){0};
    if (value_kind(v) == VALUE_BYTES) {
        s->data = value_data(v, &s->len);
    } else if (value_kind(v) == VALUE_TUPLE) {
        s->linger.l_onoff = (int)value_as_int(value_tuple_item(v, 0));
        s->linger.l_linger = (int)value_as_int(value_tuple_item(v, 1));
        s->data = &s->linger;
        s->len = sizeof s->linger;
    } else {
        s->is_int = true;
        s->number = (int)value_as_int(v);
        s->data = &s->number;
        s->len = sizeof s->number;
    }
}

static void describe(const struct call *c, struct str *out)
{
    int level = arg_int(c, 0, 0);
    int option = arg_int(c, 1, 0);
    struct setting s;

    read_setting(c, &s);
    str_addf(out, "setsockopt(%d, ", c->sock->shown_fd);
    strace_option(out, level, option);
    str_add(out, ", ");
    strace_option_value(out, level, option, s.is_int, s.data, s.len);
    str_addf(out, ", %zu)", s.len);
}

static enum call_step run(struct call *c)
{
    struct setting s;

    read_setting(c, &s);
    if (setsockopt(c->sock->fd, arg_int(c, 0, 0), arg_int(c, 1, 0), s.data,
            (socklen_t)s.len) != 0)
        return result_failed(c, errno);
    return result_answer(c, 0, value_none());
}

const struct call_def call_setsockopt_def = {
    .name = "setsockopt",
    .on = CALL_ON_SOCKET,
    .args =
        {
            {"level", CALL_ARG_INT, false, "SOL_SOCKET"},
            {"optname", CALL_ARG_INT, false, "SO_SNDBUF"},
            {"value", CALL_ARG_OPTION, false, "4096"},
        },
    .returns = CALL_RETURNS_NONE,
    .help =
        N_("Sets an option: a number, or bytes for a struct. SO_LINGER takes "
           "(onoff, seconds); buffer sizes read back doubled."),
    .man = "setsockopt(2)",
    .run = run,
    .describe = describe,
};
