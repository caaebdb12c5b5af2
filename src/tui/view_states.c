/* The state diagram of RFC 9293 with both ends of a connection on it: where
 * each is, and the way it came. The table state_diagram.def places boxes and
 * lines; here they are only drawn.
 *
 * |        ====> [^ SYN_SENT  ]          |
 * |   rcv SYN+ACK / snd ACK  "           |
 * |        [  ESTABLISHED v]<=           | */
#include "conn.h"
#include "state_path.h"
#include "views.h"
#include "words.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GRID_COLS 79
#define GRID_ROWS 19
#define LEVEL     3 /* grid rows between two rows of boxes */
#define WIDE_FROM 110
#define TALL_FROM 5 /* rows between two rows of boxes: these have frames */
#define PAD       3 /* cells on each side of a name, for the marks */

static const char *const signs[HOST_COUNT] = {"▲", "▼"};
static const enum theme_key sign_styles[HOST_COUNT] = {
    THEME_END_CLIENT, THEME_END_SERVER};

/* Sides that a cell's line goes to. */
enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

static const char *const light[16] = {" ", "│", "│", "│", "─", "┘", "┐", "┤",
    "─", "└", "┌", "├", "─", "┴", "┬", "┼"};
static const char *const heavy[16] = {" ", "┃", "┃", "┃", "━", "┛", "┓", "┫",
    "━", "┗", "┏", "┣", "━", "┻", "┳", "╋"};

struct mesh {
    uint8_t all, taken; /* sides */
    uint8_t by;         /* a bit for each end that took it */
};

struct diagram {
    struct draw *d;
    struct rect r;
    struct state_path path[HOST_COUNT];
    struct mesh *cells;
    int box_h;
};

/* ---- places -------------------------------------------------------------- */

/* The nearest column of boxes is scaled, the rest stays. */
static int place_x(const struct diagram *g, int x)
{
    static const int columns[] = {13, 40, 67};
    int best = columns[0];

    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (abs(columns[i] - x) < abs(best - x))
            best = columns[i];
    }
    return best * (g->r.w - 1) / (GRID_COLS - 1) + (x - best);
}

static int level_y(const struct diagram *g, int level)
{
    int rows = g->r.h - g->box_h;

    return level * rows / ((GRID_ROWS - 1) / LEVEL) + g->box_h / 2;
}

/* Rows between boxes keep their distance to the box above or, the second of
 * two, to the one below. */
static int place_y(const struct diagram *g, int y)
{
    int level = y / LEVEL;

    switch (y % LEVEL) {
    case 0:
        return level_y(g, level);
    case 1:
        return level_y(g, level) + g->box_h / 2 + 1;
    default:
        return level_y(g, level + 1) - g->box_h / 2 - 1;
    }
}

static struct rect box_rect(const struct diagram *g, int i)
{
    int w =
        canvas_width(g->d->cv, state_name(IPPROTO_TCP, state_boxes[i].state)) +
        2 * PAD;

    return (struct rect){place_y(g, state_boxes[i].at.y) - g->box_h / 2,
        place_x(g, state_boxes[i].at.x) - w / 2, g->box_h, w};
}

/* ---- lines --------------------------------------------------------------- */

static struct mesh *mesh_at(const struct diagram *g, int y, int x)
{
    if (y < 0 || x < 0 || y >= g->r.h || x >= g->r.w)
        return NULL;
    return &g->cells[y * g->r.w + x];
}

static void join(
    const struct diagram *g, int y, int x, uint8_t side, uint8_t by)
{
    struct mesh *c = mesh_at(g, y, x);

    if (!c)
        return;
    c->all |= side;
    if (by)
        c->taken |= side;
    c->by |= by;
}

static void mesh_line(const struct diagram *g, struct state_point a,
    struct state_point b, uint8_t by)
{
    int dx = (b.x > a.x) - (b.x < a.x);
    int dy = dx ? 0 : (b.y > a.y) - (b.y < a.y);
    uint8_t on = dx ? (dx > 0 ? RIGHT : LEFT) : (dy > 0 ? DOWN : UP);
    uint8_t back = dx ? (dx > 0 ? LEFT : RIGHT) : (dy > 0 ? UP : DOWN);

