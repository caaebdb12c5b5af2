/* Plays a script's text on a fresh stage, for the tests of the script layer. */
#ifndef TESTS_SCRIPT_RUN_H
#define TESTS_SCRIPT_RUN_H

#include "sockstage/model/journal.h"
#include "sockstage/script/player.h"
#include "sockstage/script/script.h"
#include "sockstage/stage/stage.h"

#include <stdbool.h>
#include <uv.h>

struct script_run {
    uv_loop_t loop;
    struct journal *journal;
    struct stage *stage;
    struct player *player;
    struct script *script;
    bool ended; /* `ended` was called */
    enum end_result result;
    char why[1024];   /* of the end, or of the last change; "" none */
    unsigned changes; /* calls of `changed` */
};

/* False: this machine refuses that wire. */
bool script_run_open(
    struct script_run *r, enum stage_wire wire, enum player_mode mode);
void script_run_close(struct script_run *r);

/* Parses (the file is called "t.stage") and gives it to the player. */
void script_run_play(struct script_run *r, const char *text, uint64_t ns);
/* Turns the loop until it has ended; fails the test after 20 s. */
void script_run_until_ended(struct script_run *r);
/* Turns the loop until `is_true`; fails the test after 20 s. */
void script_run_until(
    struct script_run *r, bool (*is_true)(void *ctx), void *ctx);

/* All of it in batch mode; the run is closed again. On success `why` is "". */
enum end_result script_run_text(
    enum stage_wire wire, const char *text, char why[1024]);

/* How many events of that kind the journal has. */
unsigned script_run_count(const struct script_run *r, enum event_kind kind);

#endif
