/* What a crash handler does for the stage: a TCP socket that dies with data or
 * a FIN still to send goes on as an orphan of the kernel and keeps its whole
 * namespace. So all of them are ended: on private hosts through sock_diag(7),
 * elsewhere by SO_LINGER 0, which resets a connection as its descriptor goes
 * (socket(7)). Only system calls are made. */
#include "sockstage/stage/stage.h"

#include "sockstage/kernel/hosts.h"

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
    hosts_emergency_end();
    errno = saved;
}
