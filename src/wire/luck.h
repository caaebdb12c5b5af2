/* Chance that can be repeated: a draw is a pure function of the seed, of what
 * it is for, and of the segment itself, never of the time or of what else is
 * on the wire. So the same seed gives the same segment the same fate. */
#ifndef SOCKSTAGE_WIRE_LUCK_H
#define SOCKSTAGE_WIRE_LUCK_H

#include "sockstage/wire/segment.h"

#include <stdint.h>

#define LUCK_SEED_DEFAULT 1U

/* 64 even bits. A segment is known by its direction, the number of its
 * connection, its relative numbers, and how often they were sent before; what
 * is not TCP by its count among those of its direction. */
uint64_t luck_draw(uint64_t seed, unsigned purpose, const struct segment *s);

/* A draw scaled to 0 .. below - 1. */
uint64_t luck_below(uint64_t draw, uint64_t below);

#endif
