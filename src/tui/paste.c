/* Cleans what was pasted. */
#include "paste.h"

#include "sockstage/base/text.h"

#include <string.h>

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* One character that is no line end; returns its bytes. */
static size_t take_character(struct paste *p, const char *at, size_t len)
{
    uint32_t code = 0;
    size_t n = utf8_decode(at, len, &code);
    bool malformed = code == 0xfffd && n == 1;

    if (code == '\t')
        str_addc(&p->text, '\t');
    else if (is_control(code) || malformed)
        p->left_out++;
    else
        str_addn(&p->text, at, n);
    return n;
}

static void end_line(struct paste *p)
{
    str_addc(&p->text, '\n');
    p->lines++;
}

/* Blank lines at the end say nothing. */
static void trim(struct paste *p)
{
    while (p->text.len > 1 && p->text.data[p->text.len - 1] == '\n' &&
           p->text.data[p->text.len - 2] == '\n') {
        p->text.data[--p->text.len] = '\0';
        p->lines--;
    }
}

void paste_take(struct paste *p, const char *raw, size_t len)
{
    paste_done(p);
    p->cut = len > PASTE_MAX;
    len = p->cut ? PASTE_MAX : len;
    while (p->cut && len > 0 && ((unsigned char)raw[len] & 0xc0) == 0x80)
        len--;
    for (size_t at = 0; at < len;) {
        if (raw[at] == '\r' || raw[at] == '\n') {
            bool pair = raw[at] == '\r' && at + 1 < len && raw[at + 1] == '\n';
            end_line(p);
            at += pair ? 2 : 1;
        } else {
            at += take_character(p, raw + at, len - at);
        }
    }
    if (p->text.len > 0 && p->text.data[p->text.len - 1] != '\n')
        end_line(p);
    trim(p);
}

void paste_done(struct paste *p)
{
    str_done(&p->text);
    memset(p, 0, sizeof *p);
}

bool paste_is_line(const struct paste *p)
{
    return p->lines <= 1;
}

bool paste_line(const struct paste *p, size_t i, struct str *out)
{
    const char *at = str_text(&p->text);

    if (i >= p->lines)
        return false;
    for (; i > 0; i--)
        at += strcspn(at, "\n") + 1;
    str_clear(out);
    str_addn(out, at, strcspn(at, "\n"));
    return true;
}
