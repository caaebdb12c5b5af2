/* What things are called on the screen: who a socket belongs to, what a
 * segment is, what a state means in a beginner's words. */
#ifndef TUI_WORDS_H
#define TUI_WORDS_H

#include "theme.h"

#include "sockstage/model/words.h"

#include <stddef.h>

#define WORDS_MAX MODEL_WORDS_MAX

/* The process part of an owner "c1.s"; "" if there is none. */
void words_process(const char *owner, char out[MODEL_NAME_MAX]);

/* Whose connection a segment belongs to: the process at the client's end
 * ("c1"), else its port (":34254"). */
void words_segment_owner(
    const struct model *m, const struct segment *s, char out[WORDS_MAX]);

enum theme_key words_state_badge(const struct model_sock *s);
enum theme_key words_class_badge(enum state_class class);
enum theme_key words_state_style(const struct model_sock *s);

/* "byte" or "bytes" for so many of the unit "bytes" of a table; a unit that is
 * a sign ("ms"), and "", as they are. */
const char *words_unit(const char *unit, uint64_t n);

/* Seconds as exactly as the columns allow: of 6 " 9.250", " 123.4", " 12345".
 * Only more seconds than it has columns make it wider. */
char *words_stamp(uint64_t ns, int width, char *out, size_t size);

/* "2.1 s", "57 s". */
char *words_duration(uint64_t ns, char *out, size_t size);

#endif
