#!/usr/bin/env python3
"""Plays exported programs: Python and C, either against the other, on the
loopback of a network of their own. They end without a difference and make the
segments that the recording has. What they print is what the recording printed,
whatever text it holds. Needs privilege, or a user namespace.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import programs

SOCKSTAGE = os.environ['SOCKSTAGE']
SKIP = 77
LIMIT = 60

# Segments as on the stage: 1000 bytes each, ACKs at once.
NETWORK = '''
ip link set lo mtu 1500 gso_max_segs 1 up
ip route replace local 127.0.0.1 dev lo table local advmss 1012 quickack 1 \\
    src 127.0.0.1
for setting in tcp_early_retrans=0 tcp_retrans_collapse=0 \\
    tcp_no_metrics_save=1; do
    echo ${setting#*=} >/proc/sys/net/ipv4/${setting%=*} || :
done
exec "$@"
'''


def inside(*command):
    """The command in a network namespace with a loopback alone."""
    user = [] if os.geteuid() == 0 else ['--map-root-user']
    return ['unshare', '--net', *user, 'sh', '-c', NETWORK, 'sh', *command]


def check(holds, *what):
    if not holds:
        raise programs.Failed(' '.join(str(part) for part in what))


# ---- recordings -------------------------------------------------------------

def record(work, script, *options):
    recording = os.path.join(work, 'recording.jsonl')
    if os.path.exists(recording):
        os.remove(recording)
    text = None
    if '\n' in script:
        text, script = script, '-'
    done = subprocess.run(
        [SOCKSTAGE, 'run', '--wire=private', '--record', recording, *options,
         script], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False)
    if done.returncode in (3, SKIP):
        print(done.stdout)
        sys.exit(SKIP)
    check(done.returncode == 0, script, done.stdout)
    return recording


def events(recording):
    with open(recording, encoding='utf-8') as lines:
        return [json.loads(line) for line in lines]


def processes(journal):
    """The server first; children of fork() are nobody's to start."""
    names = [e['process'] for e in journal if e['event'] == 'process' and
             e['action'] == 'started' and not e['parent']]
    return sorted(names, key=lambda name: name != 'server')


# ---- playing ----------------------------------------------------------------

PLAY = '''
import subprocess, sys, time
limit, commands = float(sys.argv[1]), [a.split("\\t") for a in sys.argv[2:]]
at = str(time.time() + 1)
running = [subprocess.Popen([*c, "--at", at], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)
           for c in commands]
code = 0
for command, process in zip(commands, running):
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        err += "it does not end\\n"
    code = code or process.returncode
    sys.stdout.write(out)
    sys.stderr.write(err)
sys.exit(1 if code else 0)
'''


