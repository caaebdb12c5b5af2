/* Events as the stage would publish them, for the tests of what reads them. */
#ifndef MODEL_EVENTS_H
#define MODEL_EVENTS_H

#include "sockstage/model/event.h"

#define MS UINT64_C(1000000)

struct addr ip4(const char *ip, uint16_t port);

struct event make_stage(void);
struct event make_call(uint64_t t_ns, uint64_t id, const char *process,
    const char *name, const char *python);
struct event make_blocked(uint64_t t_ns, uint64_t id);
struct event make_return(uint64_t t_ns, uint64_t id, const char *process);
/* A TCP segment between 10.0.0.2:34254 and 10.0.0.1:8080. */
struct event make_segment(
    uint64_t t_ns, uint64_t id, enum host from, uint8_t flags);
struct event make_verdict(uint64_t t_ns, uint64_t id, enum verdict action);
/* A TCP socket; `owner` may be NULL. */
struct event make_socket(uint64_t t_ns, uint64_t id, enum host host,
    const char *owner, uint8_t state);
struct event make_process(uint64_t t_ns, const char *name, enum host host);
struct event make_expect(
    uint64_t t_ns, const char *text, int line, bool ok, const char *actual);
struct event make_line(uint64_t t_ns, const char *text, int line);
struct event make_note(uint64_t t_ns, const char *text, const char *lang);
struct event make_output(uint64_t t_ns, const char *process, const char *text);
struct event make_end(uint64_t t_ns, enum end_result result);

#endif
