/* Which wire the stage gets, and the one line that says why. */
#include "app.h"

#include "sockstage/base/text.h"
#include "sockstage/kernel/hosts.h"

#include <stdio.h>

bool wire_fall_back(enum wire_choice choice, enum stage_wire *wire,
    const struct err *why, char *notice, size_t notice_size)
{
    if (choice != WIRE_AUTO || *wire != STAGE_PRIVATE)
        return false;
    *wire = STAGE_LOOPBACK;
    snprintf(notice, notice_size,
        _("wire: loopback, because the private one is refused: %s; "
          "`sockstage doctor` says more"),
        why->msg);
    return true;
}

int wire_choose(enum wire_choice choice, enum stage_wire *out, char *notice,
    size_t notice_size, struct err *e)
{
    notice[0] = '\0';
    *out = choice == WIRE_LOOPBACK ? STAGE_LOOPBACK : STAGE_PRIVATE;
    if (choice == WIRE_LOOPBACK || !hosts_need_trial() ||
        hosts_try_private(e) == 0)
        return EXIT_PASSED;
    return wire_fall_back(choice, out, e, notice, notice_size) ? EXIT_PASSED
                                                               : EXIT_MACHINE;
}
