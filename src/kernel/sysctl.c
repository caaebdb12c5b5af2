/* Network settings by name. A name comes from outside: only words joined by
 * dots below net.ipv4, net.ipv6 and net.core become a path. */
#include "sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#define NAME_MAX_BYTES  128
#define VALUE_MAX_BYTES 256

/* A name without a dot is looked for in this order. */
static const char *const families[] = {"ipv4", "core", "ipv6"};

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Words joined by single dots, and nothing else. */
static bool is_dotted(const char *name)
{
    bool in_word = false;

    if (strnlen(name, NAME_MAX_BYTES + 1) > NAME_MAX_BYTES)
        return false;
    for (; *name; name++) {
        if (!is_word_char(*name) && (*name != '.' || !in_word))
            return false;
        in_word = *name != '.';
    }
    return in_word;
}

static bool is_in_family(const char *name, const char *family)
{
    size_t len = strlen(family);

    return strncmp(name, family, len) == 0 && name[len] == '.';
}

/* Writes the file of `name` below `family`, or below the family that the name
 * itself begins with when `family` is NULL. */
static void build_path(
    char path[PATH_MAX], const char *family, const char *name)
{
    size_t root = sizeof "/proc/sys/net/" - 1;

    snprintf(path, PATH_MAX, "/proc/sys/net/%s%s%s", family ? family : "",
        family ? "/" : "", name);
    for (char *p = path + root; *p; p++)
        if (*p == '.')
            *p = '/';
}

/* A global setting shows in a host as a file that nobody may write. */
static bool is_read_only(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && (st.st_mode & 0222) == 0;
}

static int open_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);

    if (fd >= 0)
        return fd;
    int code = errno;
    if (code == EISDIR || code == ENOTDIR)
        return -ENOENT;
    if ((code == EACCES || code == EPERM) && is_read_only(path))
        return -ENOENT;
    return -code;
}

static int open_first(const char *name, int flags)
{
    char path[PATH_MAX];
    int fd = -ENOENT;

    for (size_t i = 0; i < ARRAY_LEN(families) && fd == -ENOENT; i++) {
        build_path(path, families[i], name);
        fd = open_path(path, flags);
    }
    return fd;
}

static int open_dotted(const char *name, int flags)
{
    char path[PATH_MAX];
    const char *rest = is_in_family(name, "net") ? name + 4 : name;

    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        if (!is_in_family(rest, families[i]))
            continue;
        build_path(path, NULL, rest);
        return open_path(path, flags);
    }
    return -EINVAL;
}

static int no_setting(const char *name, struct err *e)
{
    return err_set(e, ENOENT,
        _("this kernel has no setting %s, or not one for each host"), name);
}

/* Returns a descriptor or -errno. */
static int open_setting(const char *name, int flags, struct err *e)
{
    if (!is_dotted(name))
        return err_set(e, EINVAL,
            _("that is no name of a setting; it looks like "
              "tcp_syn_retries or net.ipv4.tcp_syn_retries"));
    int fd =
        strchr(name, '.') ? open_dotted(name, flags) : open_first(name, flags);
    if (fd == -EINVAL)
        return err_set(e, EINVAL,
            _("%s is not a setting of a host: only net.ipv4, net.ipv6 and "
              "net.core are"),
            name);
    if (fd == -ENOENT)
        return no_setting(name, e);
    if (fd < 0)
        return err_sys(e, -fd, _("cannot open the setting %s"), name);
    return fd;
}

int sysctl_read(const char *name, struct str *out, struct err *e)
{
    char text[4096];
    int fd = open_setting(name, O_RDONLY, e);

    if (fd < 0)
        return fd;
    ssize_t n = read(fd, text, sizeof text);
    int code = errno;
    close(fd);
    if (n < 0 && code == EISDIR)
        return no_setting(name, e);
    if (n < 0)
        return err_sys(e, code, _("cannot read the setting %s"), name);
    while (n > 0 && text[n - 1] == '\n')
        n--;
    str_clear(out);
    if (n > 0)
        str_addn(out, text, (size_t)n);
    return 0;
}

static bool is_value(const char *value)
{
    size_t len = strnlen(value, VALUE_MAX_BYTES + 1);

    if (len == 0 || len > VALUE_MAX_BYTES)
        return false;
    for (; *value; value++)
        if ((unsigned char)*value < ' ' || (unsigned char)*value > '~')
            if (*value != '\t')
                return false;
    return true;
}

int sysctl_write(const char *name, const char *value, struct err *e)
{
    if (!is_value(value))
        return err_set(e, EINVAL, _("%s: that is no value of a setting"),
            is_dotted(name) ? name : "set");
    int fd = open_setting(name, O_WRONLY, e);
    if (fd < 0)
        return fd;
    size_t len = strlen(value);
    ssize_t n = write(fd, value, len);
    int code = n < 0 ? errno : (size_t)n != len ? EINVAL : 0;
    close(fd);
    if (code)
        return err_sys(e, code, _("cannot set %s to %s"), name, value);
    return 0;
}
