/* Saving from the screen: a recording of everything, or the stage that is shown
 * as a script, a diagram and so on. A file is written bit by bit from the
 * journal, so that the session goes on meanwhile. */
#ifndef SOCKSTAGE_APP_SAVER_H
#define SOCKSTAGE_APP_SAVER_H

#include "past.h"

#include "sockstage/tui/tui.h"

#include <uv.h>

struct saver;

/* `past` is open (borrowed), and nothing has been published yet. `told` gets
 * what became of each file. */
struct saver *saver_new(const struct past *past, const char *lang,
    void (*told)(void *ctx, const char *text, bool is_error), void *ctx);
/* Before the first save: the past follows a model, the loop is there. */
void saver_enter(struct saver *s, uv_loop_t *loop);
/* For the screen; lives as long as the saver. */
const struct tui_saving *saver_offer(const struct saver *s);
/* The script or recording that is shown: proposed names begin as its does.
 * NULL: free play. */
void saver_set_subject(struct saver *s, const char *file);
/* Whether more of what is shown is still being read from a file. */
void saver_set_reading(struct saver *s, bool reading);

/* The loop is to end; it must run once more. Nothing happens where it was never
 * entered, or left before. */
void saver_leave(struct saver *s);
/* Then: writes what is still to be written, unless a signal came, and frees.
 * What becomes of it is told on standard error. NULL is allowed. */
void saver_free(struct saver *s);

#endif
