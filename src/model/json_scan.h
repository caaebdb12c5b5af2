/* Reads JSON (RFC 8259) in one pass, without copies and without recursion: a
 * value is a place in the text. All of it is checked on the way, UTF-8 and
 * escapes too, so that what was scanned can be unescaped without doubt.
 *
 *     struct json_value key, value;
 *     json_scan_init(&s, text, len);
 *     while (json_scan_member(&s, &key, &value)) use(&key, &value);
 *     if (s.error == NULL && json_scan_end(&s)) all_is_well();
 *
 * It takes no NUL, written as \u0000 either: texts end with one. */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lists and objects in each other, in one value. */
#define JSON_SCAN_DEPTH_MAX 64

enum json_kind {
    JSON_KIND_NULL,
    JSON_KIND_BOOL,
    JSON_KIND_NUMBER,
    JSON_KIND_TEXT,
    JSON_KIND_LIST,
    JSON_KIND_OBJECT,
};

struct json_value {
    enum json_kind kind;
    bool truth;   /* of BOOL */
    bool escaped; /* of TEXT: it holds escapes */
    const char *at;
    size_t len; /* of TEXT without its quotes; of others all of it */
};

struct json_scan {
    const char *text, *at, *end;
    const char *error; /* N_(); NULL: none */
    bool cut;          /* the error: the text ended too early */
    bool inside;       /* of the object or list that is walked */
};

void json_scan_init(struct json_scan *s, const char *text, size_t len);
/* Walks an object or list that `outer` came upon. */
void json_scan_init_inside(struct json_scan *s, const struct json_scan *outer,
    const struct json_value *v);

/* The next member of the object, or item of the list, at whose beginning it
 * was initialised; false at its end, or on an error. */
bool json_scan_member(
    struct json_scan *s, struct json_value *key, struct json_value *value);
bool json_scan_item(struct json_scan *s, struct json_value *value);
/* Any value. */
bool json_scan_value(struct json_scan *s, struct json_value *out);
/* Whether only blanks follow; else the error is set. */
bool json_scan_end(struct json_scan *s);

/* Where that is in the text, in bytes from 1. */
size_t json_scan_column(const struct json_scan *s, const char *at);

/* The text of a TEXT, with a NUL behind it, into `out`, which has room for
 * v->len + 1 bytes. Returns its length. */
size_t json_value_text(const struct json_value *v, char *out);

/* The absolute value of a NUMBER times 10^scale, rounded; false if that is
 * beyond 64 bits. Never goes through a double. */
struct json_number {
    uint64_t n;
    bool negative;
    bool exact; /* nothing was rounded */
};
bool json_value_number(
    const struct json_value *v, unsigned scale, struct json_number *out);

/* The bytes of a TEXT that is base64, into `out` with room for v->len bytes;
 * false if it is none. */
bool json_value_base64(const struct json_value *v, uint8_t *out, size_t *len);

#endif
