#!/bin/sh
# The Korean texts appear on a machine that has generated no Korean locale, and
# from the build tree: the program was never installed. What is part of the
# notation, and what programs read, stays as it is.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0

# A process is missing before the call: the script does not parse.
echo 's = socket()' >"$work/who.stage"
korean='어느 process가 하는지 쓴다: c1: s = socket()'
english='say which process does this: c1: s = socket()'

check() { # NAME WANTED ENVIRONMENT... -- OPTION...
    name=$1
    wanted=$2
    shift 2
    variables=
    while [ "$1" != -- ]; do
        variables="$variables $1"
        shift
    done
    shift
    # shellcheck disable=SC2086 # a list of words
    env -i PATH="$PATH" $variables "$SOCKSTAGE" run "$@" "$work/who.stage" \
        >"$work/out" 2>&1
    code=$?
    if [ $code -ne 2 ] || ! grep -qF "$wanted" "$work/out"; then
        echo "$name: exit $code, no '$wanted' in:" >&2
        cat "$work/out" >&2
        bad=1
    fi
}

check 'an empty environment' "$korean" -- --lang ko
check 'C.UTF-8' "$korean" LC_ALL=C.UTF-8 -- --lang ko
check 'C' "$korean" LC_ALL=C -- --lang ko
check 'a locale that is not there' "$korean" LC_ALL=ko_XX.UTF-8 -- --lang ko
check 'LANGUAGE is overruled' "$korean" LANGUAGE=en LANG=C.UTF-8 -- --lang ko
check 'LANG alone' "$korean" LANG=ko_XX.UTF-8 --
check 'an empty LC_ALL is none' "$korean" LC_ALL= LANG=ko_XX.UTF-8 --
check 'LC_MESSAGES before LANG' "$korean" LC_MESSAGES=ko_XX.UTF-8 LANG=C.UTF-8 --
check 'LC_ALL before LC_MESSAGES' "$english" LC_ALL=C.UTF-8 LC_MESSAGES=ko_XX --
check 'LANGUAGE alone' "$korean" LANGUAGE=ko LANG=C.UTF-8 --
check 'English by default' "$english" LC_ALL=C.UTF-8 --
check 'English on request' "$english" LANG=ko_XX.UTF-8 -- --lang en

# --lang counts for what is wrong with the other options too, wherever it is.
usage() { # NAME WANTED OPTION...
    name=$1
    wanted=$2
    shift 2
    env -i PATH="$PATH" LC_ALL=C.UTF-8 "$SOCKSTAGE" "$@" >"$work/out" 2>&1
    code=$?
    if [ $code -ne 2 ] || ! grep -qF -- "$wanted" "$work/out"; then
        echo "$name: exit $code, no '$wanted' in:" >&2
        cat "$work/out" >&2
        bad=1
    fi
}

usage 'before a wrong option' '--nix: 그런 option은 없다' --lang=ko --nix
usage 'behind a wrong value' '--wire=x: 그런 선택은 없다' run --wire=x --lang ko
usage 'the last of two' '--wire=x: no such choice' --lang=ko --lang=en --wire=x
usage 'a language there is not' '--lang=xx: no such choice' --lang=xx
usage 'no language' '--lang needs a value' --lang

# The Python of an exception and the words of strace are no texts. On port 1
# nobody listens.
printf '%s\n' 'c1: s = socket()' 'c1: s.connect(("server", 1))' \
    'expect c1.error == ECONNREFUSED' >"$work/refused.stage"
"$SOCKSTAGE" run --wire=loopback --lang ko --format=jsonl \
    "$work/refused.stage" >"$work/out" 2>&1
grep -qF '[Errno 111] Connection refused' "$work/out" || {
    echo 'the message of the exception is translated:' >&2
    cat "$work/out" >&2
    bad=1
}
exit $bad
