/* Values as they are scanned into numbers, texts and words, or a message that
 * names the key and says what should stand there. */
#include "event_reading.h"

#include "sockstage/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_COLUMNS 40 /* of a wrong word in a message */

bool reading_refuse(
    struct reading *r, const struct json_value *v, const char *fmt, ...)
{
    /* A text begins at its quote. */
    const char *at = v->kind == JSON_KIND_TEXT ? v->at - 1 : v->at;
    va_list args;

    *r->column = json_scan_column(r->scan, at);
    va_start(args, fmt);
    vsnprintf(r->what, r->what_size, fmt, args);
    va_end(args);
    return false;
}

const char *reading_keep(struct reading *r, const struct json_value *v)
{
    char *text = r->room->data + r->room->len;

    r->room->len += json_value_text(v, text) + 1;
    return text;
}

bool reading_refuse_word(struct reading *r, const struct json_value *v,
    const char *key, const char *word)
{
    struct str shown = STR_INIT;

    text_add_visible(&shown, word, SHOWN_COLUMNS);
    reading_refuse(r, v, _("`%s` can't be \"%s\""), key, str_text(&shown));
    str_done(&shown);
    return false;
}

const char *reading_text(
    struct reading *r, const char *key, const struct json_value *v)
{
    if (v->kind == JSON_KIND_TEXT)
        return reading_keep(r, v);
    reading_refuse(r, v, _("`%s` must be a text"), key);
    return NULL;
}

bool reading_whole(struct reading *r, const char *key,
    const struct json_value *v, uint64_t max, uint64_t *out)
{
    struct json_number n = {0};
    bool fits;

    *out = 0;
    if (v->kind != JSON_KIND_NUMBER)
        return reading_refuse(r, v, _("`%s` must be a number"), key);
    fits = json_value_number(v, 0, &n);
    if (!n.exact && fits)
        return reading_refuse(r, v, _("`%s` must be a whole number"), key);
    if (!fits || n.n > max || (n.negative && n.n > 0))
        return reading_refuse(r, v, _("`%s` is out of range"), key);
    *out = n.n;
    return true;
}

bool reading_fixed(struct reading *r, const char *key,
    const struct json_value *v, unsigned digits, uint64_t max, uint64_t *out)
{
    struct json_number n;

    *out = 0;
    if (!json_value_number(v, digits, &n) || n.n > max ||
        (n.negative && n.n > 0))
        return reading_refuse(r, v, _("`%s` is out of range"), key);
    *out = n.n;
    return true;
}

bool reading_word(struct reading *r, const char *key,
    const struct json_value *v, const char *(*name)(unsigned i), unsigned count,
    unsigned *out)
{
    const char *text;

    text = reading_text(r, key, v);
    if (text == NULL)
        return false;
    for (unsigned i = 0; i < count; i++) {
        const char *word = name(i);
        if (word != NULL && strcmp(word, text) == 0) {
            *out = i;
            return true;
        }
    }
    return reading_refuse_word(r, v, key, text);
}

bool reading_list(struct reading *r, const char *key,
    const struct json_value *v,
    bool (*add)(struct reading *r, const char *key,
        const struct json_value *item, void *at),
    void *at)
{
    struct json_scan inside;
    struct json_value item;

    if (v->kind != JSON_KIND_LIST)
        return reading_refuse(r, v, _("`%s` must be a list of texts"), key);
    json_scan_init_inside(&inside, r->scan, v);
    while (json_scan_item(&inside, &item)) {
        if (item.kind != JSON_KIND_TEXT)
            return reading_refuse(
                r, &item, _("`%s` must be a list of texts"), key);
        if (!add(r, key, &item, at))
            return false;
    }
    return true;
}

bool reading_is_key(const struct json_value *key, const char *name, size_t len)
{
    return key->len == len && memcmp(key->at, name, len) == 0;
}

void reading_plain_key(struct reading *r, struct json_value *key)
{
    const char *text;

    if (!key->escaped)
        return;
    text = reading_keep(r, key);
    *key = (struct json_value){
        .kind = JSON_KIND_TEXT, .at = text, .len = strlen(text)};
}

bool reading_scan_failed(struct reading *r)
{
    *r->column = json_scan_column(r->scan, r->scan->at);
    snprintf(r->what, r->what_size, "%s", _(r->scan->error));
    return false;
}

/* The row with that name; mostly it is `likely`. */
static size_t find_number(const struct reading_table *table,
    const struct json_value *key, size_t likely)
{
    for (size_t n = 0; n < table->count; n++) {
        size_t i = (likely + n) % table->count;
        const char *name = table->name(i);
        if (reading_is_key(key, name, strlen(name)))
            return i;
    }
    return table->count;
}

bool reading_numbers(struct reading *r, const char *key,
    const struct json_value *v, const struct reading_table *table)
{
    struct json_scan inside;
    struct json_value name, value;
    size_t likely = 0;

    if (v->kind != JSON_KIND_OBJECT)
        return reading_refuse(r, v, _("`%s` must be an object"), key);
    json_scan_init_inside(&inside, r->scan, v);
    while (json_scan_member(&inside, &name, &value)) {
        size_t i = find_number(table, &name, likely);
        if (i == table->count || value.kind == JSON_KIND_NULL)
            continue;
        if (!table->take(r, &value, i))
            return false;
        likely = i + 1;
    }
    return true;
}
