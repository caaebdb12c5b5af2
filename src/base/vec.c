/* The one function behind the macros of vec.h: growing an array by doubling,
 * so that n pushes cost O(n). */
#include "sockstage/base/vec.h"

#include <stdint.h>

#define FIRST_CAP 8

void *vec_reserve_(void *items, size_t *cap, size_t len, size_t size)
{
    if (len < *cap)
        return items;
    /* On overflow xreallocarray() ends the program: SIZE_MAX never fits. */
    size_t more = len > SIZE_MAX / 2 ? SIZE_MAX : len * 2;
    if (more < FIRST_CAP)
        more = FIRST_CAP;
    items = xreallocarray(items, more, size);
    *cap = more;
    return items;
}
