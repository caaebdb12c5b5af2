/* Collected measurements and how they are printed: one line of JSON each, with
 * median, extremes, number, and the goal where there is one. */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stddef.h>
#include <stdint.h>

#define FIGURE_MAX 1024

struct figure {
    const char *name; /* with its unit: "key_ms" */
    double values[FIGURE_MAX];
    size_t n;
};

/* Monotonic time. */
uint64_t now_ns(void);

/* What is measured beyond FIGURE_MAX times is left out. */
void figure_add(struct figure *f, double value);
void figure_add_ms(struct figure *f, uint64_t ns);

/* Remembers "NAME=VALUE" of the command line; the text must stay. Returns -1
 * for any other text. */
int goal_add(const char *text);

/* Prints an object of these figures; one without values is null. */
void figures_print(struct figure *const *figures, size_t n);

#endif
