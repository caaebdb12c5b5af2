/* What the kernel said about one socket at one moment: plain data. Filled by
 * probe_fd() (from a descriptor) and diag_query() (by addresses). */
#ifndef SOCKSTAGE_KERNEL_SAMPLE_H
#define SOCKSTAGE_KERNEL_SAMPLE_H

#include "sockstage/base/addr.h"

#include <stdbool.h>
#include <stdint.h>

/* The kernel's numbers of the TCP states (include/net/tcp_states.h), with the
 * names of RFC 9293. For UDP the kernel uses ESTABLISHED for a connected
 * socket and CLOSED for an unconnected one. */
enum tcp_state {
    TCP_STATE_NONE = 0, /* the kernel has no such socket (any more) */
    TCP_STATE_ESTABLISHED = 1,
    TCP_STATE_SYN_SENT = 2,
    TCP_STATE_SYN_RECEIVED = 3,
    TCP_STATE_FIN_WAIT_1 = 4,
    TCP_STATE_FIN_WAIT_2 = 5,
    TCP_STATE_TIME_WAIT = 6,
    TCP_STATE_CLOSED = 7,
    TCP_STATE_CLOSE_WAIT = 8,
    TCP_STATE_LAST_ACK = 9,
    TCP_STATE_LISTEN = 10,
    TCP_STATE_CLOSING = 11,
};

/* The numbers of idiag_timer, SYN-ACK repetition told apart. */
enum sock_timer {
    SOCK_TIMER_NONE,
    SOCK_TIMER_RETRANSMIT,
    SOCK_TIMER_KEEPALIVE,
    SOCK_TIMER_TIMEWAIT,
    SOCK_TIMER_PERSIST, /* window probe */
    SOCK_TIMER_SYNACK,
};

/* struct tcp_info of the kernel ABI (uapi linux/tcp.h of Linux 6.18), spelled
 * out because the installed header may be older than the running kernel.
 * Fields beyond sock_sample.info_len were not filled in by this kernel. Its
 * last 4 bytes are left out: Linux 7 has other bit fields there than 6.18. */
struct sample_tcp_info {
    uint8_t state, ca_state, retransmits, probes, backoff, options;
    uint8_t wscale;  /* low nibble: snd_wscale, high nibble: rcv_wscale */
    uint8_t limited; /* bit 0: delivery_rate_app_limited */
    uint32_t rto, ato, snd_mss, rcv_mss;
    uint32_t unacked, sacked, lost, retrans, fackets;
    uint32_t last_data_sent, last_ack_sent, last_data_recv, last_ack_recv;
    uint32_t pmtu, rcv_ssthresh, rtt, rttvar, snd_ssthresh, snd_cwnd;
    uint32_t advmss, reordering;
    uint32_t rcv_rtt, rcv_space, total_retrans;
    uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
    uint32_t segs_out, segs_in, notsent_bytes, min_rtt;
    uint32_t data_segs_in, data_segs_out;
    uint64_t delivery_rate, busy_time, rwnd_limited, sndbuf_limited;
    uint32_t delivered, delivered_ce;
    uint64_t bytes_sent, bytes_retrans;
    uint32_t dsack_dups, reord_seen, rcv_ooopack, snd_wnd, rcv_wnd, rehash;
    uint16_t total_rto, total_rto_recoveries;
    uint32_t total_rto_time;
    uint32_t received_ce;
    uint32_t delivered_e1_bytes, delivered_e0_bytes, delivered_ce_bytes;
    uint32_t received_e1_bytes, received_e0_bytes, received_ce_bytes;
};

/* The memory of a socket (SK_MEMINFO_* of uapi linux/sock_diag.h), without the
 * two limits. Bytes; `drops` are packets. */
struct sample_mem {
    uint32_t rmem_alloc, wmem_alloc, fwd_alloc, wmem_queued;
    uint32_t optmem, backlog, drops;
};

struct sock_sample {
    uint64_t cookie;   /* SO_COOKIE / idiag_cookie */
    uint8_t proto;     /* IPPROTO_TCP or IPPROTO_UDP */
    uint8_t state;     /* enum tcp_state */
    uint16_t family;   /* AF_INET or AF_INET6 */
    struct addr local; /* port 0: not bound */
    struct addr peer;  /* family 0: none (yet) */
    uint32_t inode;    /* 0: no process holds it */

    /* Payload bytes; the 1 that the kernel counts for an unacknowledged SYN
     * or FIN, or an unread FIN, is already left out. 0 where the state has no
     * such count. UDP: recv_buffer is the size of the next datagram, known to
     * probe_fd() only; the other two are 0. */
    uint32_t send_buffer; /* not yet acknowledged (SIOCOUTQ) */
    uint32_t unsent;      /* of these not yet sent (SIOCOUTQNSD) */
    uint32_t recv_buffer; /* not yet read (SIOCINQ) */

    /* UDP, known to diag_query() only: kernel memory that the waiting
     * datagrams take, as ss(8) shows it. mem.rmem_alloc also counts what was
     * read a moment ago (forward_deficit in the kernel's net/ipv4/udp.c). */
    uint32_t recv_memory;

    /* Listeners only. */
    uint32_t accept_queue; /* established, not yet accepted */
    uint32_t backlog; /* the limit given to listen() as the kernel took it */

    bool has_mem;    /* the three below are filled in (SK_MEMINFO) */
    uint32_t sndbuf; /* SK_MEMINFO_SNDBUF: limit of memory, bytes */
    uint32_t rcvbuf;
    struct sample_mem mem;

    bool has_timer;         /* the three below are known */
    uint8_t timer;          /* enum sock_timer */
    uint8_t timer_retrans;  /* idiag_retrans: how often it fired */
    uint32_t timer_left_ms; /* until it fires */

    uint32_t info_len; /* bytes of `info` that the kernel filled in */
    struct sample_tcp_info info;
};

#endif
