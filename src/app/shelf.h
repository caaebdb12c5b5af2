/* The lessons as the screen lists them: titles in its language, and what has
 * been played of each. */
#ifndef SOCKSTAGE_APP_SHELF_H
#define SOCKSTAGE_APP_SHELF_H

#include "progress.h"

#include "sockstage/base/vec.h"
#include "sockstage/script/lesson.h"

struct shelf {
    struct tui_lessons listed; /* `open`, `restart`, `ctx` are the owner's */
    struct lessons *all;
    VEC(struct tui_lesson) rows;
    VEC(char *) titles; /* owned */
};

void shelf_open(struct shelf *s, const char *lang);
void shelf_close(struct shelf *s);
/* Which of them is played from now on; NULL: none of them. */
void shelf_take(struct shelf *s, const char *name);
/* It was begun, or played to its end. 0 or -errno. */
int shelf_played(struct shelf *s, enum tui_played played, struct err *e);

#endif
