/* The built-in lessons, in the order of lessons/sections.def. */
#include "sockstage/script/lesson.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 64

struct lessons {
    VEC(struct lesson) list;
};

/* A row has a section's title or a lesson's name. */
static const struct {
    const char *section, *name;
    size_t place;
    const char *about;
} rows[] = {
#define SECTION(title)             {title, NULL, 0, ""},
#define LESSON(name, place, about) {NULL, name, place, about},
#include "lessons/sections.def"
#undef SECTION
#undef LESSON
};

static const struct embed_file *file_named(
    const struct embed_file *files, const char *name)
{
    for (; files->name; files++)
        if (strcmp(files->name, name) == 0)
            return files;
    return NULL;
}

static void add(struct lessons *l, const struct embed_file *file,
    const char *section, size_t place, const char *about)
{
    struct lesson lesson = {file, section, place, about};

    vec_push(&l->list, lesson);
}

struct lessons *lessons_new(const struct embed_file *files)
{
    struct lessons *l = xcalloc(1, sizeof *l);
    const char *section = "";

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct embed_file *file;

        if (rows[i].section)
            section = rows[i].section;
        file = rows[i].name ? file_named(files, rows[i].name) : NULL;
        if (file)
            add(l, file, section, rows[i].place, rows[i].about);
    }
    for (; files->name; files++)
        if (!lessons_find(l, files->name))
            add(l, files, N_("more"), 0, "");
    return l;
}

void lessons_free(struct lessons *l)
{
    if (!l)
        return;
    vec_done(&l->list);
    free(l);
}

const struct lesson *lessons_at(const struct lessons *l, size_t i)
{
    return i < l->list.len ? &l->list.items[i] : NULL;
}

const struct lesson *lessons_find(const struct lessons *l, const char *name)
{
    for (size_t i = 0; i < l->list.len; i++)
        if (strcmp(l->list.items[i].file->name, name) == 0)
            return &l->list.items[i];
    return NULL;
}

const struct lesson *lessons_of_course(const struct lessons *l, size_t place)
{
    const struct lesson *best = NULL;

    for (size_t i = 0; i < l->list.len; i++) {
        const struct lesson *at = &l->list.items[i];
        if (at->place >= place && at->place > 0 &&
            (!best || at->place < best->place))
            best = at;
    }
    return best;
}

bool lesson_is_word(const char *argument)
{
    size_t len = strspn(argument, "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    return len > 0 && argument[len] == '\0' && argument[0] != '-';
}

/* How many letters have to be changed, added or taken away. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_LEN + 1];
    size_t n = strlen(b);

    for (size_t k = 0; k <= n; k++)
        row[k] = k;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < n; k++) {
            size_t best = diagonal + (a[i] != b[k]);
            diagonal = row[k + 1];
            if (row[k] + 1 < best)
                best = row[k] + 1;
            if (diagonal + 1 < best)
                best = diagonal + 1;
            row[k + 1] = best;
        }
    }
    return row[n];
}

static bool is_near(const char *name, const char *other)
{
    size_t len = strlen(name);

    if (len > NAME_MAX_LEN || strlen(other) > NAME_MAX_LEN)
        return false;
    return (len >= 3 && strstr(other, name)) ||
           (strlen(other) >= 3 && strstr(name, other)) ||
           distance(name, other) <= (len < 5 ? 1 : 2);
}

bool lessons_add_near(
    const struct lessons *l, const char *name, struct str *out)
{
    bool any = false;

    for (size_t i = 0; i < l->list.len; i++) {
        const char *other = l->list.items[i].file->name;
        if (!is_near(name, other))
            continue;
        str_addf(out, "%s%s", any ? ", " : "", other);
        any = true;
    }
    return any;
}

struct script *lesson_parse(const struct lesson *l, struct script_error *e)
{
    return script_parse(l->file->name, l->file->data, l->file->len, e);
}
