/* Moments of the past, for the views' tests: the same events as elsewhere, and
 * where in the journal they stand. */
#include "tui_moments.h"

#include "sockstage/base/clock.h"

static void place(struct scene *s, uint64_t cursor, uint64_t end)
{
    s->place.past = true;
    s->place.cursor = cursor;
    s->place.end = end;
    s->place.t_ns = s->t_ns;
    s->place.chapters = 1;
}

void scene_past_handshake(struct scene *s)
{
    scene_handshake(s);
    place(s, 23, 60);
    s->place.news = 12;
    s->place.target = "syn-ack held";
}

void scene_past_first(struct scene *s)
{
    place(s, 1, 456);
    s->place.recording = true;
    s->place.chapters = 3;
    s->moment.title = "afternoon.jsonl";
}

void scene_past_narrated(struct scene *s)
{
    scene_line(s, "title Backlog");
    scene_narrated(s);
    place(s, 1234, 5678);
    s->place.recording = s->place.playing = true;
    s->place.speed = 1;
    s->place.t_ns = 83 * NS_PER_S;
    s->place.target = "The server accepts nobody.";
}

void scene_past_korean(struct scene *s)
{
    scene_korean(s);
    prompt_reset(&s->ui.prompt);
    place(s, 40, 41);
    s->place.speed = -2;
    s->place.target = "server가 accept()를 부르지 않아도 c1과 c2는 연결됩니다.";
}

void scene_past_menu(struct scene *s)
{
    scene_past_handshake(s);
    menu_fill_past(&s->ui.menu, NULL, true);
    s->ui.mode = UI_MENU;
}
