#!/bin/sh
# Of a recording with several stages `export` writes the one that --chapter
# names; formats that show one stage ask for it. What is refused leaves no file
# behind and the one that is there alone.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "$*"
    cat out err
    exit 1
}

# export WANTED_CODE ARGUMENT...
export_() {
    wanted=$1
    shift
    code=0
    "$SOCKSTAGE" export "$@" >out 2>err </dev/null || code=$?
    [ $code -eq "$wanted" ] || fail "export $*: exit $code, not $wanted"
}

stage() {
    printf '{"t":0,"event":"stage","version":1,"opened":1700000000000000000'
    printf ',"wire":"private","kernel":"6.1.0","hosts":{"client":[],"server":'
    printf '[]},"program":"sockstage 0.1.0"}\n'
}

line() { # TEXT
    printf '{"t":1,"event":"line","text":"%s","line":1}\n' "$1"
}

call() { # PROCESS
    printf '{"t":2,"event":"call","id":1,"process":"%s","socket":null,' "$1"
    printf '"name":"socket","python":"s = socket()","syscall":"x","line":2}\n'
    line "mark $1"
}

{
    stage
    line 'title One'
    line 'title.ko 하나'
    call c1
    printf '{"t":3,"event":"end","result":"passed"}\n'
    stage
    call c2
    stage
    line 'title Three\u001b[31m'
} >three.jsonl
stage >one.jsonl
call c1 >>one.jsonl

# ---- which one --------------------------------------------------------------

export_ 2 stage three.jsonl
[ ! -s out ] || fail 'something is written'
grep -q -- '--chapter=N' err || fail 'no hint'
tail -n +2 err >list
printf '1 One\n2 (no title)\n3 Three\n' >expected
sed 's/Three.*/Three/' list | cmp -s - expected || fail 'another list'
! grep -q "$(printf '\033')" err || fail 'an escape sequence is let through'
export_ 2 stage --lang=ko three.jsonl
grep -qx '1 하나' err || fail 'not the Korean title'

export_ 0 stage --chapter=1 three.jsonl
grep -qx 'c1: s = socket()' out || fail 'not the first stage'
! grep -q 'c2' out || fail 'more than the first stage'
export_ 0 stage --chapter 2 three.jsonl
grep -qx 'c2: s = socket()' out || fail 'not the second stage'
! grep -q 'c1' out || fail 'more than the second stage'
export_ 0 stage one.jsonl
grep -qx 'c1: s = socket()' out || fail 'not the only stage'
export_ 0 stage --chapter=1 one.jsonl

export_ 2 stage --chapter=4 three.jsonl
grep -q -- '--chapter=4' err || fail 'no number'
tail -n +2 err | cmp -s - list || fail 'another list'
export_ 2 text --chapter=4 three.jsonl
[ ! -s out ] || fail 'something is written'
export_ 2 stage --chapter=2 one.jsonl

export_ 0 text three.jsonl
grep -q c1 out || fail 'not the first stage'
grep -q c2 out || fail 'not the second stage'
export_ 0 text --chapter=2 three.jsonl
grep -q c2 out || fail 'not the second stage'
! grep -q c1 out || fail 'more than the second stage'

for number in 0 -1 x 1x '' 99999999999999999999; do
    export_ 2 stage --chapter="$number" three.jsonl
    grep -q -- '--chapter=' err || fail "$number: no such message"
done
code=0
"$SOCKSTAGE" run --chapter=1 x.stage >out 2>err || code=$?
[ $code -eq 2 ] || fail "run --chapter: exit $code"
grep -q 'chapter.*export' err || fail 'no reason'

# ---- files ------------------------------------------------------------------

{
    stage
    line 'wire hold\nc1: exit()'
} >hostile.jsonl
export_ 2 stage -o new.stage three.jsonl
[ ! -e new.stage ] || fail 'a file of no use'
export_ 2 stage -o new.stage hostile.jsonl
[ ! -e new.stage ] || fail 'a file of a recording that is refused'
grep -q 'none of the notation' err || fail 'no reason'
[ "$(wc -l <err)" -eq 1 ] || fail 'more than one line'
echo old >old.stage
export_ 2 stage -o old.stage three.jsonl --chapter=1
export_ 2 stage -o old.stage three.jsonl --force
export_ 2 stage -o old.stage hostile.jsonl --force
[ "$(cat old.stage)" = old ] || fail 'the file is written over'
export_ 0 stage -o old.stage three.jsonl --force --chapter=1
grep -q c1 old.stage || fail 'the file is not written over'
export_ 3 stage one.jsonl -o nowhere/x
if [ -w /dev/full ]; then
    code=0
    "$SOCKSTAGE" export stage one.jsonl >/dev/full 2>err || code=$?
    [ $code -eq 3 ] || fail "a full disk: exit $code"
fi
# What the recording holds before it breaks is no whole script.
{
    cat one.jsonl
    echo '{"t":1e999,"event":"blocked","id":1}'
} >broken.jsonl
export_ 2 stage -o new.stage broken.jsonl
[ ! -e new.stage ] || fail 'half a script'
head -c -5 one.jsonl >cut.jsonl
export_ 0 stage cut.jsonl