    while (dx ? a.x != b.x : a.y != b.y) {
        join(g, a.y, a.x, on, by);
        a.x += dx;
        a.y += dy;
        join(g, a.y, a.x, back, by);
    }
}

static uint8_t taken_by(const struct diagram *g, size_t edge)
{
    uint8_t by = 0;

    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++)
        by |= (uint8_t)(g->path[h].edge[edge] << h);
    return by;
}

static size_t edge_points(const struct diagram *g, const struct state_edge *e,
    struct state_point out[STATE_POINTS])
{
    size_t n = 0;

    for (; n < STATE_POINTS && e->line[n].x >= 0; n++)
        out[n] = (struct state_point){
            place_x(g, e->line[n].x), place_y(g, e->line[n].y)};
    return n;
}

static enum theme_key path_style(uint8_t by)
{
    return by == 3 ? THEME_STRONG
           : by    ? sign_styles[by == 1 ? HOST_CLIENT : HOST_SERVER]
                   : THEME_RULE;
}

static void put(
    struct diagram *g, int y, int x, enum theme_key style, const char *text)
{
    struct pen p = pen_at(g->d->cv, g->r);

    p.y = y;
    pen_go(&p, x);
    if (x >= 0)
        pen_text(&p, style, text);
}

static void draw_lines(struct diagram *g)
{
    struct state_point at[STATE_POINTS];

    for (size_t i = 0; i < STATE_EDGES; i++) {
        size_t n = edge_points(g, &state_edges[i], at);
        for (size_t k = 1; k < n; k++)
            mesh_line(g, at[k - 1], at[k], taken_by(g, i));
    }
    for (int y = 0; y < g->r.h; y++) {
        for (int x = 0; x < g->r.w; x++) {
            const struct mesh *c = mesh_at(g, y, x);
            if (c->all)
                put(g, y, x, path_style(c->by),
                    c->taken ? heavy[c->taken] : light[c->all]);
        }
    }
}

static bool is_in(const struct rect *r, int y, int x)
{
    return y >= r->y && y < r->y + r->h && x >= r->x && x < r->x + r->w;
}

/* The last cell before the box that the edge goes to. */
static void draw_head(struct diagram *g, size_t edge)
{
    static const char *const heads[2][4] = {
        {"▷", "◁", "▽", "△"}, {"▶", "◀", "▼", "▲"}};
    struct state_point at[STATE_POINTS];
    size_t n = edge_points(g, &state_edges[edge], at);
    struct state_point from = at[n - 2], to = at[n - 1];
    int dx = (to.x > from.x) - (to.x < from.x);
    int dy = dx ? 0 : (to.y > from.y) - (to.y < from.y);
    struct rect box = {0, 0, 0, 0};

    for (int i = 0; i < STATE_BOXES; i++) {
        struct rect r = box_rect(g, i);
        if (is_in(&r, to.y, to.x))
            box = r;
    }
    while ((dx || dy) && is_in(&box, to.y, to.x)) {
        to.x -= dx;
        to.y -= dy;
    }
    for (int i = 0; i < STATE_BOXES; i++) {
        struct rect r = box_rect(g, i);
        if (is_in(&r, to.y, to.x))
            return; /* on a low screen the boxes touch */
    }
    put(g, to.y, to.x, path_style(taken_by(g, edge)),
        heads[taken_by(g, edge) != 0][dx       ? dx < 0
                                      : dy > 0 ? 2
                                               : 3]);
}

/* ---- boxes --------------------------------------------------------------- */

static bool is_visited(const struct diagram *g, int box)
{
    return g->path[HOST_CLIENT].box[box] || g->path[HOST_SERVER].box[box];
}

