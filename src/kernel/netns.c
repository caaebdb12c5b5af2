/* User and network namespaces, see netns.h. The order and the restrictions
 * are those of user_namespaces(7): one thread, setgroups denied before the
 * group map, one identity mapped to itself. */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sockstage/base/text.h"

#define NETNS_SELF "/proc/thread-self/ns/net"

static bool has_capability(const struct __user_cap_data_struct *data, int cap)
{
    return (data[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap)) != 0;
}

bool netns_is_privileged(void)
{
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    memset(data, 0, sizeof data);
    if (syscall(SYS_capget, &header, data) < 0)
        return false;
    /* CLONE_NEWNET and setns(2) ask for the first; a network namespace made
     * here belongs to this user namespace, which asks for the second. */
    return has_capability(data, CAP_SYS_ADMIN) &&
           has_capability(data, CAP_NET_ADMIN);
}

static int write_proc_self(const char *path, const char *text, struct err *e)
{
    size_t len = strlen(text);
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return err_sys(e, errno, _("cannot open %s"), path);
    ssize_t n = write(fd, text, len);
    int code = n < 0 ? errno : (size_t)n != len ? EIO : 0;
    close(fd);
    if (code)
        return err_sys(e, code, _("cannot write \"%s\" to %s"), text, path);
    return 0;
}

static int map_to_itself(uid_t uid, gid_t gid, struct err *e)
{
    char uid_map[64], gid_map[64];

    snprintf(uid_map, sizeof uid_map, "%u %u 1", uid, uid);
    snprintf(gid_map, sizeof gid_map, "%u %u 1", gid, gid);
    int rc = write_proc_self("/proc/self/setgroups", "deny", e);
    if (!rc)
        rc = write_proc_self("/proc/self/uid_map", uid_map, e);
    if (!rc)
        rc = write_proc_self("/proc/self/gid_map", gid_map, e);
    return rc;
}

static void hint_user_namespace(int code, struct err *e)
{
    if (code == EPERM || code == EACCES)
        err_hint(e,
            _("allow unprivileged user namespaces (sysctl "
              "kernel.unprivileged_userns_clone=1, on Ubuntu "
              "kernel.apparmor_restrict_unprivileged_userns=0) or use sudo"));
    else if (code == ENOSPC || code == EUSERS)
        err_hint(e, _("raise sysctl user.max_user_namespaces or use sudo"));
    else if (code == EINVAL)
        err_hint(e, _("either this kernel has no user namespaces, or this "
                      "process already has a second thread"));
}

int netns_enter_user(struct err *e)
{
    uid_t uid = geteuid(); /* afterwards they read as the overflow ids */
    gid_t gid = getegid();
    int rc;

    if (unshare(CLONE_NEWUSER) < 0)
        rc = err_sys(e, errno, _("cannot make a user namespace"));
    else
        rc = map_to_itself(uid, gid, e);
    if (rc)
        hint_user_namespace(-rc, e);
    return rc;
}

int netns_enter_new(struct err *e)
{
    if (unshare(CLONE_NEWNET) == 0)
        return 0;
    int rc = err_sys(e, errno, _("cannot make a network namespace"));
    if (rc == -ENOSPC)
        err_hint(e, _("raise sysctl user.max_net_namespaces"));
    else if (rc == -EPERM)
        err_hint(e, _("a container or security module forbids it; use sudo, "
                      "or run the container with CAP_SYS_ADMIN"));
    else if (rc == -EINVAL)
        err_hint(e, _("this kernel has no network namespaces"));
    return rc;
}

int netns_open_current(int *fd, struct err *e)
{
    *fd = open(NETNS_SELF, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return err_sys(e, errno, _("cannot open %s"), NETNS_SELF);
    return 0;
}

int netns_enter(int fd, struct err *e)
{
    if (setns(fd, CLONE_NEWNET) < 0)
        return err_sys(e, errno, _("cannot enter the network namespace"));
    return 0;
}
