/* The way to a first connection: its lines of the notation, with the names
 * that are there, and which of them are done. */
#ifndef TUI_GUIDE_H
#define TUI_GUIDE_H

#include "sockstage/base/str.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/model.h"

#include <stdbool.h>

enum guide_step {
#define GUIDE(id, call, words) GUIDE_##id,
#include "guide.def"
#undef GUIDE
    GUIDE_STEPS
};

/* What it does, in a few words; N_(). */
const char *guide_words(enum guide_step step);
const struct call_def *guide_call(enum guide_step step);
bool guide_is_done(const struct model *m, enum guide_step step);
/* Adds the line: "server: ls.bind(('', 8080))". */
void guide_add_line(
    struct str *out, const struct model *m, enum guide_step step);
/* The server's next line until it listens; GUIDE_STEPS: it does. */
enum guide_step guide_server_next(const struct model *m);
/* Whether it is of use: until a connection was accepted, and where somebody
 * goes that way at all. */
bool guide_is_wanted(const struct model *m);

#endif
