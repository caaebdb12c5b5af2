/* The segments that `expect wire` compares its list with: all that entered the
 * wire since the last one that an `expect wire` matched. */
#ifndef SOCKSTAGE_SCRIPT_WIRE_EXPECT_H
#define SOCKSTAGE_SCRIPT_WIRE_EXPECT_H

#include "sockstage/script/ast.h"

#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"
#include "sockstage/model/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a socket was that the kernel has dropped since. */
struct wire_gone {
    uint64_t id;
    enum host host;
    uint8_t proto;
    struct addr local, peer;
};
#define WIRE_GONE_MAX 64

struct wire_log {
    VEC(struct segment) seen; /* since the cursor, oldest first */
    uint64_t forgotten;       /* older ones, beyond what is kept */
    struct wire_gone gone[WIRE_GONE_MAX];
    size_t gone_next;
};

void wire_log_done(struct wire_log *log);
/* Notes segments that entered and sockets that went; other events pass by. */
void wire_log_hear(struct wire_log *log, const struct event *e);
/* Moves the cursor behind everything seen. */
void wire_log_advance(struct wire_log *log);
const struct wire_gone *wire_log_gone(const struct wire_log *log, uint64_t id);

enum wire_match {
    WIRE_EQUAL,
    WIRE_PREFIX, /* what was seen is the beginning of what is expected */
    WIRE_DIFFERS,
};

/* Whether a segment belongs to PROCESS.SOCKET. */
typedef bool wire_of_socket(void *ctx, const struct segment *s,
    const char *process, const char *socket);

enum wire_match wire_log_match(const struct wire_log *log,
    const struct wire_item *items, size_t count, wire_of_socket *of_socket,
    void *ctx);

/* "client SYN, server SYN+ACK"; "nothing" if there was none. */
void wire_log_say(const struct wire_log *log, struct str *out);
void segment_say(const struct segment *s, struct str *out);

#endif
