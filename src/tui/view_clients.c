/* The clients' column: a block a socket.
 *
 * | CLIENTS 10.0.0.2            |
 * | c1.s :34254  ESTABLISHED    |
 * | send ######     no ACK 1000 |
 * | recv            empty       | */
#include "block.h"
#include "curtain.h"
#include "views.h"

#include "sockstage/base/text.h"

#include <string.h>

void column_heading(
    struct draw *d, struct rect r, const char *title, enum host host)
{
    struct pen p = pen_at(d->cv, r);
    const struct addr *list = NULL;
    size_t n = model_addresses(d->m->model, host, &list);

    pen_go(&p, 1);
    pen_text(&p, THEME_TITLE, title);
    for (size_t i = 0; i < n; i++) {
        char ip[ADDR_TEXT_MAX];
        addr_format_ip(&list[i], ip);
        bool internal =
            n > 1 && (strncmp(ip, "127.", 4) == 0 || strcmp(ip, "::1") == 0);
        if (internal || (list[i].family == AF_INET6 && r.w < 50))
            continue;
        if (canvas_width(d->cv, ip) + 2 > pen_room(&p))
            continue;
        pen_textf(&p, THEME_DIM, " %s", ip);
    }
}

struct rect column_body(struct rect r)
{
    int above = r.h >= 22 ? 2 : 1;

    return (struct rect){r.y + above, r.x, r.h - above, r.w};
}

void view_clients(struct draw *d, struct rect r)
{
    column_heading(d, r, _("CLIENTS"), HOST_CLIENT);
    if (!curtain_draw(d, r, COLUMN_CLIENTS))
        column_draw(d, r, 1 + canvas_width(d->cv, _("CLIENTS")), column_body(r),
            COLUMN_CLIENTS);
}
