/* What Python's expressions are in an exported C program.
 * From here on part of every exported program. */

/* ---- bytes and text ----------------------------------------------------- */

struct bytes joined(int count, ...)
{
    struct str {
        size_t len;
        char *data;
    } all = {0, NULL};
    va_list args;

    va_start(args, count);
    for (int i = 0; i < count; i++)
        all.len += va_arg(args, struct bytes).len;
    va_end(args);
    all.data = kept(all.len);
    all.len = 0;
    va_start(args, count);
    for (int i = 0; i < count; i++) {
        struct bytes b = va_arg(args, struct bytes);

        if (b.len > 0)
            memcpy(all.data + all.len, b.data, b.len);
        all.len += b.len;
    }
    va_end(args);
    return (struct bytes){all.data, all.len};
}

struct bytes repeated(struct bytes b, long long times)
{
    size_t len = times > 0 ? b.len * (size_t)times : 0;
    char *data = kept(len);

    for (size_t done = 0; done < len; done += b.len)
        memcpy(data + done, b.data, b.len);
    return (struct bytes){data, len};
}

/* A bound of a slice as Python counts: from the end if it is negative. */
static size_t bound(long long at, size_t len)
{
    if (at < 0)
        at += (long long)len;
    if (at < 0)
        return 0;
    return (unsigned long long)at < len ? (size_t)at : len;
}

struct bytes slice(struct bytes b, long long from, long long to)
{
    size_t first = bound(from, b.len), end = bound(to, b.len);
    size_t len = end > first ? end - first : 0;
    char *data = kept(len);

    if (len > 0)
        memcpy(data, b.data + first, len);
    return (struct bytes){data, len};
}

long long byte(struct bytes b, long long at)
{
    size_t i = bound(at, b.len);

    return i < b.len ? (unsigned char)b.data[i] : 0;
}

/* A character begins with any byte but 10xxxxxx. */
static size_t offset_of(struct bytes text, size_t character_number)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.data[i] & 0xc0) != 0x80 && character_number-- == 0)
            return i;
    return text.len;
}

long long characters(struct bytes text)
{
    long long count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += (text.data[i] & 0xc0) != 0x80;
    return count;
}

struct bytes slice_text(struct bytes text, long long from, long long to)
{
    size_t len = (size_t)characters(text);
    size_t first = offset_of(text, bound(from, len));
    size_t end = offset_of(text, bound(to, len));

    return slice(text, (long long)first, (long long)end);
}

struct bytes character(struct bytes text, long long at)
{
    return slice_text(text, at, at == -1 ? END : at + 1);
}

struct bytes from_latin1(struct bytes b)
{
    char *data = kept(2 * b.len);
    size_t len = 0;

    for (size_t i = 0; i < b.len; i++) {
        unsigned char c = (unsigned char)b.data[i];

        if (c >= 0x80)
            data[len++] = (char)(0xc0 | c >> 6);
        data[len++] = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
    }
    return (struct bytes){data, len};
}

struct bytes to_latin1(struct bytes text)
{
    char *data = kept(text.len);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (c >= 0xc0 && i + 1 < text.len)
            c = (unsigned char)(c << 6 | (text.data[++i] & 0x3f));
        data[len++] = (char)c;
    }
    return (struct bytes){data, len};
}

/* ---- addresses ---------------------------------------------------------- */

static bool is_ipv6(struct address a)
{
    return a.len > 0 && a.to.ss_family == AF_INET6;
}

struct bytes host_of(struct address a)
{
    char *text = kept(INET6_ADDRSTRLEN);

    if (a.len > 0)
        getnameinfo((struct sockaddr *)&a.to, a.len, text, INET6_ADDRSTRLEN,
            NULL, 0, NI_NUMERICHOST);
    return (struct bytes){text, strlen(text)};
}

long long port_of(struct address a)
{
    struct sockaddr_in in;

    memcpy(&in, &a.to, sizeof in); /* in the same place in both families */
    return a.len > 0 ? ntohs(in.sin_port) : 0;
}

