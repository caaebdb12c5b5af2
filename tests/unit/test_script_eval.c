/* Expressions: values and exceptions as CPython 3.11 gives them (the right
 * column was made by it), and the limits that this has and Python has not. */
#include "sockstage/script/ast.h"

#include "sockstage/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct variable {
    const char *name;
    struct value *value;
};

static struct value *lookup(void *ctx, const char *name)
{
    for (const struct variable *v = ctx; v && v->name; v++)
        if (strcmp(v->name, name) == 0)
            return v->value;
    return NULL;
}

/* The value's repr, or "Exception: text". */
static char *evaluate(const char *expression, struct variable *variables)
{
    struct str line = STR_INIT;
    struct str out = STR_INIT;
    struct script_error e;
    const char *exception;
    char message[256];

    str_addf(&line, "x = %s", expression);
    struct script *s = script_parse_prompt("c1", str_text(&line), &e);
    str_done(&line);
    if (!s)
        fail_msg("%s: %s", expression, e.what);
    struct value *v = expr_eval(s->lines.items[0]->statement.expr, lookup,
        variables, &exception, message, sizeof message);
    if (v)
        value_repr(v, 0, &out);
    else
        str_addf(&out, "%s: %s", exception, message);
    value_free(v);
    script_free(s);
    return str_steal(&out);
}

static void check(
    const char *expression, const char *expected, struct variable *variables)
{
    char *got = evaluate(expression, variables);

    if (strcmp(got, expected) != 0)
        fail_msg("%s\n  gives %s\n  not   %s", expression, got, expected);
    free(got);
}

