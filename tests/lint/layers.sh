#!/bin/sh
# Checks every #include of a tree against the arrows in layers.txt.
# Usage: layers.sh TREE LAYERS_TXT      prints FILE:LINE: what, exits 1 on any.
set -eu
rules=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
cd "$1"
find src include -type f \( -name '*.[ch]' -o -name '*.def' \) |
    LC_ALL=C sort | xargs awk '
function to_regex(glob) {
    gsub(/[.]/, "[.]", glob)
    gsub(/[*]/, ".*", glob)
    return "^" glob "$"
}
function matches_any(name, patterns,    list, n, i) {
    n = split(patterns, list, " ")
    for (i = 1; i <= n; i++)
        if (name ~ to_regex(list[i]))
            return 1
    return 0
}
function complain(text) {
    print FILENAME ":" FNR ": " text
    bad = 1
}
# "src/tui/x.c" and "include/sockstage/tui/x.h" are both tui/x.*
function inside(path) {
    sub(/^src\//, "", path)
    sub(/^include\/sockstage\//, "", path)
    return path
}
function read_rule(line,    colon, head, kind) {
    sub(/#.*/, "", line)
    colon = index(line, ":")
    if (!colon)
        return
    head = substr(line, 1, colon - 1)
    kind = head
    sub(/ .*/, "", kind)
    sub(/^[a-z]+ +/, "", head)
    if (kind == "layer")
        allowed[head] = substr(line, colon + 1) " "
    else if (kind == "header") {
        headers[++header_count] = head
        header_files[header_count] = substr(line, colon + 1)
    } else if (kind == "word") {
        words[++word_count] = head
        word_files[word_count] = substr(line, colon + 1)
    }
}
function check_layer_include(target,    to) {
    to = target
    sub(/\/.*/, "", to)
    if (to == layer)
        return
    if (!(to in allowed))
        complain("includes " target ", which is of no layer")
    else if (index(" " allowed[layer], " " to " ") == 0 &&
             !matches_any(target, allowed[layer]))
        complain(layer " may not include " target)
}
function check_system_include(header,    i) {
    for (i = 1; i <= header_count; i++)
        if (matches_any(header, headers[i]) &&
            !matches_any(file, header_files[i]))
            complain("<" header "> belongs only in" header_files[i])
}
function check_include(line,    name, first) {
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", line)
    name = substr(line, 2)
    sub(/[">].*/, "", name)
    if (name ~ /(^|\/)[.][.](\/|$)/) {
        complain("includes by a relative path: " name)
        return
    }
    first = name
    sub(/\/.*/, "", first)
    if (first == "sockstage") {
        sub(/^sockstage\//, "", name)
        check_layer_include(name)
    } else if (substr(line, 1, 1) == "<") {
        check_system_include(name)
    } else if (first != name) {
        check_layer_include(name)
    }
}
# Leaves the code of a line: no strings, no comments.
function code_of(line,    at, end) {
    gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
    sub(/\/\/.*/, "", line)
    if (in_comment) {
        end = index(line, "*/")
        if (!end)
            return ""
        line = substr(line, end + 2)
        in_comment = 0
    }
    while ((at = index(line, "/*"))) {
        end = index(substr(line, at + 2), "*/")
        if (!end) {
            in_comment = 1
            return substr(line, 1, at - 1)
        }
        line = substr(line, 1, at - 1) " " substr(line, at + 2 + end + 1)
    }
    return line
}
function check_words(code,    i, j, n, list) {
    for (i = 1; i <= word_count; i++) {
        n = split(words[i], list, " ")
        for (j = 1; j <= n; j++)
            if (code ~ ("(^|[^A-Za-z0-9_.>])" list[j] "[(]") &&
                !matches_any(file, word_files[i]))
                complain(list[j] "() belongs only in" word_files[i])
    }
}
BEGIN {
    rules = ARGV[1]
    ARGV[1] = ""
    while ((getline line < rules) > 0)
        read_rule(line)
}
FNR == 1 {
    file = inside(FILENAME)
    layer = file
    sub(/\/.*/, "", layer)
    in_comment = 0
    if (!(layer in allowed))
        complain("is of no layer")
}
{ code = code_of($0) }
$0 ~ /^[ \t]*#[ \t]*include[ \t]*["<]/ { check_include($0); next }
code != "" { check_words(code) }
END { exit bad }
' "$rules"
