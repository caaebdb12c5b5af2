/* UTF-8 text and how wide a terminal draws it. */
#ifndef SOCKSTAGE_BASE_TEXT_H
#define SOCKSTAGE_BASE_TEXT_H

#include "sockstage/base/str.h"

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Translated here; only marked, and translated where it is shown. */
#define _(text)  gettext(text)
#define N_(text) text

/* Decodes one code point at `text` (of `len` bytes) into `*cp` and returns the
 * bytes it takes; malformed input yields U+FFFD and 1. len must be > 0. */
size_t utf8_decode(const char *text, size_t len, uint32_t *cp);

/* Encodes `cp` into `out` (at least 4 bytes) and returns the bytes written. */
size_t utf8_encode(uint32_t cp, char *out);

bool utf8_valid(const char *text, size_t len);

/* Writes the decimal digits of `n` to `out`, without a NUL, and returns the
 * place behind the last one. Several times faster than printf(3). */
#define TEXT_DIGITS_MAX 20
char *text_digits(char *out, uint64_t n);

/* Columns of one code point: 0 (combining), 1 or 2; control characters are 1,
 * because they are shown as a symbol. Independent of the locale. */
int utf8_width(uint32_t cp);

/* Whether it turns the order of what stands around it (UAX #9), or breaks a
 * line where none should be: a name or a payload could lie with it. */
bool utf8_misleads(uint32_t cp);

/* Columns of a whole text. */
size_t text_width(const char *text);

/* Adds text from outside as one line: control characters (and what is no
 * UTF-8, or misleads) become symbols, so that no terminal acts on them. At most
 * `columns` wide, then "..."; 0: all of it. */
void text_add_visible(struct str *out, const char *text, size_t columns);

#endif
