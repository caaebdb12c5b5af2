#!/bin/sh
# Proves that what is no recording is refused with its place and exit code 2,
# within bounded memory and without a screen: by `export`, and by the screen,
# which has no terminal here. And what the command line says of recordings.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "$*"
    exit 1
}

# A sanitizer reserves more memory than there is.
limit=unlimited
# shellcheck disable=SC3045 # dash and bash have it
(ulimit -v 300000 && "$SOCKSTAGE" --version) >/dev/null 2>&1 && limit=300000

# refused WANTED_ON_STDERR ARGUMENT...
refused() {
    wanted=$1
    shift
    code=0
    # shellcheck disable=SC3045
    (ulimit -v $limit && exec timeout 20 "$SOCKSTAGE" "$@") \
        </dev/null >out 2>err || code=$?
    [ $code -eq 2 ] || fail "$*: exit $code, not 2: $(head -c 500 err)"
    [ ! -s out ] || fail "$*: $(wc -c <out) bytes on standard output"
    grep -q -- "$wanted" err || fail "$*: no '$wanted': $(head -c 500 err)"
    [ "$(wc -l <err)" -eq 1 ] || fail "$*: $(wc -l <err) lines"
    [ "$(wc -c <err)" -lt 1000 ] || fail "$*: $(wc -c <err) bytes"
}

stage='{"t":0,"event":"stage","version":1,"opened":1700000000000000000'
stage="$stage"',"wire":"private","kernel":"6.1.0","hosts":{"client":[],'
stage="$stage"'"server":[]},"program":"sockstage 0.1.0"}'

many() { # COUNT TEXT
    awk -v n="$1" -v text="$2" \
        'BEGIN { for (i = 0; i < n; i++) printf "%s", text }'
}

# ---- files ------------------------------------------------------------------

: >empty.jsonl
mkdir folder.jsonl
mkfifo pipe.jsonl
echo "$stage" >good.jsonl
cp "$SOCKSTAGE" binary.jsonl
printf '\000\001\377\n' >zeros.jsonl
echo 'server: ls = socket()' >script.jsonl
echo "$stage" | sed 's/"version":1/"version":2/' >version.jsonl
echo "$stage" | sed 's/"version":1/"version":"1"/' >text.jsonl
{
    echo "$stage"
    printf '{"t":1,"event":"note","text":"'
    many 800000 0123456789
    printf '","lang":"en"}\n'
} >huge.jsonl
{
    echo "$stage"
    printf '{"t":1,"event":"note","x":'
    many 1000000 '['
    many 1000000 ']'
    printf '}\n'
} >deep.jsonl
many 1000000 '{"a":' >deeper.jsonl
many 100 'x' >name_is_a_lie.jsonl
printf '%s\nnull\n' "$stage" >null.jsonl
printf '%s\n{"t":-1,"event":"blocked","id":1}\n' "$stage" >negative.jsonl
printf '%s\n{"t":1e999,"event":"blocked","id":1}\n' "$stage" >infinite.jsonl

for screen in '' 'export text' 'export stage'; do
    # shellcheck disable=SC2086 # none, or two words
    {
        refused '^empty.jsonl:1:1: ' $screen empty.jsonl
        refused 'folder.jsonl: .*EISDIR' $screen folder.jsonl
        refused 'pipe.jsonl: .*plain file' $screen pipe.jsonl
        refused 'missing.jsonl: .*ENOENT' $screen missing.jsonl
        refused '^binary.jsonl:1:' $screen binary.jsonl
        refused '^zeros.jsonl:1:1: ' $screen zeros.jsonl
        refused '^script.jsonl:1:1: ' $screen script.jsonl
        refused '^version.jsonl:1:[0-9]*: .*2' $screen version.jsonl
        refused '^text.jsonl:1:' $screen text.jsonl
        refused '^name_is_a_lie.jsonl:1:1: ' $screen name_is_a_lie.jsonl
    }
done
refused '/dev/zero: .*plain file' export text /dev/zero

# Refused later: what came before it was printed.
for name in huge deep null negative infinite; do
    code=0
    # shellcheck disable=SC3045
    (ulimit -v $limit && exec timeout 20 "$SOCKSTAGE" export text $name.jsonl) \
        >out 2>err || code=$?
    [ $code -eq 2 ] || fail "$name: exit $code: $(head -c 500 err)"
    grep -q "^$name.jsonl:2:[1-9][0-9]*: " err || fail "$name: $(cat err)"
    grep -q 'private wire' out || fail "$name: nothing before it"
    refused "^$name.jsonl:2:[1-9][0-9]*: " $name.jsonl
done
refused '^deeper.jsonl:1:[1-9][0-9]*: ' deeper.jsonl

# A control byte in what the file says does not reach the terminal.
printf '{"\033[31m' >red.jsonl
echo >>red.jsonl
refused 'red.jsonl:1:' red.jsonl
! grep -q "$(printf '\033')" err || fail 'an escape sequence is let through'

# ---- the command line -------------------------------------------------------

refused '--record .*recording' --record x.jsonl good.jsonl
[ ! -e x.jsonl ] || fail '--record made a file'
refused '--wire .*recording' --wire=loopback good.jsonl
refused '--pcap .*recording' --pcap x.pcap good.jsonl
refused '--timeout .*recording' --timeout 5s good.jsonl
refused '--record .*recording' export text good.jsonl --record x.jsonl
refused '--output .*export' run -o x good.stage
refused 'good.jsonl.*sockstage export text' run good.jsonl
cp good.jsonl other.name
refused 'other.name.*recording' run other.name
refused 'not 2' good.jsonl good.jsonl
all='text, svg, mermaid, html, python, c, pcap, stage'
refused "there is: $all\$" export nonsense good.jsonl
refused "there is: $all\$" export jsonl good.jsonl
refused 'export text FILE.jsonl' export
refused 'export text FILE.jsonl' export text
refused 'export text FILE.jsonl' export text good.jsonl good.jsonl
for size in 0 7M 5G 64X M -1 8Mi 99999999999999999999; do
    refused '--memory=' --memory=$size good.jsonl
done
