/* Normalises the kernel's numbers, see sample_fill.h. In sequence space SYN
 * and FIN take one number each (RFC 9293, 3.4); people count bytes. */
#include "sample_fill.h"

#include <linux/sock_diag.h>
#include <stddef.h>
#include <string.h>

_Static_assert(offsetof(struct sample_tcp_info, rto) == 8 &&
                   offsetof(struct sample_tcp_info, total_retrans) == 100 &&
                   offsetof(struct sample_tcp_info, pacing_rate) == 104 &&
                   offsetof(struct sample_tcp_info, delivery_rate) == 160 &&
                   offsetof(struct sample_tcp_info, bytes_sent) == 200 &&
                   offsetof(struct sample_tcp_info, rcv_wnd) == 232 &&
                   offsetof(struct sample_tcp_info, received_ce) == 248 &&
                   offsetof(struct sample_tcp_info, received_ce_bytes) == 272,
    "laid out as struct tcp_info of the kernel ABI");

/* Up to the last member: not what the struct is padded with. */
#define INFO_SIZE                                                              \
    (offsetof(struct sample_tcp_info, received_ce_bytes) + sizeof(uint32_t))

#define STATE_NEW_SYN_RECV   12
#define STATE_BOUND_INACTIVE 13

uint8_t sample_state(uint8_t kernel_state)
{
    if (kernel_state == STATE_NEW_SYN_RECV)
        return TCP_STATE_SYN_RECEIVED;
    if (kernel_state == STATE_BOUND_INACTIVE)
        return TCP_STATE_CLOSED;
    return kernel_state;
}

void sample_set_info(struct sock_sample *s, const void *raw, size_t len)
{
    if (len > INFO_SIZE)
        len = INFO_SIZE;
    memset(&s->info, 0, sizeof s->info);
    if (len > 0)
        memcpy(&s->info, raw, len);
    s->info_len = (uint32_t)len;
}

/* The kernel's `int` may be below 0 for a moment, when it has used what it is
 * about to set aside (sk_forward_alloc). */
static uint32_t at_least_0(uint32_t bytes)
{
    return bytes <= INT32_MAX ? bytes : 0;
}

void sample_set_mem(struct sock_sample *s, const uint32_t *mem, size_t count)
{
    if (count <= SK_MEMINFO_DROPS)
        return; /* before Linux 4.7 there was no drop count */
    s->has_mem = true;
    s->sndbuf = mem[SK_MEMINFO_SNDBUF];
    s->rcvbuf = mem[SK_MEMINFO_RCVBUF];
    s->mem.rmem_alloc = mem[SK_MEMINFO_RMEM_ALLOC];
    s->mem.wmem_alloc = mem[SK_MEMINFO_WMEM_ALLOC];
    s->mem.fwd_alloc = at_least_0(mem[SK_MEMINFO_FWD_ALLOC]);
    s->mem.wmem_queued = mem[SK_MEMINFO_WMEM_QUEUED];
    s->mem.optmem = mem[SK_MEMINFO_OPTMEM];
    s->mem.backlog = mem[SK_MEMINFO_BACKLOG];
    s->mem.drops = mem[SK_MEMINFO_DROPS];
}

static bool has_unacked_fin(uint8_t state)
{
    return state == TCP_STATE_FIN_WAIT_1 || state == TCP_STATE_CLOSING ||
           state == TCP_STATE_LAST_ACK;
}

static bool has_received_fin(uint8_t state)
{
    return state == TCP_STATE_CLOSE_WAIT || state == TCP_STATE_CLOSING ||
           state == TCP_STATE_LAST_ACK;
}

static bool has_data(uint8_t state)
{
    return state != TCP_STATE_SYN_SENT && state != TCP_STATE_SYN_RECEIVED &&
           state != TCP_STATE_CLOSED && state != TCP_STATE_LISTEN &&
           state != TCP_STATE_TIME_WAIT;
}

void sample_set_queues(struct sock_sample *s, uint32_t unacked, uint32_t unsent,
    uint32_t unread, bool counts_fin)
{
    if (!has_data(s->state))
        return;
    if (unsent > unacked)
        unsent = unacked; /* an ACK came in between two system calls */
    /* The FIN is last in the queue, so unsent wherever anything is. */
    uint32_t fin = has_unacked_fin(s->state) ? 1 : 0;
    s->send_buffer = unacked > fin ? unacked - fin : 0;
    s->unsent = unsent > fin ? unsent - fin : 0;
    fin = counts_fin && has_received_fin(s->state) ? 1 : 0;
    s->recv_buffer = unread > fin ? unread - fin : 0;
}
