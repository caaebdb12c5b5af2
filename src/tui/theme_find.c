/* Where themes come from: built in, or a file of the user's, which may have the
 * name of a built-in one and then takes its place. */
#include "config_path.h"
#include "theme.h"

#include "sockstage/base/embed.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"
#include "sockstage/tui/tui.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENDING ".ini"

const char *theme_built_in(const char *name)
{
    for (const struct embed_file *f = embed_themes; f->name; f++) {
        if (str_equal(f->name, name))
            return f->data;
    }
    return NULL;
}

const char *tui_theme_name_at(size_t i)
{
    for (size_t k = 0; embed_themes[k].name; k++) {
        if (k == i)
            return embed_themes[k].name;
    }
    return NULL;
}

static bool ends_in_ini(const char *name)
{
    size_t len = strlen(name);

    return len > strlen(ENDING) &&
           str_equal(name + len - strlen(ENDING), ENDING);
}

char *tui_theme_file(const char *name)
{
    struct str rest = STR_INIT;

    if (strchr(name, '/') || ends_in_ini(name))
        return xstrdup(name);
    str_addf(&rest, "themes/%s" ENDING, name);
    char *path = config_path(str_text(&rest));
    str_done(&rest);
    if (path && (access(path, F_OK) == 0 || theme_built_in(name)))
        return path;
    free(path);
    return theme_built_in(name) ? NULL : xstrdup(name);
}

static int read_theme(
    struct theme *t, const char *path, const struct str *text, struct err *e)
{
    if (str_text(text)[strspn(str_text(text), " \t\r\n")] == '\0')
        return err_set(e, ENODATA, _("the theme %s is empty"), path);
    return theme_read(t, path, str_text(text), e);
}

static void add_name(void *ctx, const char *name, const char *folder)
{
    struct str *names = ctx;

    (void)folder;
    str_addf(names, "%s%s", names->len ? ", " : "", name);
}

static void hint_at_themes(struct err *e)
{
    struct str names = STR_INIT;

    tui_theme_list(add_name, &names);
    err_hint(e, _("there are %s"), str_text(&names));
    str_done(&names);
}

int theme_load(struct theme *t, const char *name, struct err *e)
{
    const char *built_in = theme_built_in(name);
    char *path = tui_theme_file(name);
    struct str text = STR_INIT;
    int rc = path ? config_read_file(path, &text) : -ENOENT;

    if (rc == 0)
        rc = read_theme(t, path, &text, e);
    else if (rc == -ENOENT && built_in)
        rc = theme_read(t, name, built_in, e);
    else
        rc = err_sys(e, -rc, _("can't read the theme %s"), path ? path : name);
    if (rc == -ENOENT)
        hint_at_themes(e);
    str_done(&text);
    free(path);
    return rc;
}

int tui_theme_check(const char *name, struct err *e)
{
    struct theme theme;

    theme_defaults(&theme);
    return theme_load(&theme, name, e);
}

/* ---- all of them --------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int is_theme(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && ends_in_ini(entry->d_name);
}

void tui_theme_list(
    void (*each)(void *ctx, const char *name, const char *folder), void *ctx)
{
    char *folder = config_path("themes");
    struct dirent **files = NULL;
    int n = folder ? scandir(folder, &files, is_theme, alphasort) : 0;
    VEC(char *) names = VEC_INIT;

    for (size_t i = 0; tui_theme_name_at(i); i++)
        vec_push(&names, xstrdup(tui_theme_name_at(i)));
    for (int i = 0; i < n; i++) {
        char *name = xstrdup(files[i]->d_name);
        name[strlen(name) - strlen(ENDING)] = '\0';
        vec_push(&names, name);
        free(files[i]);
    }
    free(files);
    if (names.items)
        qsort(names.items, names.len, sizeof names.items[0], by_name);
    for (size_t i = 0; i < names.len; i++) {
        bool twice =
            i + 1 < names.len && str_equal(names.items[i], names.items[i + 1]);
        bool own = twice || !theme_built_in(names.items[i]);
        each(ctx, names.items[i], own ? folder : NULL);
        free(names.items[i]);
        if (twice)
            free(names.items[++i]);
    }
    vec_done(&names);
    free(folder);
}
