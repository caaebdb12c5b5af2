/* TUN devices, see tun.h and the kernel's Documentation/networking/tuntap. */
#include "tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sockstage/base/text.h"

#define TUN_PATH "/dev/net/tun"

static int open_device(int *fd, struct err *e)
{
    *fd = open(TUN_PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (*fd >= 0)
        return 0;
    int rc = err_sys(e, errno, _("cannot open %s"), TUN_PATH);
    if (rc == -EACCES)
        err_hint(e, _("sudo chmod 0666 %s, or use sudo"), TUN_PATH);
    else if (rc == -ENOENT)
        err_hint(e,
            _("sudo modprobe tun; in a container pass the device in "
              "(--device %s)"),
            TUN_PATH);
    else if (rc == -ENODEV || rc == -ENXIO)
        err_hint(e, _("sudo modprobe tun"));
    else if (rc == -EPERM)
        err_hint(e,
            _("the container does not allow this device "
              "(--device %s)"),
            TUN_PATH);
    return rc;
}

int tun_open(const char *name, int ifindex, int *fd, struct err *e)
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    int rc = open_device(fd, e);

    if (rc)
        return rc;
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    /* An index of our choice saves asking for it. A device that is not
     * persistent is taken down by close(2), which waits some 25 ms for it; a
     * persistent one leaves at once with its namespace. */
    if (ioctl(*fd, TUNSETIFINDEX, &ifindex) < 0 ||
        ioctl(*fd, TUNSETIFF, &request) < 0 ||
        ioctl(*fd, TUNSETPERSIST, 1) < 0) {
        rc = err_sys(e, errno, _("cannot make the TUN device %s"), name);
        close(*fd);
        *fd = -1;
    }
    return rc;
}
