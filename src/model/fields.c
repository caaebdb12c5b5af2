/* The tables of numbers: what `expect` asks (fields.def), the kernel's tcp_info
 * (info.def) and its memory of a socket (mem.def). */
#include "sockstage/model/fields.h"

#include "model_int.h"
#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

enum info_row {
#define INFO(                                                                  \
    name, member, shift, bits, unit, is_age, help, explain, group, see)        \
    INFO_##name,
#include "info.def"
#undef INFO
    INFO_ROWS
};

_Static_assert(INFO_ROWS <= INFO_SET_MAX, "one bit per row");

static const struct info_place {
    struct info_field pub;
    size_t offset, size;
    unsigned shift, bits;
} infos[] = {
#define INFO(                                                                  \
    row, member, low, width, unit_text, age, text, more, group_id, where)      \
    {{.name = #row,                                                            \
         .unit = unit_text,                                                    \
         .help = text,                                                         \
         .is_age = age,                                                        \
         .group = GROUP_##group_id,                                            \
         .see = where},                                                        \
        offsetof(struct sample_tcp_info, member),                              \
        sizeof((struct sample_tcp_info *)0)->member, low, width},
#include "info.def"
#undef INFO
};

static const char *const group_names[] = {
    [GROUP_CONNECTION] = N_("connection"),
    [GROUP_QUEUES] = N_("queues"),
    [GROUP_SEND] = N_("send"),
    [GROUP_RECEIVE] = N_("receive"),
    [GROUP_LOSS] = N_("loss"),
    [GROUP_TIMING] = N_("timing"),
    [GROUP_MEMORY] = N_("memory"),
    [GROUP_COUNTERS] = N_("counters"),
};

const char *field_group_name(enum field_group group)
{
    return group_names[group];
}

/* tcp_info only ever grew at its end: a kernel that tells one row tells all
 * before it, so a row that never changed is a known 0. */
static bool knows(const struct model_sock *s, enum info_row row)
{
    const uint64_t *known = s->info_known.words;

    if (!IS_CONNECTION(s))
        return false;
    if (row >= 64)
        return known[1] >> (row - 64) != 0;
    return known[1] != 0 || known[0] >> row != 0;
}

#define GETTERS(name, condition, value)                                        \
    static int64_t get_##name(const struct model_sock *s)                      \
    {                                                                          \
        return (int64_t)(value);                                               \
    }                                                                          \
    static bool applies_##name(const struct model_sock *s)                     \
    {                                                                          \
        return condition;                                                      \
    }
#define SOCK_FIELD(name, unit, applies, value, help, explain, group, see)      \
    GETTERS(name, applies, value)
#define SOME_FIELD(name, unit, applies, value, help, explain, group, see)      \
    GETTERS(name, applies, value)
