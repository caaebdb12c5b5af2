/* How the processes of an exported C program take turns, and how it ends and
 * begins.
 * From here on part of every exported program. */

/* ---- this process ------------------------------------------------------- */

static struct {
    const char *name; /* "server", "c1", ... */
    double start;     /* of all processes */
    double step;      /* seconds from call to call */
    bool differs;     /* something went otherwise than in the recording */
    pid_t children[256];
    int child_count;

    int number, error; /* of the call that is made */
} me;

#define DESCRIPTORS 1024
#define LEAD        0.5 /* seconds until all processes are there */
#define GRACE       1.0 /* and for the last one to be done */

static volatile sig_atomic_t alarmed, stopped;

static void *kept(size_t size)
{
    static void **last; /* each block begins with where the one before is */
    void **block = calloc(1, sizeof *block + size + 1);

    if (block == NULL) {
        perror("calloc");
        exit(1);
    }
    *block = last;
    last = block;
    return block + 1;
}

/* ---- turns -------------------------------------------------------------- */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* When call `number` is due; 0 if nobody waits. */
static double moment(int number)
{
    double due = me.start + LEAD + number * me.step;

    if (me.step <= 0)
        return 0;
    for (const struct pause *p = pauses; p->call != 0; p++)
        if (p->call <= number)
            due += p->seconds;
    return due;
}

static void wait_until(double due)
{
    double left;

    while (!stopped && (left = due - now()) > 0) {
        struct timespec t = {.tv_sec = (time_t)left};

        t.tv_nsec = (long)((left - (double)t.tv_sec) * 1e9);
        nanosleep(&t, NULL);
    }
}

static void set_alarm(double seconds)
{
    struct itimerval t = {.it_interval = {.tv_usec = 200000}};

    t.it_value.tv_sec = (time_t)seconds;
    t.it_value.tv_usec = (long)((seconds - (double)t.it_value.tv_sec) * 1e6);
    if (seconds <= 0)
        memset(&t, 0, sizeof t);
    setitimer(ITIMER_REAL, &t, NULL);
}

static void leave(int code)
{
    for (int i = 0; i < me.child_count; i++) {
        int status;

        if (waitpid(me.children[i], &status, 0) > 0 && WIFEXITED(status) &&
            WEXITSTATUS(status) == 1)
            me.differs = true;
    }
    fflush(stdout);
    _exit(code != 0 ? code : me.differs);
}

void turn(int number, int error)
{
    wait_until(moment(number));
    if (stopped)
        leave(130);
    me.number = number;
    me.error = error;
    alarmed = 0;
    for (const struct interrupt *i = interrupts; i->call != 0; i++) {
        double wait = i->seconds < 5 ? i->seconds : 5;
        double due = moment(i->until) - me.step / 2 - now();

        if (i->call == number)
            set_alarm(due > wait ? due : wait > 0.05 ? wait : 0.05);
    }
}

static void say(FILE *to, const char *call, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(FILE *to, const char *call, const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fprintf(to, "%s, call %d, %s(): ", me.name, me.number, call);
    va_start(args, format);
    vfprintf(to, format, args);
    va_end(args);
    fputc('\n', to);
    fflush(to);
}

static const char *error_text(int error)
{
    return error == 0 ? "no error" : strerror(error);
}

/* Looks at how a call ended: `failed` is its errno, or 0. */
static void ended(const char *call, int failed)
{
    set_alarm(0);
    if (stopped && failed == EINTR && !alarmed) {
        if (me.error != NEVER)
            leave(130);
        finish();
    }
    if (me.error == NEVER)
        say(stdout, call, "recorded no end, now %s", error_text(failed));
    else if (failed != me.error) {
        me.differs = true;
        say(stderr, call, "recorded %s, now %s", error_text(me.error),
            error_text(failed));
    } else if (failed != 0)
        say(stdout, call, "%s, as recorded", error_text(failed));
    me.error = failed;
}

static void check_length(const char *call, long bytes)
{
    for (const struct length *l = lengths; l->call != 0; l++)
        if (l->call == me.number && l->bytes != bytes)
            say(stdout, call, "%ld bytes, recorded %ld", bytes, l->bytes);
}

/* ---- processes ---------------------------------------------------------- */

int Fork(void)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    ended("fork", pid < 0 ? errno : 0);
    if (pid > 0 && me.child_count < 256)
        me.children[me.child_count++] = pid;
    return pid;
}

void become(const char *name)
{
    me.name = name;
    me.child_count = 0;
    me.differs = false;
}

void Exit(int status)
{
    fflush(stdout);
    _exit((status & 255) != 0 ? status & 255 : me.differs);
}

/* As the stage is taken down: what is still open is reset, so that its port is
 * free for the next time. */
void finish(void)
{
    const struct linger reset = {1, 0};

    wait_until(moment(calls + 1) + GRACE);
    for (int s = 3; me.step > 0 && s < DESCRIPTORS; s++)
        setsockopt(s, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    leave(0);
}

static void on_signal(int number)
{
    if (number == SIGALRM)
        alarmed = 1;
    else
        stopped = 1;
}

/* Without SA_RESTART: a call that sleeps is to be interrupted. */
static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
}
