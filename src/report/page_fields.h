/* What the HTML page shows of a moment, field by field, as JSON. The rows are
 * those of page_fields.def. */
#ifndef PAGE_FIELDS_H
#define PAGE_FIELDS_H

#include "sockstage/base/str.h"
#include "sockstage/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a moment is about: the event that began it, and what came of it. */
struct page_deed {
    enum event_kind kind;
    uint64_t call, segment, sock; /* ids; 0: none */
    bool has_verdict;
    enum verdict verdict; /* the latest one of this moment */
    uint64_t run;         /* of many segments at once: the first; 0: none */
    char *who, *text;     /* of an output or expectation; owned */
};

/* Whom a field is asked of. */
struct page_subject {
    const struct model *m;
    const char *lang;
    const struct page_deed *deed;
    const struct model_process *process;
    const struct model_sock *sock;
};

enum page_part { PAGE_STAGE, PAGE_DEED, PAGE_PROCESS, PAGE_SOCKET, PAGE_PARTS };

#define PAGE_FIELDS_MAX 16 /* of one part */

struct page_field {
    const char *key;
    void (*write)(const struct page_subject *of, struct str *out);
};

/* The rows of a part; returns how many they are. */
size_t page_fields(
    enum page_part part, const struct page_field *out[PAGE_FIELDS_MAX]);

#endif
