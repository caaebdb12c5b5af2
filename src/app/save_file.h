/* The files that are saved from the screen: their names, and what to do where
 * one can't be written. */
#ifndef SOCKSTAGE_APP_SAVE_FILE_H
#define SOCKSTAGE_APP_SAVE_FILE_H

#include "sockstage/base/err.h"
#include "sockstage/base/str.h"

/* "handshake-20261122-155700.svg", with a number if there is such a file. Its
 * beginning is that of the file `subject`, without folder and ending; NULL:
 * the program's name. */
void save_file_propose(
    const char *subject, const char *suffix, struct str *name);

/* Makes a file that was not there: if there is one of that name, the next
 * number comes behind it, and `name` is changed. 0 or -errno. */
int save_file_make(struct str *name, int *fd, struct err *e);

/* Adds what can be done about it. */
void save_file_hint(struct err *e);

/* A sentence that says where it is. */
void save_file_tell(const char *name, struct str *out);

#endif
