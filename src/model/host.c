/* The hosts as the model knows them: addresses, and what ss(8) would list. */
#include "model_int.h"

#include <netinet/in.h>

void host_apply(struct model *m, const struct event_stage *e)
{
    model_copy_text(m->wire, sizeof m->wire, e->wire);
    for (size_t h = 0; h < HOST_COUNT; h++) {
        size_t count = e->address_count[h];
        if (count > ARRAY_LEN(m->addresses[h]))
            count = ARRAY_LEN(m->addresses[h]);
        m->address_count[h] = count;
        memcpy(m->addresses[h], e->addresses[h], sizeof m->addresses[h]);
    }
}

const char *model_wire(const struct model *m)
{
    return m->wire;
}

size_t model_addresses(
    const struct model *m, enum host host, const struct addr **out)
{
    *out = m->addresses[host];
    return m->address_count[host];
}

size_t model_listed(const struct model *m, enum host host, uint8_t state)
{
    size_t count = 0;

    for (size_t i = 0; i < m->socks.len; i++) {
        const struct model_sock *s = &m->socks.items[i]->pub;
        /* ss(8) leaves out what is neither connected nor listening. */
        if (s->host != host || s->proto != IPPROTO_TCP || s->gone ||
            s->state == TCP_STATE_CLOSED || s->state == TCP_STATE_NONE)
            continue;
        if (state == TCP_STATE_NONE || s->state == state)
            count++;
    }
    return count;
}
