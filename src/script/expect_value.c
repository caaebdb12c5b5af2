/* What a subject is now, and comparing it. Whatever isn't there, or
 * that a parked call is still to decide, is undefined: then no comparison
 * holds, neither == nor !=. */
#include "expect_side.h"

#include "sockstage/base/clock.h"
#include "sockstage/base/text.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

void duration_say(uint64_t ns, struct str *out)
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{NS_PER_S, "s"}, {NS_PER_MS, "ms"}, {NS_PER_US, "us"}};
    size_t i = 0;

    while (i + 1 < ARRAY_LEN(units) && ns < units[i].ns)
        i++;
    str_addf(out, "%.4g%s", (double)ns / (double)units[i].ns, units[i].name);
}

/* ---- sockets ------------------------------------------------------------ */

static struct side side_sock(
    const struct subject *u, const struct model_sock *sock, struct str *why)
{
    struct side out = {.kind = SIDE_TEXT};

    switch (u->kind) {
    case SUBJECT_SOCK_STATE:
        out.kind = SIDE_STATE;
        out.proto = sock->proto;
        out.state = sock->state;
        return out;
    case SUBJECT_SOCK_TIMER:
        out.kind = SIDE_WORD;
        snprintf(out.text, sizeof out.text, "%s", timer_name(sock->timer));
        return out;
    case SUBJECT_SOCK_LOCAL:
        addr_format(&sock->local, out.text);
        return out;
    case SUBJECT_SOCK_PEER:
        addr_format(&sock->peer, out.text);
        return out;
    default:
        break;
    }
    if (!u->field->applies(sock)) {
        out.kind = SIDE_NOTHING;
        str_addf(why, "undefined: %s.%s has no %s in state %s", u->process,
            u->name, u->field->name, state_name(sock->proto, sock->state));
        return out;
    }
    out.kind = u->field->unit == UNIT_NS ? SIDE_DURATION : SIDE_NUMBER;
    out.number = u->field->get(sock);
    return out;
}

/* A socket that nobody holds and the kernel has dropped is CLOSED; where it
 * was is kept for a while. */
static struct side side_gone(const struct player *p, const struct subject *u,
    uint64_t id, struct str *why)
{
    const struct wire_gone *gone = wire_log_gone(&p->wire, id);
    struct side out = {.kind = SIDE_NOTHING};

    if (u->kind == SUBJECT_SOCK_STATE) {
        out.kind = SIDE_STATE;
        out.proto = IPPROTO_TCP;
        out.state = TCP_STATE_CLOSED;
    } else if (u->kind == SUBJECT_SOCK_TIMER) {
        out.kind = SIDE_WORD;
        snprintf(out.text, sizeof out.text, "%s", timer_name(SOCK_TIMER_NONE));
    } else if (gone && u->kind == SUBJECT_SOCK_LOCAL) {
        out.kind = SIDE_TEXT;
        addr_format(&gone->local, out.text);
    } else if (gone && u->kind == SUBJECT_SOCK_PEER) {
        out.kind = SIDE_TEXT;
        addr_format(&gone->peer, out.text);
    } else {
        str_addf(why, "undefined: the kernel has dropped %s.%s", u->process,
            u->name);
    }
    return out;
}

static struct side side_no_sock(
    const struct player *p, const struct subject *u, struct str *why)
{
    if (!stage_process_status(p->stage, u->process).exists)
        str_addf(why, "undefined: there is no process %s", u->process);
    else
        str_addf(
            why, "undefined: there is no socket %s.%s", u->process, u->name);
    return (struct side){.kind = SIDE_NOTHING};
}

static struct side side_of_sock(
    const struct player *p, const struct subject *u, struct str *why)
{
    const struct model *m = stage_model(p->stage);
    const struct model_sock *sock = model_sock_owned(m, u->process, u->name);
    uint64_t id;

    if (sock)
        return side_sock(u, sock, why);
    id = stage_socket_id(p->stage, u->process, u->name);
    if (id == 0)
        return side_no_sock(p, u, why);
    sock = model_sock(m, id);
    return sock ? side_sock(u, sock, why) : side_gone(p, u, id, why);
}

/* ---- processes ---------------------------------------------------------- */

