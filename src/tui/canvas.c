/* Cells, text into cells, and the pen that views write with. */
#include "canvas.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <stdlib.h>
#include <string.h>

/* What a symbol of ours becomes where only ASCII is drawn. Letters of the
 * user's text stay what they are: they are his to choose. */
static const struct ascii_form {
    uint32_t code;
    const char *text;
} ascii_forms[] = {
    {0x00b5, "u"},
    {0x00b7, "-"},
    {0x2014, "-"},
    {0x2013, "-"},
    {0x2016, "||"},
    {0x2018, "'"},
    {0x2019, "'"},
    {0x2026, "..."},
    {0x203a, ">"},
    {0x2190, "<-"},
    {0x2191, "^"},
    {0x2192, "->"},
    {0x2193, "v"},
    {0x21bb, "*"},
    {0x00d7, "x"},
    {0x2500, "-"},
    {0x2501, "="},
    {0x2502, "|"},
    {0x251c, "|"},
    {0x2524, "|"},
    {0x2550, "="},
    {0x2260, "!"},
    {0x2504, "-"},
    {0x250c, "+"},
    {0x2510, "+"},
    {0x2514, "+"},
    {0x2518, "+"},
    {0x252c, "+"},
    {0x2534, "+"},
    {0x2581, "_"},
    {0x2586, "#"},
    {0x2588, "#"},
    {0x2591, "."},
    {0x2592, "="},
    {0x25b3, "^"},
    {0x25b6, ">"},
    {0x25b7, ">"},
    {0x25b8, ">"},
    {0x25bd, "v"},
    {0x25c0, "<"},
    {0x25c1, "<"},
    {0x22ee, ":"},
    {0x2503, "#"},
    {0x250a, ":"},
    {0x250f, "+"},
    {0x2513, "+"},
    {0x2517, "+"},
    {0x251b, "+"},
    {0x2523, "+"},
    {0x252b, "+"},
    {0x2533, "+"},
    {0x253b, "+"},
    {0x253c, "+"},
    {0x254b, "+"},
    {0x2593, "%"},
    {0x2594, "`"},
    {0x25b2, "^"},
    {0x25bc, "v"},
    {0x25cf, "O"},
    {0x25f4, "@"},
    {0x2715, "X"},
    {0x2713, "+"},
    {0x2717, "X"},
};

void canvas_init(struct canvas *cv, int rows, int cols)
{
    memset(cv, 0, sizeof *cv);
    cv->colour = true;
    canvas_resize(cv, rows, cols);
}

void canvas_done(struct canvas *cv)
{
    free(cv->cells);
    cv->cells = NULL;
    cv->rows = cv->cols = 0;
}

void canvas_resize(struct canvas *cv, int rows, int cols)
{
    if (rows < 1)
        rows = 1;
    if (cols < 1)
        cols = 1;
    if (rows != cv->rows || cols != cv->cols || !cv->cells) {
        free(cv->cells);
        cv->cells = xcalloc((size_t)rows * (size_t)cols, sizeof *cv->cells);
        cv->rows = rows;
        cv->cols = cols;
    }
    canvas_clear(cv);
}

static struct cell blank_cell(void)
{
    return (struct cell){{' '}, THEME_SCREEN, THEME_SCREEN};
}

void canvas_clear(struct canvas *cv)
{
    size_t n = (size_t)cv->rows * (size_t)cv->cols;

    for (size_t i = 0; i < n; i++)
        cv->cells[i] = blank_cell();
}

struct cell *canvas_at(const struct canvas *cv, int y, int x)
{
    if (y < 0 || x < 0 || y >= cv->rows || x >= cv->cols)
        return NULL;
    return &cv->cells[(size_t)y * (size_t)cv->cols + (size_t)x];
}

void canvas_ground(struct canvas *cv, struct rect r, enum theme_key ground)
{
    for (int y = r.y; y < r.y + r.h; y++) {
        for (int x = r.x; x < r.x + r.w; x++) {
            struct cell *c = canvas_at(cv, y, x);
            if (c)
                c->ground = (uint8_t)ground;
        }
    }
}

/* A cell that is about to be overwritten may be half of a wide character: its
 * other half becomes a blank. */
static void split_wide(struct canvas *cv, int y, int x)
{
    struct cell *c = canvas_at(cv, y, x);
    struct cell *right = canvas_at(cv, y, x + 1);

    if (c->code[0] == 0 && x > 0) {
        struct cell *left = c - 1;
        memset(left->code, 0, sizeof left->code);
        left->code[0] = ' ';
    } else if (right && right->code[0] == 0) {
        right->code[0] = ' ';
    }
}

static void put(struct canvas *cv, int y, int x, uint32_t code, int width,
    enum theme_key style)
{
    split_wide(cv, y, x);
    if (width == 2)
        split_wide(cv, y, x + 1);
    for (int i = 0; i < width; i++) {
        struct cell *c = canvas_at(cv, y, x + i);
        if (!c)
            return;
        memset(c->code, 0, sizeof c->code);
        c->code[0] = i == 0 ? code : 0;
        c->style = (uint8_t)style;
    }
}

static void combine(struct canvas *cv, int y, int x, uint32_t code)
{
    struct cell *c = canvas_at(cv, y, x);

    if (c && c->code[0] == 0 && x > 0)
        c--;
    for (int i = 1; c && i < CELL_CODES; i++) {
        if (c->code[i] == 0) {
            c->code[i] = code;
            return;
        }
    }
}

