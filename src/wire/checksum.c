/* The Internet checksum, as RFC 1071 has it in words. */
#include "checksum.h"

uint64_t checksum_add(uint64_t so_far, const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        so_far += i % 2 == 0 ? (uint64_t)p[i] << 8 : p[i];
    return so_far;
}

uint16_t checksum_fold(uint64_t total)
{
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    return (uint16_t)~total;
}

void checksum_put16(uint8_t *p, size_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

void checksum_put32(uint8_t *p, uint32_t value)
{
    checksum_put16(p, value >> 16);
    checksum_put16(p + 2, value & 0xffff);
}
