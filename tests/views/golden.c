/* See golden.h. */
#include "golden.h"

#include "../../src/tui/views.h"

#include "sockstage/base/mem.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const view_names[VIEWS] = {
#define VIEW(id, function) [VIEW_##id] = #id,
#include "../../src/tui/views.def"
#undef VIEW
};

const char *golden_view_name(size_t i)
{
    return i < VIEWS ? view_names[i] : NULL;
}

/* ---- what differs -------------------------------------------------------- */

/* An extended regular expression, and what stands in its place: & is its first
 * group, % its second. Bytes, so that a sign beyond ASCII needs a group of its
 * own. */
struct rule {
    const char *what, *sign;
};

/* The name that is proposed for a file has the time of day. */
static const struct rule by_day[] = {
    {"[0-9]{8}-[0-9]{6}", "YYYYMMDD-HHMMSS"},
};

#define PORT  "(3[2-9]|[45][0-9]|60)[0-9]{3}" /* ephemeral, of five digits */
#define TIME  "[0-9]+([.][0-9]+)? (ms|µs|s)"
#define SINCE "[0-9]+[.][0-9]+( s)?" /* the stage opened */

/* What the kernel or the clock chooses. Where it has no fixed width the blanks
 * beside it are one. */
static const struct rule by_run[] = {
    {"(:|('|…), )" PORT, "&PORT."},
    {"((from|to) port +)" PORT, "&PORT."},
    {"htons[(](" PORT "|[0-9]*…)", "htons(PORT"},
    {"[(]raw [0-9]+[)] *", "(raw N) "},
    {"(timestamps +)[0-9]+, [0-9]+ *", "&N, N "},
    {"TS val [^│]*", "TS val N "},
    {"(cookie +)[0-9]+ *", "&N "},
    /* how long a call, a segment or a socket waits, or will */
    {"(◴ [a-z.() ]+ )" TIME " *", "&T "},
    {"(here for |held |on the wire: | in |TIME_WAIT  |⋮ )" TIME " *", "&T "},
    /* when a call was made, a segment seen */
    {"^ *" SINCE " +(server|c[0-9])", " T %"},
    {"(^|│) *(▸)? *" SINCE " +", "& T %"},
    /* what the kernel has measured */
    {"((rtt|rto|rttvar|RTT|RTO|rcv_rtt|pacing_rate|delivery_rate) +)"
     "([0-9.]+ (ms|µs|bytes/s|[kMG]?B/s)) *",
        "&N "},
};

/* The diagram of time has that only where it is not that of the row above. */
static const struct rule by_diagram[] = {
    {"^(        | T ) *", " T "},
};

/* Of the first line: that it is the past, or whose screen it is at now, and
 * what is played there; both move the rest. */
static const struct rule by_header[] = {
    {"^ +((▶|‖) (RECORDING|PAST)|sockstage|) +", " "},
    {"step [0-9]+ of [0-9]+ ", " "},
    {"  +", " "},
};

/* Of the others: above the log of a tall screen stands the timeline, and at
 * now a line. */
static const struct rule by_place[] = {
    {"^((━)*●|─)(─)*$", "─"},
    {" (PROMPT|TIMELINE|SLIDER)", ""},
};

#define GROUPS 3 /* the whole, and those that a sign can name */

static void add_sign(struct str *out, const char *sign, const char *row,
    const regmatch_t at[GROUPS])
{
    for (; *sign; sign++) {
        int group = *sign == '&' ? 1 : *sign == '%' ? 2 : 0;
        if (group == 0)
            str_addc(out, *sign);
        else if (at[group].rm_so >= 0)
            str_addn(out, row + at[group].rm_so,
                (size_t)(at[group].rm_eo - at[group].rm_so));
    }
}

/* Behind `*from`, which is behind the sign then. */
static bool replace_next(
    const struct rule *rule, const regex_t *re, struct str *row, size_t *from)
{
    regmatch_t at[GROUPS];
    struct str out = STR_INIT;
    const char *rest = str_text(row) + *from;
    int flags = *from > 0 ? REG_NOTBOL : 0;

    if (regexec(re, rest, GROUPS, at, flags) != 0 || at[0].rm_eo == 0)
        return false;
    str_addn(&out, row->data, *from + (size_t)at[0].rm_so);
    add_sign(&out, rule->sign, rest, at);
    size_t next = out.len;
    str_add(&out, rest + at[0].rm_eo);
    str_done(row);
    *row = out;
    *from = next;
    return true;
}

static void apply(const struct rule *rule, struct str *row)
{
    regex_t re;
    size_t from = 0;

    if (regcomp(&re, rule->what, REG_EXTENDED) != 0)
        fail_msg("no expression: %s", rule->what);
    while (row->len > 0 && replace_next(rule, &re, row, &from))
        continue;
    regfree(&re);
}

static void apply_all(const struct rule *rules, size_t count, struct str *row)
{
    for (size_t i = 0; i < count; i++)
        apply(&rules[i], row);
}

/* Where in it a row is. */
struct rows {
    size_t n, count; /* with the one that names the views */
    bool is_diagram;
};

static char *row_by_row(
    const char *text, void (*change)(struct str *row, const struct rows *of))
{
    struct str out = STR_INIT;
    char *copy = xstrdup(text), *rest = copy;
    struct rows rows = {.is_diagram = strstr(text, "\n---- HEADER TIME ")};

    for (const char *at = text; *at; at++)
        rows.count += *at == '\n';
    for (; rows.n < rows.count; rows.n++) {
        struct str row = STR_INIT;
        str_add(&row, strsep(&rest, "\n"));
        change(&row, &rows);
        str_addf(&out, "%s\n", str_text(&row));
        str_done(&row);
    }
    free(copy);
    return str_steal(&out);
}

static void change_by_day(struct str *row, const struct rows *of)
{
    (void)of;
    apply_all(by_day, ARRAY_LEN(by_day), row);
}

static void change_by_run(struct str *row, const struct rows *of)
{
    apply_all(by_run, ARRAY_LEN(by_run), row);
    if (of->is_diagram)
        apply_all(by_diagram, ARRAY_LEN(by_diagram), row);
}

/* At now the prompt's row can be typed into, and the last has other keys; the
 * row behind them names the views. */
static void change_by_place(struct str *row, const struct rows *of)
{
    if (of->n == 0)
        apply_all(by_header, ARRAY_LEN(by_header), row);
    else
        apply_all(by_place, ARRAY_LEN(by_place), row);
    if (of->n + 3 == of->count || of->n + 2 == of->count)
        str_clear(row);
}

void golden_add(struct str *out, const char *screen, uint64_t views)
{
    char *text = row_by_row(screen, change_by_day);

    str_addf(out, "%s----", text);
    for (enum view v = 0; v < VIEWS; v++)
        if (views >> v & 1)
            str_addf(out, " %s", view_names[v]);
    str_add(out, "\n");
    free(text);
}

char *golden_of_any_run(const char *text)
{
    return row_by_row(text, change_by_run);
}

char *golden_of_any_place(const char *text)
{
    return row_by_row(text, change_by_place);
}
