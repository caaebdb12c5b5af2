/* Which events are one moment of the page: a call with its return, a segment's
 * arrival with what the sockets made of it; but no two changes of one socket,
 * except where many segments follow each other faster than the eye. */
#ifndef PAGE_GROUP_H
#define PAGE_GROUP_H

#include "page_fields.h"

#include "sockstage/base/vec.h"

struct page_group {
    bool is_open;  /* it has an event */
    uint64_t t_ns; /* of its first one */
    struct page_deed deed;
    enum event_kind last; /* that counts, and its id */
    uint64_t last_id;
    char note_lang[8];
    VEC(uint64_t) changed; /* sockets that it has an event of */
};

/* Whether the event belongs to the open group. */
bool page_group_takes(const struct page_group *g, const struct event *e);
/* Adds it; the model has it already. */
void page_group_add(
    struct page_group *g, const struct event *e, const struct model *m);
/* Empties it. */
void page_group_clear(struct page_group *g);
void page_group_done(struct page_group *g);

bool page_is_among(const uint64_t *ids, size_t count, uint64_t id);

#endif
