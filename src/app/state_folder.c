/* The folder of the XDG Base Directory Specification. */
#include "state_folder.h"

#include "sockstage/base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Paths that are not absolute are to be ignored (XDG Base Directory). */
bool state_folder_find(struct str *out)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");

    if (state && state[0] == '/')
        str_addf(out, "%s/sockstage", state);
    else if (home && home[0] == '/')
        str_addf(out, "%s/.local/state/sockstage", home);
    return out->len > 0;
}

int state_folder_make(const char *path)
{
    char *part = xstrdup(path);
    int rc = 0;

    for (char *slash = strchr(part + 1, '/'); rc == 0;) {
        if (slash)
            *slash = '\0';
        if (mkdir(part, 0700) < 0 && errno != EEXIST)
            rc = -errno;
        if (!slash)
            break;
        *slash = '/';
        slash = strchr(slash + 1, '/');
    }
    free(part);
    return rc;
}
