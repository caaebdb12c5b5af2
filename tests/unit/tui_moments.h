/* Moments of a stage made from events that were written by hand: what the
 * views are tested with. */
#ifndef TESTS_TUI_MOMENTS_H
#define TESTS_TUI_MOMENTS_H

#include "../../src/tui/ui.h"

struct scene {
    struct model *model;
    struct ui ui;
    struct player_state play;
    struct timeline_place place;
    struct moment moment;
    uint64_t t_ns; /* of the last event */
};

typedef void scene_maker(struct scene *s);

struct scene_row {
    const char *name;
    scene_maker *make;
    bool ascii;
};

scene_maker scene_datagrams; /* tui_datagrams.c */

/* tui_segments.c */
scene_maker scene_fates, scene_travelling, scene_bulk, scene_bulk_opened;
scene_maker scene_inspect_syn, scene_inspect_data, scene_inspect_ignored;
scene_maker scene_inspect_udp, scene_inspect_icmp, scene_faulty;

scene_maker scene_handshake, scene_narrated, scene_korean;

/* tui_pasts.c */
scene_maker scene_past_handshake, scene_past_first, scene_past_narrated;
scene_maker scene_past_korean, scene_past_menu;

/* tui_diagrams.c */
scene_maker scene_time_held, scene_time_accepted, scene_time_lossy;
scene_maker scene_time_half_closed, scene_time_crossing, scene_time_refused;
scene_maker scene_time_listening, scene_zoom_held, scene_zoom_accepted;
scene_maker scene_zoom_lossy, scene_zoom_half_closed, scene_zoom_refused;
scene_maker scene_zoom_listening, scene_states_held, scene_states_accepted;
scene_maker scene_states_half_closed, scene_states_crossing,
    scene_states_refused;
scene_maker scene_states_listening;

/* tui_texts.c */
scene_maker scene_explain_socket, scene_explain_bytes, scene_explain_listener;
scene_maker scene_explain_orphan, scene_explain_process, scene_explain_held;
scene_maker scene_explain_ignored, scene_explain_wire, scene_explain_menu;
scene_maker scene_explain_typed, scene_explain_error, scene_inspect_sock;
scene_maker scene_inspect_changed, scene_inspect_fresh, scene_why;
scene_maker scene_header_wire, scene_header_hold, scene_header_step;
scene_maker scene_header_title;

/* tui_doing.c */
scene_maker scene_choices, scene_many_choices, scene_searching, scene_mending;
scene_maker scene_long_mistake, scene_pasted, scene_pasted_wrong;
scene_maker scene_menu_grey, scene_menu_orphan, scene_menu_wire;
scene_maker scene_guide, scene_guide_client, scene_full;

/* tui_lessons.c */
scene_maker scene_question_open, scene_question_chosen, scene_question_judged;
scene_maker scene_question_right, scene_question_korean, scene_question_many;
scene_maker scene_curtain, scene_curtain_wire, scene_curtain_zoom;
scene_maker scene_lessons, scene_lessons_sure, scene_lessons_none;
scene_maker scene_card, scene_card_korean, scene_long_note;

/* tui_files.c */
scene_maker scene_save, scene_save_name, scene_past_save_name, scene_saved;

/* tui_levels.c */
scene_maker scene_level_tcp, scene_level_kernel, scene_many, scene_many_server;

/* The scenes; the last has no name. */
extern const struct scene_row scenes[];

/* What scenes are made of. */
struct addr scene_addr(const char *ip, uint16_t port);
void scene_apply(struct scene *s, struct event *e);
void scene_after_ms(struct scene *s, uint64_t ms);
void scene_wire(struct scene *s, uint64_t delay_ms, bool holding);
void scene_process(struct scene *s, const char *name, enum host host);
void scene_server(struct scene *s, const char *listen);
void scene_listener(struct scene *s, uint32_t accept_queue, uint32_t backlog,
    uint32_t syn_queue, uint32_t ignored);
/* A segment of the client at `port` (from it, or to it), and its fate;
 * VERDICT_COALESCED stands for "still under way". */
void scene_segment(struct scene *s, uint64_t id, enum host from, uint16_t port,
    uint8_t flags, uint32_t len, enum verdict verdict);
void scene_repeat(struct scene *s, uint64_t id);
/* A line of a script that says something. */
void scene_line(struct scene *s, const char *text);

struct scene_sock {
    uint64_t id;
    enum host host;
    const char *owner;
    uint8_t state;
    uint16_t local, peer;
    uint32_t send, unsent, recv;
    uint8_t timer;
    uint64_t timer_ms;
    bool waiting; /* not accepted yet */
};
void scene_sock(struct scene *s, struct scene_sock k);

void scene_init(struct scene *s);
void scene_done(struct scene *s);

#endif
