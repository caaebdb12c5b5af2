/* pty and libvterm. The test keeps the terminal's own side open, so that its
 * settings can still be read after the program has ended. */
#include "term.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

struct term {
    int master, slave;
    pid_t pid;
    int status; /* -1: it runs */
    struct termios before;
    VTerm *vterm;
    VTermScreen *screen;
    int rows, cols;
    bool alternate, hidden_cursor, mouse;
    int orders, reports; /* to and from the shell; -1: there is none */
};

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
    struct term *t = user;

    if (prop == VTERM_PROP_ALTSCREEN)
        t->alternate = value->boolean;
    else if (prop == VTERM_PROP_CURSORVISIBLE)
        t->hidden_cursor = !value->boolean;
    else if (prop == VTERM_PROP_MOUSE)
        t->mouse = value->number != VTERM_PROP_MOUSE_NONE;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void run_child(int slave, int master, const char *const *args,
    const struct term_setup *setup, const struct shell *shell)
{
    const char *program = getenv("SOCKSTAGE");
    const char *argv[16] = {program};

    for (size_t i = 0; args[i] && i + 2 < ARRAY_LEN(argv); i++)
        argv[i + 1] = args[i];
    close(master);
    login_tty(slave);
    setenv("TERM", setup->term ? setup->term : "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    if (setup->config)
        setenv("XDG_CONFIG_HOME", setup->config, 1);
    setenv("HOME", "", 1); /* nothing of the user's is read or written */
    unsetenv("XDG_STATE_HOME");
    if (setup->state)
        setenv("XDG_STATE_HOME", setup->state, 1);
    if (setup->shell)
        shell_run(shell, (char *const *)(uintptr_t)argv);
    execv(program, (char *const *)(uintptr_t)argv);
    _exit(127);
}

struct term *term_start(int rows, int cols, const char *const *args)
{
    return term_start_with(rows, cols, args, &(struct term_setup){0});
}

struct term *term_start_with(
    int rows, int cols, const char *const *args, const struct term_setup *setup)
{
    int orders[2] = {-1, -1};
    int reports[2] = {-1, -1};
    struct term *t = xcalloc(1, sizeof *t);
    struct winsize size = {
        .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

    if (!getenv("SOCKSTAGE")) {
        fputs("SOCKSTAGE does not name the program\n", stderr);
        exit(77);
    }
    t->rows = rows;
    t->cols = cols;
    t->status = -1;
    t->vterm = vterm_new(rows, cols);
    vterm_set_utf8(t->vterm, 1);
    t->screen = vterm_obtain_screen(t->vterm);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_set_callbacks(t->screen, &callbacks, t);
    vterm_screen_reset(t->screen, 1);
    if (openpty(&t->master, &t->slave, NULL, NULL, &size) < 0 ||
        tcgetattr(t->slave, &t->before) < 0) {
        perror("openpty");
        exit(77);
    }
    if (setup->shell &&
        (pipe2(orders, O_CLOEXEC) < 0 || pipe2(reports, O_CLOEXEC) < 0)) {
        perror("pipe2");
        exit(77);
    }
    fflush(NULL);
    t->pid = fork();
    if (t->pid == 0) {
        close(orders[1]); /* so that the shell sees the test end */
        close(reports[0]);
        run_child(t->slave, t->master, args, setup,
            &(struct shell){orders[0], reports[1]});
    }
    t->orders = orders[1];
    t->reports = reports[0];
    close(orders[0]);
    close(reports[1]);
    return t;
}

void term_free(struct term *t)
{
    if (t->status < 0) {
        kill(t->pid, SIGKILL);
        waitpid(t->pid, &t->status, 0);
    }
    close(t->master);
    close(t->slave);
    close(t->orders); /* then the shell ends, and what runs in it */
    close(t->reports);
    vterm_free(t->vterm);
    free(t);
}

pid_t term_pid(const struct term *t)
{
    return t->pid;
}

pid_t term_foreground(const struct term *t)
{
    return tcgetpgrp(t->master);
}

void term_keys(struct term *t, const char *bytes)
{
    size_t len = strlen(bytes);

    while (len > 0) {
        ssize_t n = write(t->master, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

void term_line(struct term *t, const char *line)
{
    term_keys(t, line);
    term_keys(t, "\r");
}

/* libvterm writes the mark only if the mode is on. */
static bool asks_for_marks(struct term *t)
{
    char bytes[64];

    vterm_keyboard_start_paste(t->vterm);
    return vterm_output_read(t->vterm, bytes, sizeof bytes) > 0;
}

bool term_paste(struct term *t, const char *text)
{
    bool marks = asks_for_marks(t);

    /* It may be drawn already, and ask a moment later. */
    for (int ms = 0; !marks && ms < TERM_WAIT_MS; ms += 20) {
        term_pump(t, 20);
        marks = asks_for_marks(t);
    }
    term_keys(t, marks ? "\033[200~" : "");
    term_keys(t, text);
    term_keys(t, marks ? "\033[201~" : "");
    return marks;
}

void term_resize_unread(struct term *t, int rows, int cols)
{
    struct winsize size = {
        .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

    t->rows = rows;
    t->cols = cols;
    vterm_set_size(t->vterm, rows, cols);
    ioctl(t->master, TIOCSWINSZ, &size);
}

void term_resize(struct term *t, int rows, int cols)
{
    term_pump(t, 0);
    term_resize_unread(t, rows, cols);
}

/* Reads once, waiting at most `ms`; whether something came. */
static bool read_some(struct term *t, int ms)
{
    struct pollfd p = {.fd = t->master, .events = POLLIN};
    char buf[16384];

    if (poll(&p, 1, ms) <= 0 || !(p.revents & POLLIN))
        return false;
    ssize_t n = read(t->master, buf, sizeof buf);
    if (n <= 0)
        return false;
    vterm_input_write(t->vterm, buf, (size_t)n);
    return true;
}

void term_pump(struct term *t, int ms)
{
    uint64_t end = clock_now_ns() + (uint64_t)ms * NS_PER_MS;

    do {
        while (read_some(t, 1))
            ;
    } while (clock_now_ns() < end);
}

static void add_cell(struct str *out, const VTermScreenCell *cell)
{
    if (cell->chars[0] == 0)
        str_addc(out, ' ');
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++) {
        char utf8[4];
        if (cell->chars[i] != (uint32_t)-1)
            str_addn(out, utf8, utf8_encode(cell->chars[i], utf8));
    }
}

char *term_dump(struct term *t)
{
    struct str out = STR_INIT;

    for (int y = 0; y < t->rows; y++) {
        struct str row = STR_INIT;
        for (int x = 0; x < t->cols;) {
            VTermScreenCell cell;
            vterm_screen_get_cell(
                t->screen, (VTermPos){.row = y, .col = x}, &cell);
            add_cell(&row, &cell);
            x += cell.width > 1 ? cell.width : 1;
        }
        while (row.len > 0 && row.data[row.len - 1] == ' ')
            row.data[--row.len] = '\0';
        str_addf(&out, "%s\n", str_text(&row));
        str_done(&row);
    }
    return str_steal(&out);
}

static bool contains(struct term *t, const char *text)
{
    char *screen = term_dump(t);
    bool found = strstr(screen, text) != NULL;

    free(screen);
    return found;
}

static bool wait_for(struct term *t, const char *text, bool there)
{
    uint64_t end = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;

    while (contains(t, text) != there) {
        read_some(t, 50);
        if (clock_now_ns() > end) {
            char *screen = term_dump(t);
            fprintf(stderr, "waited in vain for \"%s\" to %s:\n%s", text,
                there ? "appear" : "vanish", screen);
            free(screen);
            return false;
        }
    }
    return true;
}

bool term_wait(struct term *t, const char *text)
{
    return wait_for(t, text, true);
}

bool term_wait_gone(struct term *t, const char *text)
{
    return wait_for(t, text, false);
}

static int wait_exit(struct term *t, bool reads)
{
    uint64_t end = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;
    int status = 0;

    while (waitpid(t->pid, &status, WNOHANG) == 0) {
        if (reads)
            read_some(t, 20);
        else
            poll(NULL, 0, 5);
        if (clock_now_ns() > end)
            return -1;
    }
    t->status = status;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int term_wait_exit(struct term *t)
{
    int code = wait_exit(t, true);

    term_pump(t, 0);
    return code;
}

int term_wait_exit_unread(struct term *t)
{
    return wait_exit(t, false);
}

int term_hang_up(struct term *t)
{
    close(t->master);
    t->master = -1;
    return wait_exit(t, false);
}

static bool takes_output(const struct term *t)
{
    struct pollfd p = {.fd = t->slave, .events = POLLOUT};

    return poll(&p, 1, 0) > 0;
}

/* While it is being written to it takes nothing either, for a moment. */
bool term_stick(struct term *t, const char *key)
{
    uint64_t end = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;

    for (int refused = 0; refused < 5;) {
        term_keys(t, key);
        poll(NULL, 0, 20); /* a frame */
        refused = takes_output(t) ? 0 : refused + 1;
        if (clock_now_ns() > end)
            return false;
    }
    return true;
}

/* ---- the shell ----------------------------------------------------------- */

static bool wait_stopped(struct term *t, bool reads)
{
    uint64_t end = clock_now_ns() + TERM_WAIT_MS * NS_PER_MS;
    struct pollfd p = {.fd = t->reports, .events = POLLIN};
    char report = 0;

    while (poll(&p, 1, reads ? 0 : 20) == 0) {
        if (reads)
            read_some(t, 20);
        if (clock_now_ns() > end)
            return false;
    }
    if (reads)
        term_pump(t, 0);
    return read(t->reports, &report, 1) == 1 && report == SHELL_STOPPED;
}

bool term_wait_stopped(struct term *t)
{
    return wait_stopped(t, true);
}

bool term_wait_stopped_unread(struct term *t)
{
    return wait_stopped(t, false);
}

void term_order(struct term *t, enum shell_order order)
{
    char byte = (char)order;

    if (write(t->orders, &byte, 1) != 1)
        perror("the shell");
}

static uint32_t rgb(struct term *t, VTermColor colour)
{
    vterm_screen_convert_color_to_rgb(t->screen, &colour);
    return (uint32_t)colour.rgb.red << 16 | (uint32_t)colour.rgb.green << 8 |
           colour.rgb.blue;
}

static void paint_cell(
    struct term *t, struct str *out, const VTermScreenCell *cell)
{
    add_cell(out, cell);
    str_addf(out, "<%06x %06x %u%u%u%u>", rgb(t, cell->fg), rgb(t, cell->bg),
        cell->attrs.bold, cell->attrs.italic, cell->attrs.underline,
        cell->attrs.reverse);
}

char *term_paint(struct term *t)
{
    struct str out = STR_INIT;

    for (int y = 0; y < t->rows; y++) {
        for (int x = 0; x < t->cols;) {
            VTermScreenCell cell;
            vterm_screen_get_cell(
                t->screen, (VTermPos){.row = y, .col = x}, &cell);
            paint_cell(t, &out, &cell);
            x += cell.width > 1 ? cell.width : 1;
        }
        str_addc(&out, '\n');
    }
    return str_steal(&out);
}

bool term_find(struct term *t, const char *text, int *row, int *col)
{
    char *screen = term_dump(t);
    const char *found = strstr(screen, text);

    *row = *col = 0;
    for (const char *c = screen; found && c < found;) {
        uint32_t code = 0;
        c += utf8_decode(c, strlen(c), &code);
        *col = code == '\n' ? 0 : *col + utf8_width(code);
        *row += code == '\n';
    }
    free(screen);
    return found != NULL;
}

void term_colours_at(
    struct term *t, int row, int col, uint32_t *fg, uint32_t *bg)
{
    VTermScreenCell cell;

    vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = col}, &cell);
    *fg = rgb(t, cell.fg);
    *bg = rgb(t, cell.bg);
}

bool term_colours(struct term *t, const char *text, uint32_t *fg, uint32_t *bg)
{
    int row, col;

    if (!term_find(t, text, &row, &col))
        return false;
    term_colours_at(t, row, col, fg, bg);
    return true;
}

bool term_has_settings(struct term *t)
{
    struct termios now;

    if (tcgetattr(t->slave, &now) < 0)
        return false;
    return now.c_iflag == t->before.c_iflag &&
           now.c_oflag == t->before.c_oflag &&
           now.c_cflag == t->before.c_cflag &&
           now.c_lflag == t->before.c_lflag &&
           memcmp(now.c_cc, t->before.c_cc, sizeof now.c_cc) == 0;
}

bool term_is_restored(struct term *t)
{
    term_pump(t, 0);
    return term_has_settings(t) && !t->alternate && !t->hidden_cursor &&
           !t->mouse && !asks_for_marks(t);
}

bool term_quit(struct term *t)
{
    bool ok;

    term_keys(t, "q");
    ok = term_wait_exit(t) == 0 && term_is_restored(t);
    term_free(t);
    return ok;
}

/* Exit code 3 is "the machine cannot do what was asked". */
bool term_wire_is_refused(void)
{
    int status = system("echo 'require private' | \"$SOCKSTAGE\" run "
                        "--wire=private - >/dev/null 2>&1");

    return WIFEXITED(status) && WEXITSTATUS(status) == 3;
}

unsigned term_free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
        perror("a free port");
        exit(77);
    }
    close(fd);
    return ntohs(a.sin_port);
}

uint64_t term_switches(const struct term *t)
{
    char path[64];
    char line[256];
    uint64_t sum = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)t->pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        const char *colon = strchr(line, ':');
        if (colon && strstr(line, "ctxt_switches"))
            sum += strtoull(colon + 1, NULL, 10);
    }
    if (f)
        fclose(f);
    return sum;
}
