/* Why a call failed here, and what one that has not returned waits for: a line
 * made from the moment, its sockets and its segments. Where the moment does
 * not tell, the line says so or there is none; nothing is made up.
 *
 * struct model_call has the line of its end as it was when the call
 * returned: what stood in its way may be gone a second later. */
#ifndef SOCKSTAGE_MODEL_WHY_H
#define SOCKSTAGE_MODEL_WHY_H

#include "sockstage/base/str.h"
#include "sockstage/model/model.h"

#include <stdbool.h>
#include <stddef.h>

/* Adds a translated line about the error of `c`, as of this moment; false if
 * nothing can be said. */
bool why_failed(
    const struct model *m, const struct model_call *c, struct str *out);

/* The same for one that succeeded, where that was hardly meant. */
bool why_noticed(
    const struct model *m, const struct model_call *c, struct str *out);

/* The same for what a call waits for that blocks, or would have to. */
bool why_waits(
    const struct model *m, const struct model_call *c, struct str *out);

/* What that errno means wherever it comes from (errnos.def): N_(), and the
 * page that says so. */
struct why_errno {
    const char *name; /* "ECONNREFUSED" */
    const char *explain, *see;
};
const struct why_errno *why_errno_at(size_t i); /* NULL at the end */

#endif
