#!/bin/sh
# Plays a script written for IPv4 over IPv6: its sockets become AF_INET6 ones,
# the addresses in its expectations and calls follow. The names `server` and
# `client` and the empty address need nothing. Lines keep their numbers.
# Usage: as_ipv6.sh FILE.stage COMMAND...
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
file=$1
shift
name=$(basename "$file" .stage)_ipv6.stage
sed -e 's/\bAF_INET\b/AF_INET6/g' \
    -e 's/\(= *\(socket\.\)\{0,1\}socket(\))/\1AF_INET6)/' \
    -e 's/\(= *\(socket\.\)\{0,1\}socket(\)type=/\1AF_INET6, type=/' \
    -e "s/'10\.0\.0\.\([12]\):\([0-9]*\)'/'[fd00:5::\1]:\2'/g" \
    -e "s/'10\.0\.0\.\([12]\)'/'fd00:5::\1'/g" \
    -e "s/'127\.0\.0\.1:\([0-9]*\)'/'[::1]:\1'/g" \
    -e "s/'127\.0\.0\.1'/'::1'/g" \
    -e "s/'192\.0\.2\.\([0-9]*\)'/'2001:db8::\1'/g" \
    "$file" >"$work/$name"
if grep -v '^#' "$work/$name" |
    grep "'[0-9]*\.[0-9]*\.[0-9]\|AF_INET\b\|socket()"; then
    echo "$name: still IPv4" >&2
    exit 1
fi
grep -q 'socket(AF_INET6' "$work/$name" || {
    echo "$name: no socket in it" >&2
    exit 1
}
"$@" "$work/$name"
