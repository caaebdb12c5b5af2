/* Moments of somebody doing something: completing, searching, mending,
 * pasting, and menus with calls that make no sense. */
#include "tui_moments.h"

#include <stdio.h>
#include <string.h>

static const char *process_at(void *ctx, size_t i)
{
    static const char *const names[] = {"server", "c1"};

    (void)ctx;
    return i < 2 ? names[i] : NULL;
}

static const struct complete_names names = {
    .process = "c1", .process_at = process_at};

void scene_choices(struct scene *s)
{
    scene_handshake(s);
    prompt_start(&s->ui.prompt, "c1: s.se");
    prompt_complete(&s->ui.prompt, &names, 1);
    prompt_complete(&s->ui.prompt, &names, 1);
    prompt_complete(&s->ui.prompt, &names, 1);
}

void scene_many_choices(struct scene *s)
{
    scene_handshake(s);
    prompt_start(&s->ui.prompt, "expect c1.s.");
    prompt_complete(&s->ui.prompt, &names, 1);
}

void scene_searching(struct scene *s)
{
    scene_handshake(s);
    prompt_remember(&s->ui.prompt, "c1: s.send('안녕'.encode())");
    prompt_start(&s->ui.prompt, "");
    prompt_key(&s->ui.prompt, KEY_CTRL('R'));
    prompt_key(&s->ui.prompt, 's');
    prompt_key(&s->ui.prompt, 'e');
}

/* The mistake stands behind wide letters, and far from the line's end. */
void scene_mending(struct scene *s)
{
    struct prompt *p = &s->ui.prompt;

    scene_handshake(s);
    prompt_start(p, "c1: n = s.sned('안녕하세요'.encode())");
    prompt_fail(p, 11,
        "the stage has no call sned() of a socket; did you mean send()?");
    snprintf(p->fix.wrong, sizeof p->fix.wrong, "sned");
    snprintf(p->fix.right, sizeof p->fix.right, "send");
}

void scene_long_mistake(struct scene *s)
{
    char line[200] = "c1: x = '안녕' + sokcet() # ";

    scene_handshake(s);
    memset(line + strlen(line), '.', 150);
    prompt_start(&s->ui.prompt, line);
    prompt_fail(&s->ui.prompt, 16, "a call stands on a line of its own");
}

static void paste(struct scene *s)
{
    static const char text[] =
        "server:\r\tls = socket()\r\tls.bind(('', 8080))\r"
        "\tls.listen(5)\r"
        "c1: s = socket()\rc1: s.conect(('server', "
        "8080))\rnote 안녕하세요\r";

    scene_handshake(s);
    paste_take(&s->ui.paste, text, sizeof text - 1);
    s->ui.mode = UI_PASTE;
}

void scene_pasted(struct scene *s)
{
    paste(s);
}

void scene_pasted_wrong(struct scene *s)
{
    struct paste *p = &s->ui.paste;

    paste(s);
    p->failed = true;
    p->error = (struct script_error){.line = 6, .column = 7};
    snprintf(p->error.what, sizeof p->error.what,
        "the stage has no call conect() of a socket; did you mean connect()?");
}

void scene_menu_grey(struct scene *s)
{
    scene_wire(s, 0, false);
    scene_process(s, "c1", HOST_CLIENT);
    scene_sock(s, (struct scene_sock){.id = 7,
                      .host = HOST_CLIENT,
                      .owner = "c1.s",
                      .state = TCP_STATE_CLOSED});
    menu_fill(&s->ui.menu, s->model, "c1", 7);
    s->ui.menu.selected = s->ui.menu.grey;
    s->ui.mode = UI_MENU;
}

void scene_menu_orphan(struct scene *s)
{
    scene_wire(s, 0, false);
    scene_process(s, "c1", HOST_CLIENT);
    scene_sock(s, (struct scene_sock){.id = 7,
                      .host = HOST_CLIENT,
                      .state = TCP_STATE_TIME_WAIT,
                      .local = 40000,
                      .peer = 8080});
    menu_fill(&s->ui.menu, s->model, "c1", 7);
    s->ui.mode = UI_MENU;
}

void scene_menu_wire(struct scene *s)
{
    scene_handshake(s);
    s->ui.sel.column = COLUMN_WIRE;
    menu_fill_wire(&s->ui.menu, s->model, 2);
    s->ui.mode = UI_MENU;
}

/* The server's first line is done. */
void scene_guide(struct scene *s)
{
    scene_wire(s, 0, false);
    scene_process(s, "server", HOST_SERVER);
    scene_sock(s, (struct scene_sock){.id = 100,
                      .host = HOST_SERVER,
                      .owner = "server.ls",
                      .state = TCP_STATE_CLOSED});
    s->ui.sel.column = COLUMN_SERVER;
    snprintf(s->ui.sel.process, sizeof s->ui.sel.process, "server");
    s->ui.sel.sock = 100;
}

/* The client came first: the way to the server, and the wire is selected. */
void scene_guide_client(struct scene *s)
{
    scene_wire(s, 0, false);
    scene_process(s, "c1", HOST_CLIENT);
    scene_sock(s, (struct scene_sock){.id = 7,
                      .host = HOST_CLIENT,
                      .owner = "c1.s",
                      .state = TCP_STATE_CLOSED});
    s->ui.sel.column = COLUMN_WIRE;
}

/* The accept queue is full, and nothing was ignored yet. */
void scene_full(struct scene *s)
{
    scene_guide(s);
    scene_listener(s, 2, 1, 0, 0);
    for (uint16_t i = 0; i < 2; i++) {
        const char *name = i ? "c2" : "c1", *owner = i ? "c2.s" : "c1.s";
        scene_process(s, name, HOST_CLIENT);
        scene_sock(s, (struct scene_sock){.id = 1 + 2 * (uint64_t)i,
                          .host = HOST_CLIENT,
                          .owner = owner,
                          .state = TCP_STATE_ESTABLISHED,
                          .local = (uint16_t)(40000 + i),
                          .peer = 8080});
        scene_sock(s, (struct scene_sock){.id = 2 + 2 * (uint64_t)i,
                          .host = HOST_SERVER,
                          .state = TCP_STATE_ESTABLISHED,
                          .local = 8080,
                          .peer = (uint16_t)(40000 + i),
                          .waiting = true});
    }
}
