/* Which segments a wire line means: [client|server|any] FLAGS[(LENGTH)]
 * [win N] [seq N] [again] [PROCESS.SOCKET]. Plain data. */
#ifndef SOCKSTAGE_WIRE_PATTERN_H
#define SOCKSTAGE_WIRE_PATTERN_H

#include "sockstage/wire/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pattern_class {
    PATTERN_ANY, /* "*" or no FLAGS */
    PATTERN_SYN, /* SYN without ACK */
    PATTERN_SYN_ACK,
    PATTERN_ACK,  /* bare: no SYN, FIN, RST, no payload, not a probe */
    PATTERN_FIN,  /* any with FIN set */
    PATTERN_RST,  /* any with RST set */
    PATTERN_DATA, /* any with payload (TCP) */
    PATTERN_PROBE,
    PATTERN_UDP,
    PATTERN_ICMP,
};

#define PATTERN_NAME_MAX 32

struct pattern {
    bool from_set; /* else: any side */
    enum host from;
    enum pattern_class class;
    bool len_set, win_set, seq_set;
    uint32_t len;                   /* payload bytes */
    uint32_t win;                   /* the raw window field */
    uint32_t seq;                   /* relative */
    bool again;                     /* a repeat */
    char process[PATTERN_NAME_MAX]; /* "" : any connection */
    char socket[PATTERN_NAME_MAX];
};

/* The word of a class ("SYN+ACK"), and back; false if there is none. */
const char *pattern_class_name(enum pattern_class class);
bool pattern_class_parse(const char *word, enum pattern_class *out);

/* Whether all but PROCESS.SOCKET fits; without `again` in the pattern both
 * first and repeated segments fit. */
bool pattern_matches(const struct pattern *p, const struct segment *s);

/* The pattern in the notation. Returns `out`. */
#define PATTERN_TEXT_MAX 160
char *pattern_format(const struct pattern *p, char out[PATTERN_TEXT_MAX]);

#endif
