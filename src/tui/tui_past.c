/* Walking and playing the past by keys and mouse. It changes what is shown,
 * never the stage: what has happened there can't be undone. */
#include "tui_int.h"

#include "words.h"

#include "sockstage/base/text.h"

#include <stdio.h>

void tui_refuse(struct tui *t, const struct shown *s)
{
    char text[WORDS_MAX];

    if (s->place.recording)
        snprintf(
            text, sizeof text, "%s", _("A recording can only be watched."));
    else
        snprintf(text, sizeof text, _("This is the past: %s returns to now."),
            ui_key(&s->m, ACTION_BACK).text);
    tui_show_message(t, text, false);
}

void tui_refuse_line(struct tui *t, const struct shown *s)
{
    char text[WORDS_MAX];

    if (s->place.recording)
        snprintf(text, sizeof text, "%s",
            _("A recording can only be watched. Enter ends what you type."));
    else
        snprintf(text, sizeof text,
            _("This is the past: %s returns to now. Enter ends what you type."),
            ui_key(&s->m, ACTION_BACK).text);
    tui_show_message(t, text, false);
    t->refusing = true;
}

bool tui_refused_key(struct tui *t, const struct shown *s, uint32_t key)
{
    bool refusing = t->refusing && s->place.past && t->ui.mode == UI_STAGE;
    bool typed =
        key_is_text(key) || key == KEY_CODE_BACKSPACE || key == KEY_RETURN;

    t->refusing = false;
    if (!refusing || !typed || t->at_once)
        return false;
    tui_refuse_line(t, s);
    t->refusing = key != KEY_RETURN;
    return true;
}

/* ---- playing ------------------------------------------------------------- */

void tui_play_on(struct tui *t)
{
    uint64_t wait = timeline_run(t->source.timeline, clock_now_ns());

    if (wait == UINT64_MAX)
        stage_timer_stop(t->play);
    else
        stage_timer_start(t->play, wait);
}

void tui_on_play(void *ctx)
{
    struct tui *t = ctx;

    tui_play_on(t);
    tui_mark_dirty(t);
}

uint64_t tui_real_ns(const struct timeline_place *place, uint64_t ns)
{
    if (!place->past)
        return ns;
    if (!place->playing)
        return UINT64_MAX;
    return place->speed < 0 ? ns << -place->speed : ns >> place->speed;
}

static void play_or_pause(struct tui *t, const struct shown *s)
{
    if (s->place.playing)
        timeline_pause(t->source.timeline);
    else
        timeline_play(t->source.timeline, clock_now_ns());
    tui_play_on(t);
}

static void change_speed(struct tui *t, const struct shown *s, int by)
{
    timeline_set_speed(t->source.timeline, s->place.speed + by, clock_now_ns());
    tui_play_on(t);
}

/* ---- what is emphasised -------------------------------------------------- */

uint64_t tui_fresh_from(
    struct tui *t, const struct timeline_place *p, uint64_t clock_ns)
{
    struct seen *seen = &t->seen;
    bool stands = p->past && !p->playing;
    bool moved = seen->stands != stands || seen->cursor != p->cursor;
    bool on = seen->past && p->cursor > seen->cursor;

    if (stands && moved) {
        bool paused = seen->past && !seen->stands;
        seen->from_ns = paused ? 0 : on ? seen->t_ns + 1 : p->t_ns;
        seen->until_ns = clock_ns + FRESH_NS;
    }
    seen->past = p->past;
    seen->stands = stands;
    seen->cursor = p->cursor;
    seen->t_ns = p->t_ns;
    if (!stands)
        return 0;
    return clock_ns < seen->until_ns ? seen->from_ns : UINT64_MAX;
}

/* ---- walking ------------------------------------------------------------- */

/* Why it goes no further in that direction; NULL: nothing to say. */
static const char *why_here(const struct timeline_place *p, int direction)
{
    if (direction < 0 && p->cursor <= p->first && p->first > 0)
        return _("Rewind stops here: older events are no longer kept.");
    if (direction < 0)
        return p->cursor <= p->first ? _("This is the beginning.") : NULL;
    if (p->recording)
        return p->at_end ? _("This is the end of the recording.") : NULL;
    return p->past ? NULL : _("This is now.");
}

