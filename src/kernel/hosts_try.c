/* The private opening as a trial in a child process: what it changes ends with
 * the child, so a machine that refuses it is left as it was. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hosts_impl.h"
#include "sockstage/base/text.h"

static bool write_all(int fd, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t n = write(fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        size -= (size_t)n;
    }
    return true;
}

/* Returns how many bytes came before the end. */
static size_t read_all(int fd, void *data, size_t size)
{
    size_t got = 0;

    while (got < size) {
        ssize_t n = read(fd, (char *)data + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    return got;
}

static void copy_lines(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);

    while (len >= size || (len > 0 && text[len - 1] != '\n'))
        len--;
    memcpy(out, text, len);
    out[len] = '\0';
}

/* The child. Closing what it opened is the kernel's work. */
static _Noreturn void try_and_tell(int pipe_fd, struct hosts_trial *trial)
{
    struct hosts *h;

    trial->rc = hosts_open_private(&h, &trial->step, &trial->why);
    if (!trial->rc) {
        trial->build = h->build;
        trial->tun_refused = h->tun_refused;
        trial->has_ipv6 = hosts_has_ipv6(h);
        copy_lines(trial->skipped, sizeof trial->skipped, hosts_skipped(h));
    }
    _exit(write_all(pipe_fd, trial, sizeof *trial) ? 0 : 1);
}

int hosts_trial_run(struct hosts_trial *out, struct err *e)
{
    int fds[2], status = 0;

    memset(out, 0, sizeof *out);
    if (pipe2(fds, O_CLOEXEC) < 0)
        return err_sys(e, errno, _("cannot make a pipe for the trial"));
    pid_t child = fork();
    if (child < 0) {
        int rc = err_sys(e, errno, _("cannot fork the trial"));
        close(fds[0]);
        close(fds[1]);
        return rc;
    }
    if (child == 0)
        try_and_tell(fds[1], out);
    close(fds[1]);
    size_t got = read_all(fds[0], out, sizeof *out);
    close(fds[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (got == sizeof *out)
        return 0;
    if (WIFSIGNALED(status))
        return err_set(e, EIO,
            _("the trial of the private wire was ended by signal %d (%s)"),
            WTERMSIG(status), strsignal(WTERMSIG(status)));
    return err_set(e, EIO, _("the trial of the private wire told nothing"));
}

int hosts_try_private(struct err *e)
{
    struct hosts_trial trial;
    int rc = hosts_trial_run(&trial, e);

    if (rc)
        return rc;
    if (trial.rc && e)
        *e = trial.why;
    return trial.rc;
}
