/* The tail of state changes as bytes: many and small, so what is the same or
 * grows slowly takes little. */
#include "model_int.h"
#include "model_pack.h"

static void code_change(
    struct coder *c, struct model_change *change, uint64_t *before_ns)
{
    uint64_t later = change->t_ns - *before_ns; /* modulo 2^64, both ways */
    uint64_t states = (uint64_t)change->before << 8 | change->state;

    code_number(c, &change->sock);
    code_number(c, &later);
    code_number(c, &states);
    c->bad |= states > UINT16_MAX;
    change->t_ns = *before_ns + later;
    change->before = (uint8_t)(states >> 8);
    change->state = (uint8_t)states;
    *before_ns = change->t_ns;
}

void change_code(struct coder *c, struct model *m)
{
    size_t count = code_list(c, m->changes.len, MODEL_CHANGES_MAX);
    uint64_t before_ns = 0;

    for (size_t i = 0; i < count && !c->bad; i++) {
        struct model_change fresh = {0};
        if (c->reading)
            vec_push(&m->changes, fresh);
        code_change(c, &m->changes.items[i], &before_ns);
    }
}
