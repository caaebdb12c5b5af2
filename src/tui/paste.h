/* Text that was pasted: cleaned of what a terminal or the notation could choke
 * on, and, where it has several lines, kept until it is run or discarded. */
#ifndef TUI_PASTE_H
#define TUI_PASTE_H

#include "sockstage/base/str.h"
#include "sockstage/script/script.h"

#include <stdbool.h>
#include <stddef.h>

#define PASTE_MAX (1UL << 20) /* bytes; what is beyond is left out */

struct paste {
    struct str text; /* lines, each closed by \n; empty: nothing is pasted */
    size_t lines;
    size_t first;    /* the first line that is shown */
    size_t left_out; /* control characters */
    bool cut;        /* there was more */
    bool failed;     /* it does not parse: see `error` */
    struct script_error error;
};

/* Takes the text as it came: line ends become \n, tabs stay, other control
 * characters and what is no UTF-8 are left out. */
void paste_take(struct paste *p, const char *raw, size_t len);
void paste_done(struct paste *p);
/* Whether all of it fits into one line of the prompt. */
bool paste_is_line(const struct paste *p);
/* Line `i` (from 0) without its end; false behind the last. */
bool paste_line(const struct paste *p, size_t i, struct str *out);

#endif
