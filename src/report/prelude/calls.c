/* The calls of an exported C program: each is made as Python makes it, and how
 * it ends is compared with the recording.
 * From here on part of every exported program. */

/* ---- waiting ------------------------------------------------------------ */

/* A blocking call sleeps in the kernel. With a timeout, Python makes the
 * socket non-blocking and waits before each system call: so does this. */
static double *timeout_of(int s)
{
    static double timeouts[DESCRIPTORS + 1]; /* seconds plus 1; 0: none */

    timeouts[DESCRIPTORS] = 0;
    return &timeouts[s >= 0 && s < DESCRIPTORS ? s : DESCRIPTORS];
}

/* 0, or the errno that ends the call. `until` is when its time is over. */
static int wait_ready(int s, short what, double until)
{
    struct pollfd p = {.fd = s, .events = what};
    double left = until - now();
    int n;

    if (*timeout_of(s) == 0)
        return 0;
    n = poll(&p, 1, left > 0 ? (int)(left * 1000) + 1 : 0);
    if (n < 0)
        return errno;
    return n == 0 ? ETIMEDOUT : 0;
}

static double end_of_wait(int s)
{
    return now() + *timeout_of(s) - 1;
}

/* Whether a call that would block is to wait and be made again. */
static bool again(int s, ssize_t n)
{
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) &&
           *timeout_of(s) > 0;
}

static int error_of(ssize_t n)
{
    if (alarmed)
        return EINTR;
    return n < 0 ? errno : 0;
}

/* ---- sockets ------------------------------------------------------------ */

int Socket(int family, int type, int protocol)
{
    int s = socket(family, type, protocol);

    ended("socket", error_of(s));
    *timeout_of(s) = 0;
    return s;
}

void Bind(int s, struct address a)
{
    int n = bind(s, (struct sockaddr *)&a.to, a.len);

    ended("bind", error_of(n));
}

void Listen(int s, int backlog)
{
    ended("listen", error_of(listen(s, backlog)));
}

int Accept(int s, struct address *from)
{
    double until = end_of_wait(s);
    struct address peer = {.len = sizeof peer.to};
    int failed, conn = -1;

    do {
        failed = wait_ready(s, POLLIN, until);
        if (failed == 0)
            conn = accept(s, (struct sockaddr *)&peer.to, &peer.len);
    } while (failed == 0 && again(s, conn));
    ended("accept", failed != 0 ? failed : error_of(conn));
    if (conn >= 0 && from != NULL)
        *from = peer;
    *timeout_of(conn) = 0;
    return conn;
}

void Connect(int s, struct address a)
{
    double until = end_of_wait(s);
    int n = connect(s, (struct sockaddr *)&a.to, a.len);
    int failed = error_of(n);
    socklen_t size = sizeof failed;

    if (failed == EINPROGRESS && *timeout_of(s) > 0) {
        failed = wait_ready(s, POLLOUT, until);
        if (failed == 0)
            getsockopt(s, SOL_SOCKET, SO_ERROR, &failed, &size);
    }
    ended("connect", failed);
}

void Shutdown(int s, int how)
{
    ended("shutdown", error_of(shutdown(s, how)));
}

void Close(int *s)
{
    if (*s >= 0) /* as in Python, a second close() does nothing */
        ended("close", error_of(close(*s)));
    else
        ended("close", 0);
    *s = -1;
}

int renamed(int old, int s)
{
    dropped(&old);
    return s;
}

void dropped(int *s)
{
    if (*s >= 0)
        close(*s);
    *s = -1;
}

/* ---- data --------------------------------------------------------------- */

long long Send(int s, struct bytes b, int flags)
{
    double until = end_of_wait(s);
    ssize_t n = -1;
    int failed;

    do {
        failed = wait_ready(s, POLLOUT, until);
        if (failed == 0)
            n = send(s, b.data, b.len, flags);
    } while (failed == 0 && again(s, n));
    ended("send", failed != 0 ? failed : error_of(n));
    if (n >= 0)
        check_length("send", n);
    return n;
}

void Sendall(int s, struct bytes b, int flags)
{
    double until = end_of_wait(s);
    size_t done = 0;
    int failed;

    do {
        ssize_t n = 0;

        failed = wait_ready(s, POLLOUT, until);
        if (failed == 0)
            n = send(s, b.data + done, b.len - done, flags);
        if (failed == 0 && !again(s, n))
            failed = error_of(n);
        if (n > 0)
            done += (size_t)n;
    } while (failed == 0 && done < b.len);
    ended("sendall", failed);
}

