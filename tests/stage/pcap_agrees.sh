#!/bin/sh
# Has tshark read a pcap file and compares what it sees, packet by packet, with
# the segments of a journal; leaves its fields in the file `fields`.
# Usage: pcap_agrees.sh JOURNAL.jsonl FILE.pcap
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wanted=$(sed -n 's/^# field /-e /p' "$here/pcap_agrees.py")
# shellcheck disable=SC2086 # a list of words
tshark -r "$2" -o tcp.relative_sequence_numbers:TRUE \
    -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE \
    -o ip.check_checksum:TRUE -o ip.defragment:FALSE \
    -o ipv6.defragment:FALSE -o tcp.desegment_tcp_streams:FALSE \
    -T fields -E occurrence=f $wanted >fields 2>tshark.err || {
    cat tshark.err
    exit 1
}
python3 "$here/pcap_agrees.py" "$1" fields
