/* Folders are watched, not files: editors write a new file and rename it over
 * the old one. Of a theme behind a symbolic link both folders are. */
#include "theme_watch.h"

#include "sockstage/base/mem.h"
#include "sockstage/tui/tui.h"

#include <stdlib.h>
#include <string.h>

/* A file that is being written is quiet for so long when it is done. */
#define QUIET_MS 50

static void on_quiet(uv_timer_t *timer)
{
    struct theme_watch *w = timer->data;

    w->changed(w->ctx);
}

static void on_event(
    uv_fs_event_t *event, const char *file, int events, int status)
{
    struct watched_folder *f = event->data;

    (void)events;
    if (status < 0 || (file && strcmp(file, f->file) != 0))
        return;
    uv_timer_start(&f->of->quiet, on_quiet, QUIET_MS, 0);
}

/* Takes the path. Where there is no such folder nothing is watched. */
static void watch_folder(struct theme_watch *w, char *path)
{
    struct watched_folder *f = &w->folders[w->count];
    char *slash = strrchr(path, '/');

    f->of = w;
    f->file = xstrdup(slash ? slash + 1 : path);
    if (slash)
        slash[slash == path ? 1 : 0] = '\0';
    uv_fs_event_init(w->quiet.loop, &f->event);
    f->event.data = f;
    uv_unref((uv_handle_t *)&f->event);
    uv_fs_event_start(&f->event, on_event, slash ? path : ".", 0);
    w->count++;
    free(path);
}

void theme_watch_open(struct theme_watch *w, uv_loop_t *loop, const char *theme,
    void (*changed)(void *ctx), void *ctx)
{
    char *path = tui_theme_file(theme);
    char *target = path ? realpath(path, NULL) : NULL;

    *w = (struct theme_watch){.changed = changed, .ctx = ctx, .open = true};
    uv_timer_init(loop, &w->quiet);
    w->quiet.data = w;
    if (target && strcmp(target, path) != 0)
        watch_folder(w, target);
    else
        free(target);
    if (path)
        watch_folder(w, path);
}

void theme_watch_close(struct theme_watch *w)
{
    if (!w->open)
        return;
    w->open = false;
    uv_close((uv_handle_t *)&w->quiet, NULL);
    for (size_t i = 0; i < w->count; i++) {
        uv_close((uv_handle_t *)&w->folders[i].event, NULL);
        free(w->folders[i].file);
        w->folders[i].file = NULL;
    }
}
