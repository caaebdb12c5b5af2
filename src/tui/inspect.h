/* The inspector of a socket: which one it shows, and the earlier look that
 * changes are told from. */
#ifndef TUI_INSPECT_H
#define TUI_INSPECT_H

#include "ui.h"

/* The socket that is selected in its column; NULL: none. */
const struct model_sock *ui_selected_sock(const struct moment *m);
/* The one whose inspector is open; NULL: none. */
const struct model_sock *ui_inspected_sock(const struct moment *m);
/* That socket as it was when the inspector was opened; NULL: not known. */
const struct model_sock *ui_inspect_base(const struct moment *m);

/* Opens the inspector; if it is open, changes count from now on. False: no
 * socket is selected. */
bool ui_inspect_sock(struct ui *ui, const struct moment *m);
/* False if it was not open. */
bool ui_inspect_close(struct ui *ui, const struct moment *m);
/* To the next socket of the column, or the one before. */
void ui_inspect_other(struct ui *ui, const struct moment *m, int by);

#endif
