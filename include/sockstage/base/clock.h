/* The two clocks of clock_gettime(2) that the stage reads. */
#ifndef SOCKSTAGE_BASE_CLOCK_H
#define SOCKSTAGE_BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

uint64_t clock_now_ns(void);  /* CLOCK_MONOTONIC */
uint64_t clock_wall_ns(void); /* CLOCK_REALTIME, Unix time */

#endif
