/* What send(), sendall(), sendto() and os.write() share: giving bytes to the
 * kernel. */
#ifndef SOCKSTAGE_CALLS_OUTPUT_H
#define SOCKSTAGE_CALLS_OUTPUT_H

#include "sockstage/calls/call.h"

struct output {
    const char *name; /* of the system call */
    int shown_fd;
    const char *data;
    size_t len;
    int flags;
    bool all;  /* sendall(): go on until nothing is left */
    bool file; /* write(2), which knows neither flags nor timeouts */
    const struct sockaddr_storage *to; /* sendto(): whom; else NULL */
    socklen_t to_len;
};

/* One try; c->done counts the bytes taken so far. */
enum call_step output_run(struct call *c, const struct output *o);

/* send(3, "xxx"..., 1000, 0), with what is not yet told of the data. */
void output_describe(
    const struct call *c, const struct output *o, struct str *out);

#endif
