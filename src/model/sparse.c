/* Words that are not zero, behind a byte with a bit for each of eight words.
 * Words are written before it is known whether they stay, so that the inner
 * loop has no branch: which words are zero follows no pattern. */
#include "sparse.h"

#include <string.h>

#define WORD  sizeof(uint64_t)
#define BLOCK (8 * WORD)

static uint8_t *pack_block(const uint8_t *data, uint8_t *out)
{
    uint8_t *mask = out++;
    unsigned set = 0;

    for (unsigned i = 0; i < 8; i++) {
        uint64_t word;
        memcpy(&word, data + i * WORD, WORD);
        memcpy(out, &word, WORD);
        out += (size_t)(word != 0) * WORD;
        set |= (unsigned)(word != 0) << i;
    }
    *mask = (uint8_t)set;
    return out;
}

void sparse_pack(const void *data, size_t len, struct str *out)
{
    const uint8_t *in = data;
    size_t blocks = len / BLOCK, rest = len % BLOCK;
    uint8_t *to = (uint8_t *)str_reserve(out, (blocks + 1) * (1 + BLOCK));

    for (; blocks > 0; blocks--, in += BLOCK)
        to = pack_block(in, to);
    if (rest > 0) {
        uint8_t last[BLOCK] = {0};
        memcpy(last, in, rest);
        to = pack_block(last, to);
    }
    *to = '\0';
    out->len = (size_t)((char *)to - out->data);
}

static bool unpack_block(const uint8_t **at, const uint8_t *end, uint8_t *out)
{
    unsigned mask;
    const uint8_t *in = *at;

    if (in == end)
        return false;
    mask = *in++;
    memset(out, 0, BLOCK);
    if ((size_t)__builtin_popcount(mask) * WORD > (size_t)(end - in))
        return false;
    while (mask != 0) {
        memcpy(out + (size_t)__builtin_ctz(mask) * WORD, in, WORD);
        in += WORD;
        mask &= mask - 1;
    }
    *at = in;
    return true;
}

static bool is_zero(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (data[i] != 0)
            return false;
    }
    return true;
}

bool sparse_unpack(
    const uint8_t **at, const uint8_t *end, void *out, size_t len)
{
    uint8_t *to = out;
    uint8_t rest[BLOCK];

    for (; len >= BLOCK; len -= BLOCK, to += BLOCK) {
        if (!unpack_block(at, end, to))
            return false;
    }
    if (len == 0)
        return true;
    if (!unpack_block(at, end, rest))
        return false;
    memcpy(to, rest, len);
    return is_zero(rest + len, BLOCK - len);
}
