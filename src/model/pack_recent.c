/* The tail of what changed just now as bytes. */
#include "model_int.h"
#include "model_pack.h"

void recent_code(struct coder *c, struct model *m)
{
    size_t count = code_list(c, m->recent.len, MODEL_RECENT_MAX);

    for (size_t i = 0; i < count && !c->bad; i++) {
        struct recent fresh = {0};
        if (c->reading)
            vec_push(&m->recent, fresh);
        struct recent *r = &m->recent.items[i];
        coder_begin(c);
        CODE(c, r->sock);
        CODE(c, r->t_ns);
        CODE(c, r->info);
        CODE(c, r->fields);
        CODE(c, r->mem);
        CODE(c, r->texts);
        coder_end(c);
    }
}
