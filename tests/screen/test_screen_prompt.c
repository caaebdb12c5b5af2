/* The prompt of the real program: completion, lines kept between runs, pasted
 * scripts, names that select, and the menu's grey calls. */
#include "term.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const loopback[] = {"--wire=loopback", NULL};

static struct term *start_with(const char *state_home)
{
    struct term *t = term_start_with(
        24, 80, loopback, &(struct term_setup){.state = state_home});

    assert_true(term_wait(t, "c1>"));
    return t;
}

static struct term *start(void)
{
    return start_with(NULL);
}

static void test_completion(void **state)
{
    struct term *t = start();

    (void)state;
    term_keys(t, "ser\tls = soc\t");
    assert_true(term_wait(t, "c1> server: ls = socket"));
    term_keys(t, "()\r");
    assert_true(term_wait(t, "ls  CLOSED"));
    /* Variables of the process are known, and the list says what they are. */
    term_keys(t, "ls.\t");
    assert_true(term_wait(t, "fit here"));
    assert_true(term_wait(t, "listen(1)"));
    term_keys(t, "b\t");
    assert_true(term_wait(t, "server> ls.bind(('', 8080))"));
    assert_true(term_wait_gone(t, "fit here"));
    term_keys(t, "\r");
    assert_true(term_wait_gone(t, "server> ls.bind"));
    /* Tab goes through the list, Esc brings the line back. */
    term_keys(t, "wire co\t");
    assert_true(term_wait(t, "2 choices fit here"));
    term_keys(t, "\t");
    assert_true(term_wait(t, "server> wire corrupt"));
    term_keys(t, "\033[Z");
    assert_true(term_wait(t, "server> wire coalesce"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "wire coalesce"));
    assert_true(term_wait(t, "server> wire co"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "wire co"));
    assert_true(term_quit(t));
}

/* Enter submits what stands there, never a candidate. */
static void test_enter_completes_nothing(void **state)
{
    struct term *t = start();

    (void)state;
    term_keys(t, "s.sh");
    assert_true(term_wait(t, "c1> s.sh"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "^"));
    assert_true(term_wait(t, "c1> s.sh"));
    term_keys(t, "\033");
    assert_true(term_quit(t));
}

/* The message proposes a word; Tab writes it. */
static void test_mending(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "c1: s = sokcet()");
    assert_true(term_wait(t, "Tab write socket"));
    term_keys(t, "\t");
    assert_true(term_wait(t, "c1> c1: s = socket()"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1.s"));
    assert_true(term_quit(t));
}

/* A mistake far to the left of a long line is shown, its mark below it. */
static void test_error_in_long_line(void **state)
{
    struct term *t = start();
    char line[256] = "c1: s = sokcet() #";
    char *screen;

    (void)state;
    memset(line + strlen(line), 'x', 150);
    term_line(t, line);
    assert_true(term_wait(t, "sokcet() #xxx"));
    assert_true(term_wait(t, "^"));
    screen = term_dump(t);
    const char *typed = strstr(screen, "sokcet() #");
    const char *mark = strchr(typed, '^');
    const char *row = mark;
    const char *typed_row = typed;
    while (row > screen && row[-1] != '\n')
        row--;
    while (typed_row > screen && typed_row[-1] != '\n')
        typed_row--;
    assert_int_equal(mark - row, typed - typed_row);
    free(screen);
    term_keys(t, "\033");
    assert_true(term_quit(t));
}

static void make_folder(char *path)
{
    assert_non_null(mkdtemp(path));
}

static void remove_folder(const char *path)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r -- '%s'", path);
    assert_int_equal(system(command), 0);
}

