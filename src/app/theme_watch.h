/* Tells when the file of a theme has changed, so that whoever writes a theme
 * sees it at once. */
#ifndef SOCKSTAGE_APP_THEME_WATCH_H
#define SOCKSTAGE_APP_THEME_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct watched_folder {
    uv_fs_event_t event;
    struct theme_watch *of;
    char *file; /* its name in that folder */
};

struct theme_watch {
    struct watched_folder folders[2];
    size_t count;
    uv_timer_t quiet;
    void (*changed)(void *ctx);
    void *ctx;
    bool open;
};

/* `changed` is called when the file that `theme` is read from has changed, come
 * or gone and is at rest. The struct must live until the loop has closed the
 * handles. */
void theme_watch_open(struct theme_watch *w, uv_loop_t *loop, const char *theme,
    void (*changed)(void *ctx), void *ctx);
void theme_watch_close(struct theme_watch *w); /* one never opened is allowed */

#endif
