/* How two sides of an `expect` compare: as Python does where both are values,
 * and between forms of one thing (an address as tuple and as text, a state and
 * its class, an errno and its other name). */
#include "expect_side.h"

#include "sockstage/base/text.h"

#include <math.h>
#include <string.h>

/* What two sides are to each other. */
struct relation {
    enum answer can; /* TRUE: comparable; else MISMATCH */
    bool equal;
    bool has_order;
    int order; /* of the left to the right */
};

static struct relation relation_equal(bool equal)
{
    return (struct relation){.can = ANSWER_TRUE, .equal = equal};
}

static struct relation relation_order(int order)
{
    return (struct relation){.can = ANSWER_TRUE,
        .equal = order == 0,
        .has_order = true,
        .order = order};
}

static bool side_is_number(const struct side *a)
{
    return a->kind == SIDE_NUMBER ||
           (a->kind == SIDE_VALUE && value_is_number(a->value));
}

static bool side_is_float(const struct side *a)
{
    return a->kind == SIDE_VALUE && value_kind(a->value) == VALUE_FLOAT;
}

static int64_t side_int(const struct side *a)
{
    return a->kind == SIDE_NUMBER ? a->number : value_as_int(a->value);
}

static struct relation relate_numbers(
    const struct side *a, const struct side *b)
{
    if (!side_is_float(a) && !side_is_float(b)) {
        int64_t x = side_int(a), y = side_int(b);

        return relation_order((x > y) - (x < y));
    }
    double x =
        side_is_float(a) ? value_as_float(a->value) : (double)side_int(a);
    double y =
        side_is_float(b) ? value_as_float(b->value) : (double)side_int(b);

    if (isnan(x) || isnan(y))
        return relation_equal(false);
    return relation_order((x > y) - (x < y));
}

/* An address as accept() gives it, ('10.0.0.2', 34254) or with the flow and
 * scope of IPv6, as '10.0.0.2:34254'. */
static bool tuple_address(const struct value *v, char out[ADDR_TEXT_MAX])
{
    struct addr addr;
    char ip[ADDR_TEXT_MAX];
    const char *data;
    size_t len;
    int64_t port;

    if (value_kind(v) != VALUE_TUPLE ||
        (value_tuple_len(v) != 2 && value_tuple_len(v) != 4) ||
        value_kind(value_tuple_item(v, 0)) != VALUE_STR ||
        value_kind(value_tuple_item(v, 1)) != VALUE_INT)
        return false;
    data = value_data(value_tuple_item(v, 0), &len);
    port = value_as_int(value_tuple_item(v, 1));
    if (len >= sizeof ip || port < 0 || port > UINT16_MAX)
        return false;
    memcpy(ip, data, len);
    ip[len] = '\0';
    if (!addr_parse(ip, (uint16_t)port, &addr))
        return false;
    addr_format(&addr, out);
    return true;
}

/* The text of a side, if it has one: a word, an address in any form, a str. */
static bool side_text(
    const struct side *a, char *own, const char **text, size_t *len)
{
    if (a->kind == SIDE_WORD || a->kind == SIDE_TEXT) {
        *text = a->text;
    } else if (a->kind == SIDE_VALUE && value_kind(a->value) == VALUE_STR) {
        *text = value_data(a->value, len);
        return true;
    } else if (a->kind == SIDE_VALUE && tuple_address(a->value, own)) {
        *text = own;
    } else {
        return false;
    }
    *len = strlen(*text);
    return true;
}

static bool side_is_none(const struct side *a)
{
    if (a->kind == SIDE_VALUE)
        return value_kind(a->value) == VALUE_NONE;
    if (a->kind == SIDE_TEXT)
        return a->text[0] == '\0';
    return a->kind == SIDE_WORD && strcmp(a->text, "none") == 0;
}

static struct relation relate_states(
    const struct side *state, const struct side *other)
{
    char own[ADDR_TEXT_MAX];
    const char *text;
    struct state_word word;
    size_t len;

    if (other->kind == SIDE_STATE)
        return relation_equal(
            state->state == other->state && state->proto == other->proto);
    if (other->kind == SIDE_STATE_WORD)
        return relation_equal(
            state_word_holds(&other->state_word, state->proto, state->state));
    if (side_text(other, own, &text, &len) && state_word_parse(text, &word))
        return relation_equal(
            state_word_holds(&word, state->proto, state->state));
    return (struct relation){.can = ANSWER_MISMATCH};
}