static const char *ascii_form(uint32_t code)
{
    for (size_t i = 0; i < ARRAY_LEN(ascii_forms); i++) {
        if (ascii_forms[i].code == code)
            return ascii_forms[i].text;
    }
    return code >= 0x2190 && code < 0x2c00 ? "?" : NULL;
}

/* A control byte as its picture (U+2400 on), or as a mark in ASCII. */
static uint32_t visible(const struct canvas *cv, uint32_t code)
{
    bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);

    if (!control && !utf8_misleads(code))
        return code;
    if (cv->ascii)
        return '?';
    if (code < 0x20)
        return 0x2400 + code;
    return code == 0x7f ? 0x2421 : 0xfffd;
}

int canvas_width(const struct canvas *cv, const char *text)
{
    int width = 0;
    size_t len = strlen(text);

    for (size_t i = 0; i < len;) {
        uint32_t code = 0;
        i += utf8_decode(text + i, len - i, &code);
        const char *form = cv->ascii ? ascii_form(code) : NULL;
        width += form ? (int)strlen(form) : utf8_width(code);
    }
    return width;
}

void canvas_dump(const struct canvas *cv, struct str *out)
{
    for (int y = 0; y < cv->rows; y++) {
        int end = cv->cols;
        while (end > 0 && canvas_at(cv, y, end - 1)->code[0] == ' ')
            end--;
        for (int x = 0; x < end; x++) {
            const struct cell *c = canvas_at(cv, y, x);
            for (int i = 0; i < CELL_CODES && c->code[i]; i++) {
                char utf8[4];
                str_addn(out, utf8, utf8_encode(c->code[i], utf8));
            }
        }
        str_addc(out, '\n');
    }
}

struct pen pen_at(struct canvas *cv, struct rect clip)
{
    return (struct pen){cv, clip, 0, 0};
}

static void pen_code(struct pen *p, enum theme_key style, uint32_t code)
{
    int width = utf8_width(code);
    int y = p->clip.y + p->y;
    int x = p->clip.x + p->x;

    bool inside = p->y >= 0 && p->y < p->clip.h && y >= 0 && y < p->cv->rows;
    if (width == 0) {
        if (inside && p->x > 0 && p->x <= p->clip.w && !utf8_misleads(code))
            combine(p->cv, y, x - 1, code);
        return;
    }
    p->x += width;
    if (inside && p->x <= p->clip.w && x >= 0 && x + width <= p->cv->cols)
        put(p->cv, y, x, code, width, style);
}

static void pen_bytes(
    struct pen *p, enum theme_key style, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t code = 0;
        i += utf8_decode(text + i, len - i, &code);
        const char *form = p->cv->ascii ? ascii_form(code) : NULL;
        if (!form)
            pen_code(p, style, visible(p->cv, code));
        for (; form && *form; form++)
            pen_code(p, style, (uint32_t)*form);
    }
}

void pen_text(struct pen *p, enum theme_key style, const char *text)
{
    pen_bytes(p, style, text, strlen(text));
}

void pen_textf(struct pen *p, enum theme_key style, const char *fmt, ...)
{
    struct str s = STR_INIT;
    va_list args;

    va_start(args, fmt);
    str_addv(&s, fmt, args);
    va_end(args);
    pen_text(p, style, str_text(&s));
    str_done(&s);
}

void pen_fit(struct pen *p, enum theme_key style, const char *text, int width)
{
    if (width > pen_room(p))
        width = pen_room(p);
    if (width <= 0)
        return;
    if (canvas_width(p->cv, text) <= width) {
        pen_text(p, style, text);
        return;
    }
    int ellipsis = canvas_width(p->cv, "…");
    int end = p->x + width;
    struct rect whole = p->clip;
    p->clip.w = end - ellipsis;
    pen_text(p, style, text);
    p->clip = whole;
    if (p->x > end - ellipsis)
        p->x = end - ellipsis;
    pen_text(p, style, "…");
}

void pen_repeat(
    struct pen *p, enum theme_key style, const char *symbol, int times)
{
    for (int i = 0; i < times; i++)
        pen_text(p, style, symbol);
}

void pen_go(struct pen *p, int x)
{
    p->x = x;
}

void pen_newline(struct pen *p, int x)
{
    p->y++;
    p->x = x;
}

int pen_room(const struct pen *p)
{
    return p->clip.w - p->x;
}

/* How many bytes of `text` fit into `width` columns, broken at a blank where
 * there is one, else in the middle of a word (Korean has long ones). */
static size_t line_bytes(const struct canvas *cv, const char *text, int width)
{
    size_t len = strlen(text);
    size_t blank = 0;
    size_t i = 0;
    int x = 0;

    while (i < len) {
        uint32_t code = 0;
        size_t n = utf8_decode(text + i, len - i, &code);
        const char *form = cv->ascii ? ascii_form(code) : NULL;
        x += form ? (int)strlen(form) : utf8_width(code);
        if (code == ' ' && x <= width + 1)
            blank = i;
        if (x > width)
            return blank ? blank : (i ? i : n);
        i += n;
    }
    return len;
}

int pen_wrap(struct pen *p, enum theme_key style, const char *text, int max)
{
    int left = p->x;
    int lines = 0;

    while (*text && lines < max) {
        if (lines > 0)
            pen_newline(p, left);
        size_t n = line_bytes(p->cv, text, p->clip.w - left);
        if (lines + 1 == max && text[n] != '\0')
            pen_fit(p, style, text, pen_room(p));
        else
            pen_bytes(p, style, text, n);
        text += n;
        while (*text == ' ')
            text++;
        lines++;
    }
    return lines;
}
