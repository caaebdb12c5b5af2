/* Feeds a file to the reader of recordings, some lines at a time. */
#include "recording_file.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/model/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES (256U << 10)
#define FEED_BYTES (16U << 10) /* between two looks at the clock */

struct recording_file {
    const char *path; /* borrowed */
    int fd;
    struct recording *reader;
    enum recording_progress progress;
    uint64_t bytes;
    struct str complaint;
    size_t fed, got; /* of the buffer */
    char buffer[READ_BYTES];
};

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* Only a plain file may be looked into: what is read from a pipe is gone, and
 * opening one may wait. */
static bool begins_with_brace(const char *path)
{
    static const char mark[] = "\xef\xbb\xbf"; /* see recording_feed() */
    struct stat st;
    char first[sizeof mark] = "";
    int fd;

    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    if (read(fd, first, sizeof first) < 1)
        first[0] = '\0';
    close(fd);
    return first[0] == '{' || (memcmp(first, mark, sizeof mark - 1) == 0 &&
                                  first[sizeof mark - 1] == '{');
}

bool recording_file_is(const char *path)
{
    return ends_with(path, ".jsonl") || begins_with_brace(path);
}

static int check_plain(const char *path, int fd, struct err *e)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return err_sys(e, errno, _("%s: can't be read"), path);
    if (S_ISDIR(st.st_mode))
        return err_sys(e, EISDIR, _("%s: can't be read"), path);
    if (!S_ISREG(st.st_mode))
        return err_set(
            e, EINVAL, _("%s: a recording has to be a plain file"), path);
    return 0;
}

int recording_file_open(const char *path,
    void (*heard)(void *ctx, struct event *e), void *ctx,
    struct recording_file **out, struct err *e)
{
    /* Opening a FIFO would wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct recording_file *f;
    int r;

    if (fd < 0)
        return err_sys(e, errno, _("%s: can't be read"), path);
    r = check_plain(path, fd, e);
    if (r < 0) {
        close(fd);
        return r;
    }
    f = xcalloc(1, sizeof *f);
    f->path = path;
    f->fd = fd;
    f->reader = recording_new(heard, ctx);
    *out = f;
    return 0;
}

void recording_file_close(struct recording_file *f)
{
    if (!f)
        return;
    recording_free(f->reader);
    close(f->fd);
    str_done(&f->complaint);
    free(f);
}

/* ---- reading ------------------------------------------------------------ */

static void refuse(struct recording_file *f, const struct recording_error *e)
{
    str_addf(&f->complaint, "%s:%llu:%zu: %s", f->path,
        (unsigned long long)e->line, e->column, e->what);
    f->progress = RECORDING_REFUSED;
}

static void finish(struct recording_file *f)
{
    struct recording_error error;
    bool cut_off = false;

    if (!recording_end(f->reader, &cut_off, &error)) {
        refuse(f, &error);
        return;
    }
    if (cut_off)
        str_addf(&f->complaint,
            _("%s: its last line is cut off: what came before it is here"),
            f->path);
    f->progress = RECORDING_ENDED;
}

static void fill(struct recording_file *f)
{
    ssize_t n = read(f->fd, f->buffer, sizeof f->buffer);
    struct err e;

    if (n < 0 && errno == EINTR)
        return;
    if (n < 0) {
        err_sys(&e, errno, _("%s: can't be read on"), f->path);
        str_add(&f->complaint, e.msg);
        f->progress = RECORDING_UNREADABLE;
        return;
    }
    f->fed = 0;
    f->got = (size_t)n;
    f->bytes += (uint64_t)n;
    if (n == 0)
        finish(f);
}

static void feed(struct recording_file *f)
{
    size_t left = f->got - f->fed;
    size_t len = left < FEED_BYTES ? left : FEED_BYTES;
    struct recording_error error;

    if (recording_feed(f->reader, f->buffer + f->fed, len, &error))
        f->fed += len;
    else
        refuse(f, &error);
}

enum recording_progress recording_file_read(
    struct recording_file *f, uint64_t for_ns)
{
    uint64_t until = clock_now_ns() + for_ns;

    do {
        if (f->progress != RECORDING_MORE)
            break;
        if (f->fed == f->got)
            fill(f);
        else
            feed(f);
    } while (clock_now_ns() < until);
    return f->progress;
}

uint64_t recording_file_bytes(const struct recording_file *f)
{
    return f->bytes;
}

const char *recording_file_complaint(const struct recording_file *f)
{
    return f->complaint.len > 0 ? str_text(&f->complaint) : NULL;
}

uint64_t recording_file_size(const struct recording_file *f)
{
    struct stat st;

    return fstat(f->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

bool recording_file_same(const struct recording_file *f, int fd)
{
    struct stat mine, other;

    return fstat(f->fd, &mine) == 0 && fstat(fd, &other) == 0 &&
           mine.st_dev == other.st_dev && mine.st_ino == other.st_ino;
}
