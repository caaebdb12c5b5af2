/* Reading and writing IP packets at a port of the link. */
#ifndef SOCKSTAGE_WIRE_LINK_PORT_H
#define SOCKSTAGE_WIRE_LINK_PORT_H

#include "sockstage/wire/link.h"

#include <sys/types.h>

/* Reads one message, without the header: what read(2) returns, and in `*len`
 * the bytes of the packet (0 if there was not more than a header). */
ssize_t link_port_read(
    const struct link_port *port, uint8_t *packet, size_t size, size_t *len);

/* Writes one packet behind its header: what write(2) returns. */
ssize_t link_port_write(
    const struct link_port *port, const uint8_t *packet, size_t len);

#endif
