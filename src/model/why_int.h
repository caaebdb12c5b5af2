/* Inside the explanations of errors: what its files share.
 *
 *     why.c        which row counts, and what the call tells of itself
 *     why_calls.c  what earlier calls tell
 *     why_find.c   looks for the segment or socket that is to blame
 *     why_rows.c   the functions of why.def about addresses and states
 *     why_wire.c   those about segments
 */
#ifndef MODEL_WHY_INT_H
#define MODEL_WHY_INT_H

#include "model_int.h"
#include "sockstage/model/why.h"

struct why {
    const struct model *m;
    const struct model_call *call;
    enum host host;                /* that the process lives on */
    const struct model_sock *sock; /* NULL: not known */
    struct addr target;            /* of the call, else the socket's peer */
    bool has_target;
    uint64_t since_ns; /* what came before is of another connection */
    char name[2 * MODEL_NAME_MAX]; /* of the socket: "c1.s" */
};

typedef bool why_row(const struct why *w, struct str *out);
#define WHY(name, calls, function) why_row why_##function;
#include "why.def"
#undef WHY

struct why why_make(const struct model *m, const struct model_call *c);
/* The number of bytes that a call sends, as strace shows it; false: none. */
bool why_length(const struct model_call *c, unsigned long *out);

/* ---- why_calls.c --------------------------------------------------------- */

/* When the connect() was made that the socket's connection, or the attempt at
 * one, comes from: the call at hand or an earlier one that it goes on with;
 * else when the socket came into being. */
uint64_t why_begin_ns(const struct why *w);
/* The newest connect() of the socket before the call; NULL: none. */
const struct model_call *why_connect(const struct why *w);
/* The call has returned, but its handshake went on. */
bool why_goes_on(const struct model_call *connect);

enum why_end {
    WHY_END_UNKNOWN,
    WHY_END_CLOSE,
    WHY_END_EXIT,
    WHY_END_NO_NAME /* closed because no variable held it any more */
};
/* How its process has ended a socket before a moment; `at_once`: right before
 * it. */
enum why_end why_end_of(const struct why *w, const struct model_sock *s,
    uint64_t t_ns, bool at_once);
/* shutdown() came after listen(). */
bool why_stopped_listening(const struct why *w);
/* SO_LINGER (1, 0) is what was set last. */
bool why_resets_at_close(const struct why *w, const struct model_sock *s);

/* ---- why_find.c ---------------------------------------------------------- */

/* The latest segment that keeps the socket waiting, of those since its
 * connection began that did not get through later. Of its own: one that asks
 * for an answer and got none (held, lost, ignored); else one that is held or
 * lost on its way here. NULL: none. */
const struct model_segment *why_stuck(const struct why *w, bool own);
/* The latest RST, or ICMP error that raises the call's error, that came for
 * the socket since then; NULL: none. */
const struct model_segment *why_reset(const struct why *w);
const struct model_segment *why_icmp(const struct why *w);
/* A SYN+ACK has. */
bool why_was_accepted(const struct why *w);
/* The one that a RST answers; NULL: it answers none. */
const struct model_segment *why_answered(
    const struct model *m, const struct model_segment *rst);
/* The other end, also if it is gone. */
const struct model_sock *why_peer(const struct why *w);
/* Who stands in the way of an address on that host: the listener before one
 * that is only bound, before a connection, before TIME_WAIT; NULL: nobody
 * known. `covering`: only a socket that takes what comes to that address. */
const struct model_sock *why_holder(const struct why *w, enum host host,
    uint8_t proto, const struct addr *a, bool covering);
/* Whose address it is; HOST_COUNT: nobody's. */
enum host why_host_of(const struct why *w, const struct addr *a);
/* The call's target is an address that no host of the stage has. */
bool why_is_nobodys(const struct why *w);

/* "SYN (segment 4) is held on the wire". */
void why_add_segment(const struct model_segment *s, struct str *out);
/* "server.ls", else what it is. */
const char *why_sock_name(
    const struct model_sock *s, char out[2 * MODEL_NAME_MAX]);

#endif
