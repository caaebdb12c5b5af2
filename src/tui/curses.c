/* The one backend (ncursesw). It keeps what the terminal shows and passes on
 * only cells that differ, in the nearest colours that the terminal has. Curses
 * gets the terminal to begin with; what it writes goes through an outlet, so
 * the terminal's settings are changed here, past curses. */
#include "screen.h"

#include "colours.h"
#include "outlet.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/base/vec.h"
#include "sockstage/tui/tui.h"

#include <curses.h>

#include "curses_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

struct colour_pair {
    int fg, bg;
};

struct screen {
    const struct theme *theme; /* borrowed */
    int tty;                   /* not blocking; curses reads from it */
    FILE *in;                  /* that one */
    FILE *out;                 /* what curses writes to: the outlet's intake */
    struct termios on; /* the terminal's settings while the screen has it */
    SCREEN *curses;
    struct outlet *outlet;
    void (*ready)(void *ctx, bool lost);
    void *ctx;
    struct canvas shown; /* what the terminal shows now */
    bool all_new;        /* nothing of it can be relied on */
    bool suspended;      /* it is someone else's for now */
    bool modes_due;      /* curses asks for the mouse anew when it draws */
    int colours;         /* 0, 8, 16, 256, or 1 << 24 */
    bool has_default;    /* the terminal's own colours can be asked for */
    VEC(struct colour_pair) pairs; /* pair number i + 1 */
    struct look {
        bool known;
        short pair;
        attr_t attrs;
    } looks[THEME_KEYS][THEME_KEYS]; /* by style and ground */
};

/* What a signal handler needs, prepared while there is time: it may neither
 * allocate nor ask terminfo. The only state of the process here. */
static struct {
    volatile sig_atomic_t armed;
    int fd; /* the terminal, not blocking */
    struct termios before;
    char bytes[256];
    size_t len;
} emergency;

/* A terminfo string, its padding ($<5>) left out; its length. */
static size_t capability(const char *name, char *out, size_t size)
{
    size_t len = 0;
    char id[16];

    snprintf(id, sizeof id, "%s", name);
    const char *text = tigetstr(id);
    if (!text || text == (const char *)-1)
        return 0;
    while (*text && len < size) {
        if (text[0] == '$' && text[1] == '<') {
            text += strcspn(text, ">");
            text += *text == '>';
            continue;
        }
        out[len++] = *text++;
    }
    return len;
}

static void prepare(const char *name)
{
    emergency.len += capability(name, emergency.bytes + emergency.len,
        sizeof emergency.bytes - emergency.len);
}

/* Curses asks only for presses and releases (mode 1000); a slider that is
 * dragged also needs the moves between them (1002, xterm's ctlseqs). */
#define DRAG_ON   "\033[?1002h"
#define DRAG_OFF  "\033[?1002l"
#define MOUSE_OFF DRAG_OFF "\033[?1000l\033[?1006l"

/* What is pasted comes between two marks (bracketed paste, 2004): so text of
 * several lines does not submit itself. */
#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

static bool has_xterm_mouse(void)
{
    const char *text = tigetstr("kmous");

    return text && text != (char *)-1;
}

static void arm_emergency(int fd)
{
    emergency.fd = fd;
    emergency.len = 0;
    if (has_xterm_mouse()) {
        static const char off[] = PASTE_OFF MOUSE_OFF;
        memcpy(emergency.bytes, off, sizeof off - 1);
        emergency.len = sizeof off - 1;
    }
    prepare("sgr0");
    prepare("op");
    prepare("rmkx");
    prepare("rmcup");
    prepare("cnorm"); /* some restore it with the screen, as it was hidden */
    emergency.armed = 1;
}

/* How long a terminal may take to be given back. */
#define PATIENCE_MS 1000

/* Where the terminal takes nothing in time, what it has not read yet is thrown
 * away: that makes room. */
