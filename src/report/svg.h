/* The ladder as an <svg> element: for a file of its own, and for a page. */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include "ladder.h"

#include "sockstage/base/str.h"

#include <stdbool.h>

/* Cells of a caption's line, for ladder_finish(). */
#define SVG_CAPTION_COLUMNS 132

/* Adds the element with its style in it; all classes begin with "l-", the
 * element is of class "ladder" and has a viewBox. `on_page`: it is narrower and
 * leaves title and times to the page that it stands in; else it has a width and
 * a height in pixels, too.
 *
 * Each item is a <g class="l-item" data-seq="3" data-end="7">: the event that
 * began it, and the one that ended it (arrived, returned). A page can hide or
 * dim what has not happened yet. */
void svg_add_ladder(struct str *out, const struct ladder *l, bool on_page);

/* Text for inside an element or a quoted attribute of XML or HTML: characters
 * of theirs become entities, control characters symbols, what turns the
 * direction of text around (bidi) and what XML forbids U+FFFD. */
void svg_add_escaped(struct str *out, const char *text);

#endif
