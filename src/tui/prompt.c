/* Editing one line of UTF-8. A character here is a code point with the
 * combining ones behind it. */
#include "prompt.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 4096

void prompt_init(struct prompt *p)
{
    memset(p, 0, sizeof *p);
}

void prompt_done(struct prompt *p)
{
    str_done(&p->text);
    for (size_t i = 0; i < p->history.len; i++)
        free(p->history.items[i]);
    vec_done(&p->history);
    free(p->draft);
    p->draft = NULL;
}

static void set_text(struct prompt *p, const char *text)
{
    str_clear(&p->text);
    str_add(&p->text, text);
    p->cursor = p->text.len;
}

void prompt_start(struct prompt *p, const char *text)
{
    p->typing = true;
    p->error_column = 0;
    p->browse = p->history.len;
    set_text(p, text);
}

void prompt_reset(struct prompt *p)
{
    prompt_start(p, "");
    p->typing = false;
    free(p->draft);
    p->draft = NULL;
}

void prompt_fail(struct prompt *p, int column, const char *what)
{
    p->error_column = column > 0 ? column : 1;
    snprintf(p->error, sizeof p->error, "%s", what);
}

void prompt_remember(struct prompt *p, const char *text)
{
    size_t n = p->history.len;

    if (*text == '\0' || (n && str_equal(p->history.items[n - 1], text)))
        return;
    if (n == PROMPT_HISTORY_MAX) {
        free(p->history.items[0]);
        vec_remove(&p->history, 0);
    }
    vec_push(&p->history, xstrdup(text));
}

static size_t previous(const struct prompt *p, size_t at)
{
    while (at > 0) {
        uint32_t code = 0;
        do {
            at--;
        } while (at > 0 && ((unsigned char)p->text.data[at] & 0xc0) == 0x80);
        utf8_decode(p->text.data + at, p->text.len - at, &code);
        if (utf8_width(code) > 0)
            break;
    }
    return at;
}

static size_t following(const struct prompt *p, size_t at)
{
    uint32_t code = 0;

    if (at < p->text.len)
        at += utf8_decode(p->text.data + at, p->text.len - at, &code);
    while (at < p->text.len) {
        size_t n = utf8_decode(p->text.data + at, p->text.len - at, &code);
        if (utf8_width(code) > 0)
            break;
        at += n;
    }
    return at;
}

/* Takes out the bytes [from, to) and leaves the cursor there. */
static void erase(struct prompt *p, size_t from, size_t to)
{
    if (from >= to)
        return;
    memmove(p->text.data + from, p->text.data + to, p->text.len - to + 1);
    p->text.len -= to - from;
    p->cursor = from;
}

static void insert(struct prompt *p, uint32_t code)
{
    char utf8[4];
    size_t n = utf8_encode(code, utf8);

    if (p->text.len + n > LINE_MAX_BYTES)
        return;
    struct str whole = STR_INIT;
    str_addn(&whole, str_text(&p->text), p->cursor);
    str_addn(&whole, utf8, n);
    str_add(&whole, str_text(&p->text) + p->cursor);
    str_done(&p->text);
    p->text = whole;
    p->cursor += n;
}

static size_t word_start(const struct prompt *p)
{
    size_t at = p->cursor;

    while (at > 0 && p->text.data[at - 1] == ' ')
        at--;
    while (at > 0 && p->text.data[at - 1] != ' ')
        at--;
    return at;
}

static void browse(struct prompt *p, int step)
{
    size_t n = p->history.len;

    if (p->browse > n)
        p->browse = n;
    if ((step < 0 && p->browse == 0) || (step > 0 && p->browse == n))
        return;
    if (p->browse == n) {
        free(p->draft);
        p->draft = xstrdup(str_text(&p->text));
    }
    p->browse = step < 0 ? p->browse - 1 : p->browse + 1;
    set_text(p, p->browse < n ? p->history.items[p->browse]
                              : (p->draft ? p->draft : ""));
}

static bool move_or_erase(struct prompt *p, uint32_t key)
{
    switch (key) {
    case KEY_CODE_LEFT:
        p->cursor = previous(p, p->cursor);
        return true;
    case KEY_CODE_RIGHT:
        p->cursor = following(p, p->cursor);
        return true;
    case KEY_CODE_HOME:
    case KEY_CTRL('A'):
        p->cursor = 0;
        return true;
    case KEY_CODE_END:
    case KEY_CTRL('E'):
        p->cursor = p->text.len;
        return true;
    case KEY_CODE_BACKSPACE:
        erase(p, previous(p, p->cursor), p->cursor);
        return true;
    case KEY_CODE_DELETE:
    case KEY_CTRL('D'):
        erase(p, p->cursor, following(p, p->cursor));
        return true;
    case KEY_CTRL('U'):
        erase(p, 0, p->cursor);
        return true;
    case KEY_CTRL('K'):
        erase(p, p->cursor, p->text.len);
        return true;
    case KEY_CTRL('W'):
        erase(p, word_start(p), p->cursor);
        return true;
    case KEY_CODE_UP:
        browse(p, -1);
        return true;
    case KEY_CODE_DOWN:
        browse(p, 1);
        return true;
    default:
        return false;
    }
}

bool prompt_key(struct prompt *p, uint32_t key)
{
    p->error_column = 0;
    if (move_or_erase(p, key))
        return true;
    if (key < 0x20 || key == 0x7f || key > 0x10ffff)
        return false;
    insert(p, key);
    return true;
}