static const struct {
    const char *expression, *result;
} as_python[] = {
    {"1 + 2", "3"},
    {"2 * 3 - 4", "2"},
    {"-5", "-5"},
    {"- -5", "5"},
    {"1 | 4", "5"},
    {"True | False", "True"},
    {"True + 1", "2"},
    {"1.5 + 1", "2.5"},
    {"0.1 + 0.2", "0.30000000000000004"},
    {"2 * 0.5", "1.0"},
    {"1.0", "1.0"},
    {"1e16", "1e+16"},
    {"'a' + 'b'", "'ab'"},
    {"b'a' + b'b'", "b'ab'"},
    {"(1, 2) + (3,)", "(1, 2, 3)"},
    {"b'x' * 3", "b'xxx'"},
    {"3 * b'xy'", "b'xyxyxy'"},
    {"b'x' * 0", "b''"},
    {"b'x' * -5", "b''"},
    {"'안' * 2", "'안안'"},
    {"(1, 2) * 2", "(1, 2, 1, 2)"},
    {"b'abc' * True", "b'abc'"},
    {"(1)", "1"},
    {"()", "()"},
    {"(1,)", "(1,)"},
    {"((1, 2), b'x')", "((1, 2), b'x')"},
    {"b'hello'[0]", "104"},
    {"b'hello'[-1]", "111"},
    {"b'hello'[5]", "IndexError: index out of range"},
    {"b'hello'[-6]", "IndexError: index out of range"},
    {"'안녕'[1]", "'녕'"},
    {"'안녕'[2]", "IndexError: string index out of range"},
    {"(1, 2)[1]", "2"},
    {"(1, 2)[2]", "IndexError: tuple index out of range"},
    {"b'hello'[1:3]", "b'el'"},
    {"b'hello'[:2]", "b'he'"},
    {"b'hello'[2:]", "b'llo'"},
    {"b'hello'[:]", "b'hello'"},
    {"b'hello'[-3:-1]", "b'll'"},
    {"b'hello'[10:20]", "b''"},
    {"b'hello'[3:1]", "b''"},
    {"b'hello'[None:2]", "b'he'"},
    {"'대한민국'[1:3]", "'한민'"},
    {"(1, 2, 3)[1:]", "(2, 3)"},
    {"len(b'abc')", "3"},
    {"len('안녕')", "2"},
    {"len((1, 2))", "2"},
    {"len(5)", "TypeError: object of type 'int' has no len()"},
    {"len(None)", "TypeError: object of type 'NoneType' has no len()"},
    {"'Hello, 대한민국!'.encode()",
        "b'Hello, "
        "\\xeb\\x8c\\x80\\xed\\x95\\x9c\\xeb\\xaf\\xbc\\xea\\xb5\\xad!'"},
    {"'Hello, 대한민국!'.encode('utf-8')",
        "b'Hello, "
        "\\xeb\\x8c\\x80\\xed\\x95\\x9c\\xeb\\xaf\\xbc\\xea\\xb5\\xad!'"},
    {"'abc'.encode('ascii')", "b'abc'"},
    {"'aé'.encode('latin-1')", "b'a\\xe9'"},
    {"'안녕 abc'.encode('ascii')",
        "UnicodeEncodeError: 'ascii' codec can't encode characters in "
        "position 0-1: ordinal not in range(128)"},
    {"'a안b'.encode('ascii')",
        "UnicodeEncodeError: 'ascii' codec can't encode character "
        "'\\uc548' in position 1: ordinal not in range(128)"},
    {"'aé'.encode('ascii')",
        "UnicodeEncodeError: 'ascii' codec can't encode character '\\xe9' "
        "in position 1: ordinal not in range(128)"},
    {"'a😀'.encode('latin-1')",
        "UnicodeEncodeError: 'latin-1' codec can't encode character "
        "'\\U0001f600' in position 1: ordinal not in range(256)"},
    {"'x'.encode('nope')", "LookupError: unknown encoding: nope"},
    {"b'abc'.decode()", "'abc'"},
    {"b'\\xeb\\x8c\\x80'.decode('utf-8')", "'대'"},
    {"b'Hello\\xeb\\x8c'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode bytes in position "
        "5-6: unexpected end of data"},
    {"b'Hello \\xeb\\x8c'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode bytes in position "
        "6-7: unexpected end of data"},
    {"b'\\xff'.decode()", "UnicodeDecodeError: 'utf-8' codec can't decode "
                          "byte 0xff in position 0: invalid start byte"},
    {"b'ab\\x80'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0x80 in "
        "position 2: invalid start byte"},
    {"b'\\xeb\\x8cA'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode bytes in position "
        "0-1: invalid continuation byte"},
    {"b'\\xebA'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xeb in "
        "position 0: invalid continuation byte"},
    {"b'\\xeb'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xeb in "
        "position 0: unexpected end of data"},
    {"b'\\xe0\\x80\\x80'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe0 in "
        "position 0: invalid continuation byte"},
    {"b'\\xed\\xa0\\x80'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xed in "
        "position 0: invalid continuation byte"},
    {"b'\\xf0\\x9f\\x98'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode bytes in position "
        "0-2: unexpected end of data"},
    {"b'\\xf0\\x9f\\x98A'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode bytes in position "
        "0-2: invalid continuation byte"},
    {"b'\\xf4\\x90\\x80\\x80'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xf4 in "
        "position 0: invalid continuation byte"},
    {"b'\\xf5'.decode()", "UnicodeDecodeError: 'utf-8' codec can't decode "
                          "byte 0xf5 in position 0: invalid start byte"},
    {"b'\\xc0\\x80'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xc0 in "
        "position 0: invalid start byte"},
    {"b'\\xf0\\x80'.decode()",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xf0 in "
        "position 0: invalid continuation byte"},
    {"b'a\\xff'.decode('ascii')",
        "UnicodeDecodeError: 'ascii' codec can't decode byte 0xff in "
        "position 1: ordinal not in range(128)"},
    {"b'\\xe9'.decode('latin-1')", "'é'"},
    {"b'x'.decode('nope')", "LookupError: unknown encoding: nope"},
    {"1 + 'a'",
        "TypeError: unsupported operand type(s) for +: 'int' and 'str'"},
    {"'a' + 1", "TypeError: can only concatenate str (not \"int\") to str"},
    {"b'a' + 'a'", "TypeError: can't concat str to bytes"},
    {"b'a' + 1", "TypeError: can't concat int to bytes"},
    {"(1,) + 1",
        "TypeError: can only concatenate tuple (not \"int\") to tuple"},
    {"'a' * 'b'",
        "TypeError: can't multiply sequence by non-int of type 'str'"},
    {"b'x' * 1.5",
        "TypeError: can't multiply sequence by non-int of type 'float'"},
    {"1.5 * b'x'",
        "TypeError: can't multiply sequence by non-int of type 'float'"},
    {"-b'x'", "TypeError: bad operand type for unary -: 'bytes'"},
    {"-'x'", "TypeError: bad operand type for unary -: 'str'"},
    {"'a' - 'b'",
        "TypeError: unsupported operand type(s) for -: 'str' and 'str'"},
    {"1 | 'a'",
        "TypeError: unsupported operand type(s) for |: 'int' and 'str'"},
    {"1.5 | 1",
        "TypeError: unsupported operand type(s) for |: 'float' and 'int'"},
    {"None + 1", "TypeError: unsupported operand type(s) for +: 'NoneType' "
                 "and 'int'"},
    {"None * 2", "TypeError: unsupported operand type(s) for *: 'NoneType' "
                 "and 'int'"},
    {"b'abc'['a']",
        "TypeError: byte indices must be integers or slices, not str"},
    {"'abc'['a']", "TypeError: string indices must be integers, not 'str'"},
    {"(1,)['a']",
        "TypeError: tuple indices must be integers or slices, not str"},
    {"5[0]", "TypeError: 'int' object is not subscriptable"},
    {"5[0:1]", "TypeError: 'int' object is not subscriptable"},
    {"b'abc'['a':]", "TypeError: slice indices must be integers or None or "
                     "have an __index__ method"},
    {"None[0]", "TypeError: 'NoneType' object is not subscriptable"},
    {"b'\\n\\t\\\\\\'\\\"\\x41\\101\\0'", "b'\\n\\t\\\\\\'\"AA\\x00'"},
    {"'\\u00e9\\U0001f600'", "'é😀'"},
    {"'\\q'", "'\\\\q'"},
    {"b\"it's\"", "b\"it's\""},
    {"r'\\n'", "'\\\\n'"},
    {"b'\\400'", "b'\\x00'"},
    {"0x1F", "31"},
    {"0b101", "5"},
    {"0o17", "15"},
    {"1_000", "1000"},
    {".5", "0.5"},
    {"5.", "5.0"},
    {"1e3", "1000.0"},
    {"len(b'abc' + b'd' * 2)", "5"},
    {"b'GO0'[:2] + b'x'", "b'GOx'"},
    {"(b'a', 1)[0]", "b'a'"},
    {"socket.SHUT_WR", "1"},
    {"socket.SOL_SOCKET | socket.SO_REUSEADDR", "3"},
    {"1, 2", "(1, 2)"},
    {"9223372036854775807", "9223372036854775807"},
};

