/* Which part of the screen goes where. From below: hints, prompt, message,
 * log, narration; the three columns take the rest. In the past the timeline
 * has the prompt's row, so that nothing else moves. */
#include "block_fit.h"
#include "curtain.h"
#include "inspect.h"
#include "views.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"

#include <string.h>

static void add_rule(struct layout *l, int y, int x, int h, int w)
{
    l->rules[l->rule_count++] = (struct rect){y, x, h, w};
}

static struct rect rows(const struct canvas *cv, int y, int h)
{
    return (struct rect){y, 0, h, cv->cols};
}

#define WIRE_LEAST 24 /* columns: a label, an arrow, and a word */

/* Too narrow for both: the one that is not selected is a key away. */
static void one_side(struct layout *l, const struct canvas *cv,
    const struct moment *m, int top, int h)
{
    bool server = m->ui->sel.column == COLUMN_SERVER;
    int wire =
        m->ui->sel.column == COLUMN_WIRE ? cv->cols / 2 : cv->cols * 45 / 100;
    int side = cv->cols - 1 - wire;

    l->rects[server ? VIEW_SERVER : VIEW_CLIENTS] =
        (struct rect){top, server ? wire + 1 : 0, h, side};
    l->rects[VIEW_WIRE] = (struct rect){top, server ? 0 : side + 1, h, wire};
}

static bool has_process(const struct model *m, enum host host)
{
    return model_host_processes(m, host) > 0 || model_orphan_count(m, host) > 0;
}

#define SHARE_STEP 4  /* columns: not every new name moves the borders */
#define SIDE_WIDE  36 /* below it a side says everything in shorter words */
#define SIDE_LEAST 26 /* below it words are cut */

/* What a side of `width` columns can give to one that lacks some. */
static int spare(int width, int wish)
{
    int least = width >= SIDE_WIDE ? SIDE_WIDE : SIDE_LEAST;

    return width - (wish > least ? wish : least);
}

/* The columns that the clients get: a side whose sockets have no room in one
 * line for name, address and badge takes what the other does without. */
static int client_width(const struct canvas *cv, const struct moment *m,
    int outer, int share, int rows)
{
    int client = outer * share / 100, server = outer - client;
    int least = outer * 35 / 100;

    if (curtain_hides(m, COLUMN_CLIENTS) || curtain_hides(m, COLUMN_SERVER))
        return client;
    int wish = column_wish(cv, m->model, HOST_CLIENT, rows);
    int server_wish = column_wish(cv, m->model, HOST_SERVER, rows);
    bool up = wish > client;
    if (up == (server_wish > server))
        return client;
    int lack = up ? wish - client : server_wish - server;
    int most = up ? spare(server, server_wish) : spare(client, wish);
    lack = (lack + SHARE_STEP - 1) / SHARE_STEP * SHARE_STEP;
    if (lack > most)
        lack = most > 0 ? most : 0;
    client += up ? lack : -lack;
    if (client > outer - least)
        return outer - least;
    return client < least ? least : client;
}

/* A wide wire has room for the sequence numbers, which are for nothing while
 * it is empty; a side that has nobody yet needs little. */
static void columns(struct layout *l, const struct canvas *cv,
    const struct moment *m, int top, int bottom)
{
    bool quiet =
        model_segment_count(m->model) == 0 && !curtain_hides(m, COLUMN_WIRE);
    bool clients =
        has_process(m->model, HOST_CLIENT) || curtain_hides(m, COLUMN_CLIENTS);
    bool servers =
        has_process(m->model, HOST_SERVER) || curtain_hides(m, COLUMN_SERVER);
    int h = bottom - top;
    int wire = cv->cols * (quiet ? 24 : 30) / 100;
    int share = clients == servers ? 49 : clients ? 60 : 38;

    if (cv->cols < LAYOUT_BOTH_COLS) {
        one_side(l, cv, m, top, h);
        return;
    }
    if (wire < WIRE_LEAST)
        wire = WIRE_LEAST;
    int outer = cv->cols - 2 - wire;
    int client = client_width(cv, m, outer, share, h);
    l->rects[VIEW_CLIENTS] = (struct rect){top, 0, h, client};
    l->rects[VIEW_WIRE] = (struct rect){top, client + 1, h, wire};
    l->rects[VIEW_SERVER] =
        (struct rect){top, client + wire + 2, h, outer - client};
}

/* Before each column that has another to its left. */
static void column_rules(struct layout *l, int top, int h)
{
    static const enum view views[] = {VIEW_CLIENTS, VIEW_WIRE, VIEW_SERVER};

    for (size_t i = 0; i < ARRAY_LEN(views); i++) {
        const struct rect *r = &l->rects[views[i]];
        if (r->h > 0 && r->x > 0)
            add_rule(l, top, r->x - 1, h, 1);
    }
}

#define TALL         30 /* rows: a line divides narration and log */
#define INSPECT_TALL 40 /* rows of the columns: half of them is enough */
#define INSPECT_WIDE 110

