/* Applies the table calm.def, see calm.h. A read-only /proc/sys, as many
 * containers have, is no obstacle where the value is already the right one. */
#include "calm.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sysctl.h"

enum group { GROUP_CALM, GROUP_QUIET, GROUP_PATIENCE, GROUP_TIDY };

static const char *const group_names[] = {
    [GROUP_CALM] = N_("calm wire"),
    [GROUP_QUIET] = N_("quiet wire"),
    [GROUP_PATIENCE] = N_("patience"),
    [GROUP_TIDY] = N_("tidiness"),
};

struct setting {
    enum group group;
    const char *name;
    const char *value;
    const char *why;
};

static const struct setting settings[CALM_COUNT] = {
#define SETTING(group, name, value, why) {GROUP_##group, name, value, why},
#include "calm.def"
#undef SETTING
};

static bool is_already(const char *name, const char *value)
{
    struct str now = STR_INIT;
    bool same =
        sysctl_read(name, &now, NULL) == 0 && str_equal(str_text(&now), value);

    str_done(&now);
    return same;
}

size_t calm_apply(struct str *skipped)
{
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        const struct setting *s = &settings[i];
        struct err e;

        if (sysctl_write(s->name, s->value, &e) == 0 ||
            is_already(s->name, s->value))
            continue;
        count++;
        if (skipped)
            str_addf(skipped, _("%s, %s = %s (%s): %s\n"),
                _(group_names[s->group]), s->name, s->value, _(s->why), e.msg);
    }
    return count;
}

void calm_read(struct calm_values *out)
{
    for (size_t i = 0; i < CALM_COUNT; i++) {
        str_init(&out->values[i]);
        if (settings[i].group == GROUP_CALM)
            sysctl_read(settings[i].name, &out->values[i], NULL);
    }
}

void calm_values_done(struct calm_values *values)
{
    for (size_t i = 0; i < CALM_COUNT; i++)
        str_done(&values->values[i]);
}

int calm_write(const struct calm_values *values, struct err *e)
{
    int rc = 0;

    for (size_t i = 0; i < CALM_COUNT; i++) {
        const char *name = settings[i].name;
        const char *value = str_text(&values->values[i]);

        if (!*value || is_already(name, value))
            continue;
        int one = sysctl_write(name, value, rc ? NULL : e);
        if (!rc)
            rc = one;
    }
    return rc;
}
