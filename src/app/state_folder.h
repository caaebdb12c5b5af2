/* Where the program keeps what it remembers between two runs. */
#ifndef SOCKSTAGE_APP_STATE_FOLDER_H
#define SOCKSTAGE_APP_STATE_FOLDER_H

#include "sockstage/base/str.h"

#include <stdbool.h>

/* Adds $XDG_STATE_HOME/sockstage, else ~/.local/state/sockstage; false: there
 * is no home. */
bool state_folder_find(struct str *out);
/* Makes it, with the folders above. 0 or -errno. */
int state_folder_make(const char *path);

#endif