long long Sendto(int s, struct bytes b, struct address to)
{
    double until = end_of_wait(s);
    ssize_t n = -1;
    int failed;

    do {
        failed = wait_ready(s, POLLOUT, until);
        if (failed == 0)
            n = sendto(s, b.data, b.len, 0, (struct sockaddr *)&to.to, to.len);
    } while (failed == 0 && again(s, n));
    ended("sendto", failed != 0 ? failed : error_of(n));
    if (n >= 0)
        check_length("sendto", n);
    return n;
}

/* No queue holds more, and a call may give less than it is asked for. */
static size_t buffer_size(long long size)
{
    const long long largest = 64LL << 20;

    return (size_t)(size < 0 ? 0 : size < largest ? size : largest);
}

static struct bytes received(
    const char *call, char *buffer, size_t size, ssize_t n, int failed)
{
    size_t len = n < 0 ? 0 : (size_t)n < size ? (size_t)n : size;

    ended(call, failed);
    if (n >= 0)
        check_length(call, n);
    return (struct bytes){buffer, len};
}

struct bytes Recvfrom(int s, long long size, int flags, struct address *from)
{
    double until = end_of_wait(s);
    size_t room = buffer_size(size);
    char *buffer = kept(room);
    struct address peer = {.len = sizeof peer.to};
    ssize_t n = -1;
    int failed;

    do {
        failed = wait_ready(s, POLLIN, until);
        if (failed == 0)
            n = recvfrom(
                s, buffer, room, flags, (struct sockaddr *)&peer.to, &peer.len);
    } while (failed == 0 && again(s, n));
    if (n >= 0 && from != NULL)
        *from = peer;
    return received(
        "recvfrom", buffer, room, n, failed != 0 ? failed : error_of(n));
}

struct bytes Recv(int s, long long size, int flags)
{
    double until = end_of_wait(s);
    size_t room = buffer_size(size);
    char *buffer = kept(room);
    ssize_t n = -1;
    int failed;

    do {
        failed = wait_ready(s, POLLIN, until);
        if (failed == 0)
            n = recv(s, buffer, room, flags);
    } while (failed == 0 && again(s, n));
    return received(
        "recv", buffer, room, n, failed != 0 ? failed : error_of(n));
}

struct bytes Read(int fd, long long size)
{
    size_t room = buffer_size(size);
    char *buffer = kept(room);
    ssize_t n = read(fd, buffer, room);

    return received("read", buffer, room, n, error_of(n));
}

long long Write(int fd, struct bytes b)
{
    ssize_t n = write(fd, b.data, b.len);

    ended("write", error_of(n));
    if (n >= 0)
        check_length("write", n);
    return n;
}

/* ---- options ------------------------------------------------------------ */

void Settimeout(int s, double seconds)
{
    int on = seconds >= 0;
    int n = ioctl(s, FIONBIO, &on);

    *timeout_of(s) = seconds > 0 ? seconds + 1 : 0;
    ended("settimeout", error_of(n));
}

void Setblocking(int s, bool blocking)
{
    int on = !blocking;
    int n = ioctl(s, FIONBIO, &on);

    *timeout_of(s) = 0;
    ended("setblocking", error_of(n));
}

static bool is_blocking(int s)
{
    int flags = fcntl(s, F_GETFL);

    return flags < 0 || (flags & O_NONBLOCK) == 0 || *timeout_of(s) > 0;
}

bool Getblocking(int s)
{
    ended("getblocking", 0);
    return is_blocking(s);
}

double Gettimeout(int s)
{
    ended("gettimeout", 0);
    if (*timeout_of(s) > 0)
        return *timeout_of(s) - 1;
    return is_blocking(s) ? NONE : 0;
}

void Setsockopt(int s, int level, int option, const void *value, socklen_t size)
{
    ended("setsockopt", error_of(setsockopt(s, level, option, value, size)));
}

int Getsockopt(int s, int level, int option)
{
    int value = 0;
    socklen_t size = sizeof value;

    ended("getsockopt", error_of(getsockopt(s, level, option, &value, &size)));
    return value;
}

struct bytes Getsockopt_bytes(int s, int level, int option, long long size)
{
    socklen_t room = (socklen_t)(size < 0 ? 0 : size < 1024 ? size : 1024);
    char *buffer = kept(room);

    ended("getsockopt", error_of(getsockopt(s, level, option, buffer, &room)));
    return (struct bytes){buffer, room};
}

struct address Getsockname(int s)
{
    struct address a = {.len = sizeof a.to};
    int n = getsockname(s, (struct sockaddr *)&a.to, &a.len);

    ended("getsockname", error_of(n));
    return a;
}

struct address Getpeername(int s)
{
    struct address a = {.len = sizeof a.to};
    int n = getpeername(s, (struct sockaddr *)&a.to, &a.len);

    ended("getpeername", error_of(n));
    return a;
}

int Fileno(int s)
{
    ended("fileno", 0);
    return s;
}
