/* The numbers that the model knows of a socket, each in one row: fields.def
 * for what `expect` asks, info.def for the kernel's tcp_info, mem.def for its
 * memory. A row gives name, unit and explanation; whoever shows, records or
 * compares a number reads the row. */
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
    UNIT_CONNECTIONS,
    UNIT_PACKETS,
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
    const char *help; /* N_() */
    const char *see;  /* "RFC 5681 3.1" */
    int64_t (*get)(const struct model_sock *s);
    /* Whether it means something for this socket (accept_queue only for a
     * listener...). */
    bool (*applies)(const struct model_sock *s);
    enum field_unit unit;
    enum field_group group;
    bool of_info; /* the value of a row of tcp_info, in other words */
};

const struct field *field_find(const char *name); /* NULL: none of that name */
const struct field *field_at(size_t i);           /* NULL at the end */

/* ---- tcp_info, row by row ------------------------------------------------ */

struct info_field {
    const char *name; /* "snd_cwnd" */
    const char *unit; /* "segments", "us", "bytes", "" */
    const char *help; /* N_() */
    const char *see;
    enum field_group group;
    bool is_age; /* only says how long ago: never counts as a change */
};

#define INFO_AGES    3 /* rows that are ages */
#define INFO_SET_MAX 128

/* Some of the rows. */
struct info_set {
    uint64_t words[INFO_SET_MAX / 64];
};

static inline bool info_set_has(const struct info_set *s, size_t row)
{
    return (s->words[row / 64] >> row % 64 & 1) != 0;
}

static inline void info_set_add(struct info_set *s, size_t row)
{
    s->words[row / 64] |= UINT64_C(1) << row % 64;
}

static inline bool info_set_is_empty(const struct info_set *s)
{
    return (s->words[0] | s->words[1]) == 0;
}

/* The first row of the set from `from` on; INFO_SET_MAX: none. */
static inline size_t info_set_next(const struct info_set *s, size_t from)
{
    for (size_t w = from / 64; w < INFO_SET_MAX / 64; w++) {
        uint64_t rest = s->words[w];
        if (w == from / 64)
            rest &= UINT64_MAX << from % 64;
        if (rest != 0)
            return w * 64 + (size_t)__builtin_ctzll(rest);
    }
    return INFO_SET_MAX;
}

size_t info_field_count(void);
const struct info_field *info_field_at(size_t i);
size_t info_field_find(const char *name); /* info_field_count(): none */
/* Whether the kernel told that row of this socket. */
bool info_field_known(const struct model_sock *s, size_t i);
uint64_t info_field_get(const struct sample_tcp_info *info, size_t i);
void info_field_set(struct sample_tcp_info *info, size_t i, uint64_t value);

/* The rows that differ, ages left out. `len` is what the kernel filled in of
 * `now`; rows beyond it never count. */
struct info_set info_changed(const struct sample_tcp_info *before,
    const struct sample_tcp_info *now, uint32_t len);
/* Adds to `set` the last row within `len`: told once, it says that the kernel
 * knows all before it, also those that are still 0. */
void info_add_last(struct info_set *set, uint32_t len);

/* An age counts from a moment, which stays the same while it grows. Notes in
 * `since_ns` the moments that the ages in `set`, as `now` has them at `now_ns`,
 * count from: 0 for what is older than the stage, so never happened on it. */
void info_ages_note(const struct sample_tcp_info *now, uint64_t now_ns,
    const struct info_set *set, uint64_t since_ns[INFO_AGES]);
/* Adds to `set` the ages that count from another moment than `since_ns` says,
 * and notes these. */
void info_ages_add(struct info_set *set, const struct sample_tcp_info *now,
    uint32_t len, uint64_t now_ns, uint64_t since_ns[INFO_AGES]);
/* The moment that the age in that row counts from; 0: none. */
uint64_t info_age_since(const struct model_sock *s, size_t row);

/* ---- memory, row by row -------------------------------------------------- */

struct mem_field {
    const char *name; /* "rmem_alloc" */
    const char *unit; /* "bytes", "packets" */
    const char *help; /* N_() */
    const char *see;
};

size_t mem_field_count(void); /* at most 32 */
const struct mem_field *mem_field_at(size_t i);
uint32_t mem_field_get(const struct sample_mem *mem, size_t i);
void mem_field_set(struct sample_mem *mem, size_t i, uint32_t value);
/* Bit i set: row i differs. */
uint32_t mem_changed(
    const struct sample_mem *before, const struct sample_mem *now);

#endif
