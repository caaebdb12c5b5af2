/* The link-layer header of a port: dropped when a packet comes, put in front
 * when one goes. */
#include "link_port.h"

#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define ETHERTYPE_BYTES 2

ssize_t link_port_read(
    const struct link_port *port, uint8_t *packet, size_t size, size_t *len)
{
    uint8_t header[LINK_HEADER_MAX];
    const struct iovec parts[] = {
        {header, port->header_len},
        {packet, size},
    };
    ssize_t n = port->header_len ? readv(port->fd, parts, 2)
                                 : read(port->fd, packet, size);

    *len = n > (ssize_t)port->header_len ? (size_t)n - port->header_len : 0;
    return n;
}

/* The last two bytes of a header say which IP follows (IEEE 802.3 calls them
 * the EtherType). */
static void name_version(uint8_t *ethertype, const uint8_t *packet)
{
    static const uint8_t ipv4[ETHERTYPE_BYTES] = {0x08, 0x00};
    static const uint8_t ipv6[ETHERTYPE_BYTES] = {0x86, 0xdd};

    memcpy(ethertype, packet[0] >> 4 == 6 ? ipv6 : ipv4, ETHERTYPE_BYTES);
}

ssize_t link_port_write(
    const struct link_port *port, const uint8_t *packet, size_t len)
{
    uint8_t header[LINK_HEADER_MAX];
    const struct iovec parts[] = {
        {header, port->header_len},
        {(void *)(uintptr_t)packet, len}, /* writev(2) only reads it */
    };

    if (port->header_len < ETHERTYPE_BYTES || len == 0)
        return write(port->fd, packet, len);
    memcpy(header, port->header, port->header_len);
    name_version(header + port->header_len - ETHERTYPE_BYTES, packet);
    return writev(port->fd, parts, 2);
}
