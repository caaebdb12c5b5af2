/* Where the user's own settings are. */
#ifndef TUI_CONFIG_PATH_H
#define TUI_CONFIG_PATH_H

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"

/* "$XDG_CONFIG_HOME/sockstage/REST", else below ~/.config; NULL if there is no
 * home either. The caller frees. */
char *config_path(const char *rest);

/* Appends what is in a small text file. 0 or -errno. */
int config_read_file(const char *path, struct str *out);

#endif
