/* `sockstage lessons` and `sockstage show`: what is built in, without a
 * stage. */
#include "app.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

int mode_lessons(const char *lang)
{
    struct lessons *all = lessons_new(embed_lessons);
    const char *section = NULL;
    const struct lesson *l;

    for (size_t i = 0; (l = lessons_at(all, i)) != NULL; i++) {
        struct script_error e;
        struct script *script = lesson_parse(l, &e);
        const char *title = script ? script_title(script, lang) : NULL;

        if (!section || strcmp(section, l->section) != 0)
            printf("# %s\n", _(l->section));
        section = l->section;
        printf("%-20s %s\n", l->file->name, title ? title : "");
        script_free(script);
    }
    if (!section)
        tell(_("sockstage: no lessons are built in"));
    lessons_free(all);
    return EXIT_PASSED;
}

void lesson_tell_unknown(const struct lessons *all, const char *name)
{
    struct str text = STR_INIT, near = STR_INIT;

    str_addf(&text, _("sockstage: there is no lesson %s"), name);
    if (lessons_add_near(all, name, &near))
        str_addf(&text, _("; there is: %s"), str_text(&near));
    else
        str_add(
            &text, _("; `sockstage lessons` lists them, and a file is named "
                     "with its folder or ending: ./FILE, FILE.stage"));
    tell(str_text(&text));
    str_done(&text);
    str_done(&near);
}

int mode_show(const struct options *o)
{
    struct lessons *all = lessons_new(embed_lessons);
    const struct lesson *l = lessons_find(all, o->files[0]);

    if (l)
        fwrite(l->file->data, 1, l->file->len, stdout);
    else
        lesson_tell_unknown(all, o->files[0]);
    lessons_free(all);
    return l ? EXIT_PASSED : EXIT_USAGE;
}
