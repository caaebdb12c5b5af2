/* From text to lines, for the other files of this layer. */
#ifndef SOCKSTAGE_SCRIPT_PARSE_H
#define SOCKSTAGE_SCRIPT_PARSE_H

#include "ast.h"

/* As script_parse() for what is typed at the prompt: a line that begins with
 * no process and no directive is `process`'s (NULL: an error that says so).
 * Names that only the stage knows are not checked: that a name is undefined
 * shows when the line is carried out. */
struct script *script_parse_prompt(
    const char *process, const char *text, struct script_error *e);

#endif