static void test_history_of_two_runs(void **state)
{
    char home[] = "/tmp/sockstage-state-XXXXXX";
    char path[64];
    struct stat st;

    (void)state;
    make_folder(home);
    struct term *t = start_with(home);
    struct term *other = start_with(home);
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_line(other, "c2: u = socket(AF_INET, SOCK_DGRAM)");
    assert_true(term_wait(other, "c2.u"));
    term_line(t, "s.close()");
    assert_true(term_wait(t, "close"));
    assert_true(term_quit(t));
    assert_true(term_quit(other));
    snprintf(path, sizeof path, "%s/sockstage/history", home);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    t = start_with(home);
    term_keys(t, ":\033[A");
    assert_true(term_wait(t, "c1> s.close()"));
    term_keys(t, "\033[A");
    assert_true(term_wait(t, "c1> c2: u = socket(AF_INET, SOCK_DGRAM)"));
    /* What is typed first chooses. */
    term_keys(t, "\025s =\033[A");
    assert_true(term_wait(t, "c1> s = socket()"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "c1> s = socket()"));
    term_keys(t, "\022DGR");
    assert_true(term_wait(t, "search 'DGR': c2: u = socket"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1> c2: u = socket"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "c1> c2"));
    assert_true(term_quit(t));
    remove_folder(home);
}

static size_t count_lines(const char *path)
{
    FILE *f = fopen(path, "r");
    size_t n = 0;

    assert_non_null(f);
    for (int c; (c = fgetc(f)) != EOF;)
        n += c == '\n';
    fclose(f);
    return n;
}

static void test_history_is_bounded(void **state)
{
    char home[] = "/tmp/sockstage-state-XXXXXX";
    char path[64];

    (void)state;
    make_folder(home);
    snprintf(path, sizeof path, "%s/sockstage", home);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/sockstage/history", home);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 1500; i++)
        fprintf(f, "wire seed %d\n", i);
    fputs("\xff\033[2J\n", f); /* nothing that could have been typed */
    fclose(f);
    struct term *t = start_with(home);
    term_keys(t, ":\033[A");
    assert_true(term_wait(t, "c1> wire seed 1499"));
    term_keys(t, "\033");
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    assert_true(term_quit(t));
    assert_int_equal(count_lines(path), 1000);
    remove_folder(home);
}

/* Where nothing can be kept, that is said once, and all goes on. */
static void test_no_history(void **state)
{
    struct term *t = start_with("/dev/null");

    (void)state;
    assert_true(term_wait(t, "can't keep the typed lines"));
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    assert_true(term_wait_gone(t, "can't keep"));
    term_line(t, "s.close()");
    assert_true(term_wait(t, "close()"));
    assert_true(term_quit(t));
}

static void test_paste(void **state)
{
    struct term *t = start();

    (void)state;
    /* One line is only typed. */
    assert_true(term_paste(t, "s = socket()\r"));
    assert_true(term_wait(t, "c1> s = socket()"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "c1> s = socket()"));
    /* Several are shown, and run together. */
    assert_true(term_paste(t,
        "```\rserver:\r\tls = socket()\r\tls.bind((\342\200\230\342\200\231, "
        "8093))\r    ls.listen(1)\r```\rc1: s = socket()\r"));
    assert_true(term_wait(t, "PASTED: 7 lines"));
    assert_true(term_wait(t, "ls.listen(1)"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "LISTEN"));
    assert_true(term_wait(t, "c1.s"));
    assert_true(term_wait_gone(t, "PASTED"));
    assert_true(term_quit(t));
}

/* Line by line, and kept between runs as typed ones are. */
static void test_paste_is_remembered(void **state)
{
    char home[] = "/tmp/sockstage-state-XXXXXX";
    char path[64];

    (void)state;
    make_folder(home);
    struct term *t = start_with(home);
    assert_true(term_paste(t, "server:\r\tls = socket()  # here\r\r"
                              "\tls.bind(('', 8094))\rc1: s = socket()\r"));
    assert_true(term_wait(t, "PASTED: 5 lines"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, ":\033[A");
    assert_true(term_wait(t, "> c1: s = socket()"));
    term_keys(t, "\033[A\033[A");
    assert_true(term_wait(t, "> server: ls = socket()"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "> server: ls"));
    /* What is wrong is not kept. */
    assert_true(term_paste(t, "c1: s.close()\rc1: s.conect()\r"));
    assert_true(term_wait(t, "PASTED: 2 lines"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "did you mean connect"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "PASTED"));
    assert_true(term_quit(t));
    snprintf(path, sizeof path, "%s/sockstage/history", home);
    assert_int_equal(count_lines(path), 3);
    t = start_with(home);
    term_keys(t, ":\033[A\033[A");
    assert_true(term_wait(t, "> server: ls.bind(('', 8094))"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "> server: ls"));
    assert_true(term_quit(t));
    remove_folder(home);
}

static void test_hosts_and_ports(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "server: ls = socket()");
    assert_true(term_wait(t, "ls  CLOSED"));
    term_line(t, "ls.bind(('', 8095))");
    assert_true(term_wait(t, ":8095"));
    term_line(t, "ls.listen(1)");
    assert_true(term_wait(t, "LISTEN"));
    term_line(t, ":name np.hufs.ac.kr server");
    assert_true(term_wait_gone(t, "> name"));
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, "s.connect(('np.\t', \t");
    assert_true(term_wait(t, "c1> s.connect(('np.hufs.ac.kr', 8095"));
    term_keys(t, "))\r");
    assert_true(term_wait(t, "ESTABLISHED"));
    assert_true(term_quit(t));
}

static void test_paste_discarded_or_wrong(void **state)
{
    struct term *t = start();

    (void)state;
    assert_true(term_paste(t, "s = socket()\nq\nq\n"));
    assert_true(term_wait(t, "PASTED: 3 lines"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "PASTED"));
    assert_true(term_wait(t, "The stage is empty."));
    /* Nothing is done where a line is wrong; which one it is, is shown. */
    assert_true(term_paste(t, "c1: s = socket()\nc1: s.conect()\n\033[31m\n"));
    assert_true(term_wait(t, "PASTED: 3 lines"));
    assert_true(term_wait(t, "control character"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "did you mean connect"));
    assert_true(term_wait(t, "The stage is empty."));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "PASTED"));
    assert_true(term_quit(t));
}

