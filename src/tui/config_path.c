/* The folder of settings (XDG Base Directory Specification 0.8), and reading a
 * file of it. */
#include "config_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX (1U << 20)

char *config_path(const char *rest)
{
    const char *home = getenv("XDG_CONFIG_HOME");
    const char *below = "";
    struct str path = STR_INIT;

    if (!home || home[0] != '/') { /* a relative one is to be ignored */
        home = getenv("HOME");
        below = "/.config";
    }
    if (!home || home[0] != '/')
        return NULL;
    str_addf(&path, "%s%s/sockstage/%s", home, below, rest);
    return str_steal(&path);
}

int config_read_file(const char *path, struct str *out)
{
    char buf[4096];
    FILE *f = fopen(path, "re");

    if (!f)
        return -errno;
    for (;;) {
        size_t n = fread(buf, 1, sizeof buf, f);
        str_addn(out, buf, n);
        if (n < sizeof buf || out->len > FILE_MAX)
            break;
    }
    int bad = ferror(f) ? -EIO : 0;
    fclose(f);
    return bad;
}
