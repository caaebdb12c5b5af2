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
    void (*resized)(void *ctx);
    /* The program is asked to stop: it has to give the terminal back first. */
    void (*stopped)(void *ctx);
    /* The program was stopped and goes on. */
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
/* A repeating timer of the screen, for times that run: 0 stops it. */
void input_tick(struct input *in, uint64_t every_ms, void (*tick)(void *ctx));

#endif
