/* The states of RFC 9293, section 3.3.2, and the classes that the card and
 * `expect` speak of. One row a state in states.def. */
#ifndef SOCKSTAGE_MODEL_STATE_H
#define SOCKSTAGE_MODEL_STATE_H

#include "sockstage/kernel/sample.h"

#include <stdbool.h>
#include <stdint.h>

enum state_class {
    CLASS_CLOSED,
    CLASS_LISTEN,
    CLASS_OPENING, /* SYN_SENT, SYN_RECEIVED */
    CLASS_ESTABLISHED,
    CLASS_HALF_CLOSED, /* FIN_WAIT_2, CLOSE_WAIT */
    CLASS_CLOSING,     /* FIN_WAIT_1, CLOSING, LAST_ACK, TIME_WAIT */
};

/* "ESTABLISHED"; for UDP "UNCONN" and "CONNECTED". TCP_STATE_NONE, a socket
 * that the kernel has no more, is CLOSED in both. */
const char *state_name(uint8_t proto, uint8_t state);
/* One line that explains it, N_(), and the section of RFC 9293 of a TCP one. */
const char *state_help(uint8_t proto, uint8_t state);
const char *state_section(uint8_t state);
/* A few sentences, N_(). */
const char *state_explain(uint8_t proto, uint8_t state);
enum state_class state_class(uint8_t proto, uint8_t state);
/* Whether both sides of TCP know each other's numbers: ESTABLISHED and all that
 * follow it but CLOSED (RFC 9293, section 3.5.2). */
bool state_is_synchronised(uint8_t state);
/* "half-closed", "opening": as JSON and `expect` have it. */
const char *state_class_name(enum state_class class);

/* What the word of a script means: a state ("SYN-RECV", "SYN_RECEIVED",
 * "syn-recv", "ESTAB"..), else a class. LISTEN, ESTABLISHED and CLOSED are
 * states and classes of one member each. "closing" is the class, "CLOSING"
 * the state. UNCONN and CONNECTED hold for UDP only, although ss(8) calls TCP's
 * CLOSED so, too. */
struct state_word {
    bool is_class;
    uint8_t proto; /* IPPROTO_TCP, IPPROTO_UDP */
    uint8_t state;
    enum state_class class;
};
bool state_word_parse(const char *word, struct state_word *out);
bool state_word_holds(const struct state_word *w, uint8_t proto, uint8_t state);
/* Canonical words for completion and hints; NULL at the end. */
const char *state_word_at(size_t i);

/* "none", "retransmit", "persist", "keepalive", "timewait", "synack". */
const char *timer_name(uint8_t timer);
/* What it does when it fires, a few sentences, N_(); and where that stands. Of
 * "none" both are "". */
const char *timer_explain(uint8_t timer);
const char *timer_section(uint8_t timer);
bool timer_parse(const char *word, uint8_t *timer);

#endif
