/* Names and plain words for what the model holds. */
#include "words.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"

#include <inttypes.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

void words_process(const char *owner, char out[MODEL_NAME_MAX])
{
    size_t len = strcspn(owner, ".");

    snprintf(out, MODEL_NAME_MAX, "%.*s", (int)len, owner);
}

/* The end at the client; of an ICMP error, that of the packet it quotes. */
static uint16_t client_port(const struct segment *s)
{
    bool up = s->from == HOST_CLIENT;

    if (s->quoted.src.family)
        return up ? s->quoted.dst.port : s->quoted.src.port;
    return up ? s->src.port : s->dst.port;
}

void words_segment_owner(
    const struct model *m, const struct segment *s, char out[WORDS_MAX])
{
    uint16_t port = client_port(s);

    out[0] = '\0';
    if (port == 0)
        return;
    const char *owner = model_segment_owner(m, s, HOST_CLIENT);
    if (owner) {
        char process[MODEL_NAME_MAX];
        words_process(owner, process);
        snprintf(out, WORDS_MAX, "%s", process);
    } else {
        snprintf(out, WORDS_MAX, ":%u", port);
    }
}

/* Colours by class; a column more of the same enum. */
static const struct {
    enum theme_key badge, words;
} class_styles[] = {
    [CLASS_CLOSED] = {THEME_STATE_CLOSED, THEME_WORDS},
    [CLASS_LISTEN] = {THEME_STATE_LISTEN, THEME_WORDS},
    [CLASS_OPENING] = {THEME_STATE_OPENING, THEME_WORDS},
    [CLASS_ESTABLISHED] = {THEME_STATE_ESTABLISHED, THEME_WORDS},
    [CLASS_HALF_CLOSED] = {THEME_STATE_HALF_CLOSED, THEME_WORDS_HALF_CLOSED},
    [CLASS_CLOSING] = {THEME_STATE_CLOSING, THEME_WORDS},
};

enum theme_key words_class_badge(enum state_class class)
{
    return class_styles[class].badge;
}

enum theme_key words_state_badge(const struct model_sock *s)
{
    if (s->owner_count == 0)
        return THEME_STATE_KERNEL;
    return words_class_badge(state_class(s->proto, s->state));
}

enum theme_key words_state_style(const struct model_sock *s)
{
    if (s->owner_count == 0)
        return THEME_DIM;
    return class_styles[state_class(s->proto, s->state)].words;
}

static uint64_t power_of_10(int exponent)
{
    uint64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* What ngettext() takes; beyond it nobody counts in singular. */
static unsigned long plural_of(uint64_t n)
{
    return n > ULONG_MAX ? ULONG_MAX : (unsigned long)n;
}

const char *words_unit(const char *unit, uint64_t n)
{
    if (str_equal(unit, "bytes"))
        return ngettext("byte", "bytes", plural_of(n));
    if (str_equal(unit, "segments"))
        return ngettext("segment", "segments", plural_of(n));
    if (str_equal(unit, "packets"))
        return ngettext("packet", "packets", plural_of(n));
    if (str_equal(unit, "connections"))
        return ngettext("connection", "connections", plural_of(n));
    return unit;
}

char *words_stamp(uint64_t ns, int width, char *out, size_t size)
{
    uint64_t ms = ns / NS_PER_MS, s = ms / 1000;

    if (width >= 6 && s < power_of_10(width - 4))
        snprintf(out, size, "%*" PRIu64 ".%03" PRIu64, width - 4, s, ms % 1000);
    else if (width >= 4 && s < power_of_10(width - 2))
        snprintf(
            out, size, "%*" PRIu64 ".%" PRIu64, width - 2, s, ms % 1000 / 100);
    else
        snprintf(out, size, "%*" PRIu64, width, s);
    return out;
}

char *words_duration(uint64_t ns, char *out, size_t size)
{
    uint64_t tenths = ns / (NS_PER_S / 10);

    if (tenths < 100)
        snprintf(
            out, size, "%" PRIu64 ".%" PRIu64 " s", tenths / 10, tenths % 10);
    else
        snprintf(out, size, "%" PRIu64 " s", tenths / 10);
    return out;
}
