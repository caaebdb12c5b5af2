/* The lines of the wire: those about the chosen segment, then all orders, with
 * a reason beside each that would do nothing now. */
#include "menu.h"

#include "wire_line.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/str.h"
#include "sockstage/base/text.h"
#include "sockstage/wire/order.h"

/* What can be done with one held segment. */
static const struct {
    enum wire_word word;
    const char *verb, *help;
} of_segment[] = {
    {WIRE_DELIVER, "wire deliver", N_("let this segment arrive")},
    {WIRE_DROP, "wire drop 1", N_("lose this segment on the wire")},
    {WIRE_DUPLICATE, "wire duplicate 1",
        N_("let this segment arrive twice, once it is delivered")},
    {WIRE_CORRUPT, "wire corrupt 1",
        N_("turn a bit of it over: the checksum will tell")},
    {WIRE_UNREACHABLE, "wire unreachable host",
        N_("a router answers it by an ICMP error")},
};

static const char *why_not(const struct model *m, enum wire_word word)
{
    const struct wire_status *w = model_wire_status(m);

    if (str_equal(model_wire(m), "loopback"))
        return N_("the loopback has no wire: start with --wire=private");
    switch (word) {
    case WIRE_DELIVER:
        if (!w->holding)
            return N_("nothing is held: wire hold comes first");
        return model_held(m) ? NULL : N_("no segment is held now");
    case WIRE_RELEASE:
        return w->holding ? NULL : N_("the wire does not hold");
    case WIRE_HOLD:
        return w->holding ? N_("the wire holds already") : NULL;
    case WIRE_CUT:
        return w->cut ? N_("it is cut already") : NULL;
    case WIRE_JOIN:
        return w->cut ? NULL : N_("it is not cut");
    case WIRE_REAL:
        return model_sock_count(m) ? N_("only before the first socket: EBUSY")
                                   : NULL;
    default:
        return NULL;
    }
}

static bool offer_for_segment(
    struct menu *menu, const struct model *m, uint64_t id, size_t i)
{
    struct str line = STR_INIT;
    bool ok = wire_line(m, id, of_segment[i].verb, &line);

    if (ok)
        menu_add(menu, str_steal(&line), of_segment[i].help,
            why_not(m, of_segment[i].word));
    str_done(&line);
    return ok;
}

void menu_fill_wire(struct menu *menu, const struct model *m, uint64_t id)
{
    bool offered[WIRE_WORDS] = {false};

    menu_done(menu);
    for (size_t i = 0; id && i < ARRAY_LEN(of_segment); i++)
        offered[of_segment[i].word] = offer_for_segment(menu, m, id, i);
    /* The order that is about all of them comes next. */
    enum wire_word first =
        model_wire_status(m)->holding ? WIRE_RELEASE : WIRE_HOLD;
    menu_add(menu, xstrdup(wire_word_info(first)->usage),
        wire_word_info(first)->help, why_not(m, first));
    offered[first] = true;
    for (int w = 0; w < WIRE_WORDS; w++) {
        const struct wire_word_info *info = wire_word_info((enum wire_word)w);
        if (!offered[w])
            menu_add(menu, xstrdup(info->usage), info->help,
                why_not(m, (enum wire_word)w));
    }
}
