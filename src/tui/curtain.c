/* What is hidden at a moment, and what would give it away: pictures, texts and
 * menus that mix both ends are closed while any column is hidden. */
#include "curtain.h"

static const enum model_part parts[COLUMNS] = {
    [COLUMN_CLIENTS] = MODEL_CLIENT,
    [COLUMN_WIRE] = MODEL_WIRE,
    [COLUMN_SERVER] = MODEL_SERVER,
};

bool curtain_hides(const struct moment *m, enum column column)
{
    return model_hides(m->model, parts[column]);
}

bool curtain_hides_host(const struct moment *m, enum host host)
{
    return curtain_hides(
        m, host == HOST_SERVER ? COLUMN_SERVER : COLUMN_CLIENTS);
}

bool curtain_hides_process(const struct moment *m, const char *process)
{
    const struct model_process *p = model_process(m->model, process);
    bool server = str_equal(process, "server");

    return curtain_hides_host(m, p        ? p->host
                                 : server ? HOST_SERVER
                                          : HOST_CLIENT);
}

bool curtain_is_down(const struct moment *m)
{
    return model_hides_any(m->model);
}

bool curtain_stops(const struct moment *m, enum action a)
{
    switch (a) {
    case ACTION_CALL:
    case ACTION_INSPECT:
    case ACTION_EXPLAIN:
    case ACTION_ZOOM:
    case ACTION_TIME:
    case ACTION_STATES:
        return curtain_is_down(m);
    case ACTION_DELIVER:
    case ACTION_DROP:
    case ACTION_DUPLICATE:
        return curtain_hides(m, COLUMN_WIRE);
    default:
        return false;
    }
}
