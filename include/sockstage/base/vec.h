/* A growing array of any type:
 *
 *     VEC(struct line) lines = VEC_INIT;
 *     vec_push(&lines, line);
 *     for (size_t i = 0; i < lines.len; i++) use(&lines.items[i]);
 *     vec_done(&lines);
 */
#ifndef SOCKSTAGE_BASE_VEC_H
#define SOCKSTAGE_BASE_VEC_H

#include "sockstage/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define VEC(type)                                                              \
    struct {                                                                   \
        type *items;                                                           \
        size_t len;                                                            \
        size_t cap;                                                            \
    }

#define VEC_INIT                                                               \
    {                                                                          \
        NULL, 0, 0                                                             \
    }

#define vec_push(v, item)                                                      \
    do {                                                                       \
        (v)->items =                                                           \
            vec_reserve_((v)->items, &(v)->cap, (v)->len, sizeof *(v)->items); \
        (v)->items[(v)->len++] = (item);                                       \
    } while (0)

/* Removes item `i`, keeping the order. */
#define vec_remove(v, i)                                                       \
    do {                                                                       \
        memmove(&(v)->items[i], &(v)->items[(i) + 1],                          \
            ((v)->len - (i)-1) * sizeof *(v)->items);                          \
        (v)->len--;                                                            \
    } while (0)

#define vec_clear(v) ((v)->len = 0)

#define vec_done(v)                                                            \
    do {                                                                       \
        free((v)->items);                                                      \
        (v)->items = NULL;                                                     \
        (v)->len = (v)->cap = 0;                                               \
    } while (0)

/* Room for one more than `len`; not for direct use. */
void *vec_reserve_(void *items, size_t *cap, size_t len, size_t size);

#endif
