/* What the processes of an exported C program are written in: values, turns,
 * and the calls. `sockstage export c` writes it in front of the processes;
 * what stands behind them is calls.c.
 * From here on part of every exported program. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- values ------------------------------------------------------------- */

/* Python's bytes and str (in UTF-8): any bytes, and a NUL behind them. */
struct bytes {
    const char *data;
    size_t len;
};

/* What Python writes ('10.0.0.1', 8080). */
struct address {
    struct sockaddr_storage to;
    socklen_t len; /* 0: there is none */
};

#define BYTES(literal) ((struct bytes){(literal), sizeof(literal) - 1})
#define TEXT(literal)  BYTES(literal)
#define END            LLONG_MAX /* of a slice */
#define NONE           (-1.0)    /* no timeout */

struct bytes joined(int count, ...);
struct bytes repeated(struct bytes b, long long times);
struct bytes slice(struct bytes b, long long from, long long to);
struct bytes slice_text(struct bytes text, long long from, long long to);
struct bytes character(struct bytes text, long long at);
long long byte(struct bytes b, long long at);
long long characters(struct bytes text);
struct bytes from_latin1(struct bytes b);
struct bytes to_latin1(struct bytes text);

/* The parts of an address: (host, port, flow label, scope). */
struct bytes host_of(struct address a);
long long port_of(struct address a);
long long flow_of(struct address a);
long long scope_of(struct address a);
long long parts_of(struct address a); /* 2, with IPv6 4 */

/* As Python's print() shows them. */
const char *shown(struct bytes b);
const char *shown_text(struct bytes text);
const char *shown_address(struct address a);
const char *shown_real(double x);
const char *shown_timeout(double seconds);

/* ---- turns -------------------------------------------------------------- */

#define NEVER (-1) /* the call had not returned when the recording ended */

/* Waits for the moment of call `number`. `error` is the errno that it failed
 * with in the recording; 0: it did not. */
void turn(int number, int error);

/* ---- calls -------------------------------------------------------------- */

/* The system calls of the same names, in lower case; how they end is compared
 * with the recording. */
int Socket(int family, int type, int protocol);
void Bind(int s, struct address a);
void Listen(int s, int backlog);
int Accept(int s, struct address *from);
void Connect(int s, struct address a);
long long Send(int s, struct bytes b, int flags);
void Sendall(int s, struct bytes b, int flags);
struct bytes Recv(int s, long long size, int flags);
long long Sendto(int s, struct bytes b, struct address to);
struct bytes Recvfrom(int s, long long size, int flags, struct address *from);
void Shutdown(int s, int how);
void Close(int *s);
void Setblocking(int s, bool blocking);
bool Getblocking(int s);
void Settimeout(int s, double seconds);
double Gettimeout(int s);
void Setsockopt(
    int s, int level, int option, const void *value, socklen_t size);
int Getsockopt(int s, int level, int option);
struct bytes Getsockopt_bytes(int s, int level, int option, long long size);
struct address Getsockname(int s);
struct address Getpeername(int s);
int Fileno(int s);
struct bytes Read(int fd, long long size);
long long Write(int fd, struct bytes b);
int Fork(void);
void Exit(int status);

/* The address of the stage for that socket, where it is now; '' is every
 * address of the host. */
struct address at(int s, const char *host, long long port);
struct address at_scope(
    int s, const char *host, long long port, long long flow, long long scope);

/* Python closes a socket that no name holds any more. */
int renamed(int old, int s);
void dropped(int *s);

/* What a child of fork() does first; the end of a process. */
void become(const char *name);
void finish(void);

/* ---- the recording ------------------------------------------------------ */

struct process {
    const char *name;
    void (*play)(void);
    const char *parent; /* that plays it as its fork(); or NULL */
};

struct host_name {
    const char *name, *host;
};

struct pause {
    int call;
    double seconds;
};

struct interrupt {
    int call, until;
    double seconds;
};

struct length {
    int call;
    long bytes;
};

/* The last row of each has no name, or call 0. */
extern const struct process processes[];
extern const struct host_name host_names[];
extern const struct pause pauses[];
extern const struct interrupt interrupts[];
extern const struct length lengths[];
extern const int calls;
extern const double step; /* seconds from call to call */
