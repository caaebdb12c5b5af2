/* Draws hints as long as they fit, and makes each a thing to click. */
#include "hint_bar.h"

#include <stdio.h>
#include <string.h>

static const char *arrow(uint32_t key)
{
    switch (key) {
    case KEY_CODE_UP:
        return "↑";
    case KEY_CODE_DOWN:
        return "↓";
    case KEY_CODE_LEFT:
        return "←";
    case KEY_CODE_RIGHT:
        return "→";
    default:
        return NULL;
    }
}

static struct key_name label_of(uint32_t key)
{
    struct key_name name = name_of_key(key);

    if (arrow(key))
        snprintf(name.text, sizeof name.text, "%s", arrow(key));
    return name;
}

/* Between two keys that belong together. */
static const char *between(const struct hint *h)
{
    return arrow(h->keys[0]) && arrow(h->keys[1]) ? "" : " ";
}

static int hint_width(const struct canvas *cv, const struct hint *h)
{
    int width = canvas_width(cv, label_of(h->keys[0]).text) + 1 +
                canvas_width(cv, h->what);

    if (h->keys[1])
        width += canvas_width(cv, between(h)) +
                 canvas_width(cv, label_of(h->keys[1]).text);
    return width;
}

static int bar_width(const struct hint_bar *b, int gap)
{
    int width = 0;

    for (size_t i = 0; i < b->count; i++)
        width += hint_width(b->cv, &b->hints[i]) + (i ? gap : 0);
    return width;
}

static void leave_out(struct hint_bar *b, size_t i)
{
    memmove(&b->hints[i], &b->hints[i + 1],
        (b->count - i - 1) * sizeof b->hints[0]);
    b->count--;
}

/* The last one that is not kept. */
static void leave_one_out(struct hint_bar *b)
{
    size_t i = b->count - 1;

    while (i > 0 && b->hints[i].keep)
        i--;
    leave_out(b, i);
}

static void pressed_text(struct draw *d, struct pen *p, enum theme_key style,
    const char *text, uint32_t key)
{
    int x = p->x;

    pen_text(p, style, text);
    draw_press(
        d, (struct rect){p->clip.y + p->y, p->clip.x + x, 1, p->x - x}, key);
}

/* A click on a key presses it, on the words the first. */
static void draw_hint(struct draw *d, struct pen *p, const struct hint *h)
{
    pressed_text(d, p, THEME_HINT_KEY, label_of(h->keys[0]).text, h->keys[0]);
    if (h->keys[1]) {
        pen_text(p, THEME_HINTS, between(h));
        pressed_text(
            d, p, THEME_HINT_KEY, label_of(h->keys[1]).text, h->keys[1]);
    }
    pressed_text(d, p, THEME_HINTS, " ", h->keys[0]);
    pressed_text(d, p, THEME_HINTS, h->what, h->keys[0]);
}

/* False: there is none that only fills. */
static bool leave_filling_out(struct hint_bar *b)
{
    for (size_t i = b->count; i-- > 0;) {
        if (b->hints[i].fill) {
            leave_out(b, i);
            return true;
        }
    }
    return false;
}

void hint_bar_draw(struct draw *d, struct rect r, struct hint_bar *b)
{
    struct pen p = pen_at(d->cv, r);
    int room = r.w - 2;
    int gap = 2;

    while (b->count > 0 && bar_width(b, gap) > room) {
        if (leave_filling_out(b))
            continue;
        if (bar_width(b, 1) <= room)
            gap = 1;
        else
            leave_one_out(b);
    }
    pen_go(&p, 1);
    for (size_t i = 0; i < b->count; i++) {
        draw_hint(d, &p, &b->hints[i]);
        pen_repeat(&p, THEME_HINTS, " ", gap);
    }
}

/* Two parts of a bar may name the same key: what was said first counts. */
static bool is_named(const struct hint_bar *b, const struct hint *h)
{
    for (size_t i = 0; i < b->count; i++)
        if (memcmp(b->hints[i].keys, h->keys, sizeof h->keys) == 0)
            return true;
    return false;
}

void hint_keys(struct draw *d, struct hint_bar *b, uint32_t key, uint32_t other,
    const char *what)
{
    struct hint h = {.keys = {key, other}};

    (void)d;
    if (!key || b->count == HINT_BAR_MAX || is_named(b, &h))
        return;
    snprintf(h.what, sizeof h.what, "%.*s", (int)sizeof h.what - 1, what);
    b->hints[b->count++] = h;
}
