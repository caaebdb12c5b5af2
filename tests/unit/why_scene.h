/* Moments in which a call fails, from events written by hand: for the tests of
 * what is said about it. */
#ifndef TESTS_WHY_SCENE_H
#define TESTS_WHY_SCENE_H

#include "model_events.h"
#include "sockstage/model/why.h"

struct why_scene {
    struct model *m;
    uint64_t t_ns, call, segment;
};

void why_apply(struct why_scene *s, struct event e);
struct why_scene why_begin(void);
/* A socket of that state; the addresses as make_socket() has them. */
struct event why_sock_event(
    uint64_t id, enum host host, const char *owner, uint8_t state);
void why_has_sock(struct why_scene *s, uint64_t id, enum host host,
    const char *owner, uint8_t state);
void why_listener(struct why_scene *s, const char *ip, uint16_t port);
/* c1's socket of the pair 34254, 8081, closed after it failed. */
void why_failed_client(struct why_scene *s);
/* A segment of the pair with that server port, and its fate (COALESCED: none
 * yet). Returns its id. */
uint64_t why_segment(struct why_scene *s, enum host from, uint16_t port,
    uint8_t flags, uint32_t len, enum verdict verdict);
void why_icmp_event(struct why_scene *s, uint8_t proto, uint8_t type,
    uint8_t code, bool router, uint16_t port);
void why_calls(struct why_scene *s, const char *process, const char *socket,
    const char *name, const char *python);
/* The call made last returns with that error; gives the line about it. */
const char *why_fails(struct why_scene *s, const char *process,
    const char *error, const char *sys);
/* It returns None. */
void why_succeeds(struct why_scene *s, const char *process, const char *sys);
void why_end(struct why_scene *s);

#endif
