/* Rows for the screen, from the scripts themselves. */
#include "shelf.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

static char *title_of(const struct lesson *l, const char *lang)
{
    struct script_error e;
    struct script *script = lesson_parse(l, &e);
    const char *title = script ? script_title(script, lang) : NULL;
    char *copy = xstrdup(title ? title : l->file->name);

    script_free(script);
    return copy;
}

void shelf_open(struct shelf *s, const char *lang)
{
    const struct lesson *l;

    *s = (struct shelf){.all = lessons_new(embed_lessons)};
    for (size_t i = 0; (l = lessons_at(s->all, i)) != NULL; i++) {
        char *title = title_of(l, lang);
        struct tui_lesson row = {.section = _(l->section),
            .name = l->file->name,
            .title = title,
            .played = progress_of(l->file->name),
            .place = l->place,
            .about = l->about[0] ? _(l->about) : ""};
        vec_push(&s->titles, title);
        vec_push(&s->rows, row);
    }
    s->listed.list = s->rows.items;
    s->listed.count = s->rows.len;
    shelf_take(s, NULL);
}

void shelf_close(struct shelf *s)
{
    for (size_t i = 0; i < s->titles.len; i++)
        free(s->titles.items[i]);
    vec_done(&s->titles);
    vec_done(&s->rows);
    lessons_free(s->all);
}

static size_t index_of(const struct shelf *s, const char *name)
{
    size_t i = 0;

    while (
        i < s->rows.len && (!name || strcmp(s->rows.items[i].name, name) != 0))
        i++;
    return i;
}

void shelf_take(struct shelf *s, const char *name)
{
    const struct lesson *next = NULL;
    size_t at = index_of(s, name);

    if (at < s->rows.len && s->rows.items[at].place > 0)
        next = lessons_of_course(s->all, s->rows.items[at].place + 1);
    s->listed.current = at;
    s->listed.next = index_of(s, next ? next->file->name : NULL);
}

int shelf_played(struct shelf *s, enum tui_played played, struct err *e)
{
    struct tui_lesson *row;

    if (s->listed.current >= s->rows.len)
        return 0;
    row = &s->rows.items[s->listed.current];
    if (row->played >= played)
        return 0;
    row->played = played;
    return progress_set(row->name, played, e);
}
