/* The way of bytes to a terminal that may take them slowly, or not at all:
 * whoever writes never waits for it. */
#ifndef TUI_OUTLET_H
#define TUI_OUTLET_H

#include "sockstage/base/err.h"

#include <stdbool.h>

struct outlet;
struct uv_loop_s; /* uv_loop_t */

/* Whether what is written can be kept at all: 0, or -EFBIG with a message where
 * a limit for files (RLIMIT_FSIZE, `ulimit -f`) forbids it. Before the terminal
 * is touched, and before outlet_open(). */
int outlet_check(struct err *e);

/* From now on what is written to the descriptor `intake` (of the terminal, or
 * of anything) is kept until it is sent to `terminal`. That one must be an open
 * file description of its own: it becomes non-blocking. Both are borrowed.
 * `drained` is called when all is sent that outlet_send() had to leave to the
 * loop: 0, or -errno where the rest is lost. -errno with a message. */
int outlet_open(struct uv_loop_s *loop, int terminal, int intake,
    void (*drained)(void *ctx, int code), void *ctx, struct outlet **out,
    struct err *e);
/* What was not sent is lost; NULL is allowed. The memory is freed by the loop,
 * the descriptors may be closed at once. */
void outlet_close(struct outlet *o);

/* Sends what has been written; what the terminal does not take now follows as
 * it does. 0, or -errno: all of it is lost. */
int outlet_send(struct outlet *o);
/* Whether something waits for the terminal. */
bool outlet_is_busy(const struct outlet *o);
/* Sends all, waiting at most so long for the terminal: 0; or -errno
 * (-ETIMEDOUT), and the rest is lost. */
int outlet_finish(struct outlet *o, int patience_ms);
/* What was not sent is lost. */
void outlet_drop(struct outlet *o);

#endif
