/* See coder.h. A record is its size in two bytes, then its difference from the
 * one before without the words that are zero. */
#include "coder.h"

#include "sockstage/base/mem.h"
#include "sparse.h"

void coder_write(struct coder *c, struct str *out)
{
    memset(c, 0, sizeof *c);
    c->out = out;
}

void coder_read(struct coder *c, const void *bytes, size_t len)
{
    memset(c, 0, sizeof *c);
    c->reading = true;
    c->at = bytes;
    c->end = c->at + len;
}

bool coder_is_done(const struct coder *c)
{
    return !c->bad && c->at == c->end;
}

/* Seven bits a byte, the lowest first; the last byte has no high bit. */
static void write_number(struct str *out, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        str_addc(out, (char)(uint8_t)(number | 0x80));
    str_addc(out, (char)(uint8_t)number);
}

static uint64_t read_number(struct coder *c)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte;
        if (c->at == c->end)
            break;
        byte = *c->at++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
    c->bad = true;
    return 0;
}

void code_number(struct coder *c, uint64_t *number)
{
    if (c->reading)
        *number = read_number(c);
    else
        write_number(c->out, *number);
}

size_t code_list(struct coder *c, size_t len, size_t max)
{
    uint64_t count = len;

    memset(c->before, 0, sizeof c->before);
    code_number(c, &count);
    c->bad |= count > max;
    return c->bad ? 0 : (size_t)count;
}

/* The length with its NUL; 0 stands for NULL. */
void code_text(struct coder *c, char **text)
{
    uint64_t size = !c->reading && *text != NULL ? strlen(*text) + 1 : 0;

    code_number(c, &size);
    if (!c->reading) {
        if (size > 0)
            str_addn(c->out, *text, size - 1);
        return;
    }
    *text = NULL;
    if (size == 0)
        return;
    if (size - 1 > (size_t)(c->end - c->at)) {
        c->bad = true;
        return;
    }
    *text = xstrndup((const char *)c->at, size - 1);
    c->at += size - 1;
}

static void differ(struct coder *c)
{
    for (size_t i = 0; i < (c->used + 7) / 8; i++) {
        uint64_t now = c->record[i];
        c->record[i] ^= c->before[i];
        c->before[i] = now;
    }
}

static void undiffer(struct coder *c)
{
    for (size_t i = 0; i < (c->size + 7) / 8; i++) {
        c->record[i] ^= c->before[i];
        c->before[i] = c->record[i];
    }
}

void coder_begin(struct coder *c)
{
    uint16_t size;

    c->used = 0;
    if (!c->reading)
        return;
    if ((size_t)(c->end - c->at) < sizeof size) {
        c->bad = true;
        return;
    }
    memcpy(&size, c->at, sizeof size);
    c->at += sizeof size;
    c->size = size;
    if (size > sizeof c->record ||
        !sparse_unpack(&c->at, c->end, c->record, size)) {
        c->bad = true;
        return;
    }
    undiffer(c);
}

void coder_end(struct coder *c)
{
    uint16_t size = (uint16_t)c->used;
    size_t rest = c->used % 8;

    if (c->reading) {
        c->bad |= c->used != c->size;
        return;
    }
    if (rest > 0)
        memset((uint8_t *)c->record + c->used, 0, 8 - rest);
    differ(c);
    str_addn(c->out, (const char *)&size, sizeof size);
    sparse_pack(c->record, c->used, c->out);
}

void code_array_text(struct coder *c, char *text, size_t size)
{
    uint8_t *at = (uint8_t *)c->record + c->used;
    size_t len;

    assert(c->used + size <= sizeof c->record);
    c->used += size;
    if (c->reading) {
        memcpy(text, at, size);
        c->bad |= text[size - 1] != '\0';
        text[size - 1] = '\0';
        return;
    }
    len = strlen(text);
    memcpy(at, text, len);
    memset(at + len, 0, size - len);
}