static void write_emergency(void)
{
    struct pollfd p = {.fd = emergency.fd, .events = POLLOUT};
    size_t done = 0;

    for (int tries = 0; tries < 4 && done < emergency.len; tries++) {
        ssize_t n =
            write(emergency.fd, emergency.bytes + done, emergency.len - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            break;
        else if (poll(&p, 1, PATIENCE_MS) == 0)
            tcflush(emergency.fd, TCOFLUSH);
    }
}

void tui_emergency_restore(void)
{
    int saved = errno;

    if (!emergency.armed)
        return;
    emergency.armed = 0;
    write_emergency();
    tcsetattr(emergency.fd, TCSANOW, &emergency.before);
    errno = saved;
}

static void start_colours(struct screen *s)
{
    const char *no_colour = getenv("NO_COLOR"); /* no-color.org */

    if ((no_colour && *no_colour) || !has_colors() || start_color() == ERR)
        return;
    s->has_default = use_default_colors() == OK;
    s->colours = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : 8;
    if (COLORS >= 1 << 24 && tigetflag("RGB") > 0)
        s->colours = 1 << 24;
}

/* Terminals send the cursor keys in two forms; terminfo names only the one of
 * the mode that was asked for. */
static void define_cursor_keys(void)
{
    static const struct {
        const char *bytes;
        int key;
    } keys[] = {
        {"\033[A", KEY_UP},
        {"\033OA", KEY_UP},
        {"\033[B", KEY_DOWN},
        {"\033OB", KEY_DOWN},
        {"\033[C", KEY_RIGHT},
        {"\033OC", KEY_RIGHT},
        {"\033[D", KEY_LEFT},
        {"\033OD", KEY_LEFT},
        {"\033[H", KEY_HOME},
        {"\033OH", KEY_HOME},
        {"\033[F", KEY_END},
        {"\033OF", KEY_END},
        {"\033[200~", CURSES_PASTE_BEGIN},
        {PASTE_END_BYTES, CURSES_PASTE_END},
        {"\033b", CURSES_WORD_LEFT},
        {"\033f", CURSES_WORD_RIGHT},
        {"\033d", CURSES_WORD_DELETE},
        {"\033\177", CURSES_WORD_BACKSPACE},
        {"\033[1;3D", CURSES_WORD_LEFT},
        {"\033[1;3C", CURSES_WORD_RIGHT},
        {"\033[1;5D", CURSES_WORD_LEFT},
        {"\033[1;5C", CURSES_WORD_RIGHT},
        {"\033[3;5~", CURSES_WORD_DELETE},
    };

    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        /* What terminfo calls kLFT5 has no fixed code. */
        if (keys[i].key > KEY_MAX || key_defined(keys[i].bytes) == 0)
            define_key(keys[i].bytes, keys[i].key);
    }
}

static void write_out(const struct screen *s, const char *bytes)
{
    fputs(bytes, s->out);
    fflush(s->out);
}

/* The settings of the terminal, which curses must still have for it. */
static void set_terminal(struct screen *s)
{
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    if (tcgetattr(s->tty, &s->on) < 0)
        s->on = emergency.before;
}

static void set_modes(void)
{
    keypad(stdscr, TRUE);
    define_cursor_keys();
    leaveok(stdscr, FALSE);
    typeahead(-1);
    set_escdelay(25);
    mouseinterval(0);
    mousemask(BUTTON1_PRESSED | BUTTON1_RELEASED | REPORT_MOUSE_POSITION |
                  BUTTON4_PRESSED | BUTTON5_PRESSED,
        NULL);
}

/* Behind endwin(): leaving the other screen, some terminals (libvterm) restore
 * the cursor as it was when curses last saved its place, maybe hidden. */
static void show_cursor(const struct screen *s)
{
    char text[64];

    fwrite(text, 1, capability("cnorm", text, sizeof text), s->out);
    fflush(s->out);
}

/* Nothing that was drawn can be relied on. */
static void draw_anew(struct screen *s)
{
    s->all_new = true;
    clearok(curscr, TRUE);
}

static void on_drained(void *ctx, int code)
{
    struct screen *s = ctx;

    if (code < 0)
        draw_anew(s);
    s->ready(s->ctx, code < 0);
}

static FILE *open_tty(int flags, const char *mode)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | flags);
    FILE *f = fd >= 0 ? fdopen(fd, mode) : NULL;

    if (fd >= 0 && !f)
        close(fd);
    return f;
}

/* Twice, because whether it blocks is a matter of the open file description;
 * newterm() writes to one that does. */
static int open_terminal(struct screen *s, struct err *e)
{
    s->in = open_tty(O_NONBLOCK, "r");
    s->out = s->in ? open_tty(0, "w") : NULL;
    if (!s->out) {
        int rc = err_sys(e, errno, _("can't open /dev/tty"));
        err_hint(e, _("the screen needs a terminal; "
                      "`sockstage run FILE` does not"));
        return rc;
    }
    s->tty = fileno(s->in);
    if (tcgetattr(s->tty, &emergency.before) < 0)
        return err_sys(e, errno, _("can't read the terminal's settings"));
    return 0;
}

