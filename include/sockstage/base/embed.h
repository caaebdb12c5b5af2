/* Data files that the build puts into the program: themes/<name>.ini and
 * src/lessons/<name>.stage. */
#ifndef SOCKSTAGE_BASE_EMBED_H
#define SOCKSTAGE_BASE_EMBED_H

#include <stddef.h>

struct embed_file {
    const char *name; /* without folder and ending: "dark" */
    const char *data; /* a NUL follows, which `len` does not count */
    size_t len;
};

/* Sorted by name; the last has the name NULL. */
extern const struct embed_file embed_themes[];
extern const struct embed_file embed_lessons[];

#endif
