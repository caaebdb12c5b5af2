/* What the files of the player share: lanes of lines that wait for their turn,
 * the step each kind of line takes, and how a line fails. A lane is a queue:
 * one for the script, one for what is typed. */
#ifndef SOCKSTAGE_SCRIPT_PLAYER_INT_H
#define SOCKSTAGE_SCRIPT_PLAYER_INT_H

#include "sockstage/script/ast.h"
#include "wire_expect.h"

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"
#include "sockstage/model/journal.h"
#include "sockstage/script/player.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Typed lines own their script together. */
struct typed {
    struct script *script;
    size_t lines; /* tasks that still point into it */
};

/* What an expectation that is being waited for has seen between two looks. */
enum latch { LATCH_OPEN, LATCH_HELD, LATCH_BROKEN };

/* One line on its way. */
struct task {
    const struct script_line *line;
    struct typed *typed; /* NULL: a line of the script */
    size_t step;         /* members of a fan-out, deliveries: done so far */
    bool waiting;        /* it has begun and isn't finished */
    bool for_process;    /* it waits for a parked process: settle first */
    bool holding;        /* an `expect .. for D` that was true once */
    bool expired;        /* its deadline is over */
    bool raised;         /* its statement raised before any call was made */
    enum latch latch;
    struct str seen; /* the actual value when it latched */
};

struct lane {
    struct player *player;
    VEC(struct task *) tasks;
    struct task *clocked; /* whose deadline runs */
    struct stage_timer *deadline;
};

/* What the player knows of a process beyond the stage: where its last call
 * stands in the script, and whether an `expect` took that call's error. */
struct actor {
    char *name;
    const struct script_line *line; /* NULL: typed, or none yet */
    uint64_t order;                 /* of its last call among all */
    bool taken;
};

struct player {
    struct stage *stage;
    enum player_mode mode;
    struct player_events events;
    void *ctx;
    struct journal_subscriber *subscriber;
    struct stage_timer *wake;  /* back to the loop after an event */
    struct stage_timer *limit; /* of the whole script */
    struct lane script_lane, typed_lane;
    const struct script *script; /* borrowed; NULL: none */
    size_t position;             /* the next line of it to hand out */
    uint64_t timeout_ns;
    bool settling; /* asked the stage to say when it has settled */
    bool settled;  /* it just has: nothing is between two steps of its own */
    bool ending;   /* the script is over, `ended` not yet told */
    bool told;     /* `ended` was told */
    bool changed;  /* something to tell with `changed` */
    enum end_result result;
    struct str why; /* of a failure; empty: none */
    VEC(struct actor) actors;
    uint64_t calls; /* made so far, by all */
    struct wire_log wire;
};

/* How far a line came. */
enum step {
    STEP_MORE, /* a member is done; the next one after settling */
    STEP_DONE,
    STEP_WAIT, /* until an event or the deadline */
    STEP_FAILED,
};

static inline bool player_is_batch(const struct player *p)
{
    return p->mode == PLAYER_BATCH;
}

/* player_drive.c: asks for a settled stage, then goes on. */
void player_kick(struct player *p);
void player_end(struct player *p, enum end_result result);
/* Puts `why` together: with "FILE:LINE:COLUMN: " for a line of the script. */
enum step player_fail(struct player *p, const struct script_line *line,
    bool typed, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
enum step task_fail(struct player *p, const struct task *t, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
void task_deadline(struct lane *lane, struct task *t, uint64_t in_ns);
void task_no_deadline(struct lane *lane, struct task *t);
void lane_push(
    struct lane *lane, const struct script_line *line, struct typed *typed);
void lane_clear(struct lane *lane);
struct task *lane_waiting(const struct lane *lane);
/* Callbacks: of the journal, and of the timers `wake`, `limit`, `deadline`. */
void player_heard(void *ctx, const struct event *e);
void player_woken(void *ctx);
void player_timed_out(void *ctx);
void lane_expired(void *ctx);

/* player_line.c: one step of a line of any kind. */
enum step task_step(struct player *p, struct lane *lane, struct task *t);
/* Of a `wire deliver N` that ends before its time. */
void task_publish_delivered(struct player *p, const struct task *t);

/* player_names.c: borrows the player. */
struct script_names player_names(const struct player *p);

/* player_call.c */
enum step task_step_process(
    struct player *p, struct lane *lane, struct task *t);
struct actor *player_actor(struct player *p, const char *process);
/* "in connect() since line 9"; nothing if the process isn't parked. */
void player_say_parked(
    const struct player *p, const char *process, struct str *out);
/* Whether the process raised what no `expect` has taken yet; a failure that
 * says so is player_fail_raised(). */
bool player_has_raised(const struct player *p, const char *process);
enum step player_fail_raised(struct player *p, const char *process);
/* The first process with such an error, NULL: none. */
const char *player_first_raised(const struct player *p);

#endif