long long flow_of(struct address a)
{
    struct sockaddr_in6 in6;

    memcpy(&in6, &a.to, sizeof in6);
    return is_ipv6(a) ? ntohl(in6.sin6_flowinfo) : 0;
}

long long scope_of(struct address a)
{
    struct sockaddr_in6 in6;

    memcpy(&in6, &a.to, sizeof in6);
    return is_ipv6(a) ? in6.sin6_scope_id : 0;
}

long long parts_of(struct address a)
{
    return is_ipv6(a) ? 4 : 2;
}

/* ---- as print() shows them ---------------------------------------------- */

/* One byte of a literal as it is shown, or escaped. */
static char *add_byte(char *out, unsigned char c, char quote)
{
    const char *short_form = strchr("\tt\nn\rr", c);

    if (c == '\\' || c == (unsigned char)quote)
        return out + sprintf(out, "\\%c", c);
    if (c != '\0' && c < ' ' && short_form != NULL)
        return out + sprintf(out, "\\%c", short_form[1]);
    if (c < ' ' || c >= 0x7f)
        return out + sprintf(out, "\\x%02x", c);
    *out = (char)c;
    return out + 1;
}

/* Whether a letter beyond ASCII is seen at all: not a blank, not a mark of
 * direction. */
static bool is_seen(unsigned c)
{
    static const unsigned short hidden[][2] = {{0x80, 0xa0}, {0xad, 0xad},
        {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000},
        {0xe000, 0xf8ff}, {0xfeff, 0xfeff}};

    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (c >= hidden[i][0] && c <= hidden[i][1])
            return false;
    return true;
}

/* Text is UTF-8 and right: its letters have two, three or four bytes. */
static size_t add_letter(char **out, const char *text)
{
    unsigned char lead = (unsigned char)text[0];
    size_t len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    unsigned c = lead & (0xffu >> (len + 1));

    for (size_t i = 1; i < len; i++)
        c = c << 6 | (text[i] & 0x3f);
    if (!is_seen(c)) {
        *out += sprintf(*out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
    } else {
        memcpy(*out, text, len);
        *out += len;
    }
    return len;
}

static const char *quoted(struct bytes b, const char *prefix, bool is_text)
{
    bool twice = memchr(b.data, '\'', b.len) && !memchr(b.data, '"', b.len);
    char quote = twice ? '"' : '\'';
    char *text = kept(4 * b.len + 4);
    char *out = text + sprintf(text, "%s%c", prefix, quote);

    for (size_t i = 0; i < b.len;) {
        unsigned char c = (unsigned char)b.data[i];

        if (is_text && c >= 0xc0 && i + 1 < b.len) {
            i += add_letter(&out, b.data + i);
            continue;
        }
        out = add_byte(out, c, quote);
        i++;
    }
    *out++ = quote;
    *out = '\0';
    return text;
}

const char *shown(struct bytes b)
{
    return quoted(b, "b", false);
}

const char *shown_text(struct bytes text)
{
    return quoted(text, "", true);
}

const char *shown_address(struct address a)
{
    char *text = kept(128);
    struct bytes host = host_of(a);

    if (a.len == 0)
        return "None";
    if (is_ipv6(a))
        sprintf(text, "('%s', %lld, %lld, %lld)", host.data, port_of(a),
            flow_of(a), scope_of(a));
    else
        sprintf(text, "('%s', %lld)", host.data, port_of(a));
    return text;
}

/* The shortest form that is the same number. */
const char *shown_real(double x)
{
    char *text = kept(40);
    int digits = 1, exponent;

    do
        snprintf(text, 40, "%.*e", digits - 1, x);
    while (strtod(text, NULL) != x && digits++ < 17);
    if (strchr(text, 'e') == NULL)
        return text; /* inf, nan */
    exponent = atoi(strchr(text, 'e') + 1);
    if (exponent >= -4 && exponent < 16)
        snprintf(text, 40, "%.*f",
            digits - 1 > exponent ? digits - 1 - exponent : 1, x);
    return text;
}

const char *shown_timeout(double seconds)
{
    return seconds < 0 ? "None" : shown_real(seconds);
}
