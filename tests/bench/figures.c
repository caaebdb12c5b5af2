/* See figures.h. */
#include "figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GOALS_MAX 8

static struct {
    const char *name;
    size_t length;
    double value;
} goals[GOALS_MAX];
static size_t goal_count;

uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

void figure_add(struct figure *f, double value)
{
    if (f->n < FIGURE_MAX)
        f->values[f->n++] = value;
}

void figure_add_ms(struct figure *f, uint64_t ns)
{
    figure_add(f, (double)ns / 1e6);
}

int goal_add(const char *text)
{
    const char *equals = strchr(text, '=');
    char *end;

    if (!equals || goal_count == GOALS_MAX)
        return -1;
    goals[goal_count].name = text;
    goals[goal_count].length = (size_t)(equals - text);
    goals[goal_count].value = strtod(equals + 1, &end);
    if (end == equals + 1 || *end)
        return -1;
    goal_count++;
    return 0;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print_goal(const char *name)
{
    for (size_t i = 0; i < goal_count; i++) {
        if (strlen(name) == goals[i].length &&
            memcmp(name, goals[i].name, goals[i].length) == 0)
            printf(", \"goal\": %g", goals[i].value);
    }
}

static void print_one(struct figure *f)
{
    size_t n = f->n;

    if (n == 0) {
        printf("      \"%s\": null", f->name);
        return;
    }
    qsort(f->values, n, sizeof f->values[0], ascending);
    printf("      \"%s\": {\"median\": %.3f, \"min\": %.3f, \"max\": %.3f, "
           "\"n\": %zu",
        f->name, (f->values[(n - 1) / 2] + f->values[n / 2]) / 2, f->values[0],
        f->values[n - 1], n);
    print_goal(f->name);
    putchar('}');
}

void figures_print(struct figure *const *figures, size_t n)
{
    puts("{");
    for (size_t i = 0; i < n; i++) {
        print_one(figures[i]);
        puts(i + 1 < n ? "," : "");
    }
    printf("    }");
}
