/* The settings that make the wire calm and the kernel patient (calm.def). */
#ifndef SOCKSTAGE_KERNEL_CALM_H
#define SOCKSTAGE_KERNEL_CALM_H

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"

enum {
    CALM_COUNT = 0
#define SETTING(group, name, value, why) +1
#include "calm.def"
#undef SETTING
};

/* One value for each row of the calm wire, empty where this kernel has no such
 * setting; rows of the other groups are always empty. */
struct calm_values {
    struct str values[CALM_COUNT];
};

/* Applies every row of calm.def in the thread's network namespace. Rows that
 * the kernel lacks or refuses are skipped and added as lines to `skipped`
 * (which may be NULL); returns how many were. */
size_t calm_apply(struct str *skipped);

/* Reads the calm rows, but not those of the other groups, in the thread's
 * network namespace; calm_values_done() frees what they hold. */
void calm_read(struct calm_values *out);
void calm_values_done(struct calm_values *values);

/* Writes them in the thread's network namespace; 0, or the first failure, the
 * others being written all the same. */
int calm_write(const struct calm_values *values, struct err *e);

#endif
