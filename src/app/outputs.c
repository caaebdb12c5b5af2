/* The files that a session writes while it happens: the recording (the journal
 * as JSON lines) and the wire's packets. */
#include "app.h"

#include "sockstage/base/text.h"

#include <errno.h>
#include <fcntl.h>

static int output_open(const char *option, const char *path, const char *format,
    void (*failed)(void *ctx, const struct err *e), void *ctx,
    struct report **out, struct err *e)
{
    int fd;

    if (!path)
        return 0;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_sys(e, errno, _("%s: opening %s"), option, path);
    *out = report_new(report_find(format), fd, true, false, failed, ctx);
    return 0;
}

int outputs_open(struct outputs *o, const struct options *options,
    void (*failed)(void *ctx, const struct err *e), void *ctx, struct err *e)
{
    int r;

    *o = (struct outputs){0};
    r = output_open(
        "--record", options->record, "jsonl", failed, ctx, &o->recording, e);
    if (r == 0)
        r = output_open(
            "--pcap", options->pcap, "pcap", failed, ctx, &o->pcap, e);
    if (r < 0) {
        outputs_close(o);
        return r;
    }
    if (o->recording)
        report_set_payload(o->recording, options->payload);
    return 0;
}

void outputs_event(struct outputs *o, const struct event *e)
{
    if (o->recording)
        report_event(o->recording, e);
    if (o->pcap)
        report_event(o->pcap, e);
}

static void on_prepare(uv_prepare_t *before_sleep)
{
    struct outputs *o = before_sleep->data;

    if (o->recording)
        report_flush(o->recording);
    if (o->pcap)
        report_flush(o->pcap);
}

void outputs_follow(struct outputs *o, uv_loop_t *loop)
{
    uv_prepare_init(loop, &o->before_sleep);
    o->before_sleep.data = o;
    uv_prepare_start(&o->before_sleep, on_prepare);
    uv_unref((uv_handle_t *)&o->before_sleep);
}

void outputs_leave(struct outputs *o)
{
    uv_close((uv_handle_t *)&o->before_sleep, NULL);
}

const char *outputs_no_packets(void)
{
    return _("on the loopback wire segments are not seen: the file has none");
}

void outputs_close(struct outputs *o)
{
    report_free(o->recording);
    report_free(o->pcap);
    o->recording = o->pcap = NULL;
}
