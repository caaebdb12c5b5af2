# What the exported Python programs have in common: taking turns, names of
# hosts, errors that are expected. `sockstage export python` writes it behind
# the processes; the tables in capitals (STEP, PROCESSES, CHILDREN, HOST_NAMES,
# PAUSES, INTERRUPTS, LENGTHS, CALLS) stand before it.
# From here on part of every exported program.


NEVER = 'never returned'
LEAD = 0.5   # seconds until all processes are there
GRACE = 1.0  # and for the last one to be done


def birth():
    """When this process began: before Python did. See proc(5), starttime."""
    now = time.monotonic()
    try:
        with open('/proc/self/stat', encoding='utf-8') as stat:
            ticks = int(stat.read().rpartition(')')[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - \
            ticks / os.sysconf('SC_CLK_TCK')
    except (OSError, ValueError, IndexError):
        age = 0
    return now - age if 0 <= age < 60 else now


class Play:
    """What this process knows of itself."""

    name = ''         # 'server', 'c1', ...
    start = birth()   # of all processes
    step = 0.1        # seconds from call to call
    differs = False   # something went otherwise than in the recording
    length = None     # bytes that the latest call has moved
    children = []     # pids of fork()
    hosts = {}        # real addresses of the hosts, by family
    sockets = weakref.WeakSet()
    in_call = False   # a call may be interrupted
    interrupted = False


def moment(number):
    """When call `number` is due; 0 if nobody waits."""
    if Play.step <= 0:
        return 0
    pauses = sum(pause for call, pause in PAUSES if call <= number)
    return Play.start + LEAD + number * Play.step + pauses


def wait_until(due):
    while (left := due - time.monotonic()) > 0:
        time.sleep(left)


def say(text):
    print(f'{Play.name}, {text}', flush=True)


def complain(text):
    Play.differs = True
    sys.stdout.flush()
    print(f'{Play.name}, {text}', file=sys.stderr, flush=True)


def names_of(error):
    """How an exception is called: its classes, and the name of its errno."""
    names = [kind.__name__ for kind in type(error).__mro__]
    if isinstance(error, OSError):  # EOPNOTSUPP and ENOTSUP are the same
        names += [name for name in dir(errno)
                  if getattr(errno, name) == error.errno]
    if isinstance(error, TimeoutError):  # that of settimeout() has no errno
        names.append('ETIMEDOUT')
    if isinstance(error, KeyboardInterrupt):
        names.append('EINTR')
    return names


class turn:
    """Waits for the moment of call `number`, and looks at how it ends.

    `error` is what it raised in the recording, None if nothing."""

    def __init__(self, number, error=None):
        self.number = number
        self.error = error

    def __enter__(self):
        wait_until(moment(self.number))
        line = linecache.getline(__file__, sys._getframe(1).f_lineno + 1)
        self.what = f'call {self.number}, {line.split("  # ")[0].strip()}'
        Play.length = None
        Play.interrupted = False
        Play.in_call = True
        if self.number in INTERRUPTS:
            until, seconds = INTERRUPTS[self.number]
            due = moment(until) - Play.step / 2 - time.monotonic()
            signal.setitimer(
                signal.ITIMER_REAL, max(due, min(seconds, 5), 0.05), 0.2)

    def __exit__(self, kind, error, trace):
        Play.in_call = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        now = 'it returned' if error is None else \
            f'{type(error).__name__}: {error}'
        if isinstance(error, KeyboardInterrupt) and not Play.interrupted:
            finish(0 if self.error == NEVER else 130)
        if self.error == NEVER:
            say(f'{self.what}: recorded no end, now {now}')
        elif error is not None and self.error in names_of(error):
            say(f'{self.what}: {now}, as recorded')
        elif error is not None:
            complain(f'{self.what}: recorded {self.error or "no error"}, '
                     f'now {now}')
        elif self.error is not None:
            complain(f'{self.what}: recorded {self.error}, now {now}')
        elif Play.length is not None and self.number in LENGTHS \
                and LENGTHS[self.number] != Play.length:
            say(f'{self.what}: {Play.length} bytes, '
                f'recorded {LENGTHS[self.number]}')
        return True


def on_alarm(number, frame):
    if Play.in_call:
        Play.interrupted = True
        raise KeyboardInterrupt('interrupted')


# ---- processes --------------------------------------------------------------


def fork():
    sys.stdout.flush()
    pid = os.fork()
    if pid > 0:
        Play.children.append(pid)
    return pid


def become(name):
    """What a child of fork() does first."""
    Play.name = name
    Play.children = []
    Play.differs = False


def leave(code):
    """Ends the process after its children, as the stage is taken down: what
    is still open is reset, so that its port is free for the next time."""
    for s in Play.sockets:
        if Play.step > 0 and s.fileno() >= 0 and s.type == socket.SOCK_STREAM:
            s.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    for pid in Play.children:
        try:
            status = os.waitpid(pid, 0)[1]
        except KeyboardInterrupt:
            break
        Play.differs = Play.differs or os.waitstatus_to_exitcode(status) == 1
    exit(code)


def exit(status=0):
    """The kernel closes what the process held, without a word from Python."""
    sys.stdout.flush()
    os._exit(status & 255 or (1 if Play.differs else 0))


def finish(code=0):
    """The end of a process. Its sockets stay open until all are done."""
    if not code:
        try:
            wait_until(moment(CALLS + 1) + GRACE)
        except KeyboardInterrupt:
            pass
    leave(code)


# ---- hosts and sockets ------------------------------------------------------


def real(family, address):
    """The address of the stage as one of this network."""
    if not isinstance(address, tuple) or not isinstance(address[0], str):
        return address
    host = HOST_NAMES.get(address[0], address[0])
    try:
        packed = socket.inet_pton(family, host)
    except OSError:
        packed = None
    for name, address4, address6 in STAGE:
        known = address6 if family == socket.AF_INET6 else address4
        if host == name or packed == socket.inet_pton(family, known):
            return (Play.hosts[family, name], *address[1:])
    if packed is None and host != '' and ':' not in host:
        raise socket.gaierror(socket.EAI_NONAME, f'there is no host {host!r}')
    return address


STAGE = (
    ('server', '10.0.0.1', 'fd00:5::1'),
    ('second', '10.0.1.1', 'fd00:5::1'),
    ('client', '10.0.0.2', 'fd00:5::2'),
    ('localhost', '127.0.0.1', '::1'),
)


class Socket(socket.socket):
    """A socket that finds the hosts of the stage where they are now."""

    def __init__(self, *args, **keywords):
        super().__init__(*args, **keywords)
        Play.sockets.add(self)

    def __repr__(self):
        return f'<socket fd={self.fileno()}>'

    def __del__(self):
        if self.fileno() >= 0:
            self.close()

    def bind(self, address):
        return super().bind(real(self.family, address))

    def connect(self, address):
        return super().connect(real(self.family, address))

    def sendto(self, data, *rest):
        *flags, address = rest
        sent = super().sendto(data, *flags, real(self.family, address))
        Play.length = sent
        return sent

    def send(self, *args):
        Play.length = super().send(*args)
        return Play.length

    def recv(self, *args):
        data = super().recv(*args)
        Play.length = len(data)
        return data

    def recvfrom(self, *args):
        data, address = super().recvfrom(*args)
        Play.length = len(data)
        return data, address

    def setsockopt(self, level, option, value):
        if isinstance(value, tuple):  # (onoff, seconds) of SO_LINGER
            value = struct.pack('ii', *value)
        return super().setsockopt(level, option, value)


# ---- the program ------------------------------------------------------------


def read_options():
    parser = argparse.ArgumentParser(
        epilog='Start all processes within a moment of each other, the server '
               'first.')
    parser.add_argument(
        'process', choices=list(PROCESSES), help='which process to play')
    parser.add_argument(
        '--server', metavar='ADDRESS', action='append', default=[],
        help='where the server is (127.0.0.1 and ::1); once for each family')
    parser.add_argument(
        '--client', metavar='ADDRESS', action='append', default=[],
        help='where the clients are (127.0.0.1 and ::1)')
    parser.add_argument(
        '--step', metavar='SECONDS', type=float, default=STEP,
        help='from call to call; 0: no process waits for its turn (%(default)s)')
    parser.add_argument(
        '--at', metavar='UNIXTIME', type=float,
        help='when to begin, the same for all processes; default: now')
    for name, parent in CHILDREN.items():
        if name in sys.argv[1:2]:
            parser.error(f'{name} is played by {parent}, as its fork()')
    return parser.parse_args()


def place_hosts(options):
    places = {'server': options.server, 'client': options.client,
              'second': options.server or ['127.0.1.1'], 'localhost': []}
    for name, addresses in places.items():
        Play.hosts[socket.AF_INET, name] = '127.0.0.1'
        Play.hosts[socket.AF_INET6, name] = '::1'
        for address in addresses:
            family = socket.AF_INET6 if ':' in address else socket.AF_INET
            Play.hosts[family, name] = address


def main():
    options = read_options()
    place_hosts(options)
    Play.name = options.process
    Play.step = options.step
    if options.at is not None:
        Play.start = time.monotonic() + options.at - time.time()
    socket.socket = Socket
    signal.signal(signal.SIGALRM, on_alarm)
    try:
        PROCESSES[options.process]()
    except KeyboardInterrupt:
        finish(130)
    except Exception as error:  # an assignment, for want of what calls brought
        number = error.__traceback__.tb_next.tb_lineno
        line = linecache.getline(__file__, number).strip()
        complain(f'line {number}, {line}: {type(error).__name__}: {error}')
        finish()


if __name__ == '__main__':
    main()
