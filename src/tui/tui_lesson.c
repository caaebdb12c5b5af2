/* Playing a script at the screen: on to the next step, back to the moment
 * before the last one, by itself; again from its start, another lesson; and the
 * card at its end. Only what is shown goes back: the stage never does. */
#include "tui_int.h"

#include "lesson_list.h"
#include "list_keys.h"
#include "words.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_NS   (1500 * NS_PER_MS) /* between two steps that say nothing */
#define READ_NS   (1200 * NS_PER_MS) /* of a narration: to begin with it */
#define COLUMN_NS (55 * NS_PER_MS)   /* and for each column of it */
#define PACE_MIN  (-2)
#define PACE_MAX  3

static bool has_script(const struct tui *t)
{
    return t->title != NULL && t->source.player != NULL;
}

/* ---- steps --------------------------------------------------------------- */

/* The narration before a step belongs to it. */
static void begin_step(struct tui *t)
{
    struct player_state play = player_state(t->source.player);
    struct tui_step step = {journal_end(t->source.journal), play.position};

    if (!t->narrated)
        vec_push(&t->steps, step);
    t->narrated = false;
}

size_t tui_step_at(const struct tui *t, uint64_t cursor, size_t now)
{
    for (size_t i = 0; i < t->steps.len; i++)
        if (t->steps.items[i].cursor >= cursor)
            return t->steps.items[i].position;
    return now;
}

static void show_card(struct tui *t)
{
    t->ui.mode = UI_CARD;
    tui_auto_stop(t);
}

/* A line that waits, for a call of its process say, can be given up. */
static void offer_to_skip(struct tui *t, const struct shown *s)
{
    char text[WORDS_MAX];

    if (t->skip_offered == s->play.position + 1) {
        player_skip(t->source.player);
        t->skip_offered = 0;
        tui_show_message(
            t, _("That line was left out; the script goes on."), false);
        return;
    }
    t->skip_offered = s->play.position + 1;
    snprintf(text, sizeof text,
        _("It waits: %.120s; %s once more leaves it "
          "out."),
        s->play.waiting_for, ui_key(&s->m, ACTION_NEXT).text);
    tui_show_message(t, text, false);
    t->ui.message_is_offer = true;
}

static void play_step(struct tui *t, const struct shown *s)
{
    struct err e = {0};
    bool last = s->play.only_words;

    begin_step(t);
    t->ui.arrow.at = 0;
    if (player_next(t->source.player, &e) < 0)
        tui_show_message(t, e.msg, true);
    else if (last)
        show_card(t);
}

static void play_next(struct tui *t, const struct shown *s)
{
    if (s->play.script_waits)
        offer_to_skip(t, s);
    else if (s->play.next)
        play_step(t, s);
    else if (has_script(t))
        show_card(t);
    else
        tui_show_message(
            t, _("There is no further line; type what you like."), false);
}

static void seek(struct tui *t, uint64_t cursor)
{
    timeline_seek(t->source.timeline, cursor);
    stage_timer_stop(t->play);
    t->drag.h = 0;
}

static void step_back(struct tui *t, const struct shown *s)
{
    char text[WORDS_MAX];

    for (size_t i = t->steps.len; i-- > 0;) {
        if (t->steps.items[i].cursor >= s->place.cursor)
            continue;
        seek(t, t->steps.items[i].cursor);
        if (s->place.past)
            return;
        snprintf(text, sizeof text,
            _("The moment before that step. The stage itself does not go back; "
              "%s goes on."),
            ui_key(&s->m, ACTION_NEXT).text);
        tui_show_message(t, text, false);
        return;
    }
    tui_show_message(t, _("This is the beginning of the script."), false);
}

static void step_on(struct tui *t, const struct shown *s)
{
    uint64_t cursor = UINT64_MAX;

    for (size_t i = t->steps.len; i-- > 0;)
        if (t->steps.items[i].cursor > s->place.cursor)
            cursor = t->steps.items[i].cursor;
    seek(t, cursor);
}

/* ---- by itself ----------------------------------------------------------- */

static uint64_t paced(const struct tui *t, uint64_t ns)
{
    return t->ui.pace < 0 ? ns << -t->ui.pace : ns >> t->ui.pace;
}

/* As long as it takes to read what is said. */
static uint64_t reading_ns(const struct tui *t)
{
    const struct model *m = t->source.model;
    const struct model_note *note = model_note(m, t->lang);
    struct model_lesson l = model_lesson(m, t->lang);
    const char *text = l.question ? l.question : note ? note->text : l.title;
    int columns = text ? canvas_width(&t->canvas, text) : 0;

    return READ_NS + COLUMN_NS * (uint64_t)columns;
}