static void test_as_python(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof as_python / sizeof *as_python; i++)
        check(as_python[i].expression, as_python[i].result, NULL);
}

static void test_limits(void **state)
{
    (void)state;
    check("9223372036854775807 + 1",
        "OverflowError: int too large: integers have 64 bits here", NULL);
    check("-9223372036854775807 - 2",
        "OverflowError: int too large: integers have 64 bits here", NULL);
    check("4611686018427387904 * 2",
        "OverflowError: int too large: integers have 64 bits here", NULL);
    check("-(-9223372036854775807 - 1)",
        "OverflowError: int too large: integers have 64 bits here", NULL);
    check("b'x' * 268435457", "MemoryError: more than 256 MiB", NULL);
    check("b'x' * 9223372036854775807", "MemoryError: more than 256 MiB", NULL);
    check("len(b'x' * 268435456)", "268435456", NULL);
    check("(1, 2) * 100000", "MemoryError: a tuple of more than 4096 items",
        NULL);
}

static void test_names(void **state)
{
    struct value *msg = value_bytes("hello", 5);
    struct value *sock = value_socket(1, 3);
    struct value *two = value_int(2);
    struct variable variables[] = {
        {"msg", msg}, {"s", sock}, {"SHUT_RD", two}, {NULL, NULL}};

    (void)state;
    check("msg[1:] + b'!'", "b'ello!'", variables);
    check("other", "NameError: name 'other' is not defined", variables);
    check("(s.fileno())", "3", variables);
    check("(msg.fileno())",
        "AttributeError: 'bytes' object has no attribute 'fileno'", variables);
    check("(t.fileno())", "NameError: name 't' is not defined", variables);
    check("SHUT_RD", "2", variables);
    check("SHUT_WR", "1", variables);
    check("socket.SHUT_RD", "0", variables);
    check("msg.encode()",
        "AttributeError: 'bytes' object has no attribute 'encode'", variables);
    check("s + 1",
        "TypeError: unsupported operand type(s) for +: 'socket' and 'int'",
        variables);
    value_free(msg);
    value_free(sock);
    value_free(two);
}

