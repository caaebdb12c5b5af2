/* Draws by hashing: each input is mixed in with the finalizer of splitmix64
 * (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014),
 * which changes every bit of its result with a chance of one half. */
#include "luck.h"

#include <netinet/in.h>

static uint64_t mix(uint64_t state, uint64_t input)
{
    uint64_t z = state + UINT64_C(0x9e3779b97f4a7c15) + input;

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* An acknowledgment field says where the other side is, which is a matter of
 * timing: it counts only where it is all that a segment has. */
static uint64_t key_of(const struct segment *s)
{
    const uint8_t kinds = SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST;
    uint64_t number;

    if (s->proto != IPPROTO_TCP)
        return 0;
    if (segment_seq_len(s) > 0)
        number = s->has_relative ? s->seq : s->seq_raw;
    else
        number = s->has_relative ? s->ack : s->ack_raw;
    return number << 16 | (uint64_t)(segment_seq_len(s) > 0) << 9 |
           (uint64_t)s->probe << 8 | (uint64_t)(s->flags & kinds);
}

uint64_t luck_draw(uint64_t seed, unsigned purpose, const struct segment *s)
{
    uint64_t state = mix(seed, purpose);

    state = mix(state, (uint64_t)s->from << 8 | s->proto);
    state = mix(state, s->flow);
    state = mix(state, key_of(s));
    return mix(state, s->times);
}

uint64_t luck_below(uint64_t draw, uint64_t below)
{
    /* The upper half of a product of 128 bits, by its 32-bit parts. */
    uint64_t a = draw >> 32, b = draw & UINT32_MAX;
    uint64_t c = below >> 32, d = below & UINT32_MAX;
    uint64_t middle = (b * d >> 32) + (a * d & UINT32_MAX) + b * c;

    return a * c + (a * d >> 32) + (middle >> 32);
}
