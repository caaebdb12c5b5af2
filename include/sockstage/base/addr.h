/* An IPv4 or IPv6 address with a port, as plain data. */
#ifndef SOCKSTAGE_BASE_ADDR_H
#define SOCKSTAGE_BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDR_TEXT_MAX 64 /* "[" INET6_ADDRSTRLEN "]:65535" and NUL */

struct addr {
    uint16_t family; /* AF_INET, AF_INET6, or 0 for "none" */
    uint16_t port;   /* host byte order */
    uint8_t ip[16];  /* network byte order; IPv4 uses the first four */
};

/* From and to what the kernel speaks. addr_to_sockaddr() returns the length;
 * addr_from_sockaddr() yields family 0 for any other family. */
struct addr addr_from_sockaddr(const struct sockaddr_storage *sa);
socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *sa);

/* Numeric text ("10.0.0.1", "fd00:5::1") to an address with that port. */
bool addr_parse(const char *ip, uint16_t port, struct addr *out);

/* What addr_format() and addr_format_ip() write, back to an address; the port
 * is 0 where the text has none. False for any other text. */
bool addr_parse_text(const char *text, struct addr *out);

bool addr_equal(const struct addr *a, const struct addr *b);   /* with port */
bool addr_same_ip(const struct addr *a, const struct addr *b); /* without */
bool addr_is_any(const struct addr *a); /* 0.0.0.0 or :: */

/* "10.0.0.2:34254", "[fd00:5::2]:34254"; "" for family 0. Returns `out`. */
char *addr_format(const struct addr *a, char out[ADDR_TEXT_MAX]);
/* The same without the port and without brackets. */
char *addr_format_ip(const struct addr *a, char out[ADDR_TEXT_MAX]);

/* An IPv4-mapped IPv6 address (::ffff:10.0.0.2) as its IPv4 one; any other
 * address as it is: what a packet on the wire carries. */
struct addr addr_unmapped(const struct addr *a);

#endif
