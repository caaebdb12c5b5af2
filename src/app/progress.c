/* The file is small and read anew each time, so that two programs at once don't
 * undo each other; it is replaced as a whole, so that nobody reads half. */
#include "progress.h"

#include "state_folder.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_BYTES 65536

static const char *const words[] = {
    [TUI_BEGUN] = "begun", [TUI_PLAYED] = "played"};

static bool find_file(struct str *path)
{
    if (!state_folder_find(path))
        return false;
    str_add(path, "/progress");
    return true;
}

/* An empty text where there is none, or where it can't be read. */
static void read_file(const char *path, struct str *out)
{
    char buffer[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t n;

    if (fd < 0)
        return;
    while (
        out->len < FILE_MAX_BYTES && (n = read(fd, buffer, sizeof buffer)) > 0)
        str_addn(out, buffer, (size_t)n);
    close(fd);
}

/* What stands behind the name in a line of that length. */
static enum tui_played played_in(
    const char *line, size_t len, const char *lesson)
{
    size_t name = strlen(lesson);

    if (len <= name || strncmp(line, lesson, name) != 0 || line[name] != ' ')
        return TUI_NOT_PLAYED;
    for (size_t i = TUI_BEGUN; i < ARRAY_LEN(words); i++)
        if (len == name + 1 + strlen(words[i]) &&
            strncmp(line + name + 1, words[i], strlen(words[i])) == 0)
            return (enum tui_played)i;
    return TUI_NOT_PLAYED;
}

/* Also adds the lines of all others to `rest`, if that is not NULL. */
static enum tui_played look_up(
    const struct str *text, const char *lesson, struct str *rest)
{
    enum tui_played found = TUI_NOT_PLAYED;
    const char *at = str_text(text);

    while (*at) {
        size_t len = strcspn(at, "\n");
        enum tui_played played = played_in(at, len, lesson);
        found = played > found ? played : found;
        if (played == TUI_NOT_PLAYED && rest && len > 0)
            str_addf(rest, "%.*s\n", (int)len, at);
        at += len + (at[len] == '\n');
    }
    return found;
}

enum tui_played progress_of(const char *lesson)
{
    struct str path = STR_INIT, text = STR_INIT;
    enum tui_played played = TUI_NOT_PLAYED;

    if (find_file(&path)) {
        read_file(str_text(&path), &text);
        played = look_up(&text, lesson, NULL);
    }
    str_done(&path);
    str_done(&text);
    return played;
}

static int replace(const char *path, const struct str *text)
{
    struct str name = STR_INIT;
    int rc = 0;

    str_addf(&name, "%s.XXXXXX", path);
    int fd = mkostemp(name.data, O_CLOEXEC);
    if (fd < 0) {
        rc = -errno;
        str_done(&name);
        return rc;
    }
    ssize_t n = write(fd, str_text(text), text->len);
    if (n != (ssize_t)text->len)
        rc = n < 0 ? -errno : -EIO;
    if (close(fd) < 0 && rc == 0)
        rc = -errno;
    if (rc == 0 && rename(name.data, path) < 0)
        rc = -errno;
    if (rc < 0)
        unlink(name.data);
    str_done(&name);
    return rc;
}

int progress_set(const char *lesson, enum tui_played played, struct err *e)
{
    struct str folder = STR_INIT, path = STR_INIT;
    struct str text = STR_INIT, fresh = STR_INIT;
    int rc = 0;

    if (played == TUI_NOT_PLAYED || !find_file(&path))
        goto out;
    read_file(str_text(&path), &text);
    if (look_up(&text, lesson, &fresh) >= played)
        goto out;
    str_addf(&fresh, "%s %s\n", lesson, words[played]);
    state_folder_find(&folder);
    rc = state_folder_make(str_text(&folder));
    if (rc == 0)
        rc = replace(str_text(&path), &fresh);
    if (rc < 0)
        err_sys(e, -rc, _("can't keep what was played in %s"), str_text(&path));
out:
    str_done(&folder);
    str_done(&path);
    str_done(&text);
    str_done(&fresh);
    return rc;
}
