/* The recording: the journal as JSON lines, written while it happens. */
#include "app.h"

#include "sockstage/base/text.h"

#include <errno.h>
#include <fcntl.h>

int recording_open(const char *path, bool payload,
    void (*failed)(void *ctx, const struct err *e), void *ctx,
    struct report **out, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0)
        return err_sys(e, errno, _("--record: opening %s"), path);
    *out = report_new(report_find("jsonl"), fd, true, true, failed, ctx);
    report_set_payload(*out, payload);
    return 0;
}
