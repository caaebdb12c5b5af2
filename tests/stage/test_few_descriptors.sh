#!/bin/sh
# Proves that with however few descriptors (RLIMIT_NOFILE) the program ends in
# order and says why: headless, and the screen, which has no terminal here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The leak sanitizer needs descriptors itself.
ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
export ASAN_OPTIONS

echo 'c1: s = socket()' >one.stage
echo '{"t":0,"event":"stage","version":1}' >one.jsonl

# in_order LIMIT ARGUMENT...
in_order() {
    limit=$1
    shift
    code=0
    # shellcheck disable=SC3045 # dash and bash have it
    (ulimit -n "$limit" && exec setsid -w timeout 60 "$SOCKSTAGE" "$@") \
        </dev/null >out 2>err || code=$?
    case $code in
    0) return ;;
    1 | 3) ;; # 1: socket() told it
    127) ;; # not even its libraries were loaded
    *)
        echo "$limit descriptors: $*: exit $code: $(cat err)"
        exit 1
        ;;
    esac
    [ -s err ] || {
        echo "$limit descriptors: $*: exit $code without a word"
        exit 1
    }
}

for limit in 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18 20; do
    in_order "$limit" run --wire=loopback one.stage
    in_order "$limit" one.jsonl
    in_order "$limit" --wire=loopback
    in_order "$limit" export text one.jsonl
done
