/* What the writers of a moment's fields share. */
#ifndef PAGE_INT_H
#define PAGE_INT_H

#include "page_fields.h"

/* The writers that the rows of page_fields.def name. */
#define PAGE_FIELD(part, key, write)                                           \
    void page_##write(const struct page_subject *of, struct str *out);
#include "page_fields.def"
#undef PAGE_FIELD

#define PAGE_KEY(out, name) json_out_key(out, "\"" name "\":", sizeof name + 2)

#define PAGE_TEXT_BYTES 1024 /* of what is one line on the page */

/* At most `bytes` of the text, and no half of a character. */
void page_add_text(struct str *out, const char *text, size_t bytes);
/* One line of it; nothing of NULL. */
void page_add_short(struct str *out, const char *text);
/* The same of what has been said, nothing if that is empty; then frees it. */
void page_add_said(struct str *out, struct str *said);
void page_add_seconds(struct str *out, uint64_t ns);
/* "c1" of the owner "c1.s" */
void page_add_process_of(struct str *out, const char *owner);

#endif
