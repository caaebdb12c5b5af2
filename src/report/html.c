/* One page that shows a stage moment by moment: ladder, both ends' sockets, a
 * slider. It needs nothing but itself. The parts of the page are files of the
 * folder page/; {{words}} in page.html stand for what is put in here. */
#include "ladder.h"
#include "page_moments.h"
#include "report_int.h"
#include "svg.h"

#include "sockstage/base/embed.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/model/json_out.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct html {
    bool is_begun;
    const char *lang;
    char *title; /* owned */
    struct ladder ladder;
    struct page_moments *moments; /* owned */
};

static const struct page_word {
    const char *key, *words;
} words[] = {
#define PAGE_WORD(key, words) {#key, words},
#include "page_words.def"
#undef PAGE_WORD
};

static void add_file(struct str *out, const char *name)
{
    for (const struct embed_file *f = embed_page; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0)
            str_addn(out, f->data, f->len);
    }
}

/* ---- what page.js reads ------------------------------------------------- */

static void add_member(struct str *out, const char *key)
{
    struct str quoted = STR_INIT;

    str_addf(&quoted, "\"%s\":", key);
    json_out_key(out, str_text(&quoted), quoted.len);
    str_done(&quoted);
}

/* JSON within <script>: nothing in it may look like a tag, a comment or the
 * end of a line to whoever reads HTML. All these stand in its texts only. */
static void add_script_json(struct str *out, const char *json)
{
    static const char *const lines[] = {"\xe2\x80\xa8", "\xe2\x80\xa9"};

    while (*json != '\0') {
        size_t plain = strcspn(json, "<>&\xe2");
        str_addn(out, json, plain);
        json += plain;
        if (*json == '\0')
            break;
        if (strncmp(json, lines[0], 3) == 0 ||
            strncmp(json, lines[1], 3) == 0) {
            str_addf(out, "\\u%x", json[2] == lines[0][2] ? 0x2028 : 0x2029);
            json += 3;
        } else if (*json == '\xe2') {
            str_addc(out, *json++);
        } else {
            str_addf(out, "\\u%04x", (unsigned)*json++);
        }
    }
}

static void add_data(struct str *out, struct html *h)
{
    struct str json = STR_INIT;

    json_out_open(&json, '{');
    add_member(&json, "words");
    json_out_open(&json, '{');
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        add_member(&json, words[i].key);
        json_out_text(&json, _(words[i].words));
    }
    json_out_close(&json, '}');
    add_member(&json, "moments");
    str_add(&json, page_moments_json(h->moments));
    json_out_close(&json, '}');
    add_script_json(out, str_text(&json));
    str_done(&json);
}

/* ---- the page ----------------------------------------------------------- */

static void add_ladder(struct str *out, struct html *h)
{
    ladder_finish(&h->ladder, SVG_CAPTION_COLUMNS);
    svg_add_ladder(out, &h->ladder, true);
}

static void add_title(struct str *out, struct html *h)
{
    svg_add_escaped(out, h->title != NULL ? h->title : "");
}

static void add_addresses(struct str *out, struct html *h, enum host host)
{
    struct str text = STR_INIT;

    page_moments_add_addresses(h->moments, host, &text);
    svg_add_escaped(out, str_text(&text));
    str_done(&text);
}

static void add_client_ip(struct str *out, struct html *h)
{
    add_addresses(out, h, HOST_CLIENT);
}

static void add_server_ip(struct str *out, struct html *h)
{
    add_addresses(out, h, HOST_SERVER);
}

static void add_style(struct str *out, struct html *h)
{
    (void)h;
    add_file(out, "page.css");
}

static void add_script(struct str *out, struct html *h)
{
    (void)h;
    add_file(out, "page.js");
}

static void add_script_hash(struct str *out, struct html *h)
{
    (void)h;
    str_add(out, embed_page_script_sha256);
}

/* What the page does not show. */
static void add_left_out(struct str *out, struct html *h)
{
    uint64_t events = page_moments_events_left(h->moments);
    struct str text = STR_INIT;

    if (events > 0)
        str_addf(&text,
            _("The recording goes on: %" PRIu64
              " more events are not on this page. "),
            events);
    if (page_moments_is_crowded(h->moments))
        str_addf(&text, _("Only the first %d sockets and processes are here."),
            PAGE_THINGS_MAX);
    svg_add_escaped(out, str_text(&text));
    str_done(&text);
}

static void add_lang(struct str *out, struct html *h)
{
    str_add(out, h->lang);
}

/* What {{name}} stands for; any other name is that of a word. */
static const struct {
    const char *name;
    void (*add)(struct str *out, struct html *h);
} parts[] = {
    {"lang", add_lang},
    {"title", add_title},
    {"page.css", add_style},
    {"page.js", add_script},
    {"page.js sha256", add_script_hash},
    {"client ip", add_client_ip},
    {"server ip", add_server_ip},
    {"ladder svg", add_ladder},
    {"left out", add_left_out},
    {"data", add_data},
};

static void add_part(
    struct str *out, struct html *h, const char *name, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (strlen(parts[i].name) == len &&
            strncmp(parts[i].name, name, len) == 0)
            parts[i].add(out, h);
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strlen(words[i].key) == len &&
            strncmp(words[i].key, name, len) == 0)
            svg_add_escaped(out, _(words[i].words));
    }
}

/* page.html with its parts put in. */
static void add_page(struct str *out, struct html *h)
{
    struct str shell = STR_INIT;
    const char *at, *begin, *end;

    add_file(&shell, "page.html");
    at = str_text(&shell);
    while ((begin = strstr(at, "{{")) != NULL &&
           (end = strstr(begin, "}}")) != NULL) {
        str_addn(out, at, (size_t)(begin - at));
        add_part(out, h, begin + 2, (size_t)(end - begin) - 2);
        at = end + 2;
    }
    str_add(out, at);
    str_done(&shell);
}

/* ---- the report --------------------------------------------------------- */

static void html_script_begin(
    struct report *r, const char *name, const char *title)
{
    struct html *h = report_state(r);

    (void)name;
    if (h->is_begun)
        return;
    h->is_begun = true;
    h->lang = report_lang(r);
    h->title = xstrdup(title != NULL ? title : "");
    h->moments = page_moments_new(h->lang);
    ladder_begin(&h->ladder, h->lang, title);
    h->ladder.is_silent = true;
}

static void html_event(struct report *r, const struct event *e)
{
    struct html *h = report_state(r);

    if (!h->is_begun)
        html_script_begin(r, NULL, NULL);
    ladder_add(&h->ladder, e);
    page_moments_add(h->moments, e);
}

static void html_run_end(struct report *r)
{
    struct html *h = report_state(r);
    struct str page = STR_INIT;

    if (!h->is_begun)
        return;
    add_page(&page, h);
    report_write(r, str_text(&page), page.len);
    str_done(&page);
}

static void html_done(void *state)
{
    struct html *h = state;

    if (!h->is_begun)
        return;
    ladder_done(&h->ladder);
    page_moments_free(h->moments);
    free(h->title);
}

const struct report_def report_html = {
    .name = "html",
    .suffix = "html",
    .of_export = true,
    .of_one_stage = true,
    .help = N_("one page to look at moment by moment, in any browser"),
    .script_begin = html_script_begin,
    .event = html_event,
    .run_end = html_run_end,
    .state_size = sizeof(struct html),
    .state_done = html_done,
};
