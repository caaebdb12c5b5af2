/* Which Linux is running. */
#ifndef SOCKSTAGE_KERNEL_RELEASE_H
#define SOCKSTAGE_KERNEL_RELEASE_H

#include <stdbool.h>

/* Whether it is this release or a newer one; false if it can't be told. */
bool release_is_since(unsigned long major, unsigned long minor);

#endif
