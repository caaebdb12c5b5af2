/* Builds IP packets for the tests of the wire: correct lengths, no checksums,
 * which nothing in the program looks at. */
#ifndef TESTS_UNIT_PACKETS_H
#define TESTS_UNIT_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKETS_MAX 65535

/* Of a connection between 10.0.0.2:40000 (client) and 10.0.0.1:8080, or the
 * same at fd00:5::; `client_port` 0 stands for 40000. */
struct packet_spec {
    bool v6;
    bool from_server;
    uint16_t client_port;
    uint8_t flags;
    uint32_t seq, ack;
    uint16_t window;
    size_t payload_len;
    uint32_t sack_left, sack_right; /* an option if they differ */
};

/* Writes the packet to `out` and returns its length. */
size_t packets_tcp(const struct packet_spec *spec, uint8_t out[PACKETS_MAX]);
size_t packets_udp(const struct packet_spec *spec, uint8_t out[PACKETS_MAX]);

#endif
