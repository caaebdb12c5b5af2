/* The stage: two hosts, the wire between them, the processes that act on it.
 * It is the only door for wishes and the only source of events: screen,
 * prompt, script and key all ask here and hear the answer in the journal.
 *
 * Loop thread only. Open the first stage of a program before anything can
 * start a thread (see kernel/hosts.h). A stage never blocks: a call that would
 * block a process parks it, and the loop completes it. */
#ifndef SOCKSTAGE_STAGE_STAGE_H
#define SOCKSTAGE_STAGE_STAGE_H

#include "sockstage/base/err.h"
#include "sockstage/base/host.h"
#include "sockstage/base/str.h"
#include "sockstage/base/value.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/journal.h"
#include "sockstage/model/model.h"
#include "sockstage/wire/order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct stage;

enum stage_wire { STAGE_PRIVATE, STAGE_LOOPBACK };

/* Opens hosts and wire and publishes the `stage` event to `journal`, which is
 * borrowed and must outlive the stage. The processes `server` and whichever
 * are named later come into being on their first call. */
int stage_open(uv_loop_t *loop, enum stage_wire wire, struct journal *journal,
    struct stage **out, struct err *e);

/* Takes everything down without further events: parked calls, sockets, wire,
 * hosts. The memory goes when libuv has closed the handles; then `closed` (may
 * be NULL) is called. */
void stage_close(struct stage *s, void (*closed)(void *ctx), void *ctx);

/* Takes the stage down as stage_close() does, and then opens another of the
 * same kind on its loop and journal, with its model, which lives on: whoever
 * borrowed that may keep it. `opened` gets it, or NULL and why there is none:
 * then the model is gone. */
void stage_reopen(struct stage *s,
    void (*opened)(void *ctx, struct stage *fresh, const struct err *e),
    void *ctx);

/* For a crash handler, whatever stages there are: lets the sockets end with the
 * process instead of living on in the kernel. Async-signal-safe. */
void stage_emergency_close(void);

enum stage_wire stage_wire_kind(const struct stage *s);
struct journal *stage_journal(const struct stage *s);
/* The model with every event applied so far. */
const struct model *stage_model(const struct stage *s);
uint64_t stage_now_ns(const struct stage *s); /* since it opened */
/* Settings of the calm wire that this kernel refused; "" if none. */
const char *stage_skipped_settings(const struct stage *s);

/* ---- processes and calls ------------------------------------------------ */

/* Reserved names: client, wire. Brings the process into being if it is new;
 * 0 or -EINVAL for a name that can't be one. */
int stage_process_ensure(struct stage *s, const char *name, struct err *e);

/* `.decode(..)` behind a call: a new value, or NULL with what it raises (a
 * static name) and what that says. */
typedef struct value *value_convert(const struct value *v, const char *encoding,
    const char **exception, char *message, size_t message_size);

/* A wish: `process` makes the call `def`, on the socket in `variable` for
 * CALL_ON_SOCKET. The stage takes its own references and copies. */
struct stage_call {
    const char *process;
    const char *variable; /* NULL unless CALL_ON_SOCKET */
    const struct call_def *def;
    struct value *args[CALL_ARGS_MAX];
    size_t argc;
    const char *targets[2]; /* names the result is assigned to */
    size_t target_count;
    value_convert *convert; /* applied to the result; NULL: nothing is */
    const char *decode;     /* its encoding */
    const char *python;     /* the call as typed, for log and journal */
    int line;               /* of the script that makes it; 0: typed */
};

/* Makes the call: it has returned or is parked when this returns 0. The
 * outcome, errors of the call included, is in the journal and in
 * stage_process_status(). -EBUSY: the process is parked; -ESRCH: it has
 * exited; -EINVAL: `variable` holds no socket. */
int stage_call(struct stage *s, const struct stage_call *wish, struct err *e);

/* NAME = VALUE, or A, B = TUPLE; takes its own references. As in Python, a
 * socket that no name holds any more is closed. -EINVAL: not as many values as
 * names; -ESRCH: the process has exited. */
int stage_assign(struct stage *s, const char *process,
    const char *const *targets, size_t target_count, struct value *value,
    struct err *e);

/* What a variable holds, borrowed until the next wish or loop turn; NULL if
 * undefined. */
struct value *stage_variable(
    const struct stage *s, const char *process, const char *name);
/* The names that a process has, for completion; NULL at the end. */
const char *stage_variable_at(
    const struct stage *s, const char *process, size_t i);

/* print(): publishes an `output` event of stream stdout. -ESRCH as above. */
int stage_print(
    struct stage *s, const char *process, const char *text, struct err *e);

