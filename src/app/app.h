/* What the modes of the program share: signals, language, choosing the wire,
 * the files written on the way. */
#ifndef SOCKSTAGE_APP_APP_H
#define SOCKSTAGE_APP_APP_H

#include "options.h"

#include "sockstage/report/report.h"
#include "sockstage/script/lesson.h"
#include "sockstage/script/script.h"
#include "sockstage/stage/stage.h"

#include <uv.h>

/* Each mode: its exit code. */
int mode_run(const struct options *o, const char *lang);
int mode_tui(const struct options *o, const char *lang);
int mode_replay(const struct options *o, const char *lang);
int mode_export(const struct options *o, const char *lang);
int mode_doctor(void);
int mode_lessons(const char *lang);
int mode_show(const struct options *o);

/* Sets locale and translations; `lang` NULL is the locale's. Returns "en" or
 * "ko". */
const char *lang_open(const char *lang);

/* Which wire to use. Where a failing attempt would leave its mark on this
 * process, `auto` tries the private one in a child first and says in `notice`
 * why it is loopback; elsewhere the opening itself is the trial, see below.
 * EXIT_PASSED, or EXIT_MACHINE with a message. */
int wire_choose(enum wire_choice choice, enum stage_wire *out, char *notice,
    size_t notice_size, struct err *e);

/* After a stage could not be opened: whether to try again on loopback, which
 * `auto` does; then `notice` says why. */
bool wire_fall_back(enum wire_choice choice, enum stage_wire *wire,
    const struct err *why, char *notice, size_t notice_size);

/* SIGINT, SIGTERM and SIGHUP end the program in order, at any moment from
 * signals_install() on: the exit code is EXIT_INTERRUPTED if one was heard. */
void signals_install(void);
bool signals_heard(void);

/* Tells a loop of them: `got` is called at most once, also if the signal came
 * before. The loop must run once more after signals_close(). */
struct signals {
    uv_async_t wake;
    void (*got)(void *ctx);
    void *ctx;
    bool told;
};
void signals_open(
    struct signals *s, uv_loop_t *loop, void (*got)(void *ctx), void *ctx);
void signals_close(struct signals *s);

/* 0, or -errno with a message: too few descriptors may be left for it. */
int loop_open(uv_loop_t *loop, struct err *e);

/* Closes a loop that has nothing left to do; says so if a handle was leaked. */
void loop_close(uv_loop_t *loop);

/* Reads the user's settings; theme, language and so on that the command line
 * does not name are taken from there. */
struct tui;
void settings_open(struct options *o);
/* What is wrong in them: the first on the message line, all of it on standard
 * error when they are closed. */
void settings_tell(const struct options *o, struct tui *tui);
void settings_close(struct options *o);

/* Gives the terminal back if the program crashes, then lets the crash be. */
void crash_guard_install(void);

/* One line on standard error; control bytes become symbols. */
void tell(const char *text);

/* Parses a script, by a lesson's name or a path ("-" is standard input), and
 * tells errors and hints on standard error; NULL if it does not parse. */
struct script *script_load(const struct lessons *all, const char *name);
/* On standard error, with the names that are like it. */
void lesson_tell_unknown(const struct lessons *all, const char *name);

/* The files written while it happens; NULL: not asked for. */
struct outputs {
    struct report *recording, *pcap;
    uv_prepare_t before_sleep;
};

/* Opens what the command line asks for. `failed` is told of each file's first
 * failed write; the session goes on without it. */
int outputs_open(struct outputs *o, const struct options *options,
    void (*failed)(void *ctx, const struct err *e), void *ctx, struct err *e);
void outputs_event(struct outputs *o, const struct event *e);
void outputs_close(struct outputs *o);

/* From now on events are in the files before the loop sleeps: a write for each
 * would cost a bulk transfer more than the wire does. The loop must run once
 * more after outputs_leave(). */
void outputs_follow(struct outputs *o, uv_loop_t *loop);
void outputs_leave(struct outputs *o);

/* Why --pcap writes none on loopback. */
const char *outputs_no_packets(void);

#endif
