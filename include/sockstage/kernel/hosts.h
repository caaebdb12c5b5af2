/* The two hosts of the stage as the kernel knows them.
 *
 * HOSTS_PRIVATE: two network namespaces in this one process. Each has lo and
 * wire0, whose packets the caller carries: a TUN device, or a veth pair with a
 * packet socket where /dev/net/tun may not be opened ($SOCKSTAGE_WIRE = "tun"
 * or "veth" allows only that one). The server also has wire1. Addresses, routes
 * and the calm wire are those of the manual. With CAP_SYS_ADMIN no user
 * namespace is made; without it both live in one user namespace that maps the
 * user to itself. HOSTS_LOOPBACK: both sides on 127.0.0.1 of the machine's own
 * network; entering a host does nothing and there is no wire.
 *
 * unshare(CLONE_NEWUSER) needs a process of one thread (user_namespaces(7)):
 * open the first hosts before anything can start a thread. */
#ifndef SOCKSTAGE_KERNEL_HOSTS_H
#define SOCKSTAGE_KERNEL_HOSTS_H

#include "sockstage/base/err.h"
#include "sockstage/base/host.h"
#include "sockstage/base/str.h"
#include "sockstage/kernel/probe.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum hosts_kind { HOSTS_PRIVATE, HOSTS_LOOPBACK };

struct hosts;

/* Tries the whole private opening in a forked child and reports the first
 * step that fails, so that this process stays untouched. 0 or -errno, with a
 * message that names the step and how to get what is missing. */
int hosts_try_private(struct err *e);

/* Whether a failing hosts_open(HOSTS_PRIVATE) would leave this process in a
 * user namespace, so that whoever wants to fall back to loopback must call
 * hosts_try_private() first. Otherwise opening can be tried directly, which
 * saves the time of the child. */
bool hosts_need_trial(void);

/* Opens both hosts. Settings that the kernel lacks or refuses are skipped and
 * listed by hosts_skipped(). On failure nothing is left behind, except a user
 * namespace that was already entered. */
int hosts_open(enum hosts_kind kind, struct hosts **out, struct err *e);

/* Closes what belongs to `h` (NULL is allowed) and returns the thread to the
 * network it came from; from within a user namespace that is refused for the
 * machine's own, and the thread stays on an empty host. The TCP sockets of
 * private hosts are ended at once, orphaned ones too, and the namespaces are
 * gone when the descriptors of their sockets are closed as well. */
void hosts_close(struct hosts *h);

/* Ends every TCP socket of private hosts at once, as hosts_close() does: who
 * waits for one, in a close() that lingers too, goes on. Nothing on loopback,
 * where the machine's other sockets are. */
void hosts_end_sockets(struct hosts *h);

/* hosts_end_sockets() for whatever private hosts are open now: for a crash
 * handler, because an orphaned connection would keep its namespace for hours.
 * Makes system calls only and asks for no memory. */
void hosts_emergency_end(void);

enum hosts_kind hosts_kind(const struct hosts *h);

/* The calling thread's system calls happen on `host` from now on: sockets made
 * stay there for life. Cheap (setns(2)); 0 or -errno. After hosts_open() the
 * thread is on the client. */
int hosts_enter(struct hosts *h, enum host host, struct err *e);

/* The packet end of wire0 on that host: non-blocking, one packet a read or
 * write, with the link-layer header of hosts_wire_header() in front. When a
 * write returns, the host has taken the packet, and whatever it sent at once
 * can be read. -1 on loopback. Owned by `h`. */
int hosts_wire_fd(const struct hosts *h, enum host host);

/* What stands in front of every packet of either end, and its length: 0 for
 * bare IP packets. Its last two bytes are the EtherType, here that of IPv4. */
#define HOSTS_HEADER_MAX 16
size_t hosts_wire_header(
    const struct hosts *h, uint8_t header[HOSTS_HEADER_MAX]);

/* What the wire is built of: "tun" or "veth"; NULL on loopback. */
const char *hosts_wire_name(const struct hosts *h);

/* Changes the MTU of the wire (68 to 65535, at first 1500) at both ends, and
 * the MSS that new connections advertise: min(1012, mtu - 40) on the calm wire.
 * Below 1280 the kernel takes IPv6 away, addresses and routes; 1280 and more
 * bring them back. Larger packets written afterwards are refused by a veth
 * pair (ENOBUFS) and taken by a TUN device. -ENOTSUP on loopback. */
int hosts_set_mtu(struct hosts *h, uint32_t mtu_bytes, struct err *e);

/* Whether the hosts have their IPv6 addresses now. */
bool hosts_has_ipv6(const struct hosts *h);

/* Ends the calm wire: its settings get the values that a new namespace has on
 * this machine, segments are as large as the MTU allows, ACKs are delayed.
 * Patience and quiet stay. -ENOTSUP on loopback. */
int hosts_use_defaults(struct hosts *h, struct err *e);

/* The sock_diag socket of that host. Owned by `h`. */
struct diag *hosts_diag(const struct hosts *h, enum host host);

/* Reads or writes one net.ipv4, net.ipv6 or net.core setting of one host.
 * `name` is the last part ("tcp_syn_retries", "somaxconn") or dotted
 * ("net.ipv4.tcp_syn_retries", "ipv6.conf.all.disable_ipv6"). -ENOENT: this
 * kernel has no such setting (or it is not per host); -EINVAL: a bad name or
 * value. On loopback writing is refused with -EPERM: it would change the
 * machine. */
int hosts_setting_read(struct hosts *h, enum host host, const char *name,
    struct str *out, struct err *e);
int hosts_setting_write(struct hosts *h, enum host host, const char *name,
    const char *value, struct err *e);

/* Lines naming each calm or patience setting that was skipped, with its
 * reason; empty text if none. Valid while `h` lives. */
const char *hosts_skipped(const struct hosts *h);

/* The addresses of a host in the order in which a header lists them: IPv4 of
 * wire0, (wire1), IPv6 of wire0, loopback. Returns how many were written. */
size_t hosts_addresses(
    const struct hosts *h, enum host host, struct addr *out, size_t max);

/* One question of `sockstage doctor`. */
struct hosts_check {
    const char *name; /* "user namespaces", ...; _() it where it is shown */
    bool ok;
    char detail[256]; /* what was found, or why not */
    char remedy[256]; /* how to get it; empty if ok */
};

/* What this machine allows, checked in a child so that nothing changes:
 * kernel version, privileges, user and network namespaces, what the wire is
 * built of, sock_diag, rtnetlink and the settings of the calm wire. Returns how
 * many were written. Checks for `max` entries at most. */
size_t hosts_doctor(struct hosts_check *out, size_t max);

#endif
