/* Building of packets, field by field, after RFC 791, 8200, 9293 and 768. */
#include "packets.h"

#include <netinet/in.h>
#include <string.h>

static void put16(uint8_t *p, size_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
    put16(p, value >> 16);
    put16(p + 2, value & 0xffff);
}

/* Returns the length of the header. */
static size_t put_ip(const struct packet_spec *spec, uint8_t proto,
    size_t payload_len, uint8_t *out)
{
    uint8_t src = spec->from_server ? 1 : 2, dst = spec->from_server ? 2 : 1;

    if (spec->v6) {
        memset(out, 0, 40);
        out[0] = 0x60;
        put16(out + 4, payload_len);
        out[6] = proto;
        out[7] = 64;
        memcpy(out + 8, "\xfd\0\0\5", 4);
        memcpy(out + 24, "\xfd\0\0\5", 4);
        out[23] = src;
        out[39] = dst;
        return 40;
    }
    memset(out, 0, 20);
    out[0] = 0x45;
    put16(out + 2, 20 + payload_len);
    out[6] = 0x40;
    out[8] = 64;
    out[9] = proto;
    memcpy(out + 12, (uint8_t[]){10, 0, 0, src}, 4);
    memcpy(out + 16, (uint8_t[]){10, 0, 0, dst}, 4);
    return 20;
}

static void put_ports(const struct packet_spec *spec, uint8_t *p)
{
    uint16_t client = spec->client_port ? spec->client_port : 40000;

    put16(p, spec->from_server ? 8080 : client);
    put16(p + 2, spec->from_server ? client : 8080);
}

size_t packets_tcp(const struct packet_spec *spec, uint8_t out[PACKETS_MAX])
{
    bool has_sack = spec->sack_left != spec->sack_right;
    size_t header = has_sack ? 32 : 20;
    size_t ip = put_ip(spec, IPPROTO_TCP, header + spec->payload_len, out);
    uint8_t *p = out + ip;

    memset(p, 0, header);
    put_ports(spec, p);
    put32(p + 4, spec->seq);
    put32(p + 8, spec->ack);
    p[12] = (uint8_t)(header / 4 << 4);
    p[13] = spec->flags;
    put16(p + 14, spec->window);
    if (has_sack) {
        memcpy(p + 20, (uint8_t[]){1, 1, 5, 10}, 4);
        put32(p + 24, spec->sack_left);
        put32(p + 28, spec->sack_right);
    }
    memset(p + header, 'x', spec->payload_len);
    return ip + header + spec->payload_len;
}

size_t packets_udp(const struct packet_spec *spec, uint8_t out[PACKETS_MAX])
{
    size_t ip = put_ip(spec, IPPROTO_UDP, 8 + spec->payload_len, out);
    uint8_t *p = out + ip;

    memset(p, 0, 8);
    put_ports(spec, p);
    put16(p + 4, 8 + spec->payload_len);
    memset(p + 8, 'x', spec->payload_len);
    return ip + 8 + spec->payload_len;
}
