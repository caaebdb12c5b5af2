/* What this machine allows, question by question: one trial opening in a
 * child, told apart by its steps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "hosts_impl.h"
#include "netns.h"
#include "release.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

/* SO_COOKIE, the drop count of SO_MEMINFO and IFLA_GSO_MAX_SEGS are all there
 * since 4.16; 5.4 is the oldest kernel that is still cared for. */
#define OLDEST_MAJOR 5
#define OLDEST_MINOR 4

struct report {
    struct hosts_check *out;
    size_t count;
    size_t max;
};

struct step_text {
    const char *name;
    const char *remedy;
};

static const struct step_text steps[HOSTS_STEP_COUNT] = {
#define STEP(id, name, remedy) [HOSTS_STEP_##id] = {name, remedy},
#include "hosts_steps.def"
#undef STEP
};

/* Cuts at a whole character where the text is too long. */
static void copy_text(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);

    if (len >= size)
        for (len = size - 1; len > 0 && !utf8_valid(text, len);)
            len--;
    memcpy(out, text, len);
    out[len] = '\0';
}

/* Adds one answer; `remedy` is only for one that is not ok. */
static void add(struct report *r, const char *name, bool ok, const char *detail,
    const char *remedy)
{
    if (r->count == r->max)
        return;
    struct hosts_check *c = &r->out[r->count++];
    memset(c, 0, sizeof *c);
    c->name = name;
    c->ok = ok;
    copy_text(c->detail, sizeof c->detail, detail);
    if (!ok)
        copy_text(c->remedy, sizeof c->remedy, remedy);
}

static void check_kernel(struct report *r)
{
    struct utsname name;
    char detail[sizeof name.sysname + sizeof name.release];

    if (uname(&name) < 0) {
        add(r, N_("kernel"), false, _("uname(2) fails"), _("use Linux"));
        return;
    }
    snprintf(detail, sizeof detail, "%s %s", name.sysname, name.release);
    add(r, N_("kernel"), release_is_since(OLDEST_MAJOR, OLDEST_MINOR), detail,
        _("use Linux 5.4 or newer"));
}

static void check_privilege(struct report *r)
{
    char detail[sizeof r->out->detail];

    snprintf(detail, sizeof detail,
        netns_is_privileged() ? _("user %u with CAP_SYS_ADMIN: no user "
                                  "namespace is needed")
                              : _("user %u: the hosts are made in a user "
                                  "namespace"),
        geteuid());
    add(r, N_("privileges"), true, detail, "");
}

/* Splits a message at its hint, which is the part behind the first "; ", and
 * adds it. */
static void add_failure(struct report *r, const char *name,
    const struct err *failure, const char *remedy)
{
    char why[sizeof failure->msg];

    snprintf(why, sizeof why, "%s", failure->msg);
    char *hint = strstr(why, "; ");
    if (hint)
        *hint = '\0';
    add(r, name, false, why, hint ? hint + 2 : remedy);
}

/* What the wire is built of; if not of the usual, why not. */
static void check_wire(
    struct report *r, const char *name, const struct hosts_trial *t)
{
    if (t->build == WIRE_TUN) {
        add(r, name, true, _("TUN devices"), "");
        return;
    }
    if (t->tun_refused.code)
        add_failure(r, N_("/dev/net/tun"), &t->tun_refused, "");
    add(r, name, true,
        _("veth pairs with packet sockets: works as well, but slower"), "");
}

static void check_step(
    struct report *r, enum hosts_step step, const struct hosts_trial *t)
{
    const struct step_text *text = &steps[step];

    if (t->rc && step == t->step) {
        add_failure(r, text->name, &t->why, _(text->remedy));
    } else if (t->rc && step > t->step) {
        add(r, text->name, false, _("not tried"), _("see above"));
    } else if (step == HOSTS_STEP_USER_NAMESPACE && netns_is_privileged()) {
        add(r, text->name, true, _("not needed"), "");
    } else if (step == HOSTS_STEP_WIRE) {
        check_wire(r, text->name, t);
    } else {
        add(r, text->name, true, _("works"), "");
    }
}

/* One answer for each setting that was skipped, or one for all. */
static void check_settings(struct report *r, struct hosts_trial *t)
{
    static const char name[] = N_("settings");
    char *save = NULL;

    if (!t->skipped[0]) {
        add(r, name, true, _("all those of the calm wire and of patience"), "");
        return;
    }
    for (char *line = strtok_r(t->skipped, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        add(r, name, false, line,
            _("a newer kernel or a writable /proc/sys; the stage works "
              "without it"));
}

size_t hosts_doctor(struct hosts_check *out, size_t max)
{
    struct report r = {out, 0, max};
    struct hosts_trial *trial = xmalloc(sizeof *trial);
    struct err e;

    check_kernel(&r);
    check_privilege(&r);
    if (hosts_trial_run(trial, &e) < 0) {
        add(&r, N_("trial"), false, e.msg, _("try again"));
        free(trial);
        return r.count;
    }
    for (int i = 0; i < HOSTS_STEP_COUNT; i++)
        check_step(&r, (enum hosts_step)i, trial);
    if (!trial->rc) {
        add(&r, N_("IPv6"), trial->has_ipv6,
            trial->has_ipv6 ? _("works") : _("the hosts have none"),
            _("a kernel with IPv6 (not ipv6.disable=1)"));
        check_settings(&r, trial);
    }
    free(trial);
    return r.count;
}
