/* A session that was typed and clicked at the screen becomes a script that
 * passes by itself: `export stage` of its recording. It needs privilege, or a
 * user namespace and /dev/net/tun; it skips where the program says that it
 * can't. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/sockstage-export-XXXXXX";
static char recording[sizeof folder + 16];
static bool refused; /* the private wire, by this machine */

static int command(const char *line)
{
    char text[512];
    int status;

    snprintf(text, sizeof text, "cd %s && %s", folder, line);
    status = system(text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct term *start(const char *script)
{
    const char *args[] = {
        "--wire=private", "--record", recording, script, NULL};
    struct term *t;

    if (refused)
        skip();
    unlink(recording);
    t = term_start(30, 100, args);
    assert_true(term_wait(t, "c1>"));
    return t;
}

static void quit(struct term *t)
{
    term_keys(t, "q");
    assert_int_equal(term_wait_exit(t), 0);
    term_free(t);
}

/* The exported script has that line. */
static void assert_line(const char *line)
{
    char text[256];

    snprintf(text, sizeof text, "grep -Fqx -- \"%s\" out.stage", line);
    if (command(text) == 0)
        return;
    print_message("no line: %s\n", line);
    command("cat out.stage");
    fail();
}

static void assert_passes(const char *options)
{
    char text[128];

    snprintf(text, sizeof text,
        "\"$SOCKSTAGE\" export stage session.jsonl --force -o out.stage %s",
        options);
    assert_int_equal(command(text), 0);
    if (command("\"$SOCKSTAGE\" run --wire=private out.stage >log 2>&1") == 0)
        return;
    command("cat out.stage; tail -20 log");
    fail();
}

static void listen_on(struct term *t)
{
    term_line(t, "server: ls = socket()");
    term_line(t, "ls.bind(('', 8080))");
    term_line(t, "ls.listen(1)");
    assert_true(term_wait(t, "*:8080"));
}

/* Keys hold and deliver, the menu makes calls, and a lost segment comes again
 * while somebody watches. */
static void test_clicked(void **state)
{
    struct term *t = start(NULL);

    (void)state;
    listen_on(t);
    term_keys(t, "h");
    assert_true(term_wait(t, "holding 0"));
    term_line(t, "c1: s = socket()");
    assert_true(term_wait(t, "c1.s"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1: s.connect(('server', 8080))"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "c1> c1: s.connect"));
    term_keys(t, "\r");
    assert_true(term_wait(t, "SYN_SENT"));
    term_keys(t, " ");
    assert_true(term_wait(t, "half open 1 of 2"));
    assert_true(term_wait(t, "SYN+ACK c1"));
    term_keys(t, " ");
    assert_true(term_wait(t, "ESTABLISHED"));
    term_keys(t, " ");
    assert_true(term_wait(t, "to accept  1 of 2"));
    term_line(t, "server: conn, addr = ls.accept()");
    assert_true(term_wait(t, "to accept  0 of 2"));
    term_line(t, "c1: n = s.send(b'x' * 1000)");
    assert_true(term_wait(t, "no ACK yet 1000"));
    term_keys(t, "d");
    assert_true(term_wait(t, "lost"));
    term_keys(t, "h");
    assert_true(term_wait_gone(t, "holding"));
    assert_true(term_wait_gone(t, "no ACK yet 1000"));
    assert_true(term_wait(t, "to read 1000"));
    term_line(t, "server: conn.setblocking(False)");
    term_line(t, "server: msg = conn.recv(2000)");
    assert_true(term_wait_gone(t, "to read 1000"));
    quit(t);

    assert_passes("");
    assert_line("wire deliver server SYN+ACK c1.s");
    assert_line("expect c1.n == 1000");
    assert_line("expect c1.s.send_buffer == 0");
    assert_line("expect len(server.msg) == 1000");
}

/* What came by and by, what was refused, interrupted, misspelt or not so. */
static void test_waited_for(void **state)
{
    struct term *t = start(NULL);

    (void)state;
    listen_on(t);
    term_line(t, "wire delay 400ms");
    term_line(t, "c1..c2: s = socket()");
    assert_true(term_wait(t, "c2.s"));
    term_line(t, "c1: s.connect(('server', 8080))");
    assert_true(term_wait(t, "to accept  1 of 2"));
    term_line(t, "c2: s.connect(('server', 9))");
    assert_true(term_wait(t, "ECONNREFUSED"));
    term_line(t, "server: conn, addr = ls.accept()");
    term_line(t, "c2: nobody.close()");
    assert_true(term_wait(t, "is not defined"));
    term_line(t, "server: msg = conn.recv(10)");
    assert_true(term_wait(t, "recv() "));
    term_keys(t, "\003");
    assert_true(term_wait(t, "KeyboardInterrupt"));
    term_line(t, "expect c1.s.send_buffer == 7 within 1ms");
    assert_true(term_wait(t, "was 0"));
    quit(t);

    assert_passes("");
    assert_line("c1..c2: s = socket()");
    assert_line("expect c2.error == ECONNREFUSED within 3s");
    assert_line("interrupt server");
    assert_line("# c2: nobody.close()   # NameError: name 'nobody' is not "
                "defined");
    assert_line("# expect c1.s.send_buffer == 7 within 1ms   # not so, it "
                "was: 0");
}

/* A script played by hand, and once more from its start: two stages. */
static void test_two_stages(void **state)
{
    struct term *t = start("handshake");

    (void)state;
    term_keys(t, "n");
    assert_true(term_wait(t, "The wire holds every segment"));
    term_line(t, "c7: s = socket()");
    assert_true(term_wait(t, "c7.s"));
    term_keys(t, "r");
    assert_true(term_wait(t, "r once more"));
    term_keys(t, "r");
    assert_true(term_wait_gone(t, "c7.s"));
    term_line(t, "c8: s = socket()");
    assert_true(term_wait(t, "c8.s"));
    quit(t);

    assert_int_equal(
        command("\"$SOCKSTAGE\" export stage session.jsonl 2>err"), 2);
    assert_int_equal(command("grep -q -- --chapter=N err"), 0);
    assert_int_equal(command("grep -qx '1 The three-way handshake' err"), 0);
    assert_int_equal(command("grep -q '^2 ' err"), 0);
    assert_passes("--chapter=1");
    assert_line("c7: s = socket()");
    assert_passes("--chapter=2");
    assert_line("c8: s = socket()");
    assert_int_equal(command("\"$SOCKSTAGE\" export stage session.jsonl "
                             "--chapter=3 2>err"),
        2);
}

/* Exit code 3 is "the machine cannot do what was asked". */
static bool is_refused(void)
{
    return command("echo 'require private' | \"$SOCKSTAGE\" run "
                   "--wire=private - >/dev/null 2>&1") == 3;
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(recording, sizeof recording, "%s/session.jsonl", folder);
    refused = is_refused();
    return 0;
}

static int clean_up(void **state)
{
    (void)state;
    return command("rm -rf \"$PWD\"") == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clicked),
        cmocka_unit_test(test_waited_for),
        cmocka_unit_test(test_two_stages),
    };

    return cmocka_run_group_tests(tests, set_up, clean_up);
}
