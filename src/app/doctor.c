/* `sockstage doctor`: what this machine allows, line by line. */
#include "app.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/kernel/hosts.h"

#include <stdio.h>

int mode_doctor(void)
{
    struct hosts_check checks[24];
    size_t n = hosts_doctor(checks, ARRAY_LEN(checks));
    struct err e;

    for (size_t i = 0; i < n; i++) {
        printf("%-4s %-22s %s\n", checks[i].ok ? _("ok") : _("no"),
            checks[i].name, checks[i].detail);
        if (!checks[i].ok && checks[i].remedy[0])
            printf("     %-22s %s\n", "", checks[i].remedy);
    }
    if (hosts_try_private(&e) == 0)
        puts(_("=> --wire=private works here"));
    else
        printf(_("=> --wire=loopback only: %s\n"), e.msg);
    return ferror(stdout) || fflush(stdout) != 0 ? EXIT_MACHINE : EXIT_PASSED;
}
