#!/bin/sh
# The manual names what a user meets by name: every key of a recording, in the
# section of its event, every row of tcp_info and of memory, every number that
# `expect` can ask for, every option and every action that can be given keys.
# They are where the tables of the sources have them, so that a new row without
# its line in the manual is found.
# Usage: manual.sh TREE
set -eu
cd "$1"
for file in src/model/event_fields.def src/model/info.def \
    src/model/mem.def src/model/fields.def \
    include/sockstage/model/events.def src/app/options.c src/tui/actions.def \
    src/man/sockstage.1; do
    [ -r $file ] || {
        echo "$file is not where it was"
        exit 1
    }
done
awk '
# The words between parentheses, split at commas.
function arguments(line,    list) {
    sub(/^[A-Z_]+[(]/, "", line)
    gsub(/["{}) ]/, "", line)
    return line
}
function first_of(line, i,    list) {
    split(arguments(line), list, ",")
    return list[i]
}
FILENAME ~ /events[.]def$/ && /^EVENT[(]/ {
    sections[first_of($0, 1)] = "Event " first_of($0, 2)
}
FILENAME ~ /event_fields[.]def$/ && /^FIELD[(]/ {
    wanted[++count] = first_of($0, 2)
    part = first_of($0, 1)
    where[count] = part in sections ? sections[part] : "RECORDINGS"
}
FILENAME ~ /(info|mem)[.]def$/ && /^(INFO|MEM)[(]/ {
    wanted[++count] = first_of($0, 1)
    where[count] = "Event socket"
}
FILENAME ~ /actions[.]def$/ && /^ACTION[(]/ {
    wanted[++count] = tolower(first_of($0, 1))
    where[count] = "Keys"
}
FILENAME ~ /[/]fields[.]def$/ && /^[A-Z]+_FIELD[(]/ {
    wanted[++count] = first_of($0, 1)
    where[count] = "Expectations"
}
FILENAME ~ /options[.]c$/ && / rows\[\] = [{]/ {
    inside = 1
}
/^}/ {
    inside = 0
}
inside && /^    [{]"[a-z]+",/ {
    line = $0
    sub(/^    [{]"/, "", line)
    sub(/".*/, "", line)
    wanted[++count] = "--" line
    where[count] = "OPTIONS"
    options++
}
FILENAME ~ /[.]1$/ && /^[.]S[HS] / {
    section = substr($0, 5)
    gsub(/"/, "", section)
    if (/^[.]SH /)
        chapter = section
}
# Names are in bold: the words of lines that begin with .B, and \fB..\fP.
FILENAME ~ /[.]1$/ && (/^[.]B/ || /\\fB/) {
    line = $0
    gsub(/\\-/, "-", line)
    gsub(/\\f[BIPR]/, " ", line)
    n = split(line, words, /[^A-Za-z0-9_-]+/)
    for (i = 1; i <= n; i++)
        found[section, words[i]] = found[chapter, words[i]] = 1
}
END {
    for (i = 1; i <= count; i++)
        if (!((where[i], wanted[i]) in found)) {
            print "src/man/sockstage.1: " where[i] ": no " wanted[i]
            bad = 1
        }
    if (count < 150 || options < 10) {
        print "the tables could not be read: " count " names"
        bad = 1
    }
    exit bad
}
' include/sockstage/model/events.def src/model/event_fields.def \
    src/model/info.def src/model/mem.def src/model/fields.def src/app/options.c \
    src/tui/actions.def src/man/sockstage.1
