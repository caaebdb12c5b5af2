/* The question of a lesson. Choosing an option is a line of the notation,
 * `vote N`, so that the journal has it and the past shows it as it stood; here
 * is only where the arrow stands meanwhile. */
#ifndef TUI_QUESTION_H
#define TUI_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_arrow {
    uint64_t asked; /* of which question, see struct model_lesson */
    size_t at;      /* at which option, from 1; 0: it stands nowhere */
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
 * it means else. `vote` becomes the option that it chooses, from 1; 0: none. */
bool question_key(
    struct ui *ui, const struct moment *m, uint32_t key, size_t *vote);

/* Lines that an open question takes at that width; 0: none is open. */
int question_lines(
    const struct draw *d, const struct moment *m, int width, int most);
/* Question and options once the answer is known, in at most `most` lines. */
struct pen;
void question_draw_judged(struct draw *d, struct pen *p, int most);

#endif