static void frame(struct diagram *g, struct rect r, enum theme_key style,
    const char *const lines[16])
{
    for (int x = 1; x < r.w - 1; x++) {
        put(g, r.y, r.x + x, style, lines[LEFT | RIGHT]);
        put(g, r.y + r.h - 1, r.x + x, style, lines[LEFT | RIGHT]);
    }
    put(g, r.y, r.x, style, lines[DOWN | RIGHT]);
    put(g, r.y, r.x + r.w - 1, style, lines[DOWN | LEFT]);
    put(g, r.y + r.h - 1, r.x, style, lines[UP | RIGHT]);
    put(g, r.y + r.h - 1, r.x + r.w - 1, style, lines[UP | LEFT]);
    for (int y = 1; y < r.h - 1; y++) {
        put(g, r.y + y, r.x, style, lines[UP | DOWN]);
        put(g, r.y + y, r.x + r.w - 1, style, lines[UP | DOWN]);
    }
}

static void draw_box(struct diagram *g, int i)
{
    struct rect r = box_rect(g, i);
    uint8_t state = state_boxes[i].state;
    bool here = g->path[HOST_CLIENT].now == i || g->path[HOST_SERVER].now == i;
    bool visited = is_visited(g, i);
    enum theme_key style =
        here      ? words_class_badge(state_class(IPPROTO_TCP, state))
        : visited ? THEME_NAME
                  : THEME_DIM;
    int middle = r.y + r.h / 2;

    for (int y = r.y; y < r.y + r.h; y++) {
        for (int x = r.x; x < r.x + r.w; x++)
            put(g, y, x, style, " ");
    }
    if (r.h > 1)
        frame(g, r, style, visited ? heavy : light);
    if (visited && r.h == 1) {
        put(g, middle, r.x, style, "[");
        put(g, middle, r.x + r.w - 1, style, "]");
    }
    put(g, middle, r.x + PAD, style, state_name(IPPROTO_TCP, state));
    if (g->path[HOST_CLIENT].now == i)
        put(g, middle, r.x + 1, style, signs[HOST_CLIENT]);
    if (g->path[HOST_SERVER].now == i)
        put(g, middle, r.x + r.w - 2, style, signs[HOST_SERVER]);
}

/* ---- labels -------------------------------------------------------------- */

static bool is_free(const struct diagram *g, int y, int x, int width)
{
    if (x < 0 || y < 0 || y >= g->r.h || x + width > g->r.w)
        return false;
    for (int i = -1; i <= width; i++) {
        const struct cell *c = canvas_at(g->d->cv, g->r.y + y, g->r.x + x + i);
        if (x + i >= 0 && x + i < g->r.w && c && c->code[0] != ' ')
            return false;
    }
    return true;
}

static bool put_label(struct diagram *g, const struct state_edge *e,
    const char *text, enum theme_key style)
{
    int width = canvas_width(g->d->cv, text);
    int x = place_x(g, e->label.x) + (e->align == STATE_LEFT);
    int y = place_y(g, e->label.y);

    if (e->align == STATE_RIGHT)
        x -= width;
    else if (e->align == STATE_MIDDLE)
        x -= width / 2;
    else
        x--;
    if (!is_free(g, y, x, width))
        return false;
    put(g, y, x, style, text);
    return true;
}

static void draw_label(struct diagram *g, size_t edge)
{
    const struct state_edge *e = &state_edges[edge];
    const char *texts[] = {e->wide, e->words, e->brief};
    uint8_t by = taken_by(g, edge);
    enum theme_key style = by ? path_style(by) : THEME_DIM;

    for (size_t i = g->r.w >= WIDE_FROM ? 0 : 1; i < ARRAY_LEN(texts); i++) {
        if (put_label(g, e, _(texts[i]), style))
            return;
    }
}

/* Those that matter most get their room first: the way so far, then what can
 * come next. */
static int rank(const struct diagram *g, size_t edge)
{
    if (taken_by(g, edge))
        return 0;
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        int now = g->path[h].now;
        if (now >= 0 && state_boxes[now].state == state_edges[edge].from)
            return 1;
    }
    return 2;
}

static void draw_labels(struct diagram *g)
{
    for (int wanted = 0; wanted <= 2; wanted++) {
        for (size_t i = 0; i < STATE_EDGES; i++) {
            if (rank(g, i) == wanted)
                draw_label(g, i);
        }
    }
}

/* ---- the view ------------------------------------------------------------ */

