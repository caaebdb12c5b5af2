/* The Internet checksum (RFC 1071), and numbers in the order of the network:
 * what every header that is built here needs. */
#ifndef WIRE_CHECKSUM_H
#define WIRE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Adds `len` bytes to a sum that is not folded yet; at first 0. All parts but
 * the last have an even length. */
uint64_t checksum_add(uint64_t so_far, const uint8_t *p, size_t len);
/* What the header's field gets. */
uint16_t checksum_fold(uint64_t total);

void checksum_put16(uint8_t *p, size_t value);
void checksum_put32(uint8_t *p, uint32_t value);

#endif
