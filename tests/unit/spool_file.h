/* A spool whose file the test can spoil. */
#ifndef SPOOL_FILE_H
#define SPOOL_FILE_H

#include "sockstage/base/spool.h"

/* Opens a spool; `*fd` is its descriptor, which stays the spool's. */
struct spool *spool_file_open(uint64_t limit, int *fd);

void spool_file_fill_disk(int fd); /* from now on writing gives ENOSPC */
void spool_file_lose(int fd);      /* what was written can't be read */

#endif