static void wait_a_little(struct tui *t)
{
    stage_timer_start(
        t->auto_timer, paced(t, t->narrated ? reading_ns(t) : STEP_NS));
}

void tui_auto_stop(struct tui *t)
{
    t->ui.playing = false;
    stage_timer_stop(t->auto_timer);
}

static void stop_for(struct tui *t, const char *why)
{
    tui_auto_stop(t);
    tui_show_message(t, why, false);
}

static bool is_pause(const char *line)
{
    return line && strcmp(line, "pause") == 0;
}

/* False: it stops at the question. */
static bool may_pass(struct tui *t)
{
    struct model_lesson l = model_lesson(t->source.model, t->lang);

    if (!l.question || l.option_count == 0 || l.judged || l.asked == t->passed)
        return true;
    t->passed = l.asked;
    stop_for(t, _("A question: it plays on when you say so."));
    return false;
}

/* First what is said, with time to read it, then what is done. */
static void play_on(struct tui *t, const struct shown *s)
{
    bool pause = is_pause(s->play.next);

    if (!t->narrated && !s->play.only_words) {
        begin_step(t);
        t->narrated = true; /* also if nothing is said */
        if (player_narrate(t->source.player))
            return;
    }
    play_step(t, s);
    if (pause)
        stop_for(t, _("A pause: it plays on when you say so."));
}

void tui_on_auto(void *ctx)
{
    struct tui *t = ctx;
    struct shown s;

    tui_shown(t, &s);
    if (!t->ui.playing || !s.m.play || s.play.waiting || !may_pass(t))
        return;
    if (s.place.past)
        tui_auto_stop(t);
    else if (!s.play.next)
        show_card(t);
    else
        play_on(t, &s);
    tui_mark_dirty(t);
}

/* An error that the next line expects is no failure. */
static bool is_expected(const struct player_state *play)
{
    return play->next && strncmp(play->next, "expect ", 7) == 0 &&
           strstr(play->next, ".error") != NULL;
}

void tui_auto_changed(struct tui *t, bool failed)
{
    struct player_state play = player_state(t->source.player);

    t->skip_offered = 0;
    if (!t->ui.playing)
        return;
    if (failed && !is_expected(&play))
        tui_auto_stop(t);
    else if (!play.waiting)
        wait_a_little(t);
}

static void start_or_stop(struct tui *t, const struct shown *s)
{
    if (t->ui.playing) {
        tui_auto_stop(t);
        return;
    }
    t->ui.playing = true;
    t->passed = model_lesson(s->m.model, t->lang).asked;
    stage_timer_start(t->auto_timer, 0);
}

static void change_pace(struct tui *t, int by)
{
    int pace = t->ui.pace + by;
    char text[WORDS_MAX];

    if (pace < PACE_MIN)
        pace = PACE_MIN;
    if (pace > PACE_MAX)
        pace = PACE_MAX;
    t->ui.pace = pace;
    if (pace < 0)
        snprintf(text, sizeof text, _("Pace: 1/%u"), 1U << -pace);
    else
        snprintf(text, sizeof text, _("Pace: %u times"), 1U << pace);
    tui_show_message(t, text, false);
    if (t->ui.playing)
        wait_a_little(t);
}

bool tui_auto_key(struct tui *t, const struct shown *s, uint32_t key)
{
    enum action a = keymap_action(s->m.keys, key, false);

    if (!t->ui.playing)
        return false;
    if (a == ACTION_AUTOPLAY || a == ACTION_FASTER || a == ACTION_SLOWER)
        return false;
    tui_auto_stop(t);
    return key == ' ' || key == KEY_ESC;
}

/* ---- again, and others --------------------------------------------------- */

static void restart(struct tui *t, const struct shown *s)
{
    const struct tui_lessons *l = s->m.lessons;
    char text[WORDS_MAX];

    if (!l || !has_script(t)) {
        tui_show_message(t, _("No script is open."), false);
        return;
    }
    if (t->by_hand && !t->sure) {
        t->sure = true;
        snprintf(text, sizeof text,
            _("What you did by hand ends with the stage; %s once more starts "
              "the script again."),
            ui_key(&s->m, ACTION_RESTART).text);
        tui_show_message(t, text, false);
        return;
    }
    l->restart(l->ctx);
}

static void open_list(struct tui *t, const struct shown *s)
{
    const struct tui_lessons *l = s->m.lessons;

    if (!l) {
        tui_refuse(t, s);
        return;
    }
    t->ui.mode = UI_LESSONS;
    t->ui.lesson_sure = false;
    t->ui.lesson = l->current < l->count ? l->current : 0;
}

