/* The socket API calls: what each is called, what it takes, how it is made.
 *
 * A call sees a socket, its arguments and its result; never the loop, the
 * model or the screen. Every call is one or more real system calls on a real,
 * non-blocking descriptor. call_run() makes one try; when the call would block
 * a blocking process, it says what to wait for and is run again once the
 * descriptor is ready. A failed system call is data in the result, not an
 * error of the function. */
#ifndef SOCKSTAGE_CALLS_CALL_H
#define SOCKSTAGE_CALLS_CALL_H

#include "sockstage/base/addr.h"
#include "sockstage/base/err.h"
#include "sockstage/base/str.h"
#include "sockstage/base/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct call;

/* Where a call is written: socket(), fork(), exit() alone (or behind
 * "socket."); s.connect(..) behind a variable; os.read(..) behind "os.". */
enum call_receiver { CALL_ON_MODULE, CALL_ON_SOCKET, CALL_ON_OS };

enum call_arg_kind {
    CALL_ARG_INT,
    CALL_ARG_BOOL, /* True, False; numbers count as in Python */
    CALL_ARG_BYTES,
    CALL_ARG_ADDRESS, /* (host, port) */
    CALL_ARG_TIMEOUT, /* seconds, or None */
    CALL_ARG_OPTION,  /* int, bytes or (onoff, linger) */
};

struct call_arg {
    const char *name; /* as Python's documentation calls it */
    enum call_arg_kind kind;
    bool optional;
    const char *suggestion; /* what a menu fills in: "('server', 8080)" */
};

#define CALL_ARGS_MAX 3

/* What a call gives back, and so which targets it may have. */
enum call_returns {
    CALL_RETURNS_NONE,
    CALL_RETURNS_NUMBER,
    CALL_RETURNS_BYTES,
    CALL_RETURNS_VALUE,       /* anything: getsockopt(), getsockname() */
    CALL_RETURNS_SOCKET,      /* a new socket: socket() */
    CALL_RETURNS_SOCKET_ADDR, /* accept(): (socket, address) */
    CALL_RETURNS_BYTES_ADDR,  /* recvfrom(): (bytes, address) */
    CALL_RETURNS_PROCESS,     /* fork() */
};

enum call_step {
    CALL_DONE,       /* the result is final */
    CALL_WAIT_READ,  /* run again when the descriptor becomes readable */
    CALL_WAIT_WRITE, /* run again when it becomes writable */
};

/* One row of calls.def. */
struct call_def {
    const char *name; /* "connect"; for CALL_ON_OS "read", "write" */
    enum call_receiver on;
    struct call_arg args[CALL_ARGS_MAX]; /* closed by name == NULL */
    enum call_returns returns;
    bool closes;      /* gives the descriptor up: close() */
    const char *help; /* one or two sentences; N_() */
    const char *man;  /* "connect(2)", "" if there is none */
    enum call_step (*run)(struct call *c);
    /* Adds the strace form before it has returned: "connect(3, {...}, 16)";
     * adds nothing if no system call is made. */
    void (*describe)(const struct call *c, struct str *out);
};

/* What a call may know of the socket it is made on. */
struct call_socket {
    int fd;           /* the kernel's descriptor, -1 once closed */
    int shown_fd;     /* as the process sees it: 3, 4, ...; -1 once closed */
    int family, type; /* AF_INET.., SOCK_STREAM.. */
    double timeout_s; /* < 0: blocking; 0: non-blocking; > 0: settimeout() */
};

/* What a call may ask of its surroundings. */
struct call_env {
    void *ctx;
    /* A host name, '' or numeric address of that family to an address. On
     * failure the message says which names exist. -EAI_NONAME style codes are
     * not used: 0 or -errno, -ENOENT for an unknown name, -EACCES where the
     * wire does not allow the address. */
    int (*resolve)(void *ctx, const char *host, int family, uint16_t port,
        struct addr *out, struct err *e);
    /* The socket of this process with that shown_fd; NULL if there is none. */
    struct call_socket *(*socket_by_fd)(void *ctx, int shown_fd);
    /* fork(): makes a process of that name that shares all open sockets. */
    int (*fork)(void *ctx, const char *name, struct err *e);
    /* exit(): closes everything the process holds, as the kernel would. */
    void (*exit)(void *ctx);
};

struct call_result {
    struct value *value;   /* owned; NULL after an error, and for socket():
                              only the stage can name the new object */
    int errnum;            /* of the failed call, 0 if none failed */
    const char *exception; /* Python's name of what is raised; NULL: nothing */
    char message[512];     /* what str(exception) would say */
    int new_fd;            /* a socket just made, else -1: the stage takes it */
    int new_family, new_type;
    struct str syscall; /* strace form with results; empty: none was made */
};

/* One call in progress. The stage fills the first part and owns it all. */
struct call {
    const struct call_def *def;
    const struct call_env *env;
    /* The receiver; of an os call, from its first try on, the socket behind its
     * descriptor (NULL if there is none); else NULL. */
    struct call_socket *sock;
    struct value *args[CALL_ARGS_MAX]; /* owned */
    size_t argc;
    int next_fd;        /* shown_fd that a new descriptor would get now */
    const char *target; /* the first name assigned to, NULL if none (fork) */

    size_t done;    /* progress kept between tries: bytes taken so far */
    unsigned tries; /* how often it ran */
    struct call_result result;

    /* The call's own, zero at first. */
    bool checked; /* the arguments are sound, `peer` is resolved */
    struct sockaddr_storage peer; /* what an address argument stands for */
    socklen_t peer_len;
    size_t shown;     /* how much of `done` result.syscall tells already */
    int wait_errnum;  /* what the last try was answered, if it waits */
    struct str input; /* recv() with MSG_WAITALL: what came so far */
};

/* Prepares `c` (zeroed by the caller, first part filled) and releases what it
 * holds. */
void call_init(struct call *c);
void call_done(struct call *c);

/* One try. The first checks the arguments against the row (TypeError and its
 * kin, no system call made) and resolves addresses. */
enum call_step call_run(struct call *c);

/* Ends a waiting call: its timeout is over (TimeoutError, ETIMEDOUT), or it
 * was interrupted (KeyboardInterrupt, EINTR). Sets the result. */
void call_time_out(struct call *c);
void call_interrupt(struct call *c);

/* The strace form while it has not returned; empty if no system call. */
void call_describe(const struct call *c, struct str *out);

/* The calls, in the order of the manual; NULL at the end. */
const struct call_def *call_at(size_t i);
/* By name and receiver; NULL if there is none. */
const struct call_def *call_find(enum call_receiver on, const char *name);

/* A constant of the socket module (AF_INET, SO_SNDBUF, MSG_PEEK, SHUT_WR...)
 * by its name; false if there is none. `call_constant_at` walks them for
 * completion; NULL at the end. */
bool call_constant(const char *name, int64_t *value);
const char *call_constant_at(size_t i);

/* Python's exception class for an errno: ECONNREFUSED gives
 * "ConnectionRefusedError"; "OSError" where it has no class of its own. */
const char *call_exception(int errnum);

#endif
