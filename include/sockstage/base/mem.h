/* Memory that is always there: allocation that ends the program cleanly
 * instead of returning NULL, because no caller could go on without it. */
#ifndef SOCKSTAGE_BASE_MEM_H
#define SOCKSTAGE_BASE_MEM_H

#include <stddef.h>

/* malloc(3) and its family, but never NULL. When memory is exhausted they call
 * the hook set by mem_on_exhausted() and end the process with exit status 3.
 * The caller frees the result with free(3). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len);
void *xmemdup(const void *data, size_t len);

/* Sets what happens before the program ends for want of memory: give the
 * terminal back, flush recordings. The hook must not allocate. */
void mem_on_exhausted(void (*hook)(void *ctx), void *ctx);

/* The struct of which `ptr` points to the member `member`. */
#define container_of(ptr, type, member)                                        \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