/* Curses doesn't say why it knows no terminal: the file that describes it may
 * be one more than can be open. */
static int no_curses(const struct screen *s, struct err *e)
{
    const char *term = getenv("TERM");
    int fd = fcntl(s->tty, F_DUPFD_CLOEXEC, 0);

    if (fd < 0)
        return err_sys(e, errno,
            _("can't read the description of the terminal, TERM=%s"),
            term ? term : "");
    close(fd);
    return err_set(e, EINVAL,
        _("can't use the terminal: TERM=%s is not known here"),
        term ? term : "");
}

static int start_curses(struct screen *s, struct uv_loop_s *loop, struct err *e)
{
    /* The terminal knows its size, not what a shell once exported. */
    use_env(FALSE);
    use_tioctl(TRUE);
    s->curses = newterm(NULL, s->out, s->in);
    if (!s->curses)
        return no_curses(s, e);
    set_terminal(s);
    int rc =
        outlet_open(loop, s->tty, fileno(s->out), on_drained, s, &s->outlet, e);
    if (rc < 0)
        tcsetattr(s->tty, TCSANOW, &emergency.before);
    return rc;
}

static void free_screen(struct screen *s)
{
    outlet_close(s->outlet);
    if (s->curses)
        delscreen(s->curses);
    if (s->out)
        fclose(s->out);
    if (s->in)
        fclose(s->in);
    canvas_done(&s->shown);
    vec_done(&s->pairs);
    free(s);
}

int screen_open(const struct theme *theme, struct uv_loop_s *loop,
    void (*ready)(void *ctx, bool lost), void *ctx, struct screen **out,
    struct err *e)
{
    struct screen *s = xcalloc(1, sizeof *s);

    s->theme = theme;
    s->ready = ready;
    s->ctx = ctx;
    int rc = open_terminal(s, e);
    if (rc == 0)
        rc = outlet_check(e);
    if (rc == 0)
        rc = start_curses(s, loop, e);
    if (rc < 0) {
        free_screen(s);
        return rc;
    }
    arm_emergency(s->tty);
    set_modes();
    s->modes_due = true;
    start_colours(s);
    s->all_new = true;
    canvas_init(&s->shown, LINES, COLS);
    *out = s;
    return 0;
}

/* What is on its way to the terminal goes first, if it is taken in time. */
static void leave(struct screen *s)
{
    if (has_xterm_mouse())
        write_out(s, PASTE_OFF DRAG_OFF);
    endwin();
    show_cursor(s);
    if (outlet_finish(s->outlet, PATIENCE_MS) < 0) {
        tcflush(s->tty, TCOFLUSH);
        write_emergency();
    }
    tcsetattr(s->tty, TCSANOW, &emergency.before);
}

void screen_close(struct screen *s)
{
    if (!s)
        return;
    if (!s->suspended) {
        mousemask(0, NULL);
        leave(s);
    }
    emergency.armed = 0;
    free_screen(s);
}

int screen_rows(const struct screen *s)
{
    (void)s;
    return LINES;
}

int screen_cols(const struct screen *s)
{
    (void)s;
    return COLS;
}

bool screen_has_colour(const struct screen *s)
{
    return s->colours > 0 && colour_parts_differ(s->theme, s->colours);
}

void screen_resized(struct screen *s)
{
    struct winsize size;

    if (ioctl(s->tty, TIOCGWINSZ, &size) < 0 || !size.ws_row || !size.ws_col)
        return;
    resizeterm(size.ws_row, size.ws_col);
    s->all_new = true;
}

void screen_recolour(struct screen *s)
{
    memset(s->looks, 0, sizeof s->looks);
    s->pairs.len = 0;
    draw_anew(s);
}

/* In the background the terminal is someone else's already. */
void screen_suspend(struct screen *s)
{
    if (!s->suspended && tcgetpgrp(s->tty) == getpgrp())
        leave(s);
    outlet_drop(s->outlet);
    emergency.armed = 0;
    s->suspended = true;
}

void screen_continued(struct screen *s)
{
    tcsetattr(s->tty, TCSANOW, &s->on);
    emergency.armed = 1;
    s->suspended = false;
    s->modes_due = true;
    draw_anew(s); /* the shell has written on it */
    screen_resized(s);
}