/* An expression that raised before any call was made (UnicodeDecodeError,
 * NameError ..; static text): recorded like a call that failed. -ESRCH as
 * above. */
int stage_raise(struct stage *s, const char *process, const char *python,
    int line, const char *exception, const char *message, struct err *e);

struct stage_process_status {
    bool exists, exited;
    enum host host;
    const char *parked; /* name of the call it waits in, NULL: none */
    uint64_t parked_since_ns;
    bool has_returned;    /* some call has returned; then, of the last: */
    struct value *result; /* borrowed; NULL if it raised */
    const char *error;    /* errno name, else the exception's; NULL: none */
    const char *exception;
    const char *message;
    bool interrupted; /* the last call ended by stage_interrupt() */
    uint64_t elapsed_ns;
    uint64_t calls; /* made so far: tells a new one from an old one */
};
struct stage_process_status stage_process_status(
    const struct stage *s, const char *name);
/* Whether the parked call of the process will assign that name. */
bool stage_variable_pending(
    const struct stage *s, const char *process, const char *name);

/* Ctrl-C for one process: its parked call raises KeyboardInterrupt. -ENOENT if
 * it isn't parked; -EBUSY: a close() that lingers can't be interrupted. */
int stage_interrupt(struct stage *s, const char *process, struct err *e);

/* The socket id (cookie) in a variable now or last, 0 if none. */
uint64_t stage_socket_id(
    const struct stage *s, const char *process, const char *variable);

/* ---- hosts and wire ----------------------------------------------------- */

/* `set HOST NAME VALUE`: -ENOENT, -EINVAL, -EPERM as hosts_setting_write() has
 * them. `name NAME HOST`: adds a name or gives it another host; -EINVAL for one
 * that can't be a host name. */
int stage_set(struct stage *s, enum host host, const char *name,
    const char *value, struct err *e);
int stage_add_name(
    struct stage *s, const char *name, enum host host, struct err *e);
/* What hosts can be called in addresses, those that `name` added last; NULL at
 * the end. */
const char *stage_name_at(const struct stage *s, size_t i);
/* Whose name it is; false for "localhost", which is everybody's own. */
bool stage_name_host(const struct stage *s, const char *name, enum host *host);

/* The wire lines. On loopback all return -ENOTSUP with a message. `deliver`
 * takes what is held now, as stage_wire_deliver() does for each; `real` after
 * the first socket is -EBUSY. */
int stage_wire(struct stage *s, const struct wire_order *o, struct err *e);
/* Delivers the oldest held segment that fits (NULL: any). -ENOENT: there is
 * none now; -EINVAL: the wire isn't holding. */
int stage_wire_deliver(struct stage *s, const struct pattern *p, struct err *e);
/* One held segment by its id; it is duplicated when it is delivered. -ENOENT:
 * it isn't held. */
int stage_wire_deliver_id(struct stage *s, uint64_t id, struct err *e);
int stage_wire_drop_id(struct stage *s, uint64_t id, struct err *e);
int stage_wire_duplicate_id(struct stage *s, uint64_t id, struct err *e);

/* ---- what scripts and screens add to the journal ------------------------ */

void stage_publish_line(struct stage *s, const char *text, int line);
void stage_publish_note(struct stage *s, const char *text, const char *lang);
void stage_publish_expect(struct stage *s, const char *text, const char *file,
    int line, bool ok, const char *actual);
void stage_publish_end(struct stage *s, enum end_result result);

/* ---- waiting ------------------------------------------------------------ */

/* Calls `settled` once, from the loop, when every segment that is neither held
 * nor delayed has been carried, every parked call that can finish has
 * finished and every changed socket has been read. One waiter at a time; a
 * second call replaces the first; NULL withdraws it. */
void stage_when_settled(struct stage *s, void (*settled)(void *ctx), void *ctx);

/* Whether the parked call of `process` can still return without anybody doing
 * anything: something is under way (a delayed segment, a running kernel timer
 * that can matter, a timeout). If not, `why` says what it waits for and what
 * would help ("its SYN is held: `wire deliver`"). */
bool stage_can_go_on(
    const struct stage *s, const char *process, struct str *why);

/* A one-shot timer on a loop, for layers above, with or without a stage. Its
 * callback may free it; the loop must run once more after that. */
struct stage_timer;
uv_loop_t *stage_loop(const struct stage *s);
struct stage_timer *stage_timer_new(
    uv_loop_t *loop, void (*fired)(void *ctx), void *ctx);
void stage_timer_start(struct stage_timer *t, uint64_t in_ns); /* restarts */
void stage_timer_stop(struct stage_timer *t);
void stage_timer_free(struct stage_timer *t); /* NULL is allowed */

#endif
