/* See timeline_walk.h. */
#include "timeline_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void apply(void *ctx, const struct event *e)
{
    model_apply(ctx, e);
}

void walk_begin(struct walk *w, size_t window)
{
    w->journal = journal_new(window);
    w->latest = model_new();
    journal_subscribe(w->journal, apply, w->latest);
    w->history = history_new(w->journal, w->latest, window);
    w->timeline = NULL;
}

void walk_look(struct walk *w, bool recording)
{
    w->timeline = timeline_new(w->history, w->journal, w->latest, recording);
}

void walk_end(struct walk *w)
{
    timeline_free(w->timeline);
    history_free(w->history);
    journal_free(w->journal);
    model_free(w->latest);
}

void walk_publish(struct walk *w, struct event e)
{
    journal_publish(w->journal, &e);
}

void walk_publish_story(struct walk *w)
{
    walk_publish(w, make_stage());
    walk_publish(w, make_line(100 * MS, "title First", 1));
    walk_publish(w, make_process(200 * MS, "c1", HOST_CLIENT));
    walk_publish(w, make_note(300 * MS, "Look here.", "en"));
    walk_publish(w, make_call(400 * MS, 1, "c1", "socket", "s = socket()"));
    walk_publish(w, make_return(500 * MS, 1, "c1"));
    walk_publish(w, make_line(600 * MS, "mark  the wire", 3));
    walk_publish(w, make_line(700 * MS, "wire hold", 4));
    walk_publish(w, make_call(800 * MS, 2, "c1", "close", "s.close()"));
    walk_publish(w, make_return(900 * MS, 2, "c1"));
}

uint64_t walk_cursor(const struct walk *w)
{
    return timeline_place(w->timeline).cursor;
}

void walk_assert_at(const struct walk *w, uint64_t want)
{
    struct timeline_place p = timeline_place(w->timeline);

    assert_int_equal(p.cursor, want);
    assert_int_equal(p.at_end, want == journal_end(w->journal));
    if (!p.past || want == 0)
        return;
    assert_int_equal(model_now_ns(timeline_model(w->timeline)),
        journal_at(w->journal, want - 1)->t_ns);
}
