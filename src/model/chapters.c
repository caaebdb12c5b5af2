/* Chapters of a journal: a stage each, called as its first `title` line
 * says, in whatever language that is. */
#include "chapters.h"

#include "model_int.h"

struct chapters {
    struct journal *journal;
    struct journal_subscriber *subscriber;
    VEC(struct timeline_chapter) list; /* ascending by cursor */
    bool untitled; /* the last one, and it may still get a title */
};

/* What is behind `title` or `title.xx`; NULL if it is another line. */
static const char *title_in(const struct event *e)
{
    const char *at = e->kind == EVENT_LINE ? e->u.line.text : NULL;

    if (at == NULL || strncmp(at, "title", 5) != 0)
        return NULL;
    at += 5;
    if (at[0] == '.' && at[1] != '\0' && at[2] != '\0')
        at += 3;
    if (*at != ' ' && *at != '\t')
        return NULL;
    return at + strspn(at, " \t");
}

/* Whole letters: the bytes of one that does not fit are left out. */
static void copy_title(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);

    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(out, text, len);
    out[len] = '\0';
}

static void hear(void *ctx, const struct event *e)
{
    struct chapters *c = ctx;
    struct timeline_chapter fresh = {.cursor = e->seq + 1};
    const char *title;

    if (e->kind == EVENT_STAGE) {
        c->untitled = c->list.len < TIMELINE_CHAPTERS_MAX;
        if (c->untitled)
            vec_push(&c->list, fresh);
        return;
    }
    title = c->untitled ? title_in(e) : NULL;
    if (title == NULL)
        return;
    c->untitled = false;
    copy_title(c->list.items[c->list.len - 1].title, sizeof fresh.title, title);
}

static bool matters(const struct event *e)
{
    return e->kind == EVENT_STAGE || title_in(e) != NULL;
}

struct chapters *chapters_new(struct journal *j)
{
    const unsigned kinds = 1U << EVENT_STAGE | 1U << EVENT_LINE;
    struct chapters *c = xcalloc(1, sizeof *c);
    uint64_t seq = journal_first(j);

    c->journal = j;
    while (seq < journal_end(j)) {
        seq = journal_find(j, seq, 1, kinds, matters);
        const struct event *e = journal_at(j, seq);
        if (e == NULL)
            break;
        hear(c, e);
        seq++;
    }
    c->subscriber = journal_subscribe(j, hear, c);
    return c;
}

void chapters_free(struct chapters *c)
{
    if (c == NULL)
        return;
    journal_unsubscribe(c->journal, c->subscriber);
    vec_done(&c->list);
    free(c);
}

size_t chapters_count(const struct chapters *c)
{
    return c->list.len;
}

const struct timeline_chapter *chapters_at(const struct chapters *c, size_t i)
{
    return i < c->list.len ? &c->list.items[i] : NULL;
}

size_t chapters_find(const struct chapters *c, uint64_t cursor)
{
    size_t low = 0, high = c->list.len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (c->list.items[mid].cursor <= cursor)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 ? low - 1 : 0;
}
