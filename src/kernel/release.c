/* The number at the start of uname(2)'s release, "6.1.0-18-amd64". Asked only
 * where behaviour changed and cannot be tried. */
#include "release.h"

#include <stdlib.h>
#include <sys/utsname.h>

bool release_is_since(unsigned long major, unsigned long minor)
{
    struct utsname name;
    char *dot, *end;

    if (uname(&name) < 0)
        return false;
    unsigned long have_major = strtoul(name.release, &dot, 10);
    if (dot == name.release || *dot != '.')
        return false;
    unsigned long have_minor = strtoul(dot + 1, &end, 10);
    if (end == dot + 1)
        return false;
    return have_major > major || (have_major == major && have_minor >= minor);
}