#define INFO_FIELD(name, unit, row, factor, help, explain, group, see)         \
    GETTERS(name, knows(s, INFO_##row),                                        \
        info_field_get(&s->info, INFO_##row) * (factor))
#include "fields.def"
#undef SOCK_FIELD
#undef SOME_FIELD
#undef INFO_FIELD

static const struct field fields[] = {
#define ROW(id, unit_id, text, group_id, where, info)                          \
    {.name = #id,                                                              \
        .unit = UNIT_##unit_id,                                                \
        .help = text,                                                          \
        .group = GROUP_##group_id,                                             \
        .see = where,                                                          \
        .of_info = info,                                                       \
        .get = get_##id,                                                       \
        .applies = applies_##id},
#define SOCK_FIELD(name, unit, applies, value, help, explain, group, see)      \
    ROW(name, unit, help, group, see, false)
#define SOME_FIELD(name, unit, applies, value, help, explain, group, see)      \
    ROW(name, unit, help, group, see, false)
#define INFO_FIELD(name, unit, row, factor, help, explain, group, see)         \
    ROW(name, unit, help, group, see, true)
#include "fields.def"
#undef SOCK_FIELD
#undef SOME_FIELD
#undef INFO_FIELD
#undef ROW
};

bool info_field_known(const struct model_sock *s, size_t i)
{
    return i < INFO_ROWS && knows(s, (enum info_row)i);
}

const struct field *field_at(size_t i)
{
    return i < ARRAY_LEN(fields) ? &fields[i] : NULL;
}

const struct field *field_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    }
    return NULL;
}

size_t info_field_count(void)
{
    return ARRAY_LEN(infos);
}

const struct info_field *info_field_at(size_t i)
{
    return i < ARRAY_LEN(infos) ? &infos[i].pub : NULL;
}

size_t info_field_find(const char *name)
{
    size_t i = 0;

    while (i < ARRAY_LEN(infos) && strcmp(infos[i].pub.name, name) != 0)
        i++;
    return i;
}

static uint64_t member_get(
    const struct sample_tcp_info *info, const struct info_place *place)
{
    const char *at = (const char *)info + place->offset;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;

    switch (place->size) {
    case sizeof u8:
        memcpy(&u8, at, sizeof u8);
        return u8;
    case sizeof u16:
        memcpy(&u16, at, sizeof u16);
        return u16;
    case sizeof u32:
        memcpy(&u32, at, sizeof u32);
        return u32;
    default:
        memcpy(&u64, at, sizeof u64);
        return u64;
    }
}

static void member_set(struct sample_tcp_info *info,
    const struct info_place *place, uint64_t value)
{
    char *at = (char *)info + place->offset;
    uint8_t u8 = (uint8_t)value;
    uint16_t u16 = (uint16_t)value;
    uint32_t u32 = (uint32_t)value;

    switch (place->size) {
    case sizeof u8:
        memcpy(at, &u8, sizeof u8);
        return;
    case sizeof u16:
        memcpy(at, &u16, sizeof u16);
        return;
    case sizeof u32:
        memcpy(at, &u32, sizeof u32);
        return;
    default:
        memcpy(at, &value, sizeof value);
    }
}

static uint64_t bit_mask(const struct info_place *place)
{
    return ((UINT64_C(1) << place->bits) - 1) << place->shift;
}

uint64_t info_field_get(const struct sample_tcp_info *info, size_t i)
{
    uint64_t value;

    if (i >= ARRAY_LEN(infos))
        return 0;
    value = member_get(info, &infos[i]);
    if (infos[i].bits == 0)
        return value;
    return (value & bit_mask(&infos[i])) >> infos[i].shift;
}

void info_field_set(struct sample_tcp_info *info, size_t i, uint64_t value)
{
    uint64_t mask;

    if (i >= ARRAY_LEN(infos))
        return;
    if (infos[i].bits != 0) {
        mask = bit_mask(&infos[i]);
        value = (member_get(info, &infos[i]) & ~mask) |
                (value << infos[i].shift & mask);
    }
    member_set(info, &infos[i], value);
}

static bool is_within(const struct info_place *place, uint32_t len)
{
    return place->offset + place->size <= len;
}

struct info_set info_changed(const struct sample_tcp_info *before,
    const struct sample_tcp_info *now, uint32_t len)
{
    struct info_set changed = {0};

    for (size_t i = 0; i < ARRAY_LEN(infos); i++) {
        if (!infos[i].pub.is_age && is_within(&infos[i], len) &&
            info_field_get(before, i) != info_field_get(now, i))
            info_set_add(&changed, i);
    }
    return changed;
}

void info_add_last(struct info_set *set, uint32_t len)
{
    for (size_t i = ARRAY_LEN(infos); i-- > 0;) {
        if (is_within(&infos[i], len) && !infos[i].pub.is_age) {
            info_set_add(set, i);
            return;
        }
    }
}

/* ---- ages ---------------------------------------------------------------- */

static const size_t ages[] = {
    INFO_last_data_sent, INFO_last_data_recv, INFO_last_ack_recv};
_Static_assert(ARRAY_LEN(ages) == INFO_AGES, "as fields.h says");

/* The kernel counts them in ticks of up to 10 ms. */
#define AGE_SAME_NS (20 * NS_PER_MS)

static uint64_t since(
    const struct sample_tcp_info *now, size_t row, uint64_t now_ns)
{
    uint64_t age_ns = info_field_get(now, row) * NS_PER_MS;

    return now_ns > age_ns ? now_ns - age_ns : 0;
}

void info_ages_note(const struct sample_tcp_info *now, uint64_t now_ns,
    const struct info_set *set, uint64_t since_ns[INFO_AGES])
{
    for (size_t i = 0; i < INFO_AGES; i++) {
        if (info_set_has(set, ages[i]))
            since_ns[i] = since(now, ages[i], now_ns);
    }
}

void info_ages_add(struct info_set *set, const struct sample_tcp_info *now,
    uint32_t len, uint64_t now_ns, uint64_t since_ns[INFO_AGES])
{
    for (size_t i = 0; i < INFO_AGES; i++) {
        uint64_t a = since_ns[i], b = since(now, ages[i], now_ns);
        if (is_within(&infos[ages[i]], len) &&
            (a > b ? a - b : b - a) > AGE_SAME_NS)
            info_set_add(set, ages[i]);
    }
    info_ages_note(now, now_ns, set, since_ns);
}

uint64_t info_age_since(const struct model_sock *s, size_t row)
{
    for (size_t i = 0; i < INFO_AGES; i++) {
        if (ages[i] == row)
            return s->info_since_ns[i];
    }
    return 0;
}

/* ---- memory -------------------------------------------------------------- */

static const struct mem_place {
    struct mem_field pub;
    size_t offset;
} mems[] = {
#define MEM(member, unit_text, text, more, where)                              \
    {{.name = #member, .unit = unit_text, .help = text, .see = where},         \
        offsetof(struct sample_mem, member)},
#include "mem.def"
#undef MEM
};
_Static_assert(sizeof(struct sample_mem) == ARRAY_LEN(mems) * sizeof(uint32_t),
    "every member has its row");

size_t mem_field_count(void)
{
    return ARRAY_LEN(mems);
}

const struct mem_field *mem_field_at(size_t i)
{
    return i < ARRAY_LEN(mems) ? &mems[i].pub : NULL;
}

uint32_t mem_field_get(const struct sample_mem *mem, size_t i)
{
    uint32_t value = 0;

    if (i < ARRAY_LEN(mems))
        memcpy(&value, (const char *)mem + mems[i].offset, sizeof value);
    return value;
}

void mem_field_set(struct sample_mem *mem, size_t i, uint32_t value)
{
    if (i < ARRAY_LEN(mems))
        memcpy((char *)mem + mems[i].offset, &value, sizeof value);
}

uint32_t mem_changed(
    const struct sample_mem *before, const struct sample_mem *now)
{
    uint32_t changed = 0;

    for (size_t i = 0; i < ARRAY_LEN(mems); i++) {
        if (mem_field_get(before, i) != mem_field_get(now, i))
            changed |= 1U << i;
    }
    return changed;
}