static struct side side_of_result(const struct subject *u,
    const struct stage_process_status *status, struct str *why)
{
    struct side out = {.kind = SIDE_VALUE, .value = status->result};

    if (out.value)
        return out;
    out.kind = SIDE_NOTHING;
    str_addf(why, "undefined: the last call of %s raised %s", u->process,
        status->exception ? status->exception : "?");
    return out;
}

static struct side side_of_last_call(
    const struct player *p, const struct subject *u, struct str *why)
{
    struct stage_process_status status =
        stage_process_status(p->stage, u->process);
    struct side out = {.kind = SIDE_WORD};

    if (!status.exists) {
        out.kind = SIDE_NOTHING;
        str_addf(why, "undefined: there is no process %s", u->process);
        return out;
    }
    if (u->kind == SUBJECT_CALL) {
        snprintf(out.text, sizeof out.text, "%s",
            status.parked ? status.parked : "none");
        return out;
    }
    if (status.parked) {
        out.kind = SIDE_NOTHING;
        str_addf(why, "undefined: %s is ", u->process);
        player_say_parked(p, u->process, why);
        return out;
    }
    if (u->kind == SUBJECT_ERROR) {
        snprintf(out.text, sizeof out.text, "%s",
            status.error ? status.error : "none");
        return out;
    }
    if (!status.has_returned) {
        out.kind = SIDE_NOTHING;
        str_addf(why, "undefined: %s has made no call", u->process);
        return out;
    }
    if (u->kind == SUBJECT_RESULT)
        return side_of_result(u, &status, why);
    out.kind = SIDE_DURATION;
    out.number = (int64_t)status.elapsed_ns;
    return out;
}

static bool value_len(const struct value *v, int64_t *len)
{
    size_t bytes;
    const char *data;

    switch (value_kind(v)) {
    case VALUE_TUPLE:
        *len = (int64_t)value_tuple_len(v);
        return true;
    case VALUE_BYTES:
        value_data(v, &bytes);
        *len = (int64_t)bytes;
        return true;
    case VALUE_STR:
        /* Python counts characters: all bytes but those that continue one. */
        data = value_data(v, &bytes);
        *len = 0;
        for (size_t i = 0; i < bytes; i++)
            if (((unsigned char)data[i] & 0xc0) != 0x80)
                ++*len;
        return true;
    default:
        return false;
    }
}

static struct side side_of_variable(
    const struct player *p, const struct subject *u, struct str *why)
{
    struct side out = {.kind = SIDE_NOTHING};

    if (stage_variable_pending(p->stage, u->process, u->name)) {
        str_addf(why, "undefined: %s is ", u->process);
        player_say_parked(p, u->process, why);
        return out;
    }
    out.value = stage_variable(p->stage, u->process, u->name);
    if (!out.value) {
        str_addf(
            why, "undefined: %s has no variable '%s'", u->process, u->name);
        return out;
    }
    out.kind = SIDE_VALUE;
    if (u->kind == SUBJECT_VARIABLE)
        return out;
    out.kind = SIDE_NUMBER;
    if (!value_len(out.value, &out.number)) {
        out.kind = SIDE_NOTHING;
        str_addf(why, "undefined: %s.%s is of type %s, which has no len()",
            u->process, u->name, value_type_name(out.value));
    }
    return out;
}

/* ---- any subject, any operand ------------------------------------------- */

static struct side side_of_subject(
    const struct player *p, const struct subject *u, struct str *why)
{
    const struct model *m = stage_model(p->stage);
    struct side out = {.kind = SIDE_NUMBER};

    switch (u->kind) {
    case SUBJECT_SOCK_FIELD:
    case SUBJECT_SOCK_STATE:
    case SUBJECT_SOCK_TIMER:
    case SUBJECT_SOCK_LOCAL:
    case SUBJECT_SOCK_PEER:
        return side_of_sock(p, u, why);
    case SUBJECT_CALL:
    case SUBJECT_RESULT:
    case SUBJECT_ERROR:
    case SUBJECT_ELAPSED:
        return side_of_last_call(p, u, why);
    case SUBJECT_VARIABLE:
    case SUBJECT_LEN:
        return side_of_variable(p, u, why);
    case SUBJECT_WIRE_HELD:
        out.number = (int64_t)model_held(m);
        break;
    case SUBJECT_WIRE_DROPPED:
        out.number = (int64_t)model_dropped(m);
        break;
    case SUBJECT_SOCKETS:
        out.number = (int64_t)model_listed(m, u->host, u->state);
        break;
    }
    return out;
}

