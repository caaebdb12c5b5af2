/* Completion of an address, (host, port), as an argument of a call: the names
 * of hosts, inside the quotes too, and the ports that the situation knows. */
#include "complete_int.h"

#include "sockstage/base/text.h"

#include <stdio.h>
#include <string.h>

/* Where in an address the cursor is. */
struct spot {
    struct call_place call;
    size_t open;    /* the token of the address' own parenthesis */
    size_t element; /* 0: the host, 1: the port */
};

static bool find_spot(const struct completing *c, size_t first, struct spot *s)
{
    struct call_place *p = &s->call;

    if (!complete_find_open(c, first, c->count, &s->open) ||
        !complete_is_op(c, s->open, '(') || s->open == first ||
        c->tokens[s->open - 1].kind == TOKEN_NAME ||
        !complete_find_open(c, first, s->open, &p->open))
        return false;
    p->def = complete_call_before(c, p->open, first, p);
    p->arg = complete_count_commas(c, p->open + 1);
    s->element = complete_count_commas(c, s->open + 1);
    return p->def && p->arg < CALL_ARGS_MAX && p->def->args[p->arg].name &&
           p->def->args[p->arg].kind == CALL_ARG_ADDRESS && s->element < 2;
}

/* Outside of quotes with them. */
static void offer_hosts(struct completing *c)
{
    const struct complete_names *names = c->names;
    const char *quote = c->quoted ? "" : "'";
    const char *each;

    for (size_t i = 0;
         names->host_at && (each = names->host_at(names->ctx, i)) != NULL;
         i++) {
        struct str text = STR_INIT;
        str_addf(&text, "%s%s%s", quote, each, quote);
        complete_offer(c, CANDIDATE_HOST, str_text(&text), "");
        str_done(&text);
    }
}

/* The host that stands before the port; "" if it is no literal. */
static const char *host_of(const struct completing *c, const struct spot *s,
    char out[COMPLETE_WORD_MAX])
{
    size_t at = s->open + 1;

    complete_word(c, at, out);
    size_t len = strlen(out);
    if (at >= c->count || c->tokens[at].kind != TOKEN_STRING || len < 2 ||
        out[len - 1] != out[0])
        len = 2;
    memmove(out, out + 1, len - 2);
    out[len - 2] = '\0';
    return out;
}

static void offer_ports(
    struct completing *c, const char *process, const struct spot *s)
{
    const struct complete_names *names = c->names;
    char host[COMPLETE_WORD_MAX], text[16];
    uint16_t port;

    host_of(c, s, host);
    for (size_t i = 0;
         names->port_at && names->port_at(names->ctx, process,
                               s->call.variable[0] ? s->call.variable : NULL,
                               s->call.def, host, i, &port);
         i++) {
        snprintf(text, sizeof text, "%u", port);
        complete_offer(c, CANDIDATE_PORT, text, "");
    }
}

bool complete_address(struct completing *c, const char *process, size_t first)
{
    size_t before = c->out->of.len;
    struct spot s;

    if (!find_spot(c, first, &s))
        return false;
    if (s.element == 0 && c->count == s.open + 1)
        offer_hosts(c);
    else if (s.element == 1 && complete_is_op(c, c->count - 1, ','))
        offer_ports(c, process, &s);
    return c->out->of.len > before;
}