static void draw_diagram(struct diagram *g)
{
    g->box_h = g->r.h / ((GRID_ROWS - 1) / LEVEL) >= TALL_FROM ? 3 : 1;
    g->cells = xcalloc((size_t)g->r.h * (size_t)g->r.w, sizeof *g->cells);
    draw_lines(g);
    for (int i = 0; i < STATE_BOXES; i++)
        draw_box(g, i);
    for (size_t i = 0; i < STATE_EDGES; i++) {
        if (!taken_by(g, i))
            draw_head(g, i);
    }
    for (size_t i = 0; i < STATE_EDGES; i++) {
        if (taken_by(g, i))
            draw_head(g, i);
    }
    draw_labels(g);
    free(g->cells);
}

/* Which sign is whose, and the state that it is in. */
static void legend(struct draw *d, struct rect r, const struct conn *c)
{
    struct pen p = pen_at(d->cv, r);
    char name[WORDS_MAX];

    pen_go(&p, 1);
    pen_textf(&p, THEME_TITLE, "%s  ", _("STATES"));
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        const struct model_sock *s = c->end[h];
        if (!s)
            continue;
        conn_name(d->m, c, h, name);
        pen_textf(&p, sign_styles[h], "%s %s ", signs[h], name);
        pen_textf(&p, THEME_WORDS, "%s   ", state_name(s->proto, s->state));
    }
    const char *source = "RFC 9293, 3.3.2";
    if (canvas_width(d->cv, source) + 1 <= pen_room(&p)) {
        pen_go(&p, r.w - canvas_width(d->cv, source) - 1);
        pen_text(&p, THEME_DIM, source);
    }
}

/* What the state of an end means; where there is one line only, that of the
 * end which changed last. */
static int state_lines(struct draw *d, struct rect r, const struct conn *c)
{
    const struct model_sock *const *end = c->end;
    struct pen p = pen_at(d->cv, r);
    bool both = r.h > 1 && end[HOST_CLIENT] && end[HOST_SERVER];

    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++) {
        enum host other = h == HOST_CLIENT ? HOST_SERVER : HOST_CLIENT;
        if (!end[h] ||
            (!both && end[other] &&
                (end[other]->state_changed_ns > end[h]->state_changed_ns ||
                    (h == HOST_SERVER && end[other]->state_changed_ns ==
                                             end[h]->state_changed_ns))))
            continue;
        pen_go(&p, 1);
        pen_textf(&p, sign_styles[h], "%s ", signs[h]);
        pen_textf(
            &p, THEME_STRONG, "%s: ", state_name(end[h]->proto, end[h]->state));
        pen_fit(&p, THEME_WORDS, _(state_help(end[h]->proto, end[h]->state)),
            pen_room(&p) - 1);
        pen_newline(&p, 0);
    }
    return 0;
}

static void nothing(struct draw *d, struct rect r, const char *why)
{
    struct pen p = pen_at(d->cv, r);

    pen_go(&p, 1);
    pen_wrap(&p, THEME_DIM, why, r.h);
}

void view_states(struct draw *d, struct rect r)
{
    struct diagram g = {.d = d};
    struct conn c = conn_shown(d->m);
    const struct model_sock *any =
        c.end[HOST_CLIENT] ? c.end[HOST_CLIENT] : c.end[HOST_SERVER];
    int lines = r.h >= GRID_ROWS + 3 ? 2 : r.h >= GRID_ROWS + 2 ? 1 : 0;

    legend(d, (struct rect){r.y, r.x, 1, r.w}, &c);
    if (any && any->proto == IPPROTO_UDP) {
        nothing(d, (struct rect){r.y + 2, r.x, r.h - 2, r.w},
            _("UDP has no connections, and so no states."));
        return;
    }
    for (enum host h = HOST_CLIENT; h < HOST_COUNT; h++)
        state_path_make(&g.path[h], d->m->model, c.end[h]);
    g.r = (struct rect){r.y + 1, r.x, r.h - 1 - lines, r.w};
    if (g.r.h < 1)
        return;
    draw_diagram(&g);
    if (lines)
        state_lines(d, (struct rect){r.y + r.h - lines, r.x, lines, r.w}, &c);
}
