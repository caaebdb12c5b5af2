/* A stage of its own for one test, and short words for wishes. */
#ifndef STAGE_RIG_H
#define STAGE_RIG_H

#include "sockstage/stage/stage.h"

#include <stdbool.h>
#include <uv.h>

struct rig {
    uv_loop_t loop;
    struct journal *journal;
    struct stage *stage;
};

/* Opens a stage of that wire; false (with the reason printed) if this machine
 * refuses it. */
bool rig_open(struct rig *f, enum stage_wire wire);
/* Takes it down; fails the test if the loop does not close clean. */
void rig_close(struct rig *f);

/* For cmocka: a private stage for each test; rig_opened() skips the test where
 * the machine refuses it. */
int rig_setup(void **state);
int rig_teardown(void **state);
struct rig *rig_opened(void **state);

/* Runs the loop until the stage has settled. */
void rig_settle(struct rig *f);
/* Runs the loop until `true_now` holds; fails the test after `limit_ms`. */
void rig_wait(struct rig *f, bool (*true_now)(struct rig *f, const void *arg),
    const void *arg, unsigned limit_ms);

/* PROCESS: [TARGETS =] [VARIABLE.]NAME(ARGS..). `targets` is "s", "a,b" or
 * NULL; arguments end with NULL and are consumed. Settles afterwards. */
void rig_call(struct rig *f, const char *process, const char *targets,
    const char *variable, const char *name, ...);

/* ('HOST', PORT) */
struct value *rig_address(const char *host, int port);
struct value *rig_bytes(size_t len);

/* The socket in a variable, as the model has it now or had it last. */
const struct model_sock *rig_sock(
    struct rig *f, const char *process, const char *variable);

/* `wire hold` and other lines of one word; 0 or -errno. */
int rig_wire(struct rig *f, enum wire_word word);

/* server.ls listens on ('', 8080); c1.s is connected, server.conn accepted. */
void rig_listen(struct rig *f, int backlog);
void rig_connected(struct rig *f);

#endif
