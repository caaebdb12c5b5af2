/* How raw kernel answers become a sock_sample: shared by the probes. */
#ifndef SOCKSTAGE_KERNEL_SAMPLE_FILL_H
#define SOCKSTAGE_KERNEL_SAMPLE_FILL_H

#include "sockstage/kernel/sample.h"

#include <stddef.h>

/* struct tcp_info as the kernel gave it. */
void sample_set_info(struct sock_sample *s, const void *raw, size_t len);

/* The array of SK_MEMINFO_*. */
void sample_set_mem(struct sock_sample *s, const uint32_t *mem, size_t count);

/* write_seq - snd_una, write_seq - snd_nxt and rcv_nxt - copied_seq of a
 * connection in s->state, with what the kernel counts for SYN and FIN.
 * `counts_fin`: an unread FIN is in `unread`, too. */
void sample_set_queues(struct sock_sample *s, uint32_t unacked, uint32_t unsent,
    uint32_t unread, bool counts_fin);

/* The state as the model knows it: the two that exist only inside the kernel
 * (TCP_NEW_SYN_RECV, TCP_BOUND_INACTIVE) become the one they are part of. */
uint8_t sample_state(uint8_t kernel_state);

#endif
