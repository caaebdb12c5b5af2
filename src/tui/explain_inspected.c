/* The row that is marked in the inspector: what its number means, and what it
 * says at this moment. */
#include "explain.h"

#include "inspect.h"
#include "segment_rows.h"
#include "sock_rows.h"
#include "words.h"

#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>

/* The lines are gone through twice: to count them, and to take one. */
struct marked {
    const struct model_sock *sock;
    struct explanation *e; /* NULL: only counted */
    int at, row;
};

/* The marked row of so many. */
static int mark_of(const struct moment *m, int rows)
{
    int at = m->ui->inspect_row;

    return at < rows ? at : rows - 1;
}

static bool is_marked(struct marked *g)
{
    int row = g->row++;

    return g->e && row == g->at;
}

/* ---- a socket ------------------------------------------------------------ */

static void add_own_state(const struct model_sock *s, struct explanation *e)
{
    struct str see = STR_INIT;

    explain_add(e, THEME_SCREEN, _(state_explain(s->proto, s->state)));
    str_addf(&see, "RFC 9293 %s", state_section(s->state));
    explain_see(e, s->proto == IPPROTO_UDP ? "udp(7)" : str_text(&see));
    str_done(&see);
}

static void add_own_timer(const struct model_sock *s, struct explanation *e)
{
    explain_add(e, THEME_SCREEN, _(model_timer_explain(s)));
    explain_see(e, model_timer_section(s));
}

static void take_sock_line(void *ctx, const struct sock_line *line)
{
    struct marked *g = ctx;
    struct explanation *e = g->e;

    if (!is_marked(g))
        return;
    e->runs = e->runs || line->runs;
    str_addf(&e->title, "%s  %s", line->name, str_text(&line->value));
    explain_row(e, line->table, line->key);
    if (line->change != SOCK_SAME)
        explain_addf(e, THEME_WORDS,
            _("Since the inspector was opened it has changed; it was %s."),
            str_text(&line->was));
    if (line->table != EXPLAIN_SOCK_ROW)
        return;
    if (str_equal(line->key, "state"))
        add_own_state(g->sock, e);
    else if (str_equal(line->key, "timer"))
        add_own_timer(g->sock, e);
}

static void explain_sock_row(
    const struct moment *m, const struct model_sock *s, struct explanation *e)
{
    const struct model_sock *base = ui_inspect_base(m);
    struct marked g = {.sock = s};

    sock_lines_each(m, s, base, take_sock_line, &g);
    g = (struct marked){.sock = s, .e = e, .at = mark_of(m, g.row)};
    sock_lines_each(m, s, base, take_sock_line, &g);
}

/* ---- a segment ----------------------------------------------------------- */

static void take_segment_line(void *ctx, const struct segment_line *line)
{
    struct marked *g = ctx;
    struct explanation *e = g->e;

    if (line->is_heading || !is_marked(g))
        return;
    str_addf(&e->title, "%s%s%s", line->name, line->name[0] ? "  " : "",
        str_text(&line->value));
    explain_add(e, THEME_SCREEN, _(line->explain));
    if (line->is_own)
        explain_addf(e, THEME_WORDS, _("Here: %s."), str_text(&line->meaning));
    explain_see(e, line->see);
}

/* What became of it is its first row, before the fields. */
static void explain_segment_row(const struct moment *m,
    const struct model_segment *s, struct explanation *e)
{
    struct inspected in = inspected_make(m, s);
    struct marked g = {.row = 1};

    segment_lines(&in, SEGMENT_IN_PANEL, take_segment_line, &g);
    g = (struct marked){.e = e, .at = mark_of(m, g.row), .row = 1};
    if (g.at <= 0)
        explain_segment(m, s, e);
    else
        segment_lines(&in, SEGMENT_IN_PANEL, take_segment_line, &g);
}

bool explain_inspected(const struct moment *m, struct explanation *e)
{
    const struct model_segment *segment = ui_inspected(m);
    const struct model_sock *sock = ui_inspected_sock(m);

    if (sock)
        explain_sock_row(m, sock, e);
    else if (segment)
        explain_segment_row(m, segment, e);
    return sock || segment;
}
