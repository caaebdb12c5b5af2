/* Keys and changes of the terminal's size, from the loop. */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include "keymap.h"

#include "sockstage/base/err.h"
#include "sockstage/stage/stage.h"

struct input;

struct input_events {
    /* A key of keymap.h; of the mouse with the cell. */
    void (*key)(void *ctx, uint32_t key, int y, int x);
    /* Text that was pasted at once, as it came. */
    void (*paste)(void *ctx, const char *text, size_t len);
    void (*resized)(void *ctx);
    /* The program is about to be stopped, as the shell's user asked. */
    void (*stopping)(void *ctx);
    /* It was stopped, maybe without being asked, and goes on. */
    void (*continued)(void *ctx);
    /* No more keys in the queue for now. */
    void (*idle)(void *ctx);
    /* The terminal is gone. */
    void (*ended)(void *ctx);
};

/* The screen must be open. */
int input_open(uv_loop_t *loop, const struct input_events *events, void *ctx,
    struct input **out, struct err *e);
/* Stops at once; frees when libuv has closed the handles. */
void input_close(struct input *in, void (*closed)(void *ctx), void *ctx);
/* Stops the whole process group, as the terminal does on Ctrl-Z; -ENOTSUP if
 * there is no shell that could continue it. */
int input_suspend(const struct input *in);
/* A repeating timer of the screen, for times that run: 0 stops it. */
void input_tick(struct input *in, uint64_t every_ms, void (*tick)(void *ctx));

#endif
