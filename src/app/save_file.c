/* Names with the date and the time, so that a lecture's files stand in their
 * order; what is there already is never written over. */
#include "save_file.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NUMBERS_MAX 1000

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Where the ending of a name begins: its last dot, or its end. */
static size_t stem_len(const char *name)
{
    const char *base = base_of(name);
    const char *dot = strrchr(base, '.');

    return dot && dot > base ? (size_t)(dot - name) : strlen(name);
}

/* ---- proposing ----------------------------------------------------------- */

/* Standard input has no name, and one that begins with a dot would hide. */
static void add_stem(const char *subject, struct str *name)
{
    const char *base = subject ? base_of(subject) : "";

    if (base[0] == '\0' || base[0] == '-' || base[0] == '.')
        str_add(name, "sockstage");
    else
        str_addn(name, base, stem_len(base));
}

/* "x-2.svg" of "x.svg". */
static void number_name(const char *plain, unsigned number, struct str *out)
{
    size_t len = stem_len(plain);

    str_clear(out);
    str_addn(out, plain, len);
    if (number > 1)
        str_addf(out, "-%u", number);
    str_add(out, plain + len);
}

void save_file_propose(
    const char *subject, const char *suffix, struct str *name)
{
    struct str plain = STR_INIT;
    time_t now = time(NULL);
    struct tm local;
    char stamp[32] = "";

    add_stem(subject, &plain);
    if (localtime_r(&now, &local) &&
        strftime(stamp, sizeof stamp, "-%Y%m%d-%H%M%S", &local) > 0)
        str_add(&plain, stamp);
    str_addf(&plain, ".%s", suffix);
    for (unsigned n = 1; n < NUMBERS_MAX; n++) {
        number_name(str_text(&plain), n, name);
        if (faccessat(AT_FDCWD, str_text(name), F_OK, AT_SYMLINK_NOFOLLOW) < 0)
            break;
    }
    str_done(&plain);
}

/* ---- making -------------------------------------------------------------- */

int save_file_make(struct str *name, int *fd, struct err *e)
{
    char *plain = xstrdup(str_text(name));
    int code = EEXIST;

    for (unsigned n = 1; n < NUMBERS_MAX && code == EEXIST; n++) {
        number_name(plain, n, name);
        *fd =
            open(str_text(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        code = *fd < 0 ? errno : 0;
    }
    if (code != 0) {
        err_sys(e, code, _("%s can't be saved"), plain);
        save_file_hint(e);
    }
    free(plain);
    return -code;
}

void save_file_hint(struct err *e)
{
    switch (e->code) {
    case EACCES:
    case EPERM:
    case EROFS:
        err_hint(e, _("name a folder that you may write to, as in /tmp/..."));
        break;
    case ENOENT:
    case ENOTDIR:
        err_hint(e, _("there is no such folder"));
        break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        err_hint(e, _("make room, or name a folder on another disk"));
        break;
    default:
        break;
    }
}

void save_file_tell(const char *name, struct str *out)
{
    char *folder = strchr(name, '/') ? NULL : getcwd(NULL, 0);

    if (folder)
        str_addf(out, _("Saved as %s in %s"), name, folder);
    else
        str_addf(out, _("Saved as %s"), name);
    free(folder);
}
