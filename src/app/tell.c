/* Telling on standard error what comes from outside. */
#include "app.h"

#include "sockstage/base/text.h"

#include <stdio.h>

void tell(const char *text)
{
    struct str line = STR_INIT;

    text_add_visible(&line, text, 0);
    fprintf(stderr, "%s\n", str_text(&line));
    str_done(&line);
}
