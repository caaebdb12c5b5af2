#!/usr/bin/env python3
"""Records each script, exports the recording as a script, and plays that one.

Usage: round_trip.py FILE.stage...

The exported script has to pass, to have the lines of the first one, and to
make the same story: the same calls with the same results, and in each direction
the same segments. The programs that the recording becomes have to compile. A
script that is skipped here is none of this test's. It needs privilege, or a
user namespace and /dev/net/tun, and is skipped where the program says that it
can't.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

import programs

SOCKSTAGE = os.environ['SOCKSTAGE']


class Failed(Exception):
    pass


def sockstage(*arguments):
    done = subprocess.run([SOCKSTAGE, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def need(what, wanted, code, output):
    if code != wanted:
        raise Failed('%s: exit %d, not %d\n%s' % (what, code, wanted, output))


def record(script, recording):
    code, output = sockstage('run', '--wire=private', script,
                             '--record', recording)
    if code != 77:
        need('run ' + script, 0, code, output)
    return code == 0


def export(recording, script):
    need('export', 0, *sockstage('export', 'stage', recording, '-o', script))


# ---- what is compared -------------------------------------------------------

def events(recording):
    with open(recording, encoding='utf-8') as lines:
        return [json.loads(line) for line in lines]


def no_ports(text):
    """A port that the kernel chose is another one the next time."""
    return re.sub(r'\b(3[2-9]|[45]\d|6[0-5])\d{3}\b', 'PORT', str(text))


def calls(journal):
    """Each call and how it ended, in the order in which they were made."""
    ends = {e['id']: e for e in journal if e['event'] == 'return'}
    found = []
    for e in journal:
        if e['event'] != 'call':
            continue
        end = ends.get(e['id'], {'result': 'parked'})
        found.append((e['process'], e['python'], no_ports(end['result']),
                      end.get('errno'), end.get('exception')))
    return found


def segments(journal, sender):
    """All but repeats and bare ACKs: those are a matter of time, and what one
    of these acknowledges is one of moments, between two runs of any script."""
    flows, found = {}, []
    for e in journal:
        if (e['event'] != 'segment' or e['from'] != sender or
                e['retransmission'] or (e['flags'] == 'ACK' and not e['len'])):
            continue
        flow = frozenset((e['src'], e['dst']))
        found.append((flows.setdefault(flow, len(flows)), e['proto'],
                      e['flags'], e['len'], e['icmp'] is not None))
    # Several connections need not wait for each other.
    return sorted(found, key=lambda segment: segment[0])


def ends(journal):
    return [e['result'] for e in journal if e['event'] == 'end']


def same(what, first, second):
    if first == second:
        return
    for i, (a, b) in enumerate(zip(first, second)):
        if a != b:
            raise Failed('%s %d:\n  %s\n  %s' % (what, i + 1, a, b))
    raise Failed('%s: %d, then %d\n  %s' % (
        what, len(first), len(second),
        (first[len(second):] + second[len(first):])[0]))


# ---- the lines of a script --------------------------------------------------

def plain(line):
    """One line as it is compared: its blanks and its comment aside."""
    if not re.match(r'(title|note|ask|option|try)\b', line):
        line = re.sub(r'(^\s*#.*|\s#[^\'"]*)$', '', line)
    return re.sub(r'^(\w[\w.]*:)\s*', r'\1 ', ' '.join(line.split()))


def lines_of(path):
    """The lines of a script, blocks and what it includes put in place."""
    block, found = None, []
    with open(path, encoding='utf-8') as file:
        for written in file:
            line = plain(written)
            if not line or line.startswith(('```', '~~~')):
                continue
            if block and written[0] in ' \t':
                found.append('%s %s' % (block, line))
                continue
            block = line if re.fullmatch(r'[\w.]+:', line) else None
            include = re.match(r'include (.*)', line)
            if include:
                folder = os.path.dirname(path)
                found += lines_of(os.path.join(folder, include[1]))
            elif not block:
                found.append(line)
    return found


# ---- all of it --------------------------------------------------------------

def round_trip(script, work):
    first, second = work + '/first.jsonl', work + '/second.jsonl'
    exported, again = work + '/exported.stage', work + '/again.stage'
    if not record(script, first):
        return False
    programs.check(first, work)
    export(first, exported)
    same('line', lines_of(script), lines_of(exported))
    if not record(exported, second):
        raise Failed('the exported script is skipped')
    export(second, again)
    same('line of the second export', lines_of(exported), lines_of(again))
    one, two = events(first), events(second)
    same('end', ends(one), ends(two))
    same('call', calls(one), calls(two))
    for sender in 'client', 'server':
        same('segment of the ' + sender, segments(one, sender),
             segments(two, sender))
    return True


def attempt(script):
    """Whether it was played twice, and what went wrong."""
    with tempfile.TemporaryDirectory() as work:
        try:
            return round_trip(script, work), None
        except (Failed, programs.Failed) as e:
            said = '%s: %s' % (script, e)
            if os.path.exists(work + '/exported.stage'):
                with open(work + '/exported.stage', encoding='utf-8') as text:
                    said += '\n' + text.read()
            return False, said


def main():
    scripts = sys.argv[1:]
    if subprocess.run([SOCKSTAGE, 'run', '--wire=private', '-'],
                      input='require private\n', text=True,
                      capture_output=True, check=False).returncode == 3:
        sys.exit(77)
    # They wait for timers nearly all the time.
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        results = list(pool.map(attempt, scripts))
    # On a busy machine some expectation may have come too late: once more, with
    # nothing else beside it.
    results = [attempt(script) if said else (twice, said)
               for script, (twice, said) in zip(scripts, results)]
    failures = [said for _, said in results if said]
    played = sum(twice for twice, _ in results)
    print('\n'.join(failures))
    print('%d scripts, %d played twice, %d failures' % (
        len(scripts), played, len(failures)))
    if failures:
        sys.exit(1)
    sys.exit(0 if played else 77)


main()