bool screen_is_ready(const struct screen *s)
{
    return !s->suspended && !outlet_is_busy(s->outlet);
}

/* The number of a pair of colours, made when first used. */
static int pair_of(struct screen *s, const struct style *style)
{
    struct colour_pair want = {style->fg, style->bg};

    if (s->colours == 0)
        return 0;
    if (!s->has_default && want.fg < 0)
        want.fg = COLOR_WHITE;
    if (!s->has_default && want.bg < 0)
        want.bg = COLOR_BLACK;
    for (size_t i = 0; i < s->pairs.len; i++) {
        if (s->pairs.items[i].fg == want.fg && s->pairs.items[i].bg == want.bg)
            return (int)i + 1;
    }
    int number = (int)s->pairs.len + 1;
    if (number >= COLOR_PAIRS || number > 32767 ||
        init_extended_pair(number, want.fg, want.bg) == ERR)
        return 0;
    vec_push(&s->pairs, want);
    return number;
}

static attr_t attributes(const struct style *style)
{
    static const struct {
        uint32_t style;
        attr_t attr;
    } map[] = {
        {STYLE_BOLD, A_BOLD},
        {STYLE_DIM, A_DIM},
        {STYLE_ITALIC, A_ITALIC},
        {STYLE_UNDERLINE, A_UNDERLINE},
        {STYLE_REVERSE, A_REVERSE},
    };
    attr_t a = A_NORMAL;

    for (size_t i = 0; i < ARRAY_LEN(map); i++) {
        if (style->attrs & map[i].style)
            a |= map[i].attr;
    }
    return a;
}

/* Without colours the bars keep their ground: reversed, as they always were. */
static bool is_bar(enum theme_key ground)
{
    return ground == THEME_HEADER || ground == THEME_MENU_SELECTED ||
           ground == THEME_SELECTED || ground == THEME_TIMELINE;
}

/* How the terminal shows a style on a ground, worked out when first used. */
static const struct look *look_of(
    struct screen *s, enum theme_key key, enum theme_key ground)
{
    struct look *look = &s->looks[key][ground];

    if (look->known)
        return look;
    struct style style = colour_look(s->theme, key, ground, s->colours);
    look->attrs = attributes(&style);
    if (s->colours == 0 && is_bar(ground))
        look->attrs |= A_REVERSE;
    look->pair = (short)pair_of(s, &style);
    look->known = true;
    return look;
}

static void show_cell(struct screen *s, int y, int x, const struct cell *c)
{
    wchar_t text[CELL_CODES + 1] = {0};
    cchar_t wide;
    const struct look *look =
        look_of(s, (enum theme_key)c->style, (enum theme_key)c->ground);

    for (int i = 0; i < CELL_CODES; i++)
        text[i] = (wchar_t)c->code[i];
    if (setcchar(&wide, text, look->attrs, look->pair, NULL) == OK)
        mvadd_wch(y, x, &wide);
}

static bool is_same(const struct cell *a, const struct cell *b)
{
    return memcmp(a->code, b->code, sizeof a->code) == 0 &&
           a->style == b->style && a->ground == b->ground;
}

bool screen_show(
    struct screen *s, const struct canvas *cv, int cursor_y, int cursor_x)
{
    if (cv->rows != s->shown.rows || cv->cols != s->shown.cols) {
        canvas_resize(&s->shown, cv->rows, cv->cols);
        s->all_new = true;
    }
    if (s->all_new)
        erase();
    for (int y = 0; y < cv->rows; y++) {
        for (int x = 0; x < cv->cols; x++) {
            const struct cell *c = canvas_at(cv, y, x);
            struct cell *old = canvas_at(&s->shown, y, x);
            bool same = is_same(c, old) && !s->all_new;
            if (!same && c->code[0])
                show_cell(s, y, x, c);
            *old = *c;
        }
    }
    s->all_new = false;
    curs_set(cursor_y >= 0);
    if (cursor_y >= 0)
        move(cursor_y, cursor_x < cv->cols ? cursor_x : cv->cols - 1);
    refresh();
    if (s->modes_due)
        keypad(stdscr, TRUE); /* ended by endwin() */
    if (s->modes_due && has_xterm_mouse())
        write_out(s, DRAG_ON PASTE_ON);
    s->modes_due = false;
    if (outlet_send(s->outlet) == 0)
        return true;
    draw_anew(s);
    return false;
}
