/* A ring in an unlinked temporary file. A place counts bytes since the
 * beginning; where it lies in the file is the rest by the limit. */
#include "sockstage/base/spool.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct spool {
    int fd;
    uint64_t limit, first, end;
    char folder[PATH_MAX];
};

/* ---- opening ------------------------------------------------------------- */

/* For file systems without O_TMPFILE, open(2). */
static int open_unlinked(const char *folder)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/sockstage.XXXXXX", folder);
    int fd;

    if (n < 0 || (size_t)n >= sizeof path)
        return -ENAMETOOLONG;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (unlink(path) < 0) {
        int code = errno;
        close(fd);
        return -code;
    }
    return fd;
}

static int open_in(const char *folder)
{
    /* With O_EXCL it can't be linked into a folder later either. */
    int fd = open(folder, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0)
        return fd;
    if (errno == EOPNOTSUPP || errno == EISDIR)
        return open_unlinked(folder);
    return -errno;
}

/* The folder that comes first is the one whose error is told. */
static int open_file(char folder[PATH_MAX], struct err *e)
{
    const char *const folders[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
    int rc = 0;

    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        int fd;
        if (folders[i] == NULL || folders[i][0] == '\0')
            continue;
        fd = open_in(folders[i]);
        if (fd >= 0) {
            snprintf(folder, PATH_MAX, "%s", folders[i]);
            return fd;
        }
        if (rc < 0)
            continue;
        rc = err_sys(e, -fd, _("open a temporary file in %s"), folders[i]);
        err_hint(e, _("set TMPDIR to a folder that can be written"));
    }
    return rc;
}

int spool_open(uint64_t limit, struct spool **out, struct err *e)
{
    struct spool *s = xcalloc(1, sizeof *s);
    int fd = open_file(s->folder, e);

    if (fd < 0) {
        free(s);
        return fd;
    }
    s->fd = fd;
    s->limit = limit < INT64_MAX ? limit : INT64_MAX; /* an off_t */
    *out = s;
    return 0;
}

void spool_free(struct spool *s)
{
    if (s == NULL)
        return;
    close(s->fd);
    free(s);
}

/* ---- writing and reading ------------------------------------------------- */

/* How many of `len` bytes from that place on are one piece of the file. */
static size_t piece(const struct spool *s, uint64_t place, size_t len)
{
    uint64_t left = s->limit - place % s->limit;

    return len < left ? len : (size_t)left;
}

static int write_all(struct spool *s, const char *bytes, size_t len)
{
    uint64_t place = s->end;

    while (len > 0) {
        ssize_t n = pwrite(
            s->fd, bytes, piece(s, place, len), (off_t)(place % s->limit));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        bytes += n;
        len -= (size_t)n;
        place += (uint64_t)n;
    }
    return 0;
}

int spool_append(struct spool *s, const void *bytes, size_t len, struct err *e)
{
    int rc;

    if (len > s->limit)
        return err_set(e, EFBIG,
            _("write to the temporary file in %s: %zu bytes are more than "
              "its limit of %llu"),
            s->folder, len, (unsigned long long)s->limit);
    if (len == 0)
        return 0;
    /* Before the write: if that fails, what it was to replace may be spoilt. */
    if (s->end - s->first > s->limit - len)
        s->first = s->end - (s->limit - len);
    rc = write_all(s, bytes, len);
    if (rc < 0)
        return err_sys(
            e, -rc, _("write to the temporary file in %s"), s->folder);
    s->end += len;
    return 0;
}

uint64_t spool_first(const struct spool *s)
{
    return s->first;
}

uint64_t spool_end(const struct spool *s)
{
    return s->end;
}

int spool_read(
    const struct spool *s, uint64_t place, void *out, size_t len, struct err *e)
{
    char *to = out;

    if (place < s->first || place > s->end || len > s->end - place)
        return err_set(e, ENOENT,
            _("read from the temporary file in %s: these bytes are not in it "
              "any more"),
            s->folder);
    while (len > 0) {
        ssize_t n =
            pread(s->fd, to, piece(s, place, len), (off_t)(place % s->limit));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_sys(e, n < 0 ? errno : EIO,
                _("read from the temporary file in %s"), s->folder);
        to += n;
        len -= (size_t)n;
        place += (uint64_t)n;
    }
    return 0;
}
