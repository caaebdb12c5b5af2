/* The words of the wire lines, from their tables. */
#include "sockstage/wire/order.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

static const struct wire_word_info infos[] = {
#define WIRE_ORDER(id, word, shape, usage, help, explain, see)                 \
    [WIRE_##id] = {word, WIRE_TAKES_##shape, usage, help, explain, see},
#define WIRE_ALIAS(id, word)
#include "sockstage/wire/orders.def"
#undef WIRE_ORDER
#undef WIRE_ALIAS
};

static const struct {
    const char *word;
    enum wire_word means;
} words[] = {
#define WIRE_ORDER(id, word, shape, usage, help, explain, see)                 \
    {word, WIRE_##id},
#define WIRE_ALIAS(id, word) {word, WIRE_##id},
#include "sockstage/wire/orders.def"
#undef WIRE_ORDER
#undef WIRE_ALIAS
};

static const char *const unreachables[] = {
#define UNREACHABLE(id, word, code4, code6) [WIRE_UNREACHABLE_##id] = word,
#include "sockstage/wire/unreachables.def"
#undef UNREACHABLE
};

const struct wire_word_info *wire_word_info(enum wire_word word)
{
    return &infos[word];
}

const char *wire_word_at(size_t i, enum wire_word *out)
{
    if (i >= ARRAY_LEN(words))
        return NULL;
    if (out)
        *out = words[i].means;
    return words[i].word;
}

const char *wire_unreachable_name(enum wire_unreachable what)
{
    return (size_t)what < ARRAY_LEN(unreachables) ? unreachables[what] : NULL;
}
