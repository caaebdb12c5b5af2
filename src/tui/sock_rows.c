/* The values behind the lines of a socket's inspector: sock_rows.def, then the
 * rows of fields.def that are not of tcp_info, then memory and tcp_info row by
 * row. */
#include "sock_rows.h"

#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* ---- sock_rows.def --------------------------------------------------------
 */

typedef void row_function(
    const struct moment *m, const struct model_sock *s, struct str *out);

static void row_state(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    (void)m;
    str_add(out, state_name(s->proto, s->state));
}

static void row_owners(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    (void)m;
    for (size_t i = 0; i < s->owner_count; i++)
        str_addf(out, "%s%s", i > 0 ? ", " : "", s->owners[i]);
    if (s->owner_count == 0)
        str_add(out, s->accepted ? _("the kernel only") : _("not accepted"));
}

static void row_protocol(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    (void)m;
    str_add(out, s->proto == IPPROTO_UDP ? "UDP" : "TCP");
}

static void row_host(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    (void)m;
    str_add(out, host_name(s->host));
}

static void row_local(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    (void)m;
    if (s->local.family)
        str_add(out, addr_format(&s->local, text));
}

static void row_peer(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    char text[ADDR_TEXT_MAX];

    (void)m;
    if (s->peer.family)
        str_add(out, addr_format(&s->peer, text));
}

static void row_other(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    const struct model_sock *peer = model_sock_peer(m->model, s);

    if (peer && peer->owner_count > 0)
        str_addf(out, "%s %s", peer->owners[0],
            state_name(peer->proto, peer->state));
}

static void row_cookie(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    (void)m;
    str_addf(out, "%" PRIu64, s->id);
}

static void row_timer(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    uint64_t left = s->timer_at_ns > m->now_ns ? s->timer_at_ns - m->now_ns : 0;
    char time[32];

    if (s->proto == IPPROTO_UDP)
        return;
    str_add(out, timer_name(s->timer));
    if (s->timer == SOCK_TIMER_NONE)
        return;
    words_duration(left, time, sizeof time);
    str_addf(out, _(", in %s"), time);
}

static void row_timer_fired(
    const struct moment *m, const struct model_sock *s, struct str *out)
{
    (void)m;
    if (s->timer != SOCK_TIMER_NONE)
        str_addf(out, _("%" PRIu32 " times"), s->timer_retrans);
}

