/* Every row of views.def has a golden at each size that was drawn from a
 * recording, but those that only somebody at the keyboard sees: these have one
 * of a live run. And every golden is compared with something.
 * Usage: cover FOLDER */
#include "golden.h"
#include "plan.h"

#include "sockstage/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const only_live[] = {
    "GUIDE", "PASTE", "CHOICES", "LESSONS", "CARD"};

static const char *const only_tall[] = {"SLIDER"}; /* with 30 rows */

static const char *const sizes[] = {"80x24", "120x36"};

static const char *folder;

struct cover {
    const char *size;
    char *recorded, *live; /* all that their goldens say of views */
    size_t goldens;
};

static void find(const char *pattern, glob_t *out)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, pattern);
    assert_int_equal(glob(path, 0, NULL, out), 0);
}

/* Adds the last line of a golden. */
static void add_views(struct cover *c, const struct shot *s)
{
    char path[512];
    struct str all = STR_INIT;
    char **views = s->kind == SHOT_LIVE ? &c->live : &c->recorded;

    snprintf(
        path, sizeof path, "%s/golden/%s_%s.txt", folder, s->name, c->size);
    char *golden = plan_file(path);
    if (!golden)
        fail_msg("no golden %s", path);
    char *last = strstr(golden, "\n----");
    assert_non_null(last);
    str_addf(&all, "%s%s", *views ? *views : "", last + strlen("\n----"));
    free(golden);
    free(*views);
    *views = str_steal(&all);
    c->goldens++;
}

static void add_script(struct cover *c, const char *path)
{
    struct plan p;

    plan_read(&p, path);
    for (size_t i = 0; i < p.shots.len; i++)
        if (p.shots.items[i].kind != SHOT_KEYS)
            add_views(c, &p.shots.items[i]);
    plan_done(&p);
}

static bool has_word(const char *text, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = text; (at = strstr(at, word)); at += len)
        if (at > text && at[-1] == ' ' && (at[len] == ' ' || at[len] == '\n'))
            return true;
    return false;
}

static bool is_in(const char *const *list, size_t count, const char *view)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], view) == 0)
            return true;
    return false;
}

static void check_view(const struct cover *c, const char *view)
{
    bool live = is_in(only_live, ARRAY_LEN(only_live), view);
    bool tall = is_in(only_tall, ARRAY_LEN(only_tall), view);
    bool found = has_word(live ? c->live : c->recorded, view);

    if (tall && strcmp(c->size, sizes[0]) == 0)
        assert_false(found);
    else if (!found)
        fail_msg("no golden at %s has %s", c->size, view);
}

static void test_every_view(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct cover c = {.size = sizes[i]};
        char pattern[64];
        const char *view;
        glob_t found;

        find("*.stage", &found);
        for (size_t k = 0; k < found.gl_pathc; k++)
            add_script(&c, found.gl_pathv[k]);
        globfree(&found);
        for (size_t k = 0; (view = golden_view_name(k)) != NULL; k++)
            check_view(&c, view);
        snprintf(pattern, sizeof pattern, "golden/*_%s.txt", c.size);
        find(pattern, &found);
        assert_int_equal(found.gl_pathc, c.goldens);
        globfree(&found);
        free(c.recorded);
        free(c.live);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_view)};

    if (argc != 2) {
        fputs("usage: cover FOLDER\n", stderr);
        return 2;
    }
    folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
