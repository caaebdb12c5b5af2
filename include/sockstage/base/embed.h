/* Data files that the build puts into the program: themes/<name>.ini,
 * src/lessons/<name>.stage, src/report/page/<name> and
 * src/report/prelude/<name>. */
#ifndef SOCKSTAGE_BASE_EMBED_H
#define SOCKSTAGE_BASE_EMBED_H

#include <stddef.h>

struct embed_file {
    const char *name; /* without folder and ending: "dark"; of the page and the
                         programs with it: "page.css" */
    const char *data; /* a NUL follows, which `len` does not count */
    size_t len;
};

/* Sorted by name; the last has the name NULL. */
extern const struct embed_file embed_themes[];
extern const struct embed_file embed_lessons[];
extern const struct embed_file embed_page[];
extern const struct embed_file embed_prelude[];
/* Of page.js, in base64. */
extern const char embed_page_script_sha256[];

#endif
