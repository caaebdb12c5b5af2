/* System calls as strace(1) writes them. Each function adds to `out`. */
#ifndef SOCKSTAGE_CALLS_STRACE_H
#define SOCKSTAGE_CALLS_STRACE_H

#include <stddef.h>
#include <sys/socket.h>

#include "constants.h"
#include "sockstage/base/str.h"

/* What stands for a buffer that the kernel has not filled. */
#define STRACE_UNFILLED "..."

/* {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("10.0.0.1")} */
void strace_sockaddr(struct str *out, const struct sockaddr_storage *sa);

/* accept(3, {...}, [16]): a call whose address the kernel fills in, NULL while
 * it has not; the length is that of `family`. */
void strace_address_call(struct str *out, const char *name, int fd,
    const struct sockaddr_storage *sa, int family);

/* "hello"; of more than 32 bytes the first 32 and "...". */
void strace_bytes(struct str *out, const void *data, size_t len);

/* AF_INET, or 0x63 with `unknown` as a comment: "AF_???". */
void strace_constant(
    struct str *out, enum constant_group group, int value, const char *unknown);

/* MSG_PEEK|MSG_DONTWAIT */
void strace_msg_flags(struct str *out, int flags);

/* "SOL_TCP, TCP_NODELAY" */
void strace_option(struct str *out, int level, int option);

/* An option's value: [4096], [ECONNREFUSED], {l_onoff=1, l_linger=0} or bytes.
 * `is_int`: it is to be read as a number. */
void strace_option_value(struct str *out, int level, int option, bool is_int,
    const void *data, size_t len);

/* " = 3" and " = -1 ECONNREFUSED (Connection refused)". */
void strace_answer(struct str *out, long answer);
void strace_errno(struct str *out, int errnum);

#endif
