/* The numbers that the model knows of a socket, each in one row: fields.def
 * for what `expect` asks, info.def for the kernel's tcp_info. A row gives
 * name, unit and explanation; whoever shows, records or compares a number
 * reads the row. */
#ifndef SOCKSTAGE_MODEL_FIELDS_H
#define SOCKSTAGE_MODEL_FIELDS_H

#include "sockstage/kernel/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model_sock;

enum field_unit {
    UNIT_COUNT,
    UNIT_BYTES,
    UNIT_SEGMENTS,
    UNIT_NS, /* durations are compared in nanoseconds */
};

/* What belongs together in the inspector, in its order. */
enum field_group {
    GROUP_CONNECTION,
    GROUP_QUEUES,
    GROUP_SEND,
    GROUP_RECEIVE,
    GROUP_LOSS,
    GROUP_TIMING,
    GROUP_MEMORY,
    GROUP_COUNTERS,
    FIELD_GROUPS
};
const char *field_group_name(enum field_group group); /* N_() */

struct field {
    const char *name; /* operand of `expect`: "send_buffer", "cwnd" */
    enum field_unit unit;
    const char *help; /* N_() */
    enum field_group group;
    const char *see; /* "RFC 5681 3.1" */
    bool of_info;    /* the value of a row of tcp_info, in other words */
    int64_t (*get)(const struct model_sock *s);
    /* Whether it means something for this socket (accept_queue only for a
     * listener...). */
    bool (*applies)(const struct model_sock *s);
};

const struct field *field_find(const char *name); /* NULL: none of that name */
const struct field *field_at(size_t i);           /* NULL at the end */

/* tcp_info, row by row; at most 64. */
struct info_field {
    const char *name; /* "snd_cwnd" */
    const char *unit; /* "segments", "us", "bytes", "" */
    const char *help; /* N_() */
    bool is_age;      /* only says how long ago: never counts as a change */
    enum field_group group;
    const char *see;
};

size_t info_field_count(void);
const struct info_field *info_field_at(size_t i);
/* Whether the kernel told that row of this socket. */
bool info_field_known(const struct model_sock *s, size_t i);
uint64_t info_field_get(const struct sample_tcp_info *info, size_t i);
void info_field_set(struct sample_tcp_info *info, size_t i, uint64_t value);
/* Bit i set: row i differs (ages left out). `len` is what the kernel filled in
 * of `now`, rows beyond it never count. `before` is what was reported last of
 * this socket; NULL if nothing was yet: then each row that `now` knows
 * counts. */
uint64_t info_changed(const struct sample_tcp_info *before,
    const struct sample_tcp_info *now, uint32_t len);

#endif
