/* Which exception Python raises for an errno. */
#include "sockstage/calls/call.h"

#include <errno.h>

const char *call_exception(int errnum)
{
    switch (errnum) {
#define EXCEPTION(number, name)                                                \
    case number:                                                               \
        return name;
#include "exceptions.def"
#undef EXCEPTION
    default:
        return "OSError";
    }
}