/* The end mark never comes: what came is shown, and keys are keys again. */
static void test_paste_without_end(void **state)
{
    struct term *t = start();

    (void)state;
    term_keys(t, "\033[200~s = socket()\rs.close()\r");
    assert_true(term_wait(t, "PASTED: 2 lines"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "PASTED"));
    assert_true(term_quit(t));
}

static void test_names_select(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "server: ls = socket()");
    assert_true(term_wait(t, "server>"));
    term_line(t, "c4");
    assert_true(term_wait(t, "c4>"));
    term_line(t, "server.ls");
    assert_true(term_wait(t, "server>"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "▸ server: ls.bind("));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "▸ server: ls.bind("));
    assert_true(term_quit(t));
}

static void test_grey_calls(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1: s.bind("));
    assert_true(term_wait(t, "make no sense here"));
    assert_true(term_wait(t, "nobody listens there: ECONNREFUSED"));
    /* They can be made all the same. */
    for (int i = 0; i < 30; i++)
        term_keys(t, "\033[B");
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1> c1: s."));
    term_keys(t, "\r");
    assert_true(term_wait(t, "ENOTCONN"));
    assert_true(term_quit(t));
}

/* The whole line and reason of a grey one stand below the list; by pages and to
 * its ends, by the wheel too. */
static void test_list_keys(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "s = socket(AF_INET, SOCK_DGRAM)");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "▸ c1: s.bind("));
    term_keys(t, "\033[F"); /* End */
    assert_true(term_wait(t, "▸ c1: s.getpeername()"));
    assert_true(term_wait(t, "not connected yet: ENOTCONN"));
    term_keys(t, "\033[H");
    assert_true(term_wait(t, "▸ c1: s.bind("));
    term_keys(t, "\033[6~");
    assert_true(term_wait_gone(t, "▸ c1: s.bind("));
    term_keys(t, "\033[5~");
    assert_true(term_wait(t, "▸ c1: s.bind("));
    term_keys(t, "\033[<65;10;10M"); /* the wheel, down and up */
    assert_true(term_wait_gone(t, "▸ c1: s.bind("));
    term_keys(t, "\033[<64;10;10M");
    assert_true(term_wait(t, "▸ c1: s.bind("));
    term_keys(t, "\033[F\033[A\033[A\033[A\033[A");
    assert_true(term_wait(t, "▸ c1: n = s.send("));
    assert_true(term_wait(t, "│ c1: n = s.send(b'x' * 1000)"));
    assert_true(
        term_wait(t, "no peer: connect() first, or sendto(): EDESTADDRREQ"));
    term_keys(t, "\033wire \t\033[F");
    assert_true(term_wait(t, "▸ real"));
    term_keys(t, "\033[H");
    assert_true(term_wait(t, "▸ delay"));
    term_keys(t, "\033[<65;10;20M");
    assert_true(term_wait(t, "▸ rate"));
    term_keys(t, "\033[6~");
    assert_true(term_wait_gone(t, "▸ rate"));
    term_keys(t, "\033");
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "c1> wire"));
    assert_true(term_quit(t));
}

/* The first place of a text on the screen. */
static bool find_cell(struct term *t, const char *text, int *row, int *col)
{
    char *screen = term_dump(t);
    const char *hit = strstr(screen, text);
    const char *line = screen;

    *row = 0;
    for (const char *c = screen; hit && c < hit; c++) {
        if (*c == '\n') {
            line = c + 1;
            ++*row;
        }
    }
    /* Before it stand only a frame, a mark and blanks, one column each. */
    *col = 0;
    for (const char *c = line; hit && c < hit; c++)
        *col += ((unsigned char)*c & 0xc0) != 0x80;
    free(screen);
    return hit != NULL;
}

