#!/bin/sh
# Plays a lesson, and proves that its recording can be drawn: as XML that is
# well formed, and as a sequence diagram.
# Usage: drawn.sh LANG LESSON
set -eu
lang=$1
lesson=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$SOCKSTAGE" run --lang "$lang" --record "$work/recording.jsonl" "$lesson"
for format in svg mermaid; do
    "$SOCKSTAGE" export $format "$work/recording.jsonl" --lang "$lang" \
        -o "$work/picture.$format"
done
python3 - "$work/picture.svg" <<'END'
import sys
import xml.etree.ElementTree as ET

root = ET.parse(sys.argv[1]).getroot()
items = [node for node in root.iter() if node.get("data-seq")]
if len(items) < 10:
    sys.exit("%s: only %d items" % (sys.argv[1], len(items)))
END
head -n 1 "$work/picture.mermaid" | grep -qx sequenceDiagram
