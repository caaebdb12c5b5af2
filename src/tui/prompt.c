/* Editing one line of UTF-8. A character here is a code point with the
 * combining ones behind it. */
#include "prompt.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

#define EDITS_MAX 100

void prompt_init(struct prompt *p)
{
    memset(p, 0, sizeof *p);
}

static void forget_edits(struct prompt *p)
{
    for (size_t i = 0; i < p->edits.len; i++)
        free(p->edits.items[i].text);
    vec_clear(&p->edits);
    p->inserting = false;
}

void prompt_done(struct prompt *p)
{
    prompt_close_choices(p, false);
    prompt_search_stop(p);
    str_done(&p->search.query);
    forget_edits(p);
    vec_done(&p->edits);
    str_done(&p->text);
    for (size_t i = 0; i < p->history.len; i++)
        free(p->history.items[i]);
    vec_done(&p->history);
    free(p->draft);
    free(p->killed);
    p->draft = p->killed = NULL;
}

void prompt_start(struct prompt *p, const char *text)
{
    prompt_close_choices(p, false);
    prompt_search_stop(p);
    forget_edits(p);
    p->typing = true;
    p->error_column = 0;
    p->browse = p->history.len;
    free(p->draft);
    p->draft = NULL;
    str_clear(&p->text);
    str_add(&p->text, text);
    p->cursor = p->text.len;
}

void prompt_reset(struct prompt *p)
{
    prompt_start(p, "");
    p->typing = false;
}

size_t prompt_byte_of_column(const char *text, int column)
{
    size_t len = strlen(text);
    size_t at = 0;

    for (int i = 1; i < column && at < len; i++) {
        uint32_t code = 0;
        at += utf8_decode(text + at, len - at, &code);
    }
    return at;
}

void prompt_fail(struct prompt *p, int column, const char *what)
{
    p->error_column = column > 0 ? column : 1;
    snprintf(p->error, sizeof p->error, "%s", what);
    p->fix = (struct script_fix){0};
}

/* ---- characters and words ------------------------------------------------ */

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

