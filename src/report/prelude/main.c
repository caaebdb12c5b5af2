/* The command line of an exported C program.
 * From here on part of every exported program. */

/* ---- the program -------------------------------------------------------- */

static void print_usage(FILE *to, const char *program)
{
    fprintf(to,
        "usage: %s PROCESS [--server ADDRESS] [--client ADDRESS]\n"
        "       [--step SECONDS] [--at UNIXTIME]\n"
        "PROCESS:",
        program);
    for (const struct process *p = processes; p->name != NULL; p++) {
        if (p->parent == NULL)
            fprintf(to, " %s", p->name);
        else
            fprintf(to, " (%s: fork() of %s)", p->name, p->parent);
    }
    fprintf(to,
        "\n"
        "Start all of them within a moment of each other, the server first.\n"
        "  --server, --client  where the hosts are; once for each family\n"
        "                      (127.0.0.1 and ::1)\n"
        "  --step SECONDS      from call to call (0.1); 0: no process waits\n"
        "                      for its turn\n"
        "  --at UNIXTIME       when to begin, the same for all processes\n");
}

static bool read_number(const char *text, double *number)
{
    char *end;

    errno = 0;
    *number = strtod(text, &end);
    return *text != '\0' && *end == '\0' && errno == 0;
}

static bool take_option(const char *name, const char *value)
{
    double number = 0;
    struct timespec t;

    if (strcmp(name, "--server") == 0 || strcmp(name, "--client") == 0) {
        place_host(name, value);
        return true;
    }
    if (!read_number(value, &number))
        return false;
    if (strcmp(name, "--step") == 0) {
        me.step = number;
        return true;
    }
    clock_gettime(CLOCK_REALTIME, &t);
    me.start = now() + number - ((double)t.tv_sec + (double)t.tv_nsec / 1e9);
    return strcmp(name, "--at") == 0;
}

static const struct process *find_process(const char *name)
{
    for (const struct process *p = processes; p->name != NULL; p++)
        if (p->parent == NULL && strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

int main(int argc, char *argv[])
{
    const struct process *p = argc > 1 ? find_process(argv[1]) : NULL;
    bool good = p != NULL && argc % 2 == 0;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_usage(stdout, argv[0]);
        return 0;
    }
    me.start = now();
    me.step = step;
    for (int i = 2; good && i < argc; i += 2)
        good = take_option(argv[i], argv[i + 1]);
    if (!good) {
        print_usage(stderr, argv[0]);
        return 2;
    }
    me.name = p->name;
    watch_signals();
    p->play();
    finish();
}
