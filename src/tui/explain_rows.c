/* Every table that `?` takes its sentences from, as one list. */
#include "explain.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"
#include "sockstage/calls/call.h"
#include "sockstage/model/why.h"
#include "sockstage/wire/order.h"

#include <netinet/in.h>
#include <string.h>

static const struct explain_row rows[] = {
#define TOPIC(id, title, explain, see) {EXPLAIN_TOPIC, #id, explain, see},
#include "topics.def"
#undef TOPIC
#define STATE(id, ss, cls, section, help, explain)                             \
    {EXPLAIN_STATE, #id, explain, "RFC 9293 " section},
#include "model/states.def"
#undef STATE
#define TIMER(id, name, explain, see) {EXPLAIN_TIMER, name, explain, see},
#include "model/timers.def"
#undef TIMER
#define FATE(id, style, reach, up, down, word, brief, help, explain, see)      \
    {EXPLAIN_FATE, #id, explain, see},
#include "fates.def"
#undef FATE
#define KIND(id, word, brief, meaning, explain, see)                           \
    {EXPLAIN_KIND, #id, explain, see},
#include "kinds.def"
#undef KIND
#define REASON(id, brief, words, meaning, explain, see)                        \
    {EXPLAIN_REASON, #id, explain, see},
#include "sockstage/model/reasons.def"
#undef REASON
#define SEGMENT_ROLE(id, explain, see) {EXPLAIN_ROLE, #id, explain, see},
#include "segment_roles.def"
#undef SEGMENT_ROLE
#define WIRE_ORDER(id, word, shape, usage, help, explain, see)                 \
    {EXPLAIN_ORDER, word, explain, see},
#define WIRE_ALIAS(id, word)
#include "sockstage/wire/orders.def"
#undef WIRE_ORDER
#undef WIRE_ALIAS
#define ERRNO(name, explain, see) {EXPLAIN_ERRNO, #name, explain, see},
#include "model/errnos.def"
#undef ERRNO
#define CONSTANT(group, name, explain, see)                                    \
    {EXPLAIN_CONSTANT, #name, explain, see},
#include "calls/constants.def"
#undef CONSTANT
#define SOCK_FIELD(name, unit, applies, value, help, explain, group, see)      \
    {EXPLAIN_FIELD, #name, explain, see},
#define SOME_FIELD(name, unit, applies, value, help, explain, group, see)      \
    {EXPLAIN_FIELD, #name, explain, see},
#define INFO_FIELD(name, unit, row, factor, help, explain, group, see)         \
    {EXPLAIN_FIELD, #name, explain, see},
#include "model/fields.def"
#undef SOCK_FIELD
#undef SOME_FIELD
#undef INFO_FIELD
#define INFO(                                                                  \
    name, member, shift, bits, unit, is_age, help, explain, group, see)        \
    {EXPLAIN_INFO, #name, explain, see " / tcpi_" #name " (linux/tcp.h)"},
#include "model/info.def"
#undef INFO
#define MEM(name, unit, help, explain, see)                                    \
    {EXPLAIN_MEM, #name, explain, see " / ss(8) -m"},
#include "model/mem.def"
#undef MEM
#define SOCK_ROW(group, name, function, meaning, explain, see)                 \
    {EXPLAIN_SOCK_ROW, name, explain, see},
#include "sock_rows.def"
#undef SOCK_ROW
#define SEGMENT_HEAD(applies, title)
#define SEGMENT_ROW(applies, where, name, function, meaning, explain, see)     \
    {EXPLAIN_SEGMENT_ROW, #function, explain, see},
#define SEGMENT_FLAG(flag, meaning, explain, see)                              \
    {EXPLAIN_FLAG, #flag, explain, see},
#include "segment_rows.def"
#undef SEGMENT_HEAD
#undef SEGMENT_ROW
#undef SEGMENT_FLAG
#define LINE(word, kind, does, parse, usage, explain, see)                     \
    {EXPLAIN_LINE, #word, explain, see},
#define TEXT_LINE(word, kind, usage, explain, see)                             \
    {EXPLAIN_TEXT_LINE, #word, explain, see},
#include "script/lines.def"
#undef LINE
#undef TEXT_LINE
#define SETTING(name, help, explain, see) {EXPLAIN_SETTING, name, explain, see},
#include "script/settings.def"
#undef SETTING
#define NOTATION(word, explain, see) {EXPLAIN_WORD, word, explain, see},
#include "script/notation.def"
#undef NOTATION
};

/* What has no page of its own is Python's alone. */
static const char *call_see(const struct call_def *def)
{
    return def->man[0] ? def->man : "Python: socket";
}

bool explain_row_at(size_t i, struct explain_row *out)
{
    if (i < ARRAY_LEN(rows)) {
        *out = rows[i];
        return true;
    }
    const struct call_def *def = call_at(i - ARRAY_LEN(rows));
    if (!def)
        return false;
    *out =
        (struct explain_row){EXPLAIN_CALL, def->name, def->help, call_see(def)};
    return true;
}

bool explain_row_find(
    enum explain_table table, const char *name, struct explain_row *out)
{
    for (size_t i = 0; explain_row_at(i, out); i++) {
        if (out->table == table && str_equal(out->name, name))
            return true;
    }
    return false;
}

bool explain_row(
    struct explanation *e, enum explain_table table, const char *name)
{
    struct explain_row row;

    if (!explain_row_find(table, name, &row) || row.text[0] == '\0')
        return false;
    explain_add(e, THEME_SCREEN, _(row.text));
    explain_see(e, row.see);
    return true;
}