/* A tuple that holds itself twice again and again would print for ever. */
static void test_tuples_stay_small(void **state)
{
    struct value *x = value_int(1);
    struct variable variables[] = {{"x", NULL}, {NULL, NULL}};
    struct script_error e;
    const char *exception = NULL;
    char message[64];
    struct script *s = script_parse_prompt("c1", "x = (x, x)", &e);

    (void)state;
    assert_non_null(s);
    for (int i = 0; i < 100 && x; i++) {
        variables[0].value = x;
        struct value *next = expr_eval(s->lines.items[0]->statement.expr,
            lookup, variables, &exception, message, sizeof message);
        value_free(x);
        x = next;
    }
    assert_null(x);
    assert_string_equal(exception, "MemoryError");
    script_free(s);
}

static void test_struct_pack(void **state)
{
    const unsigned char two[8] = {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
    struct script_error e;
    size_t len;

    (void)state;
    struct script *s =
        script_parse_prompt("c1", "x = struct.pack('ii', 1, -1)", &e);
    assert_non_null(s);
    const struct expr *x = s->lines.items[0]->statement.expr;
    assert_int_equal(x->kind, EXPR_LITERAL);
    const char *data = value_data(x->value, &len);
    assert_int_equal(len, sizeof two);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    assert_memory_equal(data, two, sizeof two);
#else
    assert_non_null(data);
#endif
    script_free(s);
    check("struct.pack('<hq', 1, 2)",
        "b'\\x01\\x00\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00'", NULL);
    check("struct.pack('>2H', 1, 2)", "b'\\x00\\x01\\x00\\x02'", NULL);
    check("len(struct.pack('bl', 1, 2))", "16", NULL);
    check("struct.pack('B', 255)", "b'\\xff'", NULL);
}

static void test_value_decode(void **state)
{
    struct value *v = value_bytes("GO\xeb\x8c\x80\xed\x95\x9c", 8);
    const char *exception = NULL;
    char message[128];

    (void)state;
    struct value *text =
        value_decode(v, "UTF-8", &exception, message, sizeof message);
    assert_non_null(text);
    assert_int_equal(value_kind(text), VALUE_STR);
    value_free(text);
    value_free(v);
    v = value_bytes("Hello,\xeb\x8c", 8);
    assert_null(value_decode(v, "utf-8", &exception, message, sizeof message));
    assert_string_equal(exception, "UnicodeDecodeError");
    assert_string_equal(message,
        "'utf-8' codec can't decode bytes in position 6-7: unexpected end of "
        "data");
    value_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_python),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_tuples_stay_small),
        cmocka_unit_test(test_struct_pack),
        cmocka_unit_test(test_value_decode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
