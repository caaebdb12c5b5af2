/* Listens in on the program: each function of views.def, what draws them all,
 * what takes a key and what takes an event is called through one of these (the
 * linker's --wrap). See drawn.h. */
#include "drawn.h"

#include "../../src/tui/tui_int.h"
#include "../../src/tui/views.h"

#include "sockstage/model/journal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t views; /* of the screen that is being drawn */

static struct drawn *drawn(void)
{
    static struct drawn *mapped;
    static struct drawn nobody; /* asks */
    const char *path = getenv(DRAWN_FILE);

    if (mapped)
        return mapped;
    mapped = &nobody;
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return mapped;
    void *at =
        mmap(NULL, sizeof nobody, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED)
        mapped = at;
    close(fd);
    return mapped;
}

#define VIEW(id, function)                                                     \
    void __real_##function(struct draw *d, struct rect r);                     \
    void __wrap_##function(struct draw *d, struct rect r);                     \
    void __wrap_##function(struct draw *d, struct rect r)                      \
    {                                                                          \
        views |= UINT64_C(1) << VIEW_##id;                                     \
        __real_##function(d, r);                                               \
    }
#include "../../src/tui/views.def"
#undef VIEW

static bool is_open(const struct ui *ui)
{
    return ui->mode != UI_STAGE || ui->scene != SCENE_COLUMNS || ui->explain ||
           ui->inspect || ui->inspect_sock || ui->sel.segment || ui->open_run ||
           ui->message[0] || ui->prompt.typing;
}

static void tell_text(const struct canvas *cv)
{
    struct str text = STR_INIT;

    canvas_dump(cv, &text);
    drawn()->turn++;
    snprintf(drawn()->text, DRAWN_TEXT, "%s", str_text(&text));
    drawn()->turn++;
    str_done(&text);
}

void __real_ui_draw(struct draw *d);
void __wrap_ui_draw(struct draw *d);
void __wrap_ui_draw(struct draw *d)
{
    const struct moment *m = d->m;

    views = 0;
    __real_ui_draw(d);
    drawn()->cursor = moment_is_past(m) ? m->place->cursor : DRAWN_NOW;
    drawn()->views = views;
    tell_text(d->cv);
    drawn()->open = is_open(m->ui);
    drawn()->shown = drawn()->keys;
}

void __real_tui_on_key(void *ctx, uint32_t key, int y, int x);
void __wrap_tui_on_key(void *ctx, uint32_t key, int y, int x);
void __wrap_tui_on_key(void *ctx, uint32_t key, int y, int x)
{
    __real_tui_on_key(ctx, key, y, x);
    drawn()->keys++;
}

void __real_journal_publish(struct journal *j, struct event *e);
void __wrap_journal_publish(struct journal *j, struct event *e);
void __wrap_journal_publish(struct journal *j, struct event *e)
{
    const char *line = e->kind == EVENT_LINE ? e->u.line.text : "";
    bool mark =
        strncmp(line, "mark ", 5) == 0 || strncmp(line, "option", 6) == 0;
    bool check = mark || e->kind == EVENT_EXPECT;

    __real_journal_publish(j, e);
    if (mark)
        drawn()->mark = e->seq + 1;
    drawn()->checks += check;
}
