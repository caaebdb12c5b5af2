/* The settings that make the wire calm and the kernel patient (calm.def). */
#ifndef SOCKSTAGE_KERNEL_CALM_H
#define SOCKSTAGE_KERNEL_CALM_H

#include "sockstage/base/str.h"

/* Applies every row of calm.def in the thread's network namespace. Rows that
 * the kernel lacks or refuses are skipped and added as lines to `skipped`
 * (which may be NULL); returns how many were. */
size_t calm_apply(struct str *skipped);

#endif
