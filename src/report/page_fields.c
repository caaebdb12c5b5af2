/* The fields of a moment: the stage's and the processes', and how all are
 * written. Texts from outside are made visible and cut here; the page itself
 * only ever sets them as text. */
#include "page_int.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/json_out.h"
#include "sockstage/model/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_COLUMNS 200
#define NOTE_BYTES   4096

/* ---- JSON --------------------------------------------------------------- */

void page_add_text(struct str *out, const char *text, size_t bytes)
{
    struct str visible = STR_INIT;
    size_t len = strnlen(text, bytes + 1);

    if (len > bytes) {
        len = bytes;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    char *cut = xstrndup(text, len);
    text_add_visible(
        &visible, cut, bytes == PAGE_TEXT_BYTES ? TEXT_COLUMNS : 0);
    json_out_text(out, str_text(&visible));
    str_done(&visible);
    free(cut);
}

void page_add_short(struct str *out, const char *text)
{
    if (text != NULL)
        page_add_text(out, text, PAGE_TEXT_BYTES);
}

void page_add_said(struct str *out, struct str *said)
{
    if (said->len > 0)
        page_add_short(out, str_text(said));
    str_done(said);
}

void page_add_seconds(struct str *out, uint64_t ns)
{
    json_out_fixed(out, ns / NS_PER_US, 6);
}

void page_add_process_of(struct str *out, const char *owner)
{
    char name[2 * MODEL_NAME_MAX];

    snprintf(name, sizeof name, "%s", owner);
    name[strcspn(name, ".")] = '\0';
    page_add_short(out, name);
}

/* ---- the stage ---------------------------------------------------------- */

void page_stage_wire(const struct page_subject *of, struct str *out)
{
    const struct wire_status *w = model_wire_status(of->m);
    struct str said = STR_INIT;

    for (size_t i = 0; i < MODEL_WIRE_WORDS; i++) {
        struct str part = STR_INIT;
        model_wire_words(w, i, false, &part);
        if (part.len > 0)
            str_addf(&said, "%s%s", said.len ? " · " : "", str_text(&part));
        str_done(&part);
    }
    if (w->cut)
        str_addf(&said, "%s%s", said.len ? " · " : "", _("cut"));
    if (w->holding)
        str_addf(&said, "%s%s", said.len ? " · " : "", _("holds segments"));
    if (model_held(of->m) > 0)
        str_addf(&said, _("%s%" PRIu64 " held"), said.len ? " · " : "",
            model_held(of->m));
    page_add_said(out, &said);
}

void page_stage_note(const struct page_subject *of, struct str *out)
{
    const struct model_note *note = model_note(of->m, of->lang);

    if (note == NULL || note->text == NULL)
        return;
    json_out_open(out, '{');
    PAGE_KEY(out, "text");
    page_add_text(out, note->text, NOTE_BYTES);
    PAGE_KEY(out, "lang");
    page_add_short(out, note->lang);
    json_out_close(out, '}');
}

void page_stage_question(const struct page_subject *of, struct str *out)
{
    struct model_lesson l = model_lesson(of->m, of->lang);

    if (l.question == NULL)
        return;
    json_out_open(out, '{');
    PAGE_KEY(out, "text");
    page_add_text(out, l.question, NOTE_BYTES);
    PAGE_KEY(out, "options");
    json_out_open(out, '[');
    for (size_t i = 0; i < l.option_count; i++) {
        json_out_item(out);
        page_add_text(out, l.options[i], NOTE_BYTES);
    }
    json_out_close(out, ']');
    PAGE_KEY(out, "right");
    json_out_u64(out, l.right);
    PAGE_KEY(out, "answered");
    json_out_bool(out, l.judged);
    json_out_close(out, '}');
}

void page_stage_todo(const struct page_subject *of, struct str *out)
{
    struct model_lesson l = model_lesson(of->m, of->lang);

    if (l.try_text != NULL)
        page_add_text(out, l.try_text, NOTE_BYTES);
}

void page_stage_hidden(const struct page_subject *of, struct str *out)
{
    static const char *const parts[MODEL_PARTS] = {
        [MODEL_CLIENT] = "client",
        [MODEL_WIRE] = "wire",
        [MODEL_SERVER] = "server",
    };

    if (!model_hides_any(of->m))
        return;
    json_out_open(out, '[');
    for (enum model_part i = MODEL_CLIENT; i < MODEL_PARTS; i++) {
        if (!model_hides(of->m, i))
            continue;
        json_out_item(out);
        json_out_text(out, parts[i]);
    }
    json_out_close(out, ']');
}

/* ---- processes ---------------------------------------------------------- */

void page_process_name(const struct page_subject *of, struct str *out)
{
    page_add_short(out, of->process->name);
}

void page_process_host(const struct page_subject *of, struct str *out)
{
    json_out_text(out, host_name(of->process->host));
}

static const struct model_call *parked(const struct page_subject *of)
{
    uint64_t id = of->process->parked_call;

    return id != 0 ? model_call(of->m, id) : NULL;
}

void page_process_waits(const struct page_subject *of, struct str *out)
{
    const struct model_call *c = parked(of);
    struct str said = STR_INIT;

    if (c == NULL)
        return;
    /* os.read() is no method of the socket that it reads from. */
    if (c->socket != NULL && call_find(CALL_ON_SOCKET, c->name) != NULL)
        str_addf(&said, "%s.", c->socket);
    str_addf(&said, "%s()", c->name);
    page_add_said(out, &said);
}

void page_process_since(const struct page_subject *of, struct str *out)
{
    const struct model_call *c = parked(of);

    if (c != NULL)
        page_add_seconds(out, c->t_ns);
}

/* ---- the table ---------------------------------------------------------- */

static const struct {
    enum page_part part;
    struct page_field field;
} rows[] = {
#define PAGE_FIELD(part, key, write) {PAGE_##part, {#key, page_##write}},
#include "page_fields.def"
#undef PAGE_FIELD
};

size_t page_fields(
    enum page_part part, const struct page_field *out[PAGE_FIELDS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].part == part && count < PAGE_FIELDS_MAX)
            out[count++] = &rows[i].field;
    }
    return count;
}
