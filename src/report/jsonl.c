/* The journal itself: one JSON object a line. */
#include "report_int.h"
#include "sockstage/base/text.h"
#include "sockstage/model/event_json.h"

struct jsonl {
    struct str line;
};

static void jsonl_event(struct report *r, const struct event *e)
{
    struct jsonl *state = report_state(r);

    str_clear(&state->line);
    event_to_json(e, report_payload(r), &state->line);
    report_write(r, str_text(&state->line), state->line.len);
}

static void jsonl_done(void *state)
{
    str_done(&((struct jsonl *)state)->line);
}

const struct report_def report_jsonl = {
    .name = "jsonl",
    .suffix = "jsonl",
    .of_run = true,
    .help = N_("the journal, one JSON object a line"),
    .event = jsonl_event,
    .state_size = sizeof(struct jsonl),
    .state_done = jsonl_done,
};