static int message_rows(struct canvas *cv, const struct moment *m)
{
    if (m->ui->message[0] == '\0')
        return 0;
    return canvas_width(cv, m->ui->message) > cv->cols - 2 ? 2 : 1;
}

static int log_rows(const struct canvas *cv, int note)
{
    int n = cv->rows / 8;

    if (note && cv->rows < TALL)
        n = cv->rows < 20 ? 1 : 2;
    return n;
}

/* The line above the log; on a tall screen it is the slider of the past. */
static void line_above_log(
    struct layout *l, const struct canvas *cv, const struct moment *m, int y)
{
    if (moment_is_past(m) && cv->rows >= TALL)
        l->rects[VIEW_SLIDER] = rows(cv, y, 1);
    else
        add_rule(l, y, 0, 1, cv->cols);
}

/* The inspector of a segment: below the columns on a tall screen, beside the
 * wire on a wide one, else over all of them. */
static void inspector(struct layout *l, const struct canvas *cv,
    const struct moment *m, int top, int bottom)
{
    int h = bottom - top;
    int wire = l->rects[VIEW_WIRE].w;

    if (h >= INSPECT_TALL) {
        int own = h * (cv->cols >= 160 ? 40 : 55) / 100;
        columns(l, cv, m, top, bottom - own);
        l->rects[VIEW_SEGMENT] = rows(cv, bottom - own, own);
        return;
    }
    l->rects[VIEW_SEGMENT] = rows(cv, top, h);
    if (cv->cols < INSPECT_WIDE)
        return;
    l->rects[VIEW_CLIENTS].h = l->rects[VIEW_SERVER].h = 0;
    l->rects[VIEW_WIRE].x = 0;
    l->rects[VIEW_SEGMENT].x = wire;
    l->rects[VIEW_SEGMENT].w = cv->cols - wire;
}

/* That of a socket: as above, but beside the column that the socket is in. */
static void sock_inspector(struct layout *l, const struct canvas *cv,
    const struct moment *m, int top, int bottom)
{
    bool server = m->ui->sel.column == COLUMN_SERVER;
    struct rect *beside = &l->rects[server ? VIEW_SERVER : VIEW_CLIENTS];
    int h = bottom - top;

    if (h >= INSPECT_TALL) {
        int own = h * 60 / 100;
        columns(l, cv, m, top, bottom - own);
        l->rects[VIEW_SOCKET] = rows(cv, bottom - own, own);
        return;
    }
    l->rects[VIEW_SOCKET] = rows(cv, top, h);
    if (cv->cols < INSPECT_WIDE)
        return;
    l->rects[server ? VIEW_CLIENTS : VIEW_SERVER].h = 0;
    l->rects[VIEW_WIRE].h = 0;
    beside->x = 0;
    l->rects[VIEW_SOCKET].x = beside->w;
    l->rects[VIEW_SOCKET].w = cv->cols - beside->w;
}

/* One connection takes the whole room; narration and log stay where there is
 * enough of it. */
static void scene_layout(
    struct layout *l, const struct canvas *cv, const struct moment *m, int y)
{
    static const enum view views[] = {[SCENE_ZOOM] = VIEW_ZOOM,
        [SCENE_TIME] = VIEW_TIME,
        [SCENE_STATES] = VIEW_STATES};
    struct canvas c = *cv;

    if (cv->rows >= TALL) {
        int note = note_lines(&c, m, cv->cols - 1);
        if (note > cv->rows / 6)
            note = cv->rows / 6;
        int h = log_rows(cv, note) / 2;
        l->rects[VIEW_LOG] = rows(cv, y -= h, h);
        l->rects[VIEW_NOTE] = rows(cv, y -= note, note);
        line_above_log(l, cv, m, --y);
    }
    bool hidden = curtain_is_down(m);
    l->rects[hidden ? VIEW_CURTAIN : views[m->ui->scene]] = rows(cv, 1, y - 1);
}

/* An open question lies over the log, and over what is above it as far as it
 * needs more: nothing moves. */
static void question_over(
    struct layout *l, struct canvas *cv, const struct moment *m, int bottom)
{
    struct draw d = {.cv = cv, .m = m, .measuring = true};
    struct rect *log = &l->rects[VIEW_LOG], *note = &l->rects[VIEW_NOTE];
    int least = log->h + (cv->rows < TALL ? note->h : 0);
    int h = question_lines(&d, m, cv->cols, least > 0 ? least : 4);

    if (h == 0)
        return;
    if (h < least)
        h = least;
    if (h > bottom - 2)
        h = bottom - 2;
    l->rects[VIEW_QUESTION] = rows(cv, bottom - h, h);
    log->h = 0;
    if (note->h > 0 && note->y + note->h > bottom - h)
        note->h = 0;
}

static bool is_empty(const struct moment *m)
{
    return model_process_count(m->model) == 0 &&
           (moment_is_past(m) || !str_equal(model_wire(m->model), ""));
}

