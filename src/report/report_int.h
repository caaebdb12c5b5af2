/* Inside the reports: the formats, and text that is safe to print. */
#ifndef REPORT_INT_H
#define REPORT_INT_H

#include "sockstage/base/str.h"
#include "sockstage/report/report.h"

#define REPORT(name) extern const struct report_def report_##name;
#include "reports.def"
#undef REPORT

/* Adds text from outside as one line: control characters (and what is no
 * UTF-8) become symbols, so that no terminal acts on them. At most `columns`
 * wide, then "..."; 0: all of it. */
void report_add_safe(struct str *out, const char *text, size_t columns);

/* What an `expect` line asks for, without the word itself. */
const char *report_expectation(const char *text);

#endif
