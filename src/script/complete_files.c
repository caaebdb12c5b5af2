/* What completion asks of the machine: file names, and which settings its
 * kernel has. */
#include "sockstage/script/complete.h"

#include "sockstage/base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 2000 /* entries looked at */

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_entry(const char *folder, const char *name,
    void (*add)(void *to, const char *path), void *to)
{
    struct str path = STR_INIT;
    struct stat st;

    str_addf(&path, "%s%s", folder, name);
    if (stat(str_text(&path), &st) == 0 && S_ISDIR(st.st_mode))
        str_addc(&path, '/');
    add(to, str_text(&path));
    str_done(&path);
}

void complete_list_files(
    const char *prefix, void (*add)(void *to, const char *path), void *to)
{
    const char *slash = strrchr(prefix, '/');
    size_t len = slash ? (size_t)(slash - prefix) + 1 : 0;
    const char *begin = prefix + len;
    char *folder = xstrndup(prefix, len);
    struct dirent **entries = NULL;
    int n = scandir(len ? folder : ".", &entries, NULL, by_name);

    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        bool hidden = name[0] == '.' && begin[0] != '.';
        if (i < FILES_MAX && !hidden &&
            strncmp(name, begin, strlen(begin)) == 0)
            add_entry(folder, name, add, to);
        free(entries[i]);
    }
    free(entries);
    free(folder);
}

bool complete_setting_exists(const char *name)
{
    char path[256];

    if (strchr(name, '/'))
        return false;
    snprintf(path, sizeof path, "/proc/sys/net/ipv4/%s", name);
    return access(path, F_OK) == 0;
}
