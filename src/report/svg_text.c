/* The picture's text: escaped, cut, numbers for people; and its style. Plain
 * rules without variables: programs for slides know no others, and those that
 * know no @media keep the light colours. */
#include "svg_int.h"

#include "sockstage/base/text.h"

#include <string.h>

#define MONO                                                                   \
    "ui-monospace,'SF Mono','Cascadia Mono',Menlo,Consolas,'DejaVu Sans "      \
    "Mono','D2Coding',NanumGothicCoding,'Noto Sans Mono CJK "                  \
    "KR','Malgun Gothic','Apple SD Gothic Neo',monospace"
#define SANS                                                                   \
    "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Apple SD Gothic "  \
    "Neo','Malgun Gothic','Noto Sans KR','Noto Sans CJK "                      \
    "KR',NanumGothic,sans-serif"

const char svg_style[] =
    ".ladder text{font-family:" MONO ";font-size:19px;fill:#1b1f24}"
    ".ladder .l-title{font-family:" SANS ";font-size:32px;font-weight:700}"
    ".ladder .l-sans,.ladder .l-note text,.ladder .l-failed text,.ladder "
    ".l-mark text{font-family:" SANS ";font-size:19px}"
    ".ladder .l-small{font-size:16px;fill:#57606a}"
    ".ladder .l-name{font-weight:700;fill:#0550ae}"
    ".ladder .l-dim,.ladder text.l-dim{fill:#57606a}"
    ".ladder .l-word{font-weight:700;font-size:16px}"
    ".ladder .l-strong{font-weight:700}"
    ".ladder .l-bad{fill:#b3131f}"
    ".ladder .l-late{fill:#7a4100}"
    ".ladder .l-paper{fill:#fff}"
    ".ladder .l-veil{fill:#fff;fill-opacity:.88}"
    ".ladder .l-line{fill:none;stroke:#24292f;stroke-width:2.2}"
    ".ladder .l-head{fill:#24292f;stroke:#24292f;stroke-width:1.5;"
    "stroke-linejoin:round}"
    ".ladder .l-hollow{fill:#fff;stroke:#b3131f;stroke-width:2.2;"
    "stroke-linejoin:round}"
    ".ladder .l-life{stroke:#8c959f;stroke-width:3}"
    ".ladder .l-cross{fill:none;stroke:#b3131f;stroke-width:3.4;"
    "stroke-linecap:round}"
    ".ladder .l-lost{stroke:#b3131f}"
    ".ladder .l-held{fill:none;stroke:#9a6700;stroke-width:2.6;"
    "stroke-dasharray:2 6;stroke-linecap:round}"
    ".ladder .l-stop{fill:#9a6700}"
    ".ladder .l-again{stroke-dasharray:11 6}"
    ".ladder .l-probe{stroke-dasharray:2 5}"
    ".ladder .l-stream{fill:#0550ae;fill-opacity:.16;stroke:#0550ae;"
    "stroke-width:1.5}"
    ".ladder .l-call{fill:#fff3d0;stroke:#9a6700;stroke-width:1.8}"
    ".ladder .l-caption{fill:#f1f3f5}"
    ".ladder .l-note text{fill:#57606a}"
    ".ladder .l-failed rect{fill:#fff;stroke:#b3131f;stroke-width:2}"
    ".ladder .l-mark path{fill:#0550ae}"
    ".ladder .l-set rect{fill:#f1f3f5;stroke:#8c959f;stroke-width:1}"
    ".ladder .l-host rect{fill:#24292f}"
    ".ladder .l-host text{fill:#fff;font-weight:700;font-size:21px}"
    ".ladder .l-gap{stroke:#8c959f;stroke-width:1.5;fill:none}"
    ".ladder .l-pill{font-size:17px;font-weight:700}"
    ".ladder rect.l-closed{fill:#dadada}.ladder text.l-closed{fill:#444}"
    ".ladder rect.l-listen{fill:#afd7ff}.ladder text.l-listen{fill:#005f87}"
    ".ladder rect.l-opening{fill:#ffe97a}.ladder text.l-opening{fill:#5a4a00}"
    ".ladder rect.l-established{fill:#9eeaa4}.ladder "
    "text.l-established{fill:#005f00}"
    ".ladder rect.l-half-closed{fill:#d9cbff}.ladder "
    "text.l-half-closed{fill:#5f00af}"
    ".ladder rect.l-closing{fill:#ffc799}.ladder text.l-closing{fill:#870000}"
    "@media (prefers-color-scheme:dark){"
    ".ladder text{fill:#e6e6e6}"
    ".ladder .l-small,.ladder .l-dim,.ladder text.l-dim,.ladder .l-note "
    "text{fill:#a3abb5}"
    ".ladder .l-name{fill:#8cc4ff}"
    ".ladder .l-bad{fill:#ff8a80}"
    ".ladder .l-late{fill:#ffc766}"
    ".ladder .l-paper{fill:#121417}"
    ".ladder .l-veil{fill:#121417}"
    ".ladder .l-line{stroke:#d7dbe0}"
    ".ladder .l-head{fill:#d7dbe0;stroke:#d7dbe0}"
    ".ladder .l-hollow{fill:#121417;stroke:#ff6b60}"
    ".ladder .l-life{stroke:#6e7781}"
    ".ladder .l-cross,.ladder .l-lost{stroke:#ff6b60}"
    ".ladder .l-held{stroke:#ffb22e}"
    ".ladder .l-stop{fill:#ffb22e}"
    ".ladder .l-stream{fill:#6cb6ff;fill-opacity:.2;stroke:#6cb6ff}"
    ".ladder .l-call{fill:#4a3a10;stroke:#ffb22e}"
    ".ladder .l-caption,.ladder .l-set rect{fill:#1f242a}"
    ".ladder .l-failed rect{fill:#121417;stroke:#ff6b60}"
    ".ladder .l-mark path{fill:#8cc4ff}"
    ".ladder .l-host rect{fill:#d7dbe0}"
    ".ladder .l-host text{fill:#121417}"
    ".ladder .l-gap{stroke:#6e7781}"
    ".ladder rect.l-closed{fill:#444}.ladder text.l-closed{fill:#d8d8d8}"
    ".ladder rect.l-listen{fill:#005f87}.ladder text.l-listen{fill:#c9e6ff}"
    ".ladder rect.l-opening{fill:#6b5d00}.ladder text.l-opening{fill:#ffe27a}"
    ".ladder rect.l-established{fill:#0b6b1b}.ladder "
    "text.l-established{fill:#b4ffb4}"
    ".ladder rect.l-half-closed{fill:#5f1a96}.ladder "
    "text.l-half-closed{fill:#e6d0ff}"
    ".ladder rect.l-closing{fill:#8a1f0c}.ladder text.l-closing{fill:#ffc9ad}"
    "}";