static void open_lesson(struct tui *t, const struct shown *s, size_t lesson)
{
    const struct tui_lessons *l = s->m.lessons;

    if (lesson >= l->count)
        return;
    if (!t->ui.lesson_sure && model_process_count(t->source.model) > 0) {
        t->ui.lesson_sure = true;
        return;
    }
    t->ui.mode = UI_STAGE;
    l->open(l->ctx, lesson);
}

void tui_key_in_lessons(struct tui *t, const struct shown *s, uint32_t key)
{
    size_t count = s->m.lessons->count;
    size_t *at = &t->ui.lesson;

    if (key == KEY_RETURN) {
        open_lesson(t, s, *at);
        return;
    }
    t->ui.lesson_sure = false;
    if (list_move(at, count, t->draw.list.h, key))
        return;
    if (key == KEY_ESC ||
        keymap_action(s->m.keys, key, false) == ACTION_LESSONS)
        t->ui.mode = UI_STAGE;
}

/* A click selects, a second one opens; beside the list it closes. */
void tui_click_lessons(struct tui *t, const struct shown *s, int y, int x)
{
    const struct rect *r = &t->draw.list;
    size_t lesson;

    if (r->h == 0 || y < r->y || y >= r->y + r->h || x < r->x ||
        x >= r->x + r->w) {
        t->ui.mode = UI_STAGE;
        return;
    }
    if (!lesson_list_at(
            s->m.lessons, t->draw.list_first + (size_t)(y - r->y), &lesson))
        return;
    if (t->ui.lesson == lesson) {
        open_lesson(t, s, lesson);
        return;
    }
    t->ui.lesson = lesson;
    t->ui.lesson_sure = false;
}

/* Enter takes the offer; any other key closes the card, and means there what
 * it means else. */
bool tui_key_in_card(struct tui *t, const struct shown *s, uint32_t key)
{
    const struct tui_lessons *l = s->m.lessons;
    enum action a = keymap_action(s->m.keys, key, false);

    t->ui.mode = UI_STAGE;
    if (key == KEY_RETURN && l && l->current < l->count && l->next < l->count)
        l->open(l->ctx, l->next);
    return key == KEY_RETURN || key == KEY_ESC || a == ACTION_NEXT;
}

bool tui_play_act(struct tui *t, const struct shown *s, enum action a)
{
    bool steps = t->steps.len > 0;

    if (a != ACTION_RESTART)
        t->sure = false;
    switch (a) {
    case ACTION_NEXT:
        if (!s->place.past)
            play_next(t, s);
        else if (steps)
            step_on(t, s);
        else
            tui_travel(t, s, ACTION_TARGET_ON);
        return true;
    case ACTION_STEP_BACK:
        if (steps || s->m.steps > 0)
            step_back(t, s);
        else
            tui_travel(t, s, ACTION_TARGET_BACK);
        return true;
    case ACTION_AUTOPLAY:
        start_or_stop(t, s);
        return true;
    case ACTION_FASTER:
    case ACTION_SLOWER:
        if (s->place.past)
            return false;
        change_pace(t, a == ACTION_FASTER ? 1 : -1);
        return true;
    case ACTION_RESTART:
        restart(t, s);
        return true;
    case ACTION_LESSONS:
        open_list(t, s);
        return true;
    default:
        return false;
    }
}

/* ---- a fresh stage ------------------------------------------------------- */

static void forget_selection(struct ui *ui)
{
    ui->sel = (struct selection){0};
    snprintf(ui->sel.process, sizeof ui->sel.process, "c1");
    ui->open_run = ui->inspect_sock = ui->scene_sock = 0;
    ui->inspect = ui->explain = false;
    ui->scene = SCENE_COLUMNS;
    ui->mode = UI_STAGE;
    ui->arrow.at = 0;
    ui->message[0] = '\0';
    ui->message_call = 0;
    prompt_reset(&ui->prompt);
}

void tui_restage(struct tui *t, struct stage *stage, struct player *player,
    const char *title)
{
    tui_auto_stop(t);
    tui_letters_forget(t);
    t->source.stage = stage;
    t->source.player = player;
    t->steps.len = 0;
    t->narrated = t->by_hand = t->sure = false;
    t->skip_offered = t->passed = t->queued = 0;
    timeline_return(t->source.timeline);
    forget_selection(&t->ui);
    free(t->title);
    t->title = title ? xstrdup(title) : NULL;
    tui_mark_dirty(t);
}
