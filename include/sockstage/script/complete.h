/* What could stand where the cursor is in a line of the notation: processes,
 * names, calls with their arguments, constants, the words of the directives.
 * A function of the text and of what it may ask; it submits nothing. */
#ifndef SOCKSTAGE_SCRIPT_COMPLETE_H
#define SOCKSTAGE_SCRIPT_COMPLETE_H

#include "sockstage/base/host.h"
#include "sockstage/base/str.h"
#include "sockstage/base/vec.h"
#include "sockstage/calls/call.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum candidate_kind {
    CANDIDATE_PROCESS,
    CANDIDATE_VARIABLE,
    CANDIDATE_CALL,
    CANDIDATE_CONSTANT,
    CANDIDATE_LINE,    /* a word that a line begins with */
    CANDIDATE_WORD,    /* of the wire, of patterns and expectations */
    CANDIDATE_SUBJECT, /* what `expect` can ask for */
    CANDIDATE_STATE,   /* what it can be compared with */
    CANDIDATE_SETTING, /* a sysctl */
    CANDIDATE_HOST,    /* of an address; all that stands inside quotes */
    CANDIDATE_PORT,    /* of an address; all that begins with a digit */
    CANDIDATE_FILE,
    CANDIDATE_SIZE,    /* of data, in bytes */
    CANDIDATE_EXAMPLE, /* a value to be edited: 100ms */
    CANDIDATE_KINDS
};

/* "process", "call" ..; N_(). */
const char *candidate_kind_name(enum candidate_kind kind);

struct candidate {
    enum candidate_kind kind;
    char *text;       /* owned; stands for the word */
    const char *help; /* one line, N_(); "" if there is none */
};

/* What is asked; each function may be NULL, and returns NULL at the end. */
struct complete_names {
    void *ctx;
    const char *process; /* whose a line without one is; NULL: nobody's */
    const char *(*process_at)(void *ctx, size_t i);
    const char *(*variable_at)(void *ctx, const char *process, size_t i);
    bool (*is_socket)(void *ctx, const char *process, const char *variable);
    /* Adds argument `arg` as the situation suggests it; false: nothing does,
     * and the row of the call is taken. `variable` NULL: no socket. */
    bool (*argument)(void *ctx, const char *process, const char *variable,
        const struct call_def *def, size_t arg, struct str *out);
    /* The i-th size of data, in bytes, that is worth trying in the call; false:
     * there is none. `variable` NULL or "": no socket. */
    bool (*size_at)(void *ctx, const char *process, const char *variable,
        size_t i, uint64_t *bytes, const char **help);
    bool (*has_setting)(void *ctx, const char *name);
    /* What a host can be called in an address. */
    const char *(*host_at)(void *ctx, size_t i);
    /* The i-th port that an address of the call may have on that host ("": not
     * known which); false: there is none. `variable` NULL: not known. */
    bool (*port_at)(void *ctx, const char *process, const char *variable,
        const struct call_def *def, const char *host, size_t i, uint16_t *port);
    /* Calls `add` for every file whose name begins so. */
    void (*files)(void *ctx, const char *prefix,
        void (*add)(void *to, const char *path), void *to);
};

struct completion {
    size_t from, to; /* the word, in bytes of the text; `to` is the cursor */
    VEC(struct candidate) of;
    size_t common; /* bytes that all of them begin with */
};

/* Fills `out` (zeroed or done). Total on any bytes; `cursor` <= `len`. */
void complete(struct completion *out, const char *text, size_t len,
    size_t cursor, const struct complete_names *names);
void completion_done(struct completion *c);

/* Adds a call with its arguments: "connect(('server', 8080))". */
void complete_call(struct str *out, const struct call_def *def,
    const char *process, const char *variable,
    const struct complete_names *names);

/* For `files` and `has_setting`, from the machine that runs this. */
void complete_list_files(
    const char *prefix, void (*add)(void *to, const char *path), void *to);
bool complete_setting_exists(const char *name);

#endif
