/* The row of every call, declared from the table of calls. */
#ifndef SOCKSTAGE_CALLS_ROWS_H
#define SOCKSTAGE_CALLS_ROWS_H

#include "sockstage/calls/call.h"

#define CALL(id) extern const struct call_def call_##id##_def;
#include "calls.def"
#undef CALL

#endif
