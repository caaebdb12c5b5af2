/* States, classes and timers as words. A word is matched without regard to
 * case, and - counts as _; only "closing" (the class) and "CLOSING" (the
 * state) are told apart by their case. */
#include "sockstage/model/state.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

static const struct state_row {
    const char *name, *ss, *section, *help, *explain;
    uint8_t state;
    enum state_class class;
} rows[] = {
#define STATE(id, ss, cls, section, help, explain)                             \
    {#id, ss, section, help, explain, TCP_STATE_##id, CLASS_##cls},
#include "states.def"
#undef STATE
};

/* Words of the kernel's headers and of netstat(8) for the same states. */
static const struct {
    const char *word;
    uint8_t state;
} aliases[] = {
    {"SYN_RECV", TCP_STATE_SYN_RECEIVED},
    {"FIN_WAIT1", TCP_STATE_FIN_WAIT_1},
    {"FIN_WAIT2", TCP_STATE_FIN_WAIT_2},
    {"CLOSE", TCP_STATE_CLOSED},
};

/* For UDP the kernel's CLOSED means unconnected, ESTABLISHED connected. */
static const struct {
    const char *name, *help, *explain;
    uint8_t state;
} udp_rows[] = {
    {"UNCONN", N_("takes datagrams from any peer"),
        N_("A UDP socket has no handshake, no order and no repeats: what comes "
           "to its port from anybody waits here as whole datagrams, and each "
           "recvfrom() takes one."),
        TCP_STATE_CLOSED},
    {"CONNECTED", N_("exchanges datagrams with one peer only"),
        N_("connect() sent nothing: it only set the one peer that send() goes "
           "to and from whom datagrams are taken. An ICMP port unreachable "
           "comes back as ECONNREFUSED."),
        TCP_STATE_ESTABLISHED},
};

static const char *const class_names[] = {
    [CLASS_CLOSED] = "CLOSED",
    [CLASS_LISTEN] = "LISTEN",
    [CLASS_OPENING] = "opening",
    [CLASS_ESTABLISHED] = "ESTABLISHED",
    [CLASS_HALF_CLOSED] = "half-closed",
    [CLASS_CLOSING] = "closing",
};

static const struct {
    const char *name, *explain, *see;
} timers[] = {
#define TIMER(id, name, explain, see) [SOCK_TIMER_##id] = {name, explain, see},
#include "timers.def"
#undef TIMER
};

/* Classes of several states: the words that are no state too. */
static const enum state_class wide_classes[] = {
    CLASS_OPENING, CLASS_HALF_CLOSED, CLASS_CLOSING};

/* The row of a TCP state; an unknown number and NONE mean CLOSED. */
static const struct state_row *row_of(uint8_t state)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].state == state)
            return &rows[i];
    }
    return &rows[ARRAY_LEN(rows) - 1];
}

static bool is_udp_state(uint8_t proto, uint8_t state)
{
    return proto == IPPROTO_UDP && state != TCP_STATE_NONE;
}

/* The UDP row: whatever isn't connected is unconnected. */
static size_t udp_row_of(uint8_t state)
{
    return state == TCP_STATE_ESTABLISHED ? 1 : 0;
}

const char *state_name(uint8_t proto, uint8_t state)
{
    if (is_udp_state(proto, state))
        return udp_rows[udp_row_of(state)].name;
    return row_of(state)->name;
}

const char *state_help(uint8_t proto, uint8_t state)
{
    if (is_udp_state(proto, state))
        return udp_rows[udp_row_of(state)].help;
    return row_of(state)->help;
}

const char *state_explain(uint8_t proto, uint8_t state)
{
    if (is_udp_state(proto, state))
        return udp_rows[udp_row_of(state)].explain;
    return row_of(state)->explain;
}

const char *state_section(uint8_t state)
{
    return row_of(state)->section;
}

