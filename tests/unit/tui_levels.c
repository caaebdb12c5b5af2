/* Moments at the higher levels of detail, and more sockets than a column
 * holds. */
#include "tui_moments.h"

#include "sockstage/model/fields.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static void tell(struct event_socket *o, const char *row, uint64_t value)
{
    for (size_t i = 0; i < info_field_count(); i++) {
        if (strcmp(info_field_at(i)->name, row) != 0)
            continue;
        info_field_set(&o->info, i, value);
        info_set_add(&o->info_changed, i);
    }
}

/* A client's socket with what the kernel says of it, 18000 bytes sent. */
static void busy_sock(struct scene *s)
{
    static const struct {
        const char *row;
        uint64_t value;
    } known[] = {{"rtt", 200123}, {"rttvar", 40000}, {"rto", 402000},
        {"snd_cwnd", 10}, {"snd_wnd", 65000}, {"rcv_wnd", 64240},
        {"snd_mss", 1000}, {"unacked", 10}, {"rcv_wscale", 7}, {"segs_out", 14},
        {"bytes_acked", 1}, {"pmtu", 1500}};
    struct event e = {.kind = EVENT_SOCKET};
    struct event_socket *o = &e.u.socket;

    o->id = 1;
    o->owner_count = 1;
    o->owners[0] = "c1.s";
    o->proto = IPPROTO_TCP;
    o->local = scene_addr("10.0.0.2", 34254);
    o->peer = scene_addr("10.0.0.1", 8080);
    o->state = TCP_STATE_ESTABLISHED;
    o->accepted = true;
    o->send_buffer = 18000;
    o->unsent = 8000;
    o->has_mem = true;
    o->sndbuf = 46080;
    o->rcvbuf = 131072;
    o->timer = SOCK_TIMER_RETRANSMIT;
    o->timer_at_ns = s->t_ns + 400000000;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        tell(o, known[i].row, known[i].value);
    scene_apply(s, &e);
}

static void level(struct scene *s, enum ui_detail detail)
{
    scene_narrated(s);
    busy_sock(s);
    scene_segment(s, 900, HOST_CLIENT, 34254, SEGMENT_ACK | SEGMENT_PSH, 1000,
        VERDICT_HELD);
    scene_repeat(s, 900);
    scene_repeat(s, 900);
    scene_repeat(s, 900);
    s->ui.sel.sock = 1;
    s->ui.detail = detail;
}

void scene_level_tcp(struct scene *s)
{
    level(s, DETAIL_TCP);
}

void scene_level_kernel(struct scene *s)
{
    level(s, DETAIL_KERNEL);
}

#define MANY 240

void scene_many(struct scene *s)
{
    scene_server(s, "ls.listen(5)");
    scene_listener(s, 0, 5, 0, 0);
    for (unsigned i = 1; i <= MANY; i++) {
        char name[16], owner[24], conn[32];
        snprintf(name, sizeof name, "c%u", i);
        snprintf(owner, sizeof owner, "c%u.s", i);
        snprintf(conn, sizeof conn, "server.conn%u", i);
        uint16_t port = (uint16_t)(30000 + i);
        scene_process(s, name, HOST_CLIENT);
        scene_sock(s, (struct scene_sock){.id = 1000 + 2 * i,
                          .owner = owner,
                          .state = TCP_STATE_ESTABLISHED,
                          .local = port,
                          .peer = 8080,
                          .send = i % 7 * 100});
        scene_sock(s, (struct scene_sock){.id = 1001 + 2 * i,
                          .host = HOST_SERVER,
                          .owner = conn,
                          .state = TCP_STATE_ESTABLISHED,
                          .local = 8080,
                          .peer = port});
    }
    scene_after_ms(s, 3000);
    strcpy(s->ui.sel.process, "c120");
}

void scene_many_server(struct scene *s)
{
    scene_many(s);
    strcpy(s->ui.sel.process, "server");
    s->ui.sel.column = COLUMN_SERVER;
    s->ui.sel.sock = 1001 + 2 * 77;
}