#define COLUMNS_LEAST 8 /* rows that what is still to do leaves to them */

/* Whether every socket still has its state in words. */
static bool columns_fit(
    const struct canvas *cv, const struct moment *m, int bottom)
{
    static const struct {
        enum view view;
        enum column column;
    } sides[] = {{VIEW_CLIENTS, COLUMN_CLIENTS}, {VIEW_SERVER, COLUMN_SERVER}};
    struct canvas c = *cv;
    struct draw d = {.cv = &c, .m = m, .measuring = true};
    struct layout l = {0};

    columns(&l, cv, m, 1, bottom);
    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        struct rect r = l.rects[sides[i].view];
        if (r.h > 0 && !column_fits(&d, column_body(r), sides[i].column))
            return false;
    }
    return true;
}

static int guide_layout(
    struct layout *l, const struct canvas *cv, const struct moment *m, int y)
{
    bool inspected = ui_inspected(m) || ui_inspected_sock(m);
    int h = inspected ? 0 : guide_rows(m);
    int room = y - 1 - COLUMNS_LEAST;

    if (h > room)
        h = room;
    while (h >= 2 && !columns_fit(cv, m, y - h))
        h--;
    if (h < 2)
        return y;
    l->rects[VIEW_GUIDE] = rows(cv, y - h, h);
    return y - h;
}

/* The three columns, or what takes the place of some of them. */
static void columns_layout(
    struct layout *l, const struct canvas *cv, const struct moment *m, int y)
{
    int bottom = y;

    if (!is_empty(m))
        bottom = y = guide_layout(l, cv, m, y);
    columns(l, cv, m, 1, y);
    if (is_empty(m)) {
        bool lines = m->steps == 0 && !moment_is_past(m);
        int x = lines && cv->cols < 100 ? 4 : cv->cols / 6;
        l->rects[VIEW_WELCOME] = (struct rect){3, x, y - 3, cv->cols - 2 * x};
        return;
    }
    if (ui_inspected(m))
        inspector(l, cv, m, 1, y);
    else if (ui_inspected_sock(m))
        sock_inspector(l, cv, m, 1, y);
    if (l->rects[VIEW_WIRE].h < y - 1)
        bottom = 1 + l->rects[VIEW_WIRE].h;
    bool side = l->rects[VIEW_CLIENTS].h > 0 || l->rects[VIEW_SERVER].h > 0;
    if (side && l->rects[VIEW_WIRE].h > 0)
        column_rules(l, 1, bottom - 1);
}

bool layout_is_too_small(const struct canvas *cv)
{
    return cv->rows < LAYOUT_MIN_ROWS || cv->cols < LAYOUT_MIN_COLS;
}

void layout_compute(
    struct layout *l, const struct canvas *canvas, const struct moment *m)
{
    struct canvas cv = *canvas;

    memset(l, 0, sizeof *l);
    if (layout_is_too_small(&cv)) {
        l->too_small = true;
        return;
    }
    int y = cv.rows - 1;
    l->rects[VIEW_HEADER] = rows(&cv, 0, 1);
    l->rects[VIEW_HINTS] = rows(&cv, y, 1);
    int h = prompt_rows(&cv, m);
    bool timeline = moment_is_past(m) && m->ui->mode != UI_NAME;
    l->rects[timeline ? VIEW_TIMELINE : VIEW_PROMPT] = rows(&cv, y -= h, h);
    h = message_rows(&cv, m);
    l->rects[VIEW_MESSAGE] = rows(&cv, y -= h, h);
    layout_over(l, &cv, m, y);
    if (m->ui->mode == UI_HELP) {
        add_rule(l, --y, 0, 1, cv.cols);
        l->rects[VIEW_HELP] = rows(&cv, 1, y - 1);
        return;
    }
    if (m->ui->explain && (!curtain_is_down(m) || m->ui->explain_header))
        l->rects[VIEW_EXPLAIN] = rows(&cv, 1, y - 1);
    if (m->ui->scene != SCENE_COLUMNS) {
        scene_layout(l, &cv, m, y);
        question_over(l, &cv, m, y);
        return;
    }
    int bottom = y;
    int note = note_lines(&cv, m, cv.cols - 1);
    if (note > cv.rows / 3)
        note = cv.rows / 3;
    h = log_rows(&cv, note);
    if (m->steps > 0) /* a message takes its room from the log */
        h = h > l->rects[VIEW_MESSAGE].h ? h - l->rects[VIEW_MESSAGE].h : 0;
    l->rects[VIEW_LOG] = rows(&cv, y -= h, h);
    if (note == 0 || cv.rows >= TALL)
        line_above_log(l, &cv, m, --y);
    if (note) {
        l->rects[VIEW_NOTE] = rows(&cv, y -= note, note);
        add_rule(l, --y, 0, 1, cv.cols);
    }
    question_over(l, &cv, m, bottom);
    columns_layout(l, &cv, m, y);
}
