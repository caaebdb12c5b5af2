/* Letters that are shortcuts and may begin a word all the same, while the
 * prompt is empty. What only changes what is shown acts at once, and a letter
 * right behind it takes that back: then all of them are typed. What can't be
 * taken back waits until it is clear that no letter follows. */
#include "tui_int.h"

#include "curtain.h"

#include "sockstage/base/mem.h"

/* Later than this it is another thought. */
#define TYPING_NS (1000 * NS_PER_MS)
/* Before what can't be taken back. */
#define WAIT_NS (300 * NS_PER_MS)

void tui_letters_forget(struct tui *t)
{
    t->letters.len = 0;
    t->letters.waits = false;
    stage_timer_stop(t->letters_timer);
}

bool tui_letter_acts(const struct tui *t, const struct shown *s, enum action a)
{
    switch (a) {
    case ACTION_NONE:
        return false;
    case ACTION_DELIVER:
        return true; /* no line begins with a blank: better say why */
    case ACTION_DUPLICATE:
        return t->ui.sel.column == COLUMN_WIRE && ui_can(&s->m, a);
    case ACTION_NEXT:
    case ACTION_AUTOPLAY:
    case ACTION_RESTART:
    case ACTION_FASTER:
    case ACTION_SLOWER:
        return t->title != NULL;
    default:
        return curtain_stops(&s->m, a) || ui_can(&s->m, a);
    }
}

static void wait_a_little(struct tui *t)
{
    t->letters.waits = true;
    stage_timer_start(t->letters_timer, WAIT_NS);
}

static void push(struct letters *l, uint32_t key)
{
    l->keys[l->len++] = key;
    l->until_ns = clock_now_ns() + TYPING_NS;
}

static void begin(struct tui *t)
{
    const struct model *m = t->source.model;
    struct letters *l = &t->letters;

    tui_letters_forget(t);
    l->before = t->ui;
    l->was_holding = model_wire_status(m)->holding;
    l->held = model_held(m);
    l->toggled = false;
}

void tui_letter(
    struct tui *t, const struct shown *s, uint32_t key, enum action a)
{
    struct letters *l = &t->letters;
    enum action_typed typed = action_row(a)->typed;

    if (typed == FINAL || l->repeats) {
        tui_letters_forget(t);
        tui_act(t, s, a);
        return;
    }
    if (l->len == 0 || l->len == LETTERS_MAX)
        begin(t);
    push(l, key);
    l->toggled ^= a == ACTION_HOLD;
    if (typed == DELAYED && !t->ui.playing) /* a pause can't wait */
        wait_a_little(t);
    else
        tui_act(t, s, a);
}

/* What came of it stays: a segment that is held meanwhile, or that went on. */
static void undo_hold(struct tui *t, const struct letters *l)
{
    uint64_t held = l->was_holding ? l->held : model_held(t->source.model);

    if (l->toggled && held == 0)
        tui_submit_line(
            t, l->was_holding ? action_row(ACTION_HOLD)->line : "wire release");
}

/* They were the beginning of a line. */
static void type_them(struct tui *t, uint32_t key)
{
    struct letters *l = &t->letters;
    struct prompt *p = &t->ui.prompt;

    undo_hold(t, l);
    ui_restore(&t->ui, &l->before);
    t->ui.message[0] = '\0';
    prompt_start(p, "");
    for (size_t i = 0; i < l->len; i++)
        prompt_key(p, l->keys[i]);
    prompt_key(p, key);
    tui_letters_forget(t);
}

void tui_letters_settle(struct tui *t)
{
    struct letters *l = &t->letters;
    bool waits = l->waits;
    uint32_t last = l->len > 0 ? l->keys[l->len - 1] : 0;

    tui_letters_forget(t);
    if (waits)
        tui_key_at_once(t, last);
}

void tui_on_letters(void *ctx)
{
    struct tui *t = ctx;

    tui_letters_settle(t);
    tui_keys_done(t);
}

/* Whether a letter right behind others is a shortcut as well. */
static bool is_shortcut(
    const struct tui *t, const struct shown *s, uint32_t key)
{
    enum action a = keymap_action(s->m.keys, key, false);

    switch (t->ui.mode) {
    case UI_STAGE:
    case UI_CARD:
        return tui_letter_acts(t, s, a);
    default:
        return keymap_plain(s->m.keys, key, s->place.past) != key;
    }
}

/* What is not there yet is discarded as text is. */
static bool discards(const struct shown *s, uint32_t key)
{
    enum action a = keymap_action(s->m.keys, key, false);

    return key == KEY_ESC || key == KEY_CODE_BACKSPACE || a == ACTION_BACK ||
           a == ACTION_INTERRUPT;
}

static bool take_other_key(struct tui *t, const struct shown *s, uint32_t key)
{
    bool discarded = t->letters.waits && discards(s, key);

    if (discarded)
        tui_letters_forget(t);
    else
        tui_letters_settle(t);
    return discarded;
}

/* No shortcut is one of these, because the lines that people type begin with
 * them: `h` and `c1: ..` are two things, however fast they come. */
static bool begins_line(uint32_t key)
{
    return key == 'c' || key == 's' || key == 'w' || key == 'e';
}

/* Whether it has nothing to do with the letters before it. */
static bool is_apart(
    const struct letters *l, const struct shown *s, uint32_t key)
{
    bool chooses = question_is_open(&s->m) && key >= '0' && key <= '9';

    return chooses || key == ':' || clock_now_ns() > l->until_ns;
}

bool tui_letters_key(struct tui *t, const struct shown *s, uint32_t key)
{
    struct letters *l = &t->letters;

    l->repeats = false;
    if (l->len == 0)
        return false;
    if (!key_is_text(key))
        return take_other_key(t, s, key);
    if (begins_line(key)) {
        tui_letters_settle(t);
        return false;
    }
    if (!l->waits && is_apart(l, s, key)) {
        tui_letters_forget(t);
        return false;
    }
    if (key == l->keys[l->len - 1]) {
        l->repeats = !l->waits;
        tui_letters_settle(t);
        return false;
    }
    if (!l->waits && key == ' ' && l->len < LETTERS_MAX) {
        push(l, key);
        wait_a_little(t);
        return true;
    }
    if (!l->waits && is_shortcut(t, s, key))
        return false;
    type_them(t, key);
    return true;
}
