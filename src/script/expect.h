/* Expectations: what a subject is now, how it compares, and the steps of an
 * `expect` line while it is being waited for. */
#ifndef SOCKSTAGE_SCRIPT_EXPECT_H
#define SOCKSTAGE_SCRIPT_EXPECT_H

#include "player_int.h"

enum answer {
    ANSWER_TRUE,
    ANSWER_FALSE,
    ANSWER_UNDEFINED, /* there is nothing to compare (yet) */
    ANSWER_MISMATCH,  /* the two can never be compared: `actual` says why */
};

/* Compares now. Adds to `actual` (NULL: not wanted) what was seen. */
enum answer expect_compare(
    const struct player *p, const struct expectation *x, struct str *actual);

/* Whether only the model decides, which is right at every event; what a
 * process has returned is looked at once the stage is done with its call. */
bool expect_reads_model(const struct expectation *x);

/* The parked process that has to return before the subjects are defined; NULL
 * if none. */
const char *expect_waits_for(
    const struct player *p, const struct expectation *x);

enum step task_step_expect(struct player *p, struct lane *lane, struct task *t);
/* An event while the task waits: latches what it makes true or breaks. */
void task_hear_expect(struct player *p, struct task *t, const struct event *e);

/* "200ms", "1.5s". */
void duration_say(uint64_t ns, struct str *out);

#endif