static const struct sock_row {
    enum field_group group;
    const char *name;
    row_function *value;
    const char *meaning, *see;
} rows[] = {
#define SOCK_ROW(group, name, function, meaning, explain, see)                 \
    {GROUP_##group, name, function, meaning, see},
#include "sock_rows.def"
#undef SOCK_ROW
};

bool sock_row_at(
    size_t i, const char **name, const char **meaning, const char **see)
{
    if (i >= ARRAY_LEN(rows))
        return false;
    *name = rows[i].name;
    *meaning = rows[i].meaning;
    *see = rows[i].see;
    return true;
}

/* ---- numbers with their units ---------------------------------------------
 */

#define UNLIMITED_SSTHRESH INT32_MAX
#define NEVER_MEASURED     UINT32_MAX

static void add_flags(struct str *out, uint64_t value)
{
    /* TCPI_OPT_* of uapi linux/tcp.h */
    static const char *const names[] = {"timestamps", "SACK", "window scale",
        "ECN", "ECN seen", "SYN data", "user timeout", "TFO child"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (value >> i & 1)
            str_addf(out, "%s%s", out->len ? ", " : "", names[i]);
    }
    if (out->len == 0)
        str_add(out, _("none"));
}

static void add_ca_state(struct str *out, uint64_t value)
{
    static const char *const names[] = {
        "Open", "Disorder", "CWR", "Recovery", "Loss"};

    if (value < ARRAY_LEN(names))
        str_addf(out, "%s", names[value]);
    else
        str_addf(out, "%" PRIu64, value);
}

static void add_time(struct str *out, double ms)
{
    if (ms >= 100000)
        str_addf(out, "%.0f s", ms / 1000);
    else if (ms >= 1000)
        str_addf(out, "%.3g s", ms / 1000);
    else
        str_addf(out, "%.3g ms", ms);
}

static void add_rate(struct str *out, uint64_t bytes)
{
    if (bytes == UINT64_MAX || bytes == UINT32_MAX)
        str_add(out, _("no limit"));
    else if (bytes >= 1000000)
        str_addf(out, "%.1f MB/s", (double)bytes / 1000000);
    else if (bytes >= 1000)
        str_addf(out, "%.1f kB/s", (double)bytes / 1000);
    else
        str_addf(out, "%" PRIu64 " B/s", bytes);
}

static bool add_special(struct str *out, const char *name, uint64_t value)
{
    if (str_equal(name, "options"))
        add_flags(out, value);
    else if (str_equal(name, "ca_state"))
        add_ca_state(out, value);
    else if (str_equal(name, "snd_ssthresh") && value >= UNLIMITED_SSTHRESH)
        str_add(out, _("not set yet"));
    else if (str_equal(name, "min_rtt") && value == NEVER_MEASURED)
        str_add(out, _("not measured yet"));
    else if (str_equal(name, "retransmits"))
        str_addf(out, _("%" PRIu64 " in a row"), value);
    else if (strstr(name, "_wscale"))
        str_addf(out, _("%" PRIu64 " (windows x%u)"), value,
            1U << (value < 15 ? value : 14));
    else
        return false;
    return true;
}

static void add_number(struct str *out, uint64_t value, const char *unit)
{
    str_addf(out, "%" PRIu64 "%s%s", value, unit[0] ? " " : "",
        words_unit(unit, value));
}

static void add_info(
    struct str *out, const struct info_field *f, uint64_t value)
{
    if (add_special(out, f->name, value))
        return;
    if (str_equal(f->unit, "us"))
        add_time(out, (double)value / 1000);
    else if (str_equal(f->unit, "ms"))
        add_time(out, (double)value);
    else if (str_equal(f->unit, "bytes/s"))
        add_rate(out, value);
    else
        add_number(out, value, f->unit);
}

/* ---- lines ----------------------------------------------------------------
 */

struct adder {
    const struct moment *m;
    const struct model_sock *s, *before;
    const struct model_recent *recent;
    void (*add)(void *ctx, const struct sock_line *line);
    void *ctx;
};

static enum sock_change compare(int64_t was, int64_t is)
{
    return is > was ? SOCK_GREW : is < was ? SOCK_SHRANK : SOCK_SAME;
}

static void add_line(const struct adder *a, struct sock_line *line)
{
    if (line->value.len > 0)
        a->add(a->ctx, line);
    str_done(&line->value);
    str_done(&line->was);
}

/* Of a socket's state: the one that it began with is no change. */
static uint64_t state_changed_ns(const struct model_sock *s)
{
    return s && s->state_changed_ns != s->opened_ns ? s->state_changed_ns : 0;
}

static uint64_t row_changed_ns(
    const struct adder *a, const struct sock_row *row)
{
    static const struct {
        row_function *value;
        enum model_text text;
    } texts[] = {{row_owners, MODEL_TEXT_OWNERS}, {row_local, MODEL_TEXT_LOCAL},
        {row_peer, MODEL_TEXT_PEER}, {row_timer, MODEL_TEXT_TIMER},
        {row_timer_fired, MODEL_TEXT_TIMER}};

    if (row->value == row_state)
        return state_changed_ns(a->s);
    if (row->value == row_other)
        return state_changed_ns(model_sock_peer(a->m->model, a->s));
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i].value == row->value)
            return a->recent->text_ns[texts[i].text];
    }
    return 0;
}

static void add_row(const struct adder *a, const struct sock_row *row)
{
    struct sock_line line = {.group = row->group,
        .changed_ns = row_changed_ns(a, row),
        .name = _(row->name),
        .table = EXPLAIN_SOCK_ROW,
        .key = row->name,
        .meaning = row->meaning[0] ? _(row->meaning) : "",
        .see = row->see};

    line.runs = row->value == row_timer && a->s->timer != SOCK_TIMER_NONE;
    if (row->value == row_state)
        line.meaning = _(state_help(a->s->proto, a->s->state));
    else if (row->value == row_timer && model_waits_for_fin(a->s))
        line.meaning = model_timer_words(a->s);
    row->value(a->m, a->s, &line.value);
    if (a->before && !line.runs)
        row->value(a->m, a->before, &line.was);
    if (a->before && !line.runs &&
        !str_equal(str_text(&line.was), str_text(&line.value)))
        line.change = SOCK_OTHER;
    add_line(a, &line);
}

