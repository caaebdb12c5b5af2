/* Inside the reader of recordings: one line on its way to be an event. A
 * function that returns false has refused the line: place and reason are set.
 */
#ifndef EVENT_READING_H
#define EVENT_READING_H

#include "event_fields.h"
#include "json_scan.h"

/* No text takes more than it did on the line, with its quotes. */
struct event_room {
    char *data;
    size_t cap, len;
};

struct reading {
    struct json_scan *scan; /* where it is */
    struct event *e;
    struct event_room *room;
    size_t *column;
    char *what;
    size_t what_size;

    /* Wait for the end of the line; `at` NULL: not there. */
    struct json_value state, proto, quoted_proto, version, data;
    bool has_protocol, has_quoted_protocol, has_accepted;
    uint64_t timer_left_ns;
    struct json_value end; /* the place behind the last member */
};

/* Reads the members of the object that `scan` is before; `part` is a kind of
 * event or one of the objects within (event_fields.h). */
bool reading_part(struct reading *r, int part, struct json_scan *scan);

bool reading_refuse(struct reading *r, const struct json_value *v,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool reading_refuse_word(struct reading *r, const struct json_value *v,
    const char *key, const char *word);
/* With the scanner's own words. */
bool reading_scan_failed(struct reading *r);

/* A TEXT, unescaped into the room. */
const char *reading_keep(struct reading *r, const struct json_value *v);

/* What the value of `key` must be: NULL if it is no text; `*out` is 0 if it is
 * no number. */
const char *reading_text(
    struct reading *r, const char *key, const struct json_value *v);
bool reading_whole(struct reading *r, const char *key,
    const struct json_value *v, uint64_t max, uint64_t *out);
/* Times 10^digits. `v` is a NUMBER. */
bool reading_fixed(struct reading *r, const char *key,
    const struct json_value *v, unsigned digits, uint64_t max, uint64_t *out);
/* The number of a word among the `count` that `name` gives, which may be NULL.
 */
bool reading_word(struct reading *r, const char *key,
    const struct json_value *v, const char *(*name)(unsigned i), unsigned count,
    unsigned *out);
/* Calls `add` for each text of a list; it may refuse one. */
bool reading_list(struct reading *r, const char *key,
    const struct json_value *v,
    bool (*add)(struct reading *r, const char *key,
        const struct json_value *item, void *at),
    void *at);

/* A table of numbers: an object with a member for each row that is told. */
struct reading_table {
    size_t count;
    const char *(*name)(size_t row);
    bool (*take)(struct reading *r, const struct json_value *v, size_t row);
};
/* Calls `take` for each; keys that are no row, and null, are passed over. */
bool reading_numbers(struct reading *r, const char *key,
    const struct json_value *v, const struct reading_table *table);

bool reading_is_key(const struct json_value *key, const char *name, size_t len);
/* An escaped key becomes the plain one that it stands for. */
void reading_plain_key(struct reading *r, struct json_value *key);

#endif
