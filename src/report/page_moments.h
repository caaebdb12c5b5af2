/* A stage as a list of moments, for the HTML page: each is what one thing that
 * happened changed on the page, as a JSON merge patch (RFC 7396) to the moment
 * before it. The first one is a patch to an empty object.
 *
 * Memory is bounded: of a long recording only the first moments are kept, of a
 * crowded one only the first sockets and processes. */
#ifndef PAGE_MOMENTS_H
#define PAGE_MOMENTS_H

#include "sockstage/base/str.h"
#include "sockstage/model/event.h"

#include <stdbool.h>
#include <stdint.h>

#define PAGE_MOMENTS_MAX 5000
#define PAGE_BYTES_MAX   (16U << 20) /* of all patches */
#define PAGE_THINGS_MAX  500         /* sockets, and processes */

struct page_moments;

/* `lang`: whose narration; borrowed. */
struct page_moments *page_moments_new(const char *lang);
void page_moments_free(struct page_moments *p); /* NULL is allowed */

/* Takes the next event of the stage. */
void page_moments_add(struct page_moments *p, const struct event *e);

/* The list as JSON; nothing may be added afterwards. */
const char *page_moments_json(struct page_moments *p);

/* What is not in it: so many events behind the last moment; sockets or
 * processes beyond PAGE_THINGS_MAX. */
uint64_t page_moments_events_left(const struct page_moments *p);
bool page_moments_is_crowded(const struct page_moments *p);

/* The addresses of a host on the wire, "10.0.0.1 fd00:5::1"; adds nothing where
 * none is known. */
void page_moments_add_addresses(
    const struct page_moments *p, enum host host, struct str *out);

#endif
