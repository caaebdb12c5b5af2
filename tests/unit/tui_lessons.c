/* Moments of a lesson, for the views' tests: a vote before, while and after it
 * is decided, the curtain, the list of lessons, the card at the end. */
#include "tui_moments.h"

#include "sockstage/base/mem.h"
#include "sockstage/tui/tui.h"

#include <stdio.h>

static const struct tui_lesson lessons[] = {
    {"the order of calls", "lifecycle", "The life of a connection", TUI_PLAYED,
        1, "What the two ends call, one after the other."},
    {"establishing a connection", "handshake", "The three-way handshake",
        TUI_BEGUN, 2,
        "Three segments, one at a time: the two ends do not become connected "
        "at the same moment, and connect() takes one round trip."},
    {"establishing a connection", "refused", "Nobody listens there",
        TUI_NOT_PLAYED, 3, ""},
    {"establishing a connection", "unreachable",
        "A host that does not exist, and a router that says so", TUI_NOT_PLAYED,
        0, ""},
    {"closing", "halfclose", "Half a connection is closed", TUI_NOT_PLAYED, 4,
        "shutdown(SHUT_WR) ends one direction only."},
};

static const struct tui_lessons listed = {
    .list = lessons, .count = ARRAY_LEN(lessons), .current = 1, .next = 2};
static const struct tui_lessons none = {0};

static void say(struct scene *s, const char *text, const char *lang)
{
    struct event e = {.kind = EVENT_NOTE};

    e.u.note.text = text;
    e.u.note.lang = lang;
    scene_apply(s, &e);
}

static void open_script(struct scene *s, size_t step)
{
    s->moment.lessons = &listed;
    s->moment.title = "The accept queue";
    s->play.position = s->moment.step = step;
    s->play.count = s->moment.steps = 19;
    s->play.next = "server: conn, addr = ls.accept()";
}

static void ask(struct scene *s)
{
    scene_line(s, "title The accept queue");
    scene_line(s, "title.ko accept queue");
    scene_handshake(s);
    say(s, "Two clients are connected, and nobody calls accept().", "en");
    say(s, "client 둘이 연결되었고, 아무도 accept()를 부르지 않습니다.", "ko");
    open_script(s, 7);
    scene_line(s, "ask How many connections wait for accept() now?");
    scene_line(s, "ask.ko 지금 accept()를 기다리는 연결은 몇 개인가요?");
    scene_line(s, "option none: a connection needs accept()");
    scene_line(s, "option* two: listen(1) takes one more");
    scene_line(s, "option one, as listen(1) says");
    scene_line(s, "option.ko 없습니다: accept()가 있어야 연결됩니다");
    scene_line(s, "option*.ko 둘: listen(1)은 하나를 더 받습니다");
    scene_line(s, "option.ko 하나: listen(1)이니까요");
}

static struct moment moment_of(struct scene *s)
{
    struct moment m = s->moment;

    m.model = s->model;
    m.ui = &s->ui;
    return m;
}

static void press(struct scene *s, uint32_t key)
{
    struct moment m = moment_of(s);
    size_t vote = 0;
    char line[32];

    question_key(&s->ui, &m, key, &vote);
    snprintf(line, sizeof line, "vote %zu", vote);
    if (vote > 0)
        scene_line(s, line);
}

void scene_question_open(struct scene *s)
{
    ask(s);
    press(s, KEY_CODE_DOWN);
}

void scene_question_chosen(struct scene *s)
{
    ask(s);
    press(s, '3');
}

void scene_question_judged(struct scene *s)
{
    scene_question_chosen(s);
    scene_line(s, "show");
    s->moment.step = 8;
}

void scene_question_right(struct scene *s)
{
    ask(s);
    press(s, KEY_CODE_DOWN);
    press(s, KEY_CODE_DOWN);
    press(s, KEY_RETURN);
    scene_line(s, "show");
}

void scene_question_korean(struct scene *s)
{
    scene_question_chosen(s);
    s->moment.lang = "ko";
}

/* More than the log has room for. */
void scene_question_many(struct scene *s)
{
    static const char *const options[] = {"option CLOSED", "option LISTEN",
        "option SYN_SENT", "option SYN_RECEIVED", "option* ESTABLISHED",
        "option FIN_WAIT_1", "option FIN_WAIT_2", "option CLOSE_WAIT",
        "option TIME_WAIT"};

    scene_handshake(s);
    open_script(s, 3);
    scene_line(s, "ask In which state is the client's socket?");
    for (size_t i = 0; i < ARRAY_LEN(options); i++)
        scene_line(s, options[i]);
}

void scene_curtain(struct scene *s)
{
    ask(s);
    scene_line(s, "hide server");
}

void scene_curtain_wire(struct scene *s)
{
    ask(s);
    scene_line(s, "hide wire");
    scene_line(s, "hide client");
    s->ui.scene = SCENE_COLUMNS;
}

void scene_curtain_zoom(struct scene *s)
{
    scene_handshake(s);
    open_script(s, 3);
    scene_line(s, "hide server");
    s->ui.scene = SCENE_ZOOM;
}

void scene_lessons(struct scene *s)
{
    scene_handshake(s);
    open_script(s, 3);
    s->ui.mode = UI_LESSONS;
    s->ui.lesson = 2;
}

void scene_lessons_sure(struct scene *s)
{
    scene_lessons(s);
    s->ui.lesson_sure = true;
}

void scene_lessons_none(struct scene *s)
{
    s->moment.lessons = &none;
    s->ui.mode = UI_LESSONS;
}

void scene_card(struct scene *s)
{
    scene_line(s, "title The three-way handshake");
    scene_line(s, "title.ko three-way handshake");
    scene_handshake(s);
    open_script(s, 19);
    scene_line(s, "try Hold the third segment and send from the client. Who "
                  "knows of the connection, and who does not?");
    scene_line(s, "try.ko 세 번째 segment를 hold하고 client에서 send해 보세요. "
                  "누가 연결을 알고, 누가 모르나요?");
    s->play.next = NULL;
    s->ui.mode = UI_CARD;
}

void scene_card_korean(struct scene *s)
{
    scene_card(s);
    s->moment.lang = "ko";
}

/* Two lines of the width that a note may have. */
void scene_long_note(struct scene *s)
{
    scene_handshake(s);
    open_script(s, 4);
    say(s,
        "listen(1) asks for one. Linux keeps one more than that, because its "
        "check is whether the queue is larger than the backlog, not as large.",
        "en");
}
