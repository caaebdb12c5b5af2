/* A link between two socketpairs whose far ends the test plays. What the link
 * reports is logged as text: "+1 SYN" for a segment that entered, "1 held" for
 * a verdict. */
#ifndef TESTS_UNIT_WIRE_FIXTURE_H
#define TESTS_UNIT_WIRE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "packets.h"
#include "sockstage/base/clock.h"
#include "sockstage/base/str.h"
#include "sockstage/wire/link.h"

#define ACK SEGMENT_ACK
#define SYN SEGMENT_SYN
#define FIN SEGMENT_FIN

struct fixture {
    uv_loop_t loop;
    struct link *link;
    int far[HOST_COUNT];  /* the test's ends */
    int near[HOST_COUNT]; /* the link's */
    struct str log;
    uint64_t entered_ns; /* of the last segment */
    uint64_t verdict_ns; /* of the last verdict */
    int failures;
    bool closed;
    /* What to do within the next callback of a verdict. */
    void (*on_verdict)(struct fixture *f, const struct segment *s);
};

/* A handler that reports to the fixture. The connection "c1.s" is the one
 * whose client has port 40001. */
extern const struct link_events wire_events;

/* For cmocka: with SOCK_SEQPACKET or SOCK_DGRAM. Tearing down closes the link
 * with whatever is on it, and checks that it goes silently. */
int wire_setup(void **state);
int wire_setup_dgram(void **state);
/* Both ports with a link-layer header: of letters, A at the client and B at the
 * server. */
#define WIRE_HEADER_BYTES 14
int wire_setup_header(void **state);
int wire_teardown(void **state);

/* Wire lines: the next `count` that fit (NULL: any), and the delay. */
void order_next(struct fixture *f, enum wire_word word, uint32_t count,
    const struct pattern *p);
void set_delay(struct fixture *f, unsigned sides, uint64_t delay_ns);

/* Runs link_pump() until nothing moves; the loop until nothing is delayed. */
void pump(struct fixture *f);
void run_until_idle(struct fixture *f);

/* Puts a packet on the wire from a far end. put() makes a segment of one
 * connection, with relative numbers; the other two pump as well. */
void write_far(
    struct fixture *f, enum host from, const uint8_t *packet, size_t len);
void put(struct fixture *f, enum host from, uint8_t flags, uint32_t seq,
    uint32_t ack, size_t len);
void put_client(
    struct fixture *f, uint8_t flags, uint32_t seq, uint32_t ack, size_t len);
void put_server(
    struct fixture *f, uint8_t flags, uint32_t seq, uint32_t ack, size_t len);

/* Segments 1 to 3, all delivered and received; the log is empty after it. */
void handshake(struct fixture *f);

/* What was logged since the last time; what a host has received: the names of
 * the packets. */
void assert_log(struct fixture *f, const char *text);
void assert_received(struct fixture *f, enum host host, const char *text);

#endif
