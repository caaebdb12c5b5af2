#!/usr/bin/env python3
"""Compares what became of the same data in journals of the same script.

Usage: fates_agree.py A.jsonl SAME_SEED.jsonl OTHER_SEED.jsonl

A piece of data is known by its connection (in the order of their SYNs), its
place in the stream, and whether it was sent for the first or second time.
"""
import json
import sys


def fates(path):
    flows, sent, by_id, found = {}, {}, {}, {}
    with open(path, encoding='utf-8') as lines:
        for event in map(json.loads, lines):
            if event['event'] == 'segment' and event['from'] == 'client':
                flow = flows.setdefault(event['src'], len(flows))
                if not event['len']:
                    continue
                place = flow, event['seq'], event['len']
                sent[place] = sent.get(place, 0) + 1
                by_id[event['id']] = place + (sent[place],)
            elif event['event'] == 'verdict':
                key = by_id.get(event['segment'])
                if key and key[3] <= 2:
                    found[key] = event['action']
    return found


def main():
    first, same, other = map(fates, sys.argv[1:])
    shared = first.keys() & same.keys()
    print('%d pieces, %d shared, %d lost' % (
        len(first), len(shared), list(first.values()).count('dropped')))
    assert len(shared) > 0.9 * len(first) > 100, 'too few to compare'
    for key in shared:
        assert first[key] == same[key], (key, first[key], same[key])
    shared = first.keys() & other.keys()
    differ = sum(first[key] != other[key] for key in shared)
    assert differ > 0.2 * len(shared), 'another seed, %d differ' % differ


main()
