#!/usr/bin/env python3
"""Compares a journal's segments with tshark's view of the same packets.

Usage: pcap_agrees.py JOURNAL.jsonl FIELDS, where FIELDS is what
`tshark -T fields -E occurrence=f` printed, with fragments left alone, one -e for each of these, in this
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
# field frame.len
# field ip.ttl
# field ipv6.hlim
# field ipv6.fraghdr.nxt
# field tcp.hdr_len
# field tcp.options.mss_val
# field tcp.options.timestamp.tsval
# field tcp.options.timestamp.tsecr
# field tcp.options.wscale.shift
# field tcp.options.sack_perm
# field tcp.options.sack.count
# field _ws.malformed
# field ip.checksum.status
# field tcp.checksum.status
# field udp.checksum.status
# field icmp.checksum.status
# field icmpv6.checksum.status
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


def options(got):
    """As the journal words them, but for the edges of a SACK block."""
    words = []
    if got['tcp.options.mss_val']:
        words.append('mss ' + got['tcp.options.mss_val'])
    if got['tcp.options.sack_perm']:
        words.append('sackOK')
    if got['tcp.options.timestamp.tsval']:
        words.append('TS val %s ecr %s' % (got['tcp.options.timestamp.tsval'],
                                           got['tcp.options.timestamp.tsecr']))
    if got['tcp.options.wscale.shift']:
        words.append('wscale ' + got['tcp.options.wscale.shift'])
    if got['tcp.options.sack.count']:
        words.append('sack ' + got['tcp.options.sack.count'])
    return ','.join(words)


def complaints(got):
    """What tshark finds wrong; 0 is a bad checksum, 1 a good one."""
    found = [name for name, value in got.items()
             if name.endswith('.checksum.status') and value == '0']
    return found + ['malformed'] * bool(got['_ws.malformed'])


def from_tshark(line, names):
    got = dict(zip(names, line.rstrip('\n').split('\t')))
    proto = PROTOCOLS[got['ip.proto'] or got['ipv6.fraghdr.nxt']
                      or got['ipv6.nxt']]
    src = got['ip.src'] or got['ipv6.src']
    dst = got['ip.dst'] or got['ipv6.dst']
    sport, dport = (got.get(proto + end) or None
                    for end in ('.srcport', '.dstport'))
    seen = {
        'complaints': complaints(got),
        'packet_len': int(got['frame.len']),
        'ttl': int(got['ip.ttl'] or got['ipv6.hlim']),
        'time': nanoseconds(got['frame.time_epoch']),
        'proto': proto,
        'src': address(src, sport),
        'dst': address(dst, dport),
    }
    if proto == 'udp' and got['udp.length']:
        seen['len'] = int(got['udp.length']) - 8
    if proto == 'icmp':
        seen['icmp'] = '(%s/%s)' % (got['icmp.type'] or got['icmpv6.type'],
                                    got['icmp.code'] or got['icmpv6.code'])
    if proto == 'tcp':
        bits = int(got['tcp.flags'], 16)
        seen['flags'] = '+'.join(name for bit, name in FLAGS if bits & bit)
        seen['window'] = int(got['tcp.window_size_value'])
        seen['options'] = options(got)
        seen['header'] = int(got['tcp.hdr_len'])
        for name in ('seq', 'ack', 'seq_raw', 'ack_raw', 'len'):
            seen[name] = int(got['tcp.' + name])
    return seen


def comparable(seen, senders, event):
    """The fields that both must have. Without the ACK flag there is no `ack`,
    who has sent no SYN (a refusing host) has no number to count from, and of a
    datagram in fragments tshark tells the length of the whole."""
    names = set(seen)
    if event.get('fragment'):
        names.discard('len')
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
        for name in sorted(comparable(seen, senders, event)):
            value = seen[name]
            ours = event.get(name)
            if name == 'time':
                ours = opened + nanoseconds(str(event['t']))
            if name == 'icmp' and ours:
                ours = ours.split()[-1]
            if name == 'options':
                ours = ours.split(' {')[0]
            if name == 'header':
                ours = event['payload_offset'] - event['transport_offset']
            if name == 'complaints':
                ours = []
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
