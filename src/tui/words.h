/* What things are called on the screen: who a socket belongs to, what a
 * segment is, what a state means in a beginner's words. */
#ifndef TUI_WORDS_H
#define TUI_WORDS_H

#include "theme.h"

#include "sockstage/model/model.h"

#include <stddef.h>

#define WORDS_MAX 160

/* The process part of an owner "c1.s"; "" if there is none. */
void words_process(const char *owner, char out[MODEL_NAME_MAX]);

/* The process at the client's end of a connection ("c1"), else its port
 * (":34254"). */
void words_client(
    const struct model *m, const struct model_sock *s, char out[WORDS_MAX]);
/* Whose connection a segment belongs to, likewise. */
void words_segment_owner(
    const struct model *m, const struct segment *s, char out[WORDS_MAX]);

/* "server:8080", "10.0.0.2:34254", "*:8080". */
void words_address(
    const struct model *m, const struct addr *a, char out[WORDS_MAX]);

/* The state in plain words, or "" where its name says all; `brief`: for a
 * narrow column. */
const char *words_state(
    const struct model *m, const struct model_sock *s, bool brief);
enum theme_key words_state_badge(const struct model_sock *s);
enum theme_key words_class_badge(enum state_class class);
enum theme_key words_state_style(const struct model_sock *s);

/* What the kernel's timer of a socket will do: "repeats its SYN"; NULL if no
 * timer runs. */
const char *words_timer(const struct model_sock *s);

/* "2.1 s", "57 s". */
char *words_duration(uint64_t ns, char *out, size_t size);

#endif
