#!/usr/bin/env python3
"""Compares a journal's segments with tshark's view of the same packets.

Usage: pcap_agrees.py JOURNAL.jsonl FIELDS, where FIELDS is what
`tshark -T fields -E occurrence=f` printed, one -e for each of these, in this
order (an ICMP error has the fields of the packet that it quotes, too):
"""
# field frame.time_epoch
# field ip.proto
# field ipv6.nxt
# field ip.src
# field ipv6.src
# field ip.dst
# field ipv6.dst
# field tcp.srcport
# field tcp.dstport
# field tcp.flags
# field tcp.seq
# field tcp.ack
# field tcp.seq_raw
# field tcp.ack_raw
# field tcp.len
# field tcp.window_size_value
# field udp.srcport
# field udp.dstport
# field udp.length
# field icmp.type
# field icmp.code
# field icmpv6.type
# field icmpv6.code
import json
import sys

FLAGS = [(2, 'SYN'), (1, 'FIN'), (4, 'RST'), (8, 'PSH'), (16, 'ACK'),
         (32, 'URG')]
PROTOCOLS = {'6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmp'}


def nanoseconds(seconds):
    """A decimal number of seconds, without the rounding of a float."""
    whole, _, part = seconds.partition('.')
    return int(whole) * 10**9 + int(part.ljust(9, '0'))


def address(ip, port):
    if port is None:
        return ip
    return ('[%s]:%s' if ':' in ip else '%s:%s') % (ip, port)


def fields():
    with open(__file__, encoding='utf-8') as own:
        return [line.split()[2] for line in own if line.startswith('# field ')]


def from_tshark(line, names):
    got = dict(zip(names, line.rstrip('\n').split('\t')))
    proto = PROTOCOLS[got['ip.proto'] or got['ipv6.nxt']]
    src = got['ip.src'] or got['ipv6.src']
    dst = got['ip.dst'] or got['ipv6.dst']
    sport, dport = (got.get(proto + end) for end in ('.srcport', '.dstport'))
    seen = {
        'time': nanoseconds(got['frame.time_epoch']),
        'proto': proto,
        'src': address(src, sport),
        'dst': address(dst, dport),
    }
    if proto == 'udp':
        seen['len'] = int(got['udp.length']) - 8
    if proto == 'icmp':
        seen['icmp'] = '(%s/%s)' % (got['icmp.type'] or got['icmpv6.type'],
                                    got['icmp.code'] or got['icmpv6.code'])
    if proto == 'tcp':
        bits = int(got['tcp.flags'], 16)
        seen['flags'] = '+'.join(name for bit, name in FLAGS if bits & bit)
        seen['window'] = int(got['tcp.window_size_value'])
        for name in ('seq', 'ack', 'seq_raw', 'ack_raw', 'len'):
            seen[name] = int(got['tcp.' + name])
    return seen


def comparable(seen, senders):
    """The fields that both must have. Without the ACK flag there is no `ack`,
    and who has sent no SYN (a refusing host) has no number to count from."""
    names = set(seen)
    if seen['proto'] != 'tcp':
        return names
    if 'SYN' in seen['flags'].split('+'):
        senders.add((seen['src'], seen['dst']))
    if 'ACK' not in seen['flags'].split('+'):
        names -= {'ack', 'ack_raw'}
    if (seen['src'], seen['dst']) not in senders:
        names.remove('seq')
    return names


def from_journal(path):
    opened = None
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            event = json.loads(line, parse_float=str)
            if event['event'] == 'stage':
                opened = int(event['opened'])
            if event['event'] == 'segment':
                yield opened, event


def main():
    journal = list(from_journal(sys.argv[1]))
    with open(sys.argv[2], encoding='utf-8') as lines:
        names = fields()
        shark = [from_tshark(line, names) for line in lines]
    senders = set()
    wrong = 0
    if len(journal) != len(shark):
        print('journal: %d segments, tshark: %d' % (len(journal), len(shark)))
        wrong += 1
    for number, ((opened, event), seen) in enumerate(zip(journal, shark), 1):
        for name in sorted(comparable(seen, senders)):
            value = seen[name]
            ours = event.get(name)
            if name == 'time':
                ours = opened + nanoseconds(str(event['t']))
            if name == 'icmp' and ours:
                ours = ours.split()[-1]
            if ours != value:
                print('packet %d: %s: journal %r, tshark %r'
                      % (number, name, ours, value))
                wrong += 1
    kinds = {event['flags'] or event['proto'] for _, event in journal}
    for kind in ('SYN', 'SYN+ACK', 'ACK', 'PSH+ACK', 'RST+ACK', 'FIN+ACK',
                 'udp', 'icmp'):
        if kind not in kinds:
            print('no %s among them: this proves too little' % kind)
            wrong += 1
    if not any(event['retransmission'] for _, event in journal):
        print('no retransmission among them: this proves too little')
        wrong += 1
    print('%d segments compared' % len(journal))
    return 1 if wrong else 0


sys.exit(main())
