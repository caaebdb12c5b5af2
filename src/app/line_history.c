/* One line a line. Appending and shortening happen under flock(2); shortening
 * writes a new file and renames it, so that nobody ever reads half of one, and
 * whoever waited for the lock looks whether the file is still the same. */
#include "line_history.h"
#include "state_folder.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define FILE_MAX_BYTES (8U << 20) /* more is none of ours */
#define LOCK_TRIES     50         /* a millisecond apart */

/* ---- reading ------------------------------------------------------------- */

static int read_all(int fd, struct str *out)
{
    char buffer[16384];
    ssize_t n;

    while ((n = read(fd, buffer, sizeof buffer)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (out->len + (size_t)n > FILE_MAX_BYTES)
            return -EFBIG;
        str_addn(out, buffer, (size_t)n);
    }
    return 0;
}

/* Whether it can be typed again as it is. */
static bool is_line(const char *text, size_t len)
{
    if (len == 0 || len > LINE_MAX_BYTES || !utf8_valid(text, len))
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return true;
}

/* Where the newest `most` lines begin. */
static const char *newest(const char *text, size_t len, size_t most)
{
    const char *at = text + len;

    if (len > 0 && at[-1] == '\n')
        at--;
    for (; at > text; at--)
        if (at[-1] == '\n' && --most == 0)
            break;
    return at;
}

static void take_lines(struct line_history *h, const struct str *text)
{
    const char *end = str_text(text) + text->len;
    const char *at = newest(str_text(text), text->len, LINE_HISTORY_MAX);

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = stop ? (size_t)(stop - at) : (size_t)(end - at);
        if (is_line(at, len))
            vec_push(&h->lines, xstrndup(at, len));
        at += len + 1;
    }
}

static int open_file(const char *path, int flags)
{
    struct stat st;
    int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return -EINVAL;
    }
    return fd;
}

static int fail(struct line_history *h, int error, struct err *e)
{
    int rc = err_sys(e, error, _("can't keep the typed lines in %s"), h->path);

    free(h->path);
    h->path = NULL;
    return rc;
}

int line_history_open(struct line_history *h, struct err *e)
{
    struct str folder = STR_INIT;
    struct str text = STR_INIT;

    memset(h, 0, sizeof *h);
    if (!state_folder_find(&folder))
        return 0;
    int rc = state_folder_make(str_text(&folder));
    str_add(&folder, "/history");
    h->path = str_steal(&folder);
    int fd = rc < 0 ? rc : open_file(h->path, O_RDONLY);
    if (fd == -ENOENT)
        return 0;
    rc = fd < 0 ? fd : read_all(fd, &text);
    if (fd >= 0)
        close(fd);
    if (rc == 0)
        take_lines(h, &text);
    str_done(&text);
    return rc < 0 ? fail(h, -rc, e) : 0;
}

/* ---- writing ------------------------------------------------------------- */

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Whoever holds it does so for a moment; one that was stopped there is not
 * waited for. */
static bool lock(int fd)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        struct timespec pause = {.tv_nsec = 1000000};
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static bool is_still(int fd, const char *path)
{
    struct stat opened, named;

    return fstat(fd, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* Opens and locks the file that has the name once it is locked. */
static int open_locked(const char *path, bool *locked)
{
    for (;;) {
        int fd = open_file(path, O_RDWR | O_APPEND | O_CREAT);
        if (fd < 0)
            return fd;
        *locked = lock(fd);
        if (!*locked || is_still(fd, path))
            return fd;
        close(fd);
    }
}

static size_t count_lines(const struct str *text)
{
    size_t n = 0;

    for (size_t i = 0; i < text->len; i++)
        n += text->data[i] == '\n';
    return n;
}

/* The newest lines and `count` new ones, as a new file in its place. */
static int replace(const char *path, const struct str *text,
    const struct str *lines, size_t count)
{
    struct str name = STR_INIT;
    const char *end = str_text(text) + text->len;
    const char *from =
        count < LINE_HISTORY_MAX
            ? newest(str_text(text), text->len, LINE_HISTORY_MAX - count)
            : end;
    size_t kept = (size_t)(end - from);

    str_addf(&name, "%s.XXXXXX", path);
    int fd = mkostemp(name.data, O_CLOEXEC);
    int rc = fd < 0 ? -errno : write_all(fd, from, kept);
    if (rc == 0)
        rc = write_all(fd, str_text(lines), lines->len);
    if (fd >= 0 && close(fd) < 0 && rc == 0)
        rc = -errno;
    if (rc == 0 && rename(name.data, path) < 0)
        rc = -errno;
    if (rc < 0 && fd >= 0)
        unlink(name.data);
    str_done(&name);
    return rc;
}

/* Half a line would spoil the next one. */
static int append(int fd, const struct str *lines, bool locked)
{
    off_t end = lseek(fd, 0, SEEK_END);
    int rc = write_all(fd, str_text(lines), lines->len);

    if (rc < 0 && locked && end >= 0 && ftruncate(fd, end) < 0)
        return rc;
    return rc;
}

/* Those that can be typed again, each with its end; returns how many. */
static size_t join(const char *const *lines, size_t count, struct str *out)
{
    size_t first = count > LINE_HISTORY_MAX ? count - LINE_HISTORY_MAX : 0;
    size_t n = 0;

    for (size_t i = first; i < count; i++) {
        if (!is_line(lines[i], strlen(lines[i])))
            continue;
        str_addf(out, "%s\n", lines[i]);
        n++;
    }
    return n;
}

int line_history_add(struct line_history *h, const char *const *lines,
    size_t count, struct err *e)
{
    struct str whole = STR_INIT;
    struct str text = STR_INIT;
    bool locked = false;

    size_t fresh = h->path ? join(lines, count, &whole) : 0;
    if (fresh == 0)
        return 0;
    int fd = open_locked(h->path, &locked);
    int rc = fd < 0 ? fd : 0;
    if (rc == 0 && locked)
        rc = read_all(fd, &text);
    if (rc == 0 && locked && count_lines(&text) + fresh > LINE_HISTORY_MAX)
        rc = replace(h->path, &text, &whole, fresh);
    else if (rc == 0)
        rc = append(fd, &whole, locked);
    if (fd >= 0)
        close(fd);
    str_done(&whole);
    str_done(&text);
    return rc < 0 ? fail(h, -rc, e) : 0;
}

void line_history_close(struct line_history *h)
{
    for (size_t i = 0; i < h->lines.len; i++)
        free(h->lines.items[i]);
    vec_done(&h->lines);
    free(h->path);
    h->path = NULL;
}