enum state_class state_class(uint8_t proto, uint8_t state)
{
    if (is_udp_state(proto, state))
        return state == TCP_STATE_ESTABLISHED ? CLASS_ESTABLISHED
                                              : CLASS_CLOSED;
    return row_of(state)->class;
}

bool state_is_synchronised(uint8_t state)
{
    switch (state) {
    case TCP_STATE_ESTABLISHED:
    case TCP_STATE_FIN_WAIT_1:
    case TCP_STATE_FIN_WAIT_2:
    case TCP_STATE_CLOSE_WAIT:
    case TCP_STATE_CLOSING:
    case TCP_STATE_LAST_ACK:
    case TCP_STATE_TIME_WAIT:
        return true;
    default:
        return false;
    }
}

const char *state_class_name(enum state_class class)
{
    return class_names[class];
}

/* ASCII only: tolower(3) would follow the locale. */
static char folded(char c)
{
    if (c == '-')
        return '_';
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        if (folded(*a) != folded(*b))
            return false;
    }
    return *a == *b;
}

static bool set_class(struct state_word *out, enum state_class class)
{
    *out = (struct state_word){
        .is_class = true, .proto = IPPROTO_TCP, .class = class};
    return true;
}

static bool set_state(struct state_word *out, uint8_t proto, uint8_t state)
{
    *out = (struct state_word){
        .proto = proto, .state = state, .class = state_class(proto, state)};
    return true;
}

bool state_word_parse(const char *word, struct state_word *out)
{
    if (strcmp(word, class_names[CLASS_CLOSING]) == 0)
        return set_class(out, CLASS_CLOSING);
    for (size_t i = 0; i < ARRAY_LEN(udp_rows); i++) {
        if (same_word(word, udp_rows[i].name))
            return set_state(out, IPPROTO_UDP, udp_rows[i].state);
    }
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (same_word(word, rows[i].name) || same_word(word, rows[i].ss))
            return set_state(out, IPPROTO_TCP, rows[i].state);
    }
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
        if (same_word(word, aliases[i].word))
            return set_state(out, IPPROTO_TCP, aliases[i].state);
    }
    for (size_t i = 0; i < ARRAY_LEN(wide_classes); i++) {
        if (same_word(word, class_names[wide_classes[i]]))
            return set_class(out, wide_classes[i]);
    }
    return false;
}

bool state_word_holds(const struct state_word *w, uint8_t proto, uint8_t state)
{
    if (is_udp_state(proto, state))
        return !w->is_class && w->proto == IPPROTO_UDP &&
               udp_row_of(w->state) == udp_row_of(state);
    if (w->is_class)
        return row_of(state)->class == w->class;
    return w->proto == IPPROTO_TCP && row_of(state)->state == w->state;
}

const char *state_word_at(size_t i)
{
    if (i < ARRAY_LEN(rows))
        return rows[i].name;
    i -= ARRAY_LEN(rows);
    if (i < ARRAY_LEN(udp_rows))
        return udp_rows[i].name;
    i -= ARRAY_LEN(udp_rows);
    if (i < ARRAY_LEN(wide_classes))
        return class_names[wide_classes[i]];
    return NULL;
}

const char *timer_name(uint8_t timer)
{
    return timers[timer < ARRAY_LEN(timers) ? timer : SOCK_TIMER_NONE].name;
}

const char *timer_explain(uint8_t timer)
{
    return timers[timer < ARRAY_LEN(timers) ? timer : SOCK_TIMER_NONE].explain;
}

const char *timer_section(uint8_t timer)
{
    return timers[timer < ARRAY_LEN(timers) ? timer : SOCK_TIMER_NONE].see;
}

bool timer_parse(const char *word, uint8_t *timer)
{
    for (size_t i = 0; i < ARRAY_LEN(timers); i++) {
        if (same_word(word, timers[i].name)) {
            *timer = (uint8_t)i;
            return true;
        }
    }
    return false;
}