static void moved(struct tui *t, bool changed, int direction)
{
    struct timeline_place p = timeline_place(t->source.timeline);
    const char *why = why_here(&p, direction);

    stage_timer_stop(t->play);
    t->drag.h = 0;
    if (why && (!changed || (direction < 0 && p.first > 0)))
        tui_show_message(t, why, false);
}

/* Before anything has happened there is nothing to look back at. */
static bool is_beginning(struct tui *t, int direction)
{
    struct timeline_place p = timeline_place(t->source.timeline);

    if (direction > 0 || p.past || p.end > p.first + 1)
        return false;
    tui_show_message(t, _("This is the beginning."), false);
    return true;
}

static void step(struct tui *t, int direction)
{
    if (is_beginning(t, direction))
        return;
    moved(t, timeline_step(t->source.timeline, direction), direction);
}

static void jump(struct tui *t, int direction)
{
    if (is_beginning(t, direction))
        return;
    moved(t, timeline_jump(t->source.timeline, direction), direction);
}

static void open_chapters(struct tui *t, const struct shown *s)
{
    if (s->place.chapters < 2) {
        tui_show_message(t, _("There is one script only, no chapters."), false);
        return;
    }
    menu_fill_chapters(&t->ui.menu, t->source.timeline, s->place.chapter);
    t->ui.mode = UI_MENU;
}

void tui_go_to_chapter(struct tui *t, size_t chapter)
{
    timeline_seek_chapter(t->source.timeline, chapter);
    stage_timer_stop(t->play);
}

bool tui_travel(struct tui *t, const struct shown *s, enum action a)
{
    switch (a) {
    case ACTION_EVENT_BACK:
    case ACTION_EVENT_ON:
        step(t, a == ACTION_EVENT_BACK ? -1 : 1);
        return true;
    case ACTION_TARGET_BACK:
    case ACTION_TARGET_ON:
        jump(t, a == ACTION_TARGET_BACK ? -1 : 1);
        return true;
    case ACTION_OLDEST:
        moved(t, timeline_seek(t->source.timeline, 0), -1);
        return true;
    case ACTION_RETURN:
        moved(t, timeline_return(t->source.timeline), 1);
        return true;
    case ACTION_PLAY:
        play_or_pause(t, s);
        return true;
    case ACTION_FASTER:
    case ACTION_SLOWER:
        change_speed(t, s, a == ACTION_FASTER ? 1 : -1);
        return true;
    case ACTION_CHAPTERS:
        open_chapters(t, s);
        return true;
    default:
        return false;
    }
}

/* ---- the mouse ----------------------------------------------------------- */

static bool is_inside(const struct rect *r, int y, int x)
{
    return y >= r->y && y < r->y + r->h && x >= r->x && x < r->x + r->w;
}

static void drag_to(struct tui *t, int x)
{
    struct timeline_place p = timeline_place(t->source.timeline);

    timeline_seek(
        t->source.timeline, slider_cursor(&p, t->drag.w, x - t->drag.x));
    stage_timer_stop(t->play);
}

/* A release can be lost in a burst of moves, so a new press ends the last drag
 * too. */
static bool press(struct tui *t, int y, int x)
{
    struct shown s;

    t->drag.h = 0;
    if (is_inside(&t->draw.slider, y, x)) {
        t->drag = t->draw.slider;
        drag_to(t, x);
        return true;
    }
    if (!is_inside(&t->draw.badge, y, x))
        return false;
    tui_shown(t, &s);
    tui_travel(t, &s, s.place.recording ? ACTION_PLAY : ACTION_RETURN);
    return true;
}

bool tui_mouse_on_timeline(struct tui *t, uint32_t key, int y, int x)
{
    switch (key) {
    case KEY_CODE_MOUSE:
        return press(t, y, x);
    case KEY_CODE_DRAG:
    case KEY_CODE_RELEASE:
        drag_to(t, x);
        if (key == KEY_CODE_RELEASE)
            t->drag.h = 0;
        return true;
    default:
        return false;
    }
}
