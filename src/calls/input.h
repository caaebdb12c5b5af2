/* What recv(), recvfrom() and os.read() share: taking bytes from the kernel. */
#ifndef SOCKSTAGE_CALLS_INPUT_H
#define SOCKSTAGE_CALLS_INPUT_H

#include "sockstage/calls/call.h"

struct input {
    const char *name; /* of the system call */
    int shown_fd;
    size_t size;
    int flags;
    bool file; /* read(2), which knows neither flags nor timeouts */
    bool from; /* recvfrom(): the sender's address is asked for, too */
    int family;
};

/* One try. */
enum call_step input_run(struct call *c, const struct input *in);

/* recv(3, ..., 1000, 0) */
void input_describe(const struct input *in, struct str *out);

#endif
