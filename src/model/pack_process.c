/* Processes and their calls as bytes. */
#include "model_int.h"
#include "model_pack.h"

static void code_process(struct coder *c, struct model_process *p)
{
    coder_begin(c);
    code_array_text(c, p->name, sizeof p->name);
    code_array_text(c, p->parent, sizeof p->parent);
    p->host = code_choice(c, p->host, HOST_COUNT);
    code_flag(c, &p->exited);
    CODE(c, p->parked_call);
    CODE(c, p->last_call);
    coder_end(c);
}

static void code_processes(struct coder *c, struct model *m)
{
    size_t count = code_list(c, m->processes.len, SIZE_MAX);

    for (size_t i = 0; i < count && !c->bad; i++) {
        if (c->reading)
            vec_push(&m->processes, xcalloc(1, sizeof(struct process)));
        struct process *p = m->processes.items[i];
        code_process(c, &p->pub);
        if (!c->reading)
            continue;
        HASH_ADD_STR(m->process_by_name, pub.name, p);
        m->host_processes[p->pub.host]++;
    }
}

static void code_call_texts(struct coder *c, struct model_call *call)
{
    code_text(c, &call->socket);
    code_text(c, &call->name);
    code_text(c, &call->python);
    code_text(c, &call->syscall);
    code_text(c, &call->result);
    code_text(c, &call->error);
    code_text(c, &call->exception);
    code_text(c, &call->message);
    if (call->error != NULL)
        code_text(c, &call->why);
    c->bad |= call->name == NULL || call->python == NULL;
}

/* A call may be older than the process of its name: then it has none. */
static void code_call(struct coder *c, struct model *m, struct call *call)
{
    bool has_process = call->process != NULL;

    code_call_texts(c, &call->pub);
    coder_begin(c);
    CODE(c, call->pub.id);
    code_array_text(c, call->pub.process, sizeof call->pub.process);
    CODE(c, call->pub.t_ns);
    CODE(c, call->pub.elapsed_ns);
    code_flag(c, &call->pub.blocked);
    code_flag(c, &call->pub.returned);
    code_flag(c, &has_process);
    coder_end(c);
    if (!c->reading || !has_process)
        return;
    HASH_FIND_STR(m->process_by_name, call->pub.process, call->process);
    c->bad |= call->process == NULL;
}

void process_code(struct coder *c, struct model *m)
{
    size_t count;

    code_processes(c, m);
    count = code_list(c, m->calls.len, MODEL_CALLS_MAX);
    for (size_t i = 0; i < count && !c->bad; i++) {
        if (c->reading)
            vec_push(&m->calls, xcalloc(1, sizeof(struct call)));
        code_call(c, m, m->calls.items[i]);
    }
}
