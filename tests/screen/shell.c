/* Job control as in the GNU C library's manual, "Implementing a Shell". */
#include "shell.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_job_signals(void (*handler)(int))
{
    signal(SIGTSTP, handler);
    signal(SIGTTIN, handler);
    signal(SIGTTOU, handler);
}

static pid_t start_job(char *const *argv)
{
    pid_t job = fork();

    if (job != 0) {
        setpgid(job, job);
        tcsetpgrp(STDIN_FILENO, job);
        return job;
    }
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid());
    set_job_signals(SIG_DFL);
    execv(argv[0], argv);
    _exit(127);
}

/* False: nobody gives orders any more. */
static int carry_out(const struct shell *s, pid_t job)
{
    char order = 0;

    if (read(s->orders, &order, 1) != 1)
        return 0;
    if (order == SHELL_FG)
        tcsetpgrp(STDIN_FILENO, job);
    if (order == SHELL_KILL)
        kill(-job, SIGTERM);
    kill(-job, SIGCONT);
    return 1;
}

_Noreturn void shell_run(const struct shell *s, char *const *argv)
{
    static const char stopped = SHELL_STOPPED;
    int status = 0;

    setpgid(0, 0);
    set_job_signals(SIG_IGN);
    pid_t job = start_job(argv);
    while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
        tcsetpgrp(STDIN_FILENO, getpgrp());
        if (write(s->reports, &stopped, 1) != 1 || !carry_out(s, job)) {
            kill(-job, SIGKILL);
            _exit(126);
        }
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}
