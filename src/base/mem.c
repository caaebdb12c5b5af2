/* Allocation that never returns NULL. The hook kept here is the one piece of
 * process-wide state of this layer: the end of memory can strike anywhere, and
 * nothing may be passed along or allocated on the way out. */
#include "sockstage/base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_EXHAUSTED 3

static struct {
    void (*call)(void *ctx);
    void *ctx;
} exhausted_hook;

void mem_on_exhausted(void (*hook)(void *ctx), void *ctx)
{
    exhausted_hook.call = hook;
    exhausted_hook.ctx = ctx;
}

static _Noreturn void exhausted(void)
{
    static const char text[] = "sockstage: out of memory\n";
    void (*call)(void *ctx) = exhausted_hook.call;

    exhausted_hook.call = NULL; /* a hook that fails must not come back here */
    if (call)
        call(exhausted_hook.ctx);
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(EXIT_EXHAUSTED);
    /* exit() would run atexit() handlers, and those may allocate. */
    _exit(EXIT_EXHAUSTED);
}

void *xmalloc(size_t size)
{
    void *p = malloc(size ? size : 1);

    if (!p)
        exhausted();
    return p;
}

void *xcalloc(size_t count, size_t size)
{
    void *p = count && size ? calloc(count, size) : calloc(1, 1);

    if (!p)
        exhausted();
    return p;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
    void *p = count && size ? reallocarray(old, count, size) : realloc(old, 1);

    if (!p)
        exhausted();
    return p;
}

char *xstrdup(const char *text)
{
    return xmemdup(text, strlen(text) + 1);
}

char *xstrndup(const char *text, size_t len)
{
    size_t n = strnlen(text, len);
    char *copy = xmalloc(n + 1);

    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

void *xmemdup(const void *data, size_t len)
{
    void *copy = xmalloc(len);

    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}