/* Letters, digits, _ and all beyond ASCII make up a word. */
static bool in_word(const struct prompt *p, size_t at)
{
    unsigned char c = (unsigned char)str_text(&p->text)[at];

    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

static size_t word_before(const struct prompt *p)
{
    size_t at = p->cursor;

    while (at > 0 && !in_word(p, at - 1))
        at--;
    while (at > 0 && in_word(p, at - 1))
        at--;
    return at;
}

static size_t word_behind(const struct prompt *p)
{
    size_t at = p->cursor;

    while (at < p->text.len && !in_word(p, at))
        at++;
    while (at < p->text.len && in_word(p, at))
        at++;
    return at;
}

/* Up to the blank before: what Ctrl-W takes. */
static size_t blank_before(const struct prompt *p)
{
    size_t at = p->cursor;

    while (at > 0 && p->text.data[at - 1] == ' ')
        at--;
    while (at > 0 && p->text.data[at - 1] != ' ')
        at--;
    return at;
}

/* ---- edits --------------------------------------------------------------- */

static void keep_edit(struct prompt *p, bool inserting)
{
    bool together = p->inserting && inserting;

    p->inserting = inserting;
    if (together)
        return;
    if (p->edits.len == EDITS_MAX) {
        free(p->edits.items[0].text);
        vec_remove(&p->edits, 0);
    }
    struct prompt_edit before = {xstrdup(str_text(&p->text)), p->cursor};
    vec_push(&p->edits, before);
}

static void undo(struct prompt *p)
{
    if (p->edits.len == 0)
        return;
    struct prompt_edit *last = &p->edits.items[--p->edits.len];
    str_clear(&p->text);
    str_add(&p->text, last->text);
    p->cursor = last->cursor;
    p->inserting = false;
    free(last->text);
}

static void put(struct prompt *p, size_t from, size_t to, const char *text)
{
    struct str whole = STR_INIT;

    if (p->text.len - (to - from) + strlen(text) > PROMPT_LINE_MAX)
        return;
    str_addn(&whole, str_text(&p->text), from);
    str_add(&whole, text);
    p->cursor = whole.len;
    str_add(&whole, str_text(&p->text) + to);
    str_done(&p->text);
    p->text = whole;
}

void prompt_replace(struct prompt *p, size_t from, size_t to, const char *text)
{
    keep_edit(p, false);
    put(p, from, to, text);
}

/* Takes out the bytes [from, to) and leaves the cursor there. */
static void erase(struct prompt *p, size_t from, size_t to)
{
    if (from < to)
        prompt_replace(p, from, to, "");
}

/* The same, for Ctrl-Y to bring back. */
static void kill_part(struct prompt *p, size_t from, size_t to)
{
    if (from >= to)
        return;
    free(p->killed);
    p->killed = xstrndup(str_text(&p->text) + from, to - from);
    erase(p, from, to);
}

static void insert_key(struct prompt *p, uint32_t code)
{
    char utf8[5] = "";

    utf8[utf8_encode(code, utf8)] = '\0';
    keep_edit(p, code != ' ');
    put(p, p->cursor, p->cursor, utf8);
}

static bool is_text(uint32_t code)
{
    return code >= 0x20 && code != 0x7f && (code < 0x80 || code >= 0xa0);
}

void prompt_insert(struct prompt *p, const char *text)
{
    struct str clean = STR_INIT;
    size_t len = strlen(text);

    for (size_t at = 0; at < len;) {
        uint32_t code = 0;
        size_t n = utf8_decode(text + at, len - at, &code);
        if (code == '\t')
            str_addc(&clean, ' ');
        else if (is_text(code))
            str_addn(&clean, text + at, n);
        at += n;
    }
    p->error_column = 0;
    prompt_replace(p, p->cursor, p->cursor, str_text(&clean));
    str_done(&clean);
}

/* ---- keys ---------------------------------------------------------------- */

static bool move(struct prompt *p, uint32_t key)
{
    switch (key) {
    case KEY_CODE_LEFT:
    case KEY_CTRL('B'):
        p->cursor = previous(p, p->cursor);
        break;
    case KEY_CODE_RIGHT:
    case KEY_CTRL('F'):
        p->cursor = following(p, p->cursor);
        break;
    case KEY_CODE_WORD_LEFT:
        p->cursor = word_before(p);
        break;
    case KEY_CODE_WORD_RIGHT:
        p->cursor = word_behind(p);
        break;
    case KEY_CODE_HOME:
    case KEY_CTRL('A'):
        p->cursor = 0;
        break;
    case KEY_CODE_END:
    case KEY_CTRL('E'):
        p->cursor = p->text.len;
        break;
    default:
        return false;
    }
    p->inserting = false;
    return true;
}

static bool erase_by(struct prompt *p, uint32_t key)
{
    switch (key) {
    case KEY_CODE_BACKSPACE:
        erase(p, previous(p, p->cursor), p->cursor);
        return true;
    case KEY_CODE_DELETE:
    case KEY_CTRL('D'):
        erase(p, p->cursor, following(p, p->cursor));
        return true;
    case KEY_CTRL('U'):
        kill_part(p, 0, p->cursor);
        return true;
    case KEY_CTRL('K'):
        kill_part(p, p->cursor, p->text.len);
        return true;
    case KEY_CTRL('W'):
        kill_part(p, blank_before(p), p->cursor);
        return true;
    case KEY_CODE_WORD_BACKSPACE:
        kill_part(p, word_before(p), p->cursor);
        return true;
    case KEY_CODE_WORD_DELETE:
        kill_part(p, p->cursor, word_behind(p));
        return true;
    default:
        return false;
    }
}

static bool bring_back(struct prompt *p, uint32_t key)
{
    switch (key) {
    case KEY_CTRL('Y'):
        if (p->killed)
            prompt_replace(p, p->cursor, p->cursor, p->killed);
        return true;
    case KEY_CTRL('_'):
        undo(p);
        return true;
    case KEY_CODE_UP:
    case KEY_CTRL('P'):
        prompt_browse(p, -1);
        return true;
    case KEY_CODE_DOWN:
    case KEY_CTRL('N'):
        prompt_browse(p, 1);
        return true;
    case KEY_CTRL('R'):
        prompt_search_start(p);
        return true;
    default:
        return false;
    }
}

bool prompt_key(struct prompt *p, uint32_t key)
{
    p->error_column = 0;
    prompt_close_choices(p, false);
    if (p->search.on && prompt_search_key(p, key))
        return true;
    if (move(p, key) || erase_by(p, key) || bring_back(p, key))
        return true;
    if (key > 0x10ffff || !is_text(key))
        return false;
    insert_key(p, key);
    return true;
}
