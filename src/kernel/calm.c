/* Applies the table calm.def, see calm.h. A read-only /proc/sys, as many
 * containers have, is no obstacle where the value is already the right one. */
#include "calm.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sysctl.h"

struct setting {
    const char *group;
    const char *name;
    const char *value;
    const char *why;
};

#define GROUP_CALM     N_("calm wire")
#define GROUP_PATIENCE N_("patience")
#define GROUP_TIDY     N_("tidiness")

static const struct setting settings[] = {
#define SETTING(group, name, value, why) {GROUP_##group, name, value, why},
#include "calm.def"
#undef SETTING
};

static bool is_already_set(const struct setting *s)
{
    struct str now = STR_INIT;
    bool same = sysctl_read(s->name, &now, NULL) == 0 &&
                str_equal(str_text(&now), s->value);

    str_done(&now);
    return same;
}

size_t calm_apply(struct str *skipped)
{
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        const struct setting *s = &settings[i];
        struct err e;

        if (sysctl_write(s->name, s->value, &e) == 0 || is_already_set(s))
            continue;
        count++;
        if (skipped)
            str_addf(skipped, _("%s, %s = %s (%s): %s\n"), _(s->group), s->name,
                s->value, _(s->why), e.msg);
    }
    return count;
}