static struct side side_of_operand(
    const struct player *p, const struct operand *o, struct str *why)
{
    struct side out = {.kind = SIDE_VALUE};

    switch (o->kind) {
    case OPERAND_VALUE:
        out.value = o->value;
        break;
    case OPERAND_DURATION:
        out.kind = SIDE_DURATION;
        out.number = (int64_t)o->ns;
        break;
    case OPERAND_STATE:
        out.kind = SIDE_STATE_WORD;
        out.state_word = o->state;
        break;
    case OPERAND_WORD:
        out.kind = SIDE_WORD;
        snprintf(out.text, sizeof out.text, "%s", o->word);
        break;
    case OPERAND_SUBJECT:
        return side_of_subject(p, &o->subject, why);
    }
    return out;
}

static void side_say(const struct side *a, struct str *out)
{
    switch (a->kind) {
    case SIDE_NOTHING:
    case SIDE_STATE_WORD:
        break;
    case SIDE_NUMBER:
        str_addf(out, "%lld", (long long)a->number);
        break;
    case SIDE_DURATION:
        duration_say((uint64_t)a->number, out);
        break;
    case SIDE_STATE:
        str_add(out, state_name(a->proto, a->state));
        break;
    case SIDE_WORD:
        str_add(out, a->text);
        break;
    case SIDE_TEXT:
        if (a->text[0])
            str_addf(out, "'%s'", a->text);
        else
            str_add(out, "none");
        break;
    case SIDE_VALUE:
        value_repr(a->value, 64, out);
        break;
    }
}

enum answer expect_compare(
    const struct player *p, const struct expectation *x, struct str *actual)
{
    struct str why_left = STR_INIT, why_right = STR_INIT;
    struct side left = side_of_subject(p, &x->subject, &why_left);
    struct side right = side_of_operand(p, &x->value, &why_right);
    enum answer answer = ANSWER_UNDEFINED;

    if (left.kind != SIDE_NOTHING && right.kind != SIDE_NOTHING)
        answer = sides_compare(&left, x->op, &right);
    if (actual) {
        side_say(&left, actual);
        str_add(actual, str_text(&why_left));
        if (x->value.kind == OPERAND_SUBJECT && left.kind != SIDE_NOTHING) {
            str_addf(actual, " (%s: ", x->value.subject.text);
            side_say(&right, actual);
            str_addf(actual, "%s)", str_text(&why_right));
        }
        if (answer == ANSWER_MISMATCH)
            str_addf(actual, ": %s can't be compared with %s like this",
                side_type(&left), side_type(&right));
    }
    str_done(&why_left);
    str_done(&why_right);
    return answer;
}

/* ---- what an expectation depends on ------------------------------------- */

static bool subject_reads_model(const struct subject *u)
{
    switch (u->kind) {
    case SUBJECT_CALL:
    case SUBJECT_RESULT:
    case SUBJECT_ERROR:
    case SUBJECT_ELAPSED:
    case SUBJECT_VARIABLE:
    case SUBJECT_LEN:
        return false;
    default:
        return true;
    }
}

bool expect_reads_model(const struct expectation *x)
{
    return subject_reads_model(&x->subject) &&
           (x->value.kind != OPERAND_SUBJECT ||
               subject_reads_model(&x->value.subject));
}

static bool subject_waits(const struct player *p, const struct subject *u)
{
    if (subject_reads_model(u) || u->kind == SUBJECT_CALL)
        return false;
    if (u->kind == SUBJECT_VARIABLE || u->kind == SUBJECT_LEN)
        return stage_variable_pending(p->stage, u->process, u->name);
    return stage_process_status(p->stage, u->process).parked != NULL;
}

const char *expect_waits_for(
    const struct player *p, const struct expectation *x)
{
    if (subject_waits(p, &x->subject))
        return x->subject.process;
    if (x->value.kind == OPERAND_SUBJECT && subject_waits(p, &x->value.subject))
        return x->value.subject.process;
    return NULL;
}
