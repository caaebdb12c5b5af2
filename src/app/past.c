/* Memory first, temporary files behind it; without these the past is as long
 * as the memory reaches. */
#include "past.h"

#include "sockstage/base/text.h"

#include <stdio.h>

/* Of the disk: some millions of events. */
#define DISK_BYTES (UINT64_C(1) << 30)

static void on_failed(void *ctx, const struct err *e)
{
    struct past *p = ctx;

    if (p->notice[0])
        return;
    snprintf(p->notice, sizeof p->notice,
        _("rewind reaches back only as far as %lu MiB of memory: %s"),
        (unsigned long)(p->memory >> 20), e->msg);
    if (p->shortened)
        p->shortened(p->ctx, p->notice);
}

static struct spool *open_spool(struct past *p)
{
    struct spool *spool = NULL;
    struct err e;

    if (spool_open(p->disk, &spool, &e) < 0)
        on_failed(p, &e);
    return spool;
}

void past_open(struct past *p, uint64_t memory, uint64_t disk,
    void (*shortened)(void *ctx, const char *notice), void *ctx)
{
    struct spool *spool;

    *p = (struct past){.memory = memory, .shortened = shortened, .ctx = ctx};
    p->disk = disk > DISK_BYTES ? disk : DISK_BYTES;
    p->journal = journal_new((size_t)(memory / 2));
    spool = open_spool(p);
    if (spool)
        journal_set_spool(p->journal, spool, on_failed, p);
}

void past_follow(struct past *p, const struct model *latest, bool recording)
{
    struct spool *spool = open_spool(p);

    p->history = history_new(p->journal, latest, (size_t)(p->memory / 2));
    if (spool)
        history_set_spool(p->history, spool, on_failed, p);
    p->timeline = timeline_new(p->history, p->journal, latest, recording);
}

void past_close(struct past *p)
{
    timeline_free(p->timeline);
    history_free(p->history);
    journal_free(p->journal);
    *p = (struct past){0};
}