/* By enum field_unit: as the other tables call them. */
static const char *const units[] = {
    [UNIT_COUNT] = "",
    [UNIT_BYTES] = "bytes",
    [UNIT_SEGMENTS] = "segments",
    [UNIT_CONNECTIONS] = "connections",
    [UNIT_PACKETS] = "packets",
    [UNIT_NS] = "",
};

static void add_unit(struct str *out, int64_t value, enum field_unit unit)
{
    if (value < 0)
        str_addf(out, "%" PRId64, value);
    else
        add_number(out, (uint64_t)value, units[unit]);
}

static void add_field(const struct adder *a, size_t i)
{
    const struct field *f = field_at(i);
    struct sock_line line = {.group = f->group,
        .changed_ns = a->recent->field_ns[i],
        .name = f->name,
        .table = EXPLAIN_FIELD,
        .key = f->name,
        .meaning = _(f->help),
        .see = f->see};
    int64_t value = f->get(a->s);

    add_unit(&line.value, value, f->unit);
    if (a->before && f->applies(a->before)) {
        line.change = compare(f->get(a->before), value);
        add_unit(&line.was, f->get(a->before), f->unit);
    }
    add_line(a, &line);
}

static void add_mem_row(const struct adder *a, size_t i)
{
    const struct mem_field *f = mem_field_at(i);
    struct sock_line line = {.group = GROUP_MEMORY,
        .changed_ns = a->recent->mem_ns[i],
        .name = f->name,
        .table = EXPLAIN_MEM,
        .key = f->name,
        .meaning = _(f->help),
        .see = f->see};
    uint32_t value = mem_field_get(&a->s->mem, i);

    add_number(&line.value, value, f->unit);
    if (a->before && a->before->has_mem) {
        uint32_t was = mem_field_get(&a->before->mem, i);
        line.change = compare(was, value);
        add_number(&line.was, was, f->unit);
    }
    add_line(a, &line);
}

static void add_age(const struct adder *a, size_t i, struct sock_line *line)
{
    uint64_t since = info_age_since(a->s, i);
    uint64_t now = a->m->now_ns > since ? a->m->now_ns : since;
    char time[32];

    line->runs = since != 0;
    words_duration(now - since, time, sizeof time);
    str_add(&line->value, line->runs ? time : _("not yet"));
}

/* The state by its name stands in a line of its own. */
static const char *info_name(const struct info_field *f)
{
    return str_equal(f->name, "state") ? _("state (number)") : f->name;
}

static void add_info_row(const struct adder *a, size_t i)
{
    const struct info_field *f = info_field_at(i);
    struct sock_line line = {.group = f->group,
        .changed_ns = a->recent->info_ns[i],
        .name = info_name(f),
        .table = EXPLAIN_INFO,
        .key = f->name,
        .meaning = _(f->help),
        .see = f->see};
    uint64_t value = info_field_get(&a->s->info, i);

    if (f->is_age) {
        add_age(a, i, &line);
    } else {
        add_info(&line.value, f, value);
        if (a->before && info_field_known(a->before, i)) {
            uint64_t was = info_field_get(&a->before->info, i);
            line.change = value > was   ? SOCK_GREW
                          : value < was ? SOCK_SHRANK
                                        : SOCK_SAME;
            add_info(&line.was, f, was);
        }
    }
    add_line(a, &line);
}

static void add_group(const struct adder *a, enum field_group group)
{
    const struct field *f;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].group == group)
            add_row(a, &rows[i]);
    }
    for (size_t i = 0; (f = field_at(i)) != NULL; i++) {
        if (f->group == group && !f->of_info && f->applies(a->s))
            add_field(a, i);
    }
    for (size_t i = 0; i < mem_field_count(); i++) {
        if (group == GROUP_MEMORY && a->s->has_mem)
            add_mem_row(a, i);
    }
    for (size_t i = 0; i < info_field_count(); i++) {
        if (info_field_at(i)->group == group && info_field_known(a->s, i))
            add_info_row(a, i);
    }
}

void sock_lines_each(const struct moment *m, const struct model_sock *s,
    const struct model_sock *before,
    void (*add)(void *ctx, const struct sock_line *line), void *ctx)
{
    struct model_recent recent;
    const struct adder a = {m, s, before, &recent, add, ctx};

    model_recent(m->model, s->id, &recent);
    for (enum field_group g = 0; g < FIELD_GROUPS; g++)
        add_group(&a, g);
}
