#!/usr/bin/env python3
"""Compares two pcap files packet by packet: stamps and lengths are the same,
and so is every byte but those of the payload, and the checksums over them.

Usage: packets_same.py JOURNAL.jsonl WANTED.pcap GOT.pcap
where the journal tells what each packet is. Prints how many were equal to the
last byte.
"""
import json
import struct
import sys


def packets(path):
    """Of nanosecond pcap files in the order of this machine."""
    with open(path, 'rb') as file:
        data = file.read()
    assert struct.unpack('=I', data[:4])[0] == 0xa1b23c4d, 'not such a file'
    at = 24
    while at < len(data):
        seconds, nanos, kept, length = struct.unpack('=IIII', data[at:at + 16])
        at += 16
        yield seconds, nanos, length, data[at:at + kept]
        at += kept


def segments(path):
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            if '"event":"segment"' in line:
                yield json.loads(line)


def inner(packet):
    """Of a quoted packet: where its transport checksum is, where its payload
    begins."""
    at = (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 40
    proto = packet[9] if packet[0] >> 4 == 4 else packet[6]
    if proto == 6:
        return at + 16, at + (packet[at + 12] >> 4) * 4
    return at + 6, at + 8


def may_differ(event, packet):
    """The places of bytes that a recording without payload does not tell."""
    payload = event['payload_offset']
    transport = event.get('transport_offset', 0)
    sums = {'tcp': 16, 'udp': 6, 'icmp': 2}
    if event['proto'] == 'icmp' and 'quoted' in event:
        checksum, begin = inner(packet[payload:])
        places = set(range(payload + begin, len(packet)))
        places |= {payload + checksum, payload + checksum + 1}
    elif event['len']:
        places = set(range(payload, len(packet)))
    else:
        return set()
    if transport:
        checksum = transport + sums[event['proto']]
        places |= {checksum, checksum + 1}
    return places


def main():
    journal = list(segments(sys.argv[1]))
    wanted, got = list(packets(sys.argv[2])), list(packets(sys.argv[3]))
    wrong = equal = 0
    if not len(journal) == len(wanted) == len(got):
        print('journal: %d segments, packets: %d wanted, %d there'
              % (len(journal), len(wanted), len(got)))
        return 1
    for number, (event, a, b) in enumerate(zip(journal, wanted, got), 1):
        differs = [i for i, (x, y) in enumerate(zip(a[3], b[3])) if x != y]
        beyond = set(differs) - may_differ(event, a[3])
        equal += not differs
        if a[:3] != b[:3] or len(a[3]) != len(b[3]) or beyond:
            print('packet %d: %s, wanted %s, differs at %s: %s'
                  % (number, b[:3], a[:3], sorted(beyond), event))
            wrong += 1
    print('%d packets, %d of them equal' % (len(got), equal))
    return 1 if wrong else 0


sys.exit(main())
