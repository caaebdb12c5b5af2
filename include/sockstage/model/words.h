/* What things are called wherever they are shown: whom a socket belongs to,
 * where it is, and what its state means in a beginner's words. Texts are
 * translated and valid for ever. */
#ifndef SOCKSTAGE_MODEL_WORDS_H
#define SOCKSTAGE_MODEL_WORDS_H

#include "sockstage/base/str.h"
#include "sockstage/model/model.h"

#include <stdbool.h>

#define MODEL_WORDS_MAX 160

/* The process at the client's end of a connection ("c1"), else its port
 * (":34254"). */
void model_client_words(const struct model *m, const struct model_sock *s,
    char out[MODEL_WORDS_MAX]);

/* "server:8080", "10.0.0.2:34254", "*:8080". */
void model_address_words(
    const struct model *m, const struct addr *a, char out[MODEL_WORDS_MAX]);

/* The state in plain words, or "" where its name says all; `brief`: for a
 * narrow column. */
const char *model_state_words(
    const struct model *m, const struct model_sock *s, bool brief);

/* What the kernel's timer of a socket will do: "repeats its SYN"; NULL if no
 * timer runs. */
const char *model_timer_words(const struct model_sock *s);
/* What its timer is for, N_(), a few sentences; and where that stands. */
const char *model_timer_explain(const struct model_sock *s);
const char *model_timer_section(const struct model_sock *s);
/* Its keepalive timer asks nothing: it bounds how long a closed socket may
 * stay in FIN_WAIT_2 (tcp_rcv_state_process(), net/ipv4/tcp_input.c). */
bool model_waits_for_fin(const struct model_sock *s);

/* Adds what a listener has thrown away so far: "4 SYNs ignored so far", "4 SYN
 * 2 ACK ignored" where `brief`; as the kernel's counter, "8 drops counted",
 * where not all of it was seen, see model_refused(). */
void model_refused_words(
    const struct model_sock *s, bool brief, struct str *out);

/* Adds why the FIN of a socket that has ended sending is not sent yet; false
 * if it is, or there is none. */
bool model_fin_words(const struct model_sock *s, struct str *out);

/* Adds what is set on the wire, part 0.. of MODEL_WIRE_WORDS: delay, rate, loss
 * and MTU; nothing where a part is as usual. */
#define MODEL_WIRE_WORDS 4
void model_wire_words(
    const struct wire_status *w, size_t part, bool brief, struct str *out);

#endif
