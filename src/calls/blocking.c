/* Blocking, non-blocking, with a timeout: what the process believes. The real
 * descriptor never blocks, because the stage must not. */
#include "blocking.h"

#include <errno.h>
#include <sys/ioctl.h>

#include "result.h"

void blocking_describe(const struct call *c, double timeout_s, struct str *out)
{
    str_addf(out, "ioctl(%d, FIONBIO, [%d])", c->sock->shown_fd,
        timeout_s < 0 ? 0 : 1);
}

enum call_step blocking_set(struct call *c, double timeout_s)
{
    int on = 1;

    /* Always 1, see above; a closed socket gets its EBADF from the kernel. */
    if (ioctl(c->sock->fd, FIONBIO, &on) != 0)
        return result_failed(c, errno);
    c->sock->timeout_s = timeout_s;
    return result_answer(c, 0, value_none());
}