/* ---- escaping ------------------------------------------------------------ */

/* What could make the text read as something else; what XML 1.0, section 2.2,
 * has not. */
static bool is_refused(uint32_t cp)
{
    return utf8_misleads(cp) || (cp & 0xfffe) == 0xfffe ||
           (cp >= 0xfdd0 && cp <= 0xfdef);
}

static void add_character(struct str *out, uint32_t cp)
{
    char bytes[4];

    switch (cp) {
    case '&':
        str_add(out, "&amp;");
        return;
    case '<':
        str_add(out, "&lt;");
        return;
    case '>':
        str_add(out, "&gt;");
        return;
    case '"':
        str_add(out, "&quot;");
        return;
    case '\'':
        str_add(out, "&#39;");
        return;
    case 0x2028:
    case 0x2029:
        cp = ' ';
        break;
    default:
        break;
    }
    if (is_refused(cp))
        cp = 0xfffd;
    str_addn(out, bytes, utf8_encode(cp, bytes));
}

int svg_cells(const char *text)
{
    return (int)text_width(text);
}

void svg_add_cut(struct str *out, const char *text, int columns)
{
    struct str line = STR_INIT;
    size_t left;
    const char *at;

    if (columns > 0 && svg_cells(text) > columns)
        text_add_visible(&line, text, columns > 4 ? (size_t)columns - 3 : 1);
    else
        text_add_visible(&line, text, 0);
    at = str_text(&line);
    left = line.len;
    while (left > 0) {
        uint32_t cp;
        size_t n = utf8_decode(at, left, &cp);
        add_character(out, cp);
        at += n;
        left -= n;
    }
    str_done(&line);
}

void svg_add_escaped(struct str *out, const char *text)
{
    svg_add_cut(out, text, 0);
}
