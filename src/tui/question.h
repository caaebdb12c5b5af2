/* The question of a lesson and what the class has chosen. A choice is kept with
 * the moment it was made at, so that the past shows it as it stood. */
#ifndef TUI_QUESTION_H
#define TUI_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VOTES_MAX 64

struct vote {
    uint64_t asked;  /* see struct model_lesson */
    size_t chapter;  /* the stage it was asked on */
    uint64_t cursor; /* of the journal */
    size_t option;   /* from 1 */
};

struct votes {
    struct vote of[VOTES_MAX]; /* a ring: the latest ones */
    size_t count;              /* made so far */
    uint64_t asked;            /* whose option the arrow stands at */
    size_t at;                 /* from 1; 0: it stands nowhere */
};

struct moment;
struct draw;
struct ui;

/* Whether a question with options waits for a choice. */
bool question_is_open(const struct moment *m);
/* What was chosen by that moment, from 1; 0: nothing. */
size_t question_choice(const struct moment *m);
/* The option that the arrow stands at, from 1; 0: at none. */
size_t question_arrow(const struct moment *m);
/* What a key means while one is open: a digit, the arrows, Enter; false: what
 * it means else. */
bool question_key(struct ui *ui, const struct moment *m, uint32_t key);

/* Lines that an open question takes at that width; 0: none is open. */
int question_lines(
    const struct draw *d, const struct moment *m, int width, int most);
/* Question and options once the answer is known, in at most `most` lines. */
struct pen;
void question_draw_judged(struct draw *d, struct pen *p, int most);

#endif
