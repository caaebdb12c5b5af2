/* The pictures of one connection that replace the three columns, and what the
 * keys do there. */
#ifndef TUI_SCENE_H
#define TUI_SCENE_H

#include "ui.h"

/* What an action does while or so that a scene is open: z, t and g open it of
 * what is selected, the same key again or Esc closes it; left and right go to
 * another connection, up and down move in time. False: it means nothing here.
 */
bool scene_act(
    struct ui *ui, const struct moment *m, const struct draw *d, enum action a);
/* The action that opens it. */
enum action scene_action(enum ui_scene scene);
/* Where the picture is longer than its room; as ui_select(). */
void scene_scroll(struct ui *ui, const struct draw *d, int dy);

#endif