static void click(struct term *t, const char *text)
{
    char bytes[64];
    int row, col;

    assert_true(term_wait(t, text));
    assert_true(find_cell(t, text, &row, &col));
    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", col + 1,
        row + 1, col + 1, row + 1);
    term_keys(t, bytes);
}

/* In a list a click selects, a second one takes; beside it, it closes. */
static void test_mouse(void **state)
{
    struct term *t = start();

    (void)state;
    term_line(t, "s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1: s.fileno()"));
    click(t, "c1: s.fileno()");
    assert_true(term_wait(t, "\342\226\270 c1: s.fileno()"));
    click(t, "c1: s.fileno()");
    assert_true(term_wait(t, "c1> c1: s.fileno()"));
    term_keys(t, "\025wire co\t");
    assert_true(term_wait(t, "2 choices fit here"));
    click(t, "corrupt ");
    assert_true(term_wait(t, "c1> wire corrupt"));
    click(t, "free play");
    assert_true(term_wait_gone(t, "coalesce"));
    assert_true(term_wait(t, "c1> wire co"));
    term_keys(t, "\033");
    assert_true(term_wait_gone(t, "wire co"));
    assert_true(term_quit(t));
}

/* Lines of a process that waits are shown until it is their turn; and what a
 * newcomer types for the wrong one is said before it is done. */
static void test_wrong_process_and_queue(void **state)
{
    struct term *t = start();
    unsigned port = term_free_port();
    char line[64];

    (void)state;
    term_line(t, "server: ls = socket()");
    assert_true(term_wait(t, "server>"));
    snprintf(line, sizeof line, "ls.bind(('', %u))", port);
    term_line(t, line);
    term_line(t, "ls.listen(5)");
    assert_true(term_wait(t, "LISTEN"));
    term_line(t, "c1: ls.accept()");
    assert_true(term_wait(
        t, "^ ls belongs to server: server: conn, addr = ls.accept()"));
    term_keys(t, "\t\r");
    assert_true(term_wait(t, "nobody keeps the new socket"));
    term_keys(t, "\005\025server: k = ls.accept()\r");
    assert_true(term_wait(t, "accept() gives two values: k, addr"));
    term_keys(t, "\t");
    assert_true(term_wait(t, "server: k, addr = ls.accept()"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "waiting"));
    term_line(t, "k.send(b'x')");
    assert_true(
        term_wait(t, "server waits in accept(): this line comes after it."));
    assert_true(term_wait(t, "after accept()"));
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    snprintf(line, sizeof line, "s.connect(('server', %u))", port);
    term_line(t, line);
    assert_true(term_wait(t, "accept() of server has returned"));
    assert_true(term_wait_gone(t, "after accept()"));
    assert_true(term_wait(t, "to read 1"));
    assert_true(term_quit(t));
}

static void test_connected_to_itself(void **state)
{
    struct term *t = start();
    unsigned port = term_free_port();
    char line[64];

    (void)state;
    term_line(t, "server: ls = socket()");
    assert_true(term_wait(t, "server>"));
    snprintf(line, sizeof line, "ls.bind(('', %u))", port);
    term_line(t, line);
    term_line(t, "ls.listen(5)");
    term_line(t, "s = socket()");
    snprintf(line, sizeof line, "s.connect(('server', %u))", port);
    term_line(t, line);
    assert_true(term_wait(t, "server has connected to itself; for a client "
                             "type c1: s = socket()"));
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_line(t, line);
    assert_true(term_wait_gone(t, "c1> s.connect"));
    assert_true(term_quit(t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_completion),
        cmocka_unit_test(test_enter_completes_nothing),
        cmocka_unit_test(test_mending),
        cmocka_unit_test(test_error_in_long_line),
        cmocka_unit_test(test_history_of_two_runs),
        cmocka_unit_test(test_history_is_bounded),
        cmocka_unit_test(test_no_history),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_paste_is_remembered),
        cmocka_unit_test(test_hosts_and_ports),
        cmocka_unit_test(test_paste_discarded_or_wrong),
        cmocka_unit_test(test_paste_without_end),
        cmocka_unit_test(test_names_select),
        cmocka_unit_test(test_grey_calls),
        cmocka_unit_test(test_list_keys),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_wrong_process_and_queue),
        cmocka_unit_test(test_connected_to_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
