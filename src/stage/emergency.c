/* What a crash handler does for the stage: a TCP socket that dies with data or
 * a FIN still to send goes on as an orphan of the kernel and keeps its whole
 * namespace; with SO_LINGER 0 it is reset and gone (socket(7), tcp(7)). Only
 * system calls are made, so this is safe in a signal handler. */
#include "sockstage/stage/stage.h"

#include <errno.h>
#include <sys/socket.h>

#define DESCRIPTORS_MAX 65536

void stage_emergency_close(void)
{
    static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    int saved = errno;

    /* Anything that isn't a socket answers ENOTSOCK and is left alone. */
    for (int fd = 3; fd < DESCRIPTORS_MAX; fd++)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    errno = saved;
}
