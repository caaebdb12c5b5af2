/* Inside the reports: the formats, and text that is safe to print. */
#ifndef REPORT_INT_H
#define REPORT_INT_H

#include "sockstage/base/str.h"
#include "sockstage/report/report.h"

#define REPORT(name) extern const struct report_def report_##name;
#include "reports.def"
#undef REPORT

/* Whether a signal is to end the writing, see report_set_interrupted(). */
bool report_is_interrupted(const struct report *r);

/* What an `expect` line asks for, without the word itself. */
const char *report_expectation(const char *text);

#endif
