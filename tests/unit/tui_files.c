/* Moments of saving, for the views' tests: the list of what can be saved, and
 * the name of the file, at now and in the past. */
#include "tui_moments.h"

#include "sockstage/base/mem.h"
#include "sockstage/tui/tui.h"

#include <stdio.h>

static const struct tui_format formats[] = {
    {"jsonl", "the recording: it can be replayed, and exported later"},
    {"stage", "a script that does the same once more"},
    {"svg", "the diagram: both ends, and every segment between them"},
    {"pcap", "the wire as raw IP packets with nanosecond stamps"},
};

static const struct tui_saving saving = {
    .formats = formats, .count = ARRAY_LEN(formats)};

void scene_save(struct scene *s)
{
    scene_narrated(s);
    s->moment.saving = &saving;
    menu_fill_formats(&s->ui.menu, &saving);
    s->ui.menu.selected = 2;
    s->ui.mode = UI_MENU;
}

static void name_it(struct scene *s)
{
    s->moment.saving = &saving;
    s->ui.mode = UI_NAME;
    prompt_start(&s->ui.prompt, "handshake-20261122-155700.svg");
}

void scene_save_name(struct scene *s)
{
    scene_handshake(s);
    name_it(s);
}

void scene_past_save_name(struct scene *s)
{
    scene_past_handshake(s);
    name_it(s);
}

void scene_saved(struct scene *s)
{
    scene_handshake(s);
    s->moment.saving = &saving;
    snprintf(s->ui.message, sizeof s->ui.message, "%s",
        "Saved as handshake-20261122-155700.pcap in /home/kim/lecture; zeros "
        "stand for the payload: it is kept only with --payload");
}