static struct relation relate_bytes(
    const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t shorter = a_len < b_len ? a_len : b_len;
    int order = shorter ? memcmp(a, b, shorter) : 0;

    return relation_order(order ? order : (a_len > b_len) - (a_len < b_len));
}

static struct relation relate_texts(const struct side *a, const struct side *b)
{
    char own_a[ADDR_TEXT_MAX], own_b[ADDR_TEXT_MAX];
    const char *x, *y;
    size_t x_len, y_len;

    if (!side_text(a, own_a, &x, &x_len) || !side_text(b, own_b, &y, &y_len))
        return relation_equal(false);
    /* One errno may have two names: EAGAIN is EWOULDBLOCK. */
    if (a->kind == SIDE_WORD && b->kind == SIDE_WORD &&
        err_number(a->text) != 0 && err_number(a->text) == err_number(b->text))
        return relation_equal(true);
    return relate_bytes(x, x_len, y, y_len);
}

static struct relation relate_values(
    const struct value *a, const struct value *b)
{
    enum value_kind kind = value_kind(a);
    const char *x, *y;
    size_t x_len, y_len;

    if (kind != value_kind(b) || (kind != VALUE_BYTES && kind != VALUE_STR))
        return relation_equal(value_equal(a, b));
    x = value_data(a, &x_len);
    y = value_data(b, &y_len);
    return relate_bytes(x, x_len, y, y_len);
}

static bool is_tuple(const struct side *a)
{
    return a->kind == SIDE_VALUE && value_kind(a->value) == VALUE_TUPLE;
}

static struct relation relate(const struct side *a, const struct side *b)
{
    if (a->kind == SIDE_STATE)
        return relate_states(a, b);
    if (b->kind == SIDE_STATE)
        return relate_states(b, a);
    if (a->kind == SIDE_STATE_WORD || b->kind == SIDE_STATE_WORD)
        return (struct relation){.can = ANSWER_MISMATCH};
    if (side_is_none(a) || side_is_none(b))
        return relation_equal(side_is_none(a) && side_is_none(b));
    if (a->kind == SIDE_DURATION && b->kind == SIDE_DURATION)
        return relation_order(
            (a->number > b->number) - (a->number < b->number));
    if (side_is_number(a) && side_is_number(b))
        return relate_numbers(a, b);
    if (a->kind == SIDE_DURATION || b->kind == SIDE_DURATION)
        return (struct relation){.can = ANSWER_MISMATCH};
    if (a->kind == SIDE_VALUE && b->kind == SIDE_VALUE &&
        is_tuple(a) == is_tuple(b))
        return relate_values(a->value, b->value);
    return relate_texts(a, b);
}

const char *side_type(const struct side *a)
{
    if (side_is_number(a))
        return "a number";
    switch (a->kind) {
    case SIDE_DURATION:
        return "a duration (200ms, 2s)";
    case SIDE_STATE:
    case SIDE_STATE_WORD:
        return "a state";
    case SIDE_WORD:
        return "a word";
    case SIDE_TEXT:
        return "an address ('10.0.0.2:34254')";
    case SIDE_VALUE:
        return value_type_name(a->value);
    case SIDE_NUMBER:
    case SIDE_NOTHING:
        break;
    }
    return "?";
}

static enum answer decide(const struct relation *r, enum compare_op op)
{
    bool holds = false;

    if (r->can == ANSWER_MISMATCH)
        return ANSWER_MISMATCH;
    if (op != OP_EQ && op != OP_NE && !r->has_order)
        return ANSWER_MISMATCH;
    switch (op) {
    case OP_EQ:
        holds = r->equal;
        break;
    case OP_NE:
        holds = !r->equal;
        break;
    case OP_LT:
        holds = r->order < 0;
        break;
    case OP_LE:
        holds = r->order <= 0;
        break;
    case OP_GT:
        holds = r->order > 0;
        break;
    case OP_GE:
        holds = r->order >= 0;
        break;
    }
    return holds ? ANSWER_TRUE : ANSWER_FALSE;
}

enum answer sides_compare(
    const struct side *a, enum compare_op op, const struct side *b)
{
    struct relation r = relate(a, b);

    return decide(&r, op);
}