def play(roles, programs_of, step='0.05'):
    """All processes at once; `programs_of` gives the command of each."""
    commands = ['\t'.join([*programs_of(role), role, '--step', step])
                for role in roles]
    done = subprocess.run(
        inside(sys.executable, '-c', PLAY, str(LIMIT), *commands),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    check(done.returncode == 0 and not done.stderr, commands, done.returncode,
          done.stdout, done.stderr)
    return done.stdout


def commands(python, c):
    return {'python': [sys.executable, '-W', 'error', python], 'c': [c]}


# Where every call has the same end on any network.
CALM = '''
server: ls = socket()
server: ls.bind(('', 8080))
server: ls.listen(5)
c1: s = socket()
c1: s.connect(('server', 8080))
server: conn, addr = ls.accept()
c1: n = s.send(b'x' * 2500)
expect server.conn.recv_buffer == 2500
server: msg = conn.recv(4096)
server: n = conn.send(msg[:10] + b'!')
c1: msg = s.recv(4096)
c1: print(n, msg, len(msg), ('a', msg[-1:]), None, 0.5)
c1: s.settimeout(0.3)
c1: msg = s.recv(10)
expect c1.error == ETIMEDOUT
server: w = fork()
server: conn.close()
server: ls.close()
w: ls.close()
w: n = conn.send(b'from the child')
c1: msg = s.recv(100)
c1: s.shutdown(SHUT_WR)
w: msg = conn.recv(10)
w: print(msg, len(msg))
w: conn.close()
c1: msg = s.recv(100)
c1: s.close()
c2: s = socket()
c2: s.connect(('server', 8080))
expect c2.error == ECONNREFUSED
'''

# A datagram, an option, a reset, an interrupted call, a name that is given up.
MIXED = '''
name notes.example server
server: u = socket(AF_INET, SOCK_DGRAM)
server: u.bind(('notes.example', 9999))
server: data, addr = u.recvfrom(100)
c1: u = socket(type=SOCK_DGRAM)
c1: n = u.sendto('안녕'.encode(), ('notes.example', 9999))
server: n = u.sendto(data, addr)
c1: pair = u.recvfrom(100)
c1: text = pair[0].decode()
c1: print(text, len(text), text[1], pair[1][1])
server: ls = socket()
server: ls.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
server: ls.bind(('10.0.0.1', 8080))
server: ls.listen()
c1: s = socket()
c1: s.connect(('10.0.0.1', 8080))
server: conn, addr = ls.accept()
server: conn.recv(10)
wait 300ms
interrupt server
c1: s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack('ii', 1, 0))
c1: s.close()
server: conn.recv(10)
expect server.error == ECONNRESET
c2: s = socket()
c2: s.connect(('localhost', 8081))
expect c2.error == ECONNREFUSED
c2: s = socket()
c2: s.connect(('server', 8080))
server: conn, addr = ls.accept()
c2: s = None
server: data = conn.recv(10)
expect server.data == b''
'''


def spoken(text):
    """What the processes printed; the rest are remarks of the program."""
    return sorted(line for line in text.splitlines()
                  if not re.match(r'\w+, call \d+', line))


def printed(journal):
    text = ''.join(e['text'] for e in journal if e['event'] == 'output')
    return sorted(text.splitlines())


def segments(journal):
    """Kinds by connection and sender. Bare ACKs are a matter of time."""
    found = {}
    for e in journal:
        if e['event'] != 'segment' or e['proto'] != 'tcp' or \
                e['retransmission'] or (e['flags'] == 'ACK' and not e['len']):
            continue
        flow = tuple(sorted((e['src'], e['dst'])))
        found.setdefault((flow, e['from']), []).append(
            (e['flags'].replace('PSH+', ''), e['len']))
    return sorted(found.values())


def captured(path):
    """The same of what was seen on the loopback, up to the last call."""
    fields = ['ip.src', 'tcp.srcport', 'ip.dst', 'tcp.dstport', 'tcp.flags',
              'tcp.len', 'tcp.analysis.retransmission']
    done = subprocess.run(
        ['tshark', '-n', '-r', path, '-Y', 'tcp', '-T', 'fields',
         *(x for f in fields for x in ('-e', f))],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
    names = ('FIN', 'SYN', 'RST', '', 'ACK')
    found = {}
    for line in done.stdout.splitlines():
        src, sport, dst, dport, flags, length, again = line.split('\t')
        bits = int(flags, 16)
        kind = '+'.join(
            names[i] for i in (1, 0, 2, 4) if bits >> i & 1)
        if again or (kind == 'ACK' and length == '0'):
            continue
        ends = (src, sport), (dst, dport)
        found.setdefault((tuple(sorted(ends)), ends[0]), []).append(
            (kind, int(length)))
    return sorted(found.values())


def play_captured(work, roles, programs_of):
    """As play(), with tshark beside it."""
    path = os.path.join(work, 'wire.pcap')
    watch = ('tshark -q -i lo -w "$0" -a duration:%d 2>"$0.err" & '
             'for i in $(seq 100); do '
             '  grep -q "Capturing on" "$0.err" && break; sleep 0.1; done; '
             'sleep 0.5; "$@"; code=$?; sleep 0.5; kill -INT $!; wait $!; '
             'exit $code') % LIMIT
    lines = ['\t'.join([*programs_of(role), role, '--step', '0.05'])
             for role in roles]
    done = subprocess.run(
        inside('sh', '-c', watch, path, sys.executable, '-c', PLAY, str(LIMIT),
               *lines),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    check(done.returncode == 0, lines, done.stdout, done.stderr)
    return captured(path)


# ---- tests ------------------------------------------------------------------

def test_handshake_lesson(work):
    """Also in Korean, whose narration becomes comments."""
    recording = record(work, 'handshake')
    programs.check(recording, work, '--lang', 'ko')
    with open(os.path.join(work, 'program.py'), encoding='utf-8') as text:
        check('# 3-way handshake' in text.read(), 'no Korean title')
    python, c = programs.check(recording, work)
    made = commands(python, programs.build(c))
    roles = processes(events(recording))
    for server, client in ('python', 'python'), ('c', 'c'), ('c', 'python'):
        said = play(roles, lambda role: made[
            server if role == 'server' else client])
        check(said == '', server, client, said)


def test_all_kinds_of_calls(work):
    for script in CALM, MIXED:
        recording = record(work, script)
        journal = events(recording)
        python, c = programs.check(recording, work)
        made = commands(python, programs.build(c))
        roles = processes(journal)
        for server, client in ('python', 'c'), ('c', 'python'):
            said = play(roles, lambda role: made[
                server if role == 'server' else client])
            ours = re.sub(r'\b(3[2-9]|[45]\d|6[0-5])\d{3}\b', 'PORT',
                          '\n'.join(spoken(said)))
            theirs = re.sub(r'\b(3[2-9]|[45]\d|6[0-5])\d{3}\b', 'PORT',
                            '\n'.join(printed(journal)))
            check(ours == theirs, server, client, said, theirs)


def test_same_segments(work):
    """On a network like the stage's, as far as the loopback can be one."""
    if not shutil.which('tshark'):
        print('no tshark: segments are not compared')
        return
    recording = record(work, CALM)
    journal = events(recording)
    python, c = programs.check(recording, work)
    for command in commands(python, programs.build(c)).values():
        seen = play_captured(work, processes(journal), lambda role: command)
        check(seen == segments(journal), command, seen, segments(journal))


HOSTILE = r'''
title """ */ title \N{BULLET} ??/
note It's "quoted" */ # and ''' + "'''" + r''' \
note.ko ‮뒤집힌 말 */
c1: s = socket()
c1: a = b"\x00'\"\\ ??/ */ \xff\r\n%s"
c1: b = '안 "녕" \u202e \\ ??= %d' + "'" * 3
c1: turn = -1 - -2 * (3 - 4) | 8
c1: int = (a, b, (turn,), 2.5, None, True)
c1: print(a, b, turn, int, len(a), len(b), a[0], b[1], a[-3:], b[:3])
c1: print('100% "\\', 1e3, 'x' * 3 + 'y', b.encode('utf-8').decode(), (1,) * 3)
c1: print('café'.encode('latin-1'), b'\xe9'.decode('latin-1'), s)
'''


def test_text_is_text(work):
    recording = record(work, HOSTILE)
    journal = events(recording)
    python, c = programs.check(recording, work)
    for kind, command in commands(python, programs.build(c)).items():
        said = play(['c1'], lambda role: command)
        check(spoken(said) == printed(journal), kind, said,
              '\n'.join(printed(journal)))


def test_constants(work):
    """Each has its number in both, known to Python's module or not."""
    table = os.path.join(os.environ['SOCKSTAGE_SOURCE_DIR'],
                         'src/calls/constants.def')
    with open(table, encoding='utf-8') as text:
        names = re.findall(r'^CONSTANT\(\w+, (\w+),', text.read(), re.M)
    check(len(names) > 50, names)
    recording = record(work, ''.join(
        "c1: print('%s', %s%s)\n" % (name, 'socket.' * (i % 2), name)
        for i, name in enumerate(names)))
    python, c = programs.check(recording, work)
    for kind, command in commands(python, programs.build(c)).items():
        said = play(['c1'], lambda role: command)
        check(spoken(said) == printed(events(recording)), kind, said)


# Words of C, of its library, of the programs themselves.
NAMES = """
asm auto case char const default do double enum extern float goto inline int
long register restrict short signed sizeof static switch typedef typeof
union unsigned void volatile abort main send recv printf exit index y1 signal
turn at slice joined become finish new_0 whole me step calls pauses processes
kept now ended say play_c1 Send Close Socket BYTES NEVER NONE END _x __x x_ I
turn_ turn__ int_ Play complain NEVER_
""".split()


def test_names(work):
    """No name of a variable is one of the compiler's or of the system's."""
    recording = record(work, 'c1: s = socket()\n')
    c = programs.check(recording, work)[1]
    macros = subprocess.run(
        ['gcc', '-std=c17', '-dM', '-E', c], stdout=subprocess.PIPE, text=True,
        check=True).stdout
    constant = re.compile(r'(AF|SOCK|IPPROTO|SOL|SO|TCP|IP|IPV6|MSG|SHUT)_')
    names = NAMES + re.findall(r'^#define ([A-Za-z]\w{0,30}) ', macros, re.M)
    check(len(names) > 300, names)
    names = [name for name in dict.fromkeys(names) if not constant.match(name)]
    recording = record(work, ''.join(
        'c1: %s = %d\n' % pair for pair in zip(names, range(len(names)))) +
        'c1: print(%s)\n' % ', '.join(names[:150]))
    python, c = programs.check(recording, work)
    for kind, command in commands(python, programs.build(c)).items():
        said = play(['c1'], lambda role: command)
        check(spoken(said) == printed(events(recording)), kind, said)


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_usage(work):
    """A wrong argument: the names, and exit code 2. A difference: 1."""
    recording = record(work, CALM)
    python, c = programs.check(recording, work)
    for command in commands(python, programs.build(c)).values():
        for wrong in [], ['c9'], ['w'], ['c1', '--step', 'x'], ['c1', '--at']:
            code, out, err = run(*command, *wrong)
            check(code == 2 and out == '', command, wrong, code, out, err)
            check('server' in err, command, wrong, err)
        code, out, err = run(*inside(*command, 'c1', '--step', '0'))
        check(code == 1 and 'refused' in err, command, code, out, err)
        check('recorded no error, now' in err, command, err)


def test_tampered(work):
    """Nothing is written of what is no recording of the stage."""
    recording = record(work, CALM)
    with open(recording, encoding='utf-8') as lines:
        text = lines.read().replace('ls.listen(5)', 'import os; os.abort()')
    with open(recording, 'w', encoding='utf-8') as out:
        out.write(text)
    for kind in 'python', 'c':
        code, out, err = run(SOCKSTAGE, 'export', kind, recording)
        check(code == 2 and out == '' and 'os.abort' in err, kind, code, err)


def test_ctrl_c(work):
    """A call that never returned is waited in, and Ctrl-C ends that."""
    recording = record(work, 'server: s = socket(type=SOCK_DGRAM)\n'
                             "server: s.bind(('', 9999))\n"
                             'server: data = s.recv(10)\n')
    python, c = programs.check(recording, work)
    for command in commands(python, programs.build(c)).values():
        process = subprocess.Popen(inside(*command, 'server', '--step', '0'),
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        wait_in_call(process.pid)
        process.send_signal(2)
        out = process.communicate(timeout=LIMIT)[0]
        check(process.returncode == 0 and not out, command,
              process.returncode, out)


def wait_in_call(pid):
    """Until the process sleeps in a system call on its socket, which has the
    descriptor 3: see proc(5), syscall."""
    for _ in range(20 * LIMIT):
        try:
            with open('/proc/%d/syscall' % pid, encoding='ascii') as syscall:
                if syscall.read().split()[1:2] == ['0x3']:
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise programs.Failed('it never waits in recv()')


def main():
    for tool in 'unshare', 'ip', 'gcc':
        if not shutil.which(tool):
            print('no', tool)
            sys.exit(SKIP)
    if subprocess.run(inside('true'), check=False,
                      stderr=subprocess.DEVNULL).returncode != 0:
        print('no network namespace here')
        sys.exit(SKIP)
    for name, test in list(globals().items()):
        if name.startswith('test_'):
            with tempfile.TemporaryDirectory() as work:
                test(work)
            print('ok', name)


try:
    main()
except programs.Failed as failure:
    print(failure)
    sys.exit(1)
