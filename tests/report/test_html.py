#!/usr/bin/env python3
"""Proves that the page of `export html` shows at each moment what the journal
tells, in Chromium, from a file: every socket's state, buffers and queues; that
slider, keys, touch and the ladder move it; that it fits a phone; that nothing
of a hostile recording acts in it; and that what is too long is said."""
import json
import os
import re
import tempfile

import browser
from page import (HERE, all_changes_seen, check, check_moments, export, probe,
                  read_journal)

RECORDING = os.path.join(HERE, "close.jsonl")
PHONE = (390, 844)


# ---- moving ---------------------------------------------------------------------

def check_moves(seen):
    keys = seen["keys"]
    last = len(seen["moments"]) - 1
    wanted = {"home": 0, "left_of_first": 0, "right": 1, "right_again": 2,
              "left": 1, "end": last, "right_of_last": last, "swipe_left": 1,
              "swipe_right": 0, "scroll": 0}
    for name, place in wanted.items():
        check(keys[name] == place, name, "led to", keys[name], "not", place)
    check(1 < keys["page_down"] < keys["page_down_again"] < last, "steps", keys)
    check(keys["page_up"] == keys["page_down"], "a step back", keys)
    check(keys["note"] != "", "a step without narration", keys)
    check(0 < keys["played"] < last, "playing led to", keys["played"])
    check(keys["paused"] == keys["played"], "a pause moved", keys)


def check_arrows(seen):
    counts = [moment["event"] for moment in seen["moments"]]
    check(len(seen["arrows"]) > 10, "few items in the ladder", seen["arrows"])
    for begun, event in seen["arrows"]:
        wanted = next((n for n in counts if n > begun), counts[-1])
        check(event == wanted, "a click on what began with event", begun,
              "led to", event, "not", wanted)


def check_layout(seen):
    width, room = seen["width"]
    check(width <= room, "it is", width, "pixels wide, the screen", room)
    check(seen["small"] == [], "too small to touch:", seen["small"])


# ---- words ------------------------------------------------------------------------

def check_words(text):
    """No word is missing, also on a path that no test takes, and none is
    there for nothing."""
    folder = os.path.join(HERE, "..", "..", "src", "report", "page")
    with open(os.path.join(folder, "page.js"), encoding="utf-8") as f:
        script = f.read()
    with open(os.path.join(folder, "page.html"), encoding="utf-8") as f:
        shell = f.read()
    data = browser.between(text, 'type="application/json">', "</script>")
    words = set(json.loads(data)["words"])
    said = set(re.findall(r'"(\w+)"', script))
    said |= set(re.findall(r"{{(\w+)}}", shell))
    wanted = set(re.findall(r'\bsay\("(\w+)"', script))
    check(wanted <= words, "no words for", wanted - words)
    check(words <= said, "nobody says", words - said)
    check("{{" not in text.replace("{{data}}", ""), "a part is not put in")


# ---- what the recording may not do ----------------------------------------------

HOSTILE = [
    "</script><script>window.pwned=1</script>",
    "<!--<script>window.pwned=1",
    "--></style><img src=x onerror=window.pwned=1>",
    "\"'`\\u003c\\\" onload=window.pwned=1",
    "]]></text></svg><script>window.pwned=1</script>",
    "\u2028window.pwned=1//\u2029",
    "\u202eright to left\u2066",
    "{{data}}{{page.js}}%s%1$s%n$&",
    "control \x01\x1b[31m\x7f\x9b\x85 end",
    "\ud55c\uad6d\uc5b4 \U0001f4a3",
    "__proto__", "constructor", "",
]
TEXTS = {"text", "python", "syscall", "result", "message", "exception",
         "errno", "kernel", "program", "actual", "file", "name"}


def spoil(event, i):
    """The event with other texts in it."""
    spoiled = dict(event)
    if event["event"] == "end":
        return spoiled
    for k, key in enumerate(sorted(TEXTS & event.keys())):
        if isinstance(event[key], str):
            word = HOSTILE[(i + k) % len(HOSTILE)]
            lead = event[key] if event["event"] == "line" else ""
            spoiled[key] = (lead + " " + word).strip() if lead else word
    if event["event"] == "socket" and event["owners"]:
        spoiled["owners"] = [HOSTILE[i % len(HOSTILE)] + ".s"]
    if event["event"] in ("process", "call"):
        spoiled["process"] = HOSTILE[i % len(HOSTILE)]
    return spoiled


def check_hostile(work):
    bad = os.path.join(work, "hostile.jsonl")
    page = os.path.join(work, "hostile.html")
    with open(bad, "w", encoding="utf-8") as f:
        for i, event in enumerate(read_journal(RECORDING)):
            f.write(json.dumps(spoil(event, i)) + "\n")
    text = export(bad, page)
    data = browser.between(text, '<script id="recording" '
                                 'type="application/json">', "</script>")
    for sign in "<>&\u2028\u2029":
        check(sign not in data, "in the data:", repr(sign))
    check(not re.search("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]", text),
          "a control character in the page")
    seen = probe(page, work)
    check(not seen["pwned"], "a text of the recording was run")
    check((seen["scripts"], seen["strangers"]) == (3, 0),
          "a text became an element", seen["scripts"], seen["strangers"])


def check_long(work):
    long = os.path.join(work, "long.jsonl")
    page = os.path.join(work, "long.html")
    stage = read_journal(RECORDING)[0]
    with open(long, "w", encoding="utf-8") as f:
        f.write(json.dumps(stage) + "\n")
        for i in range(6000):
            f.write(json.dumps({"t": 1 + i / 10, "event": "note", "lang": "en",
                                "text": "note %d" % i}) + "\n")
    text = export(long, page)
    check("1001 more events are not on this page" in text,
          "what was left out is not said")
    # The first moment is that of the stage.
    check("note 4998" in text and '"note 4999"' not in text, "the limit")


# ---- all of it --------------------------------------------------------------------

def check_picture(work, page):
    """The ladder and a card are there to see, light and dark."""
    grounds = []
    for dark in (False, True):
        out = os.path.join(work, "page.png")
        picture = browser.screenshot(page, out, "#moment=40", size=(800, 600),
                                     dark=dark)
        check((picture.width, picture.height) == (800, 600), "its size")
        grounds.append(sum(picture.pixel(400, 10)))
        ladder = picture.colours((250, 220, 550, 420))
        check(len(ladder) > 20, "no ladder:", len(ladder), "colours")
    check(grounds[0] > 600 > 200 > grounds[1], "light and dark are", grounds)


def main():
    browser.find_browser()
    with tempfile.TemporaryDirectory(prefix="sockstage-html") as work:
        page = os.path.join(work, "page.html")
        text = export(RECORDING, page)
        check("default-src 'none'" in text and "unsafe-eval" not in text
              and not re.search(r"(?:src|href)=", text), "it asks for more")
        check('<html lang="en">' in text, "the language")
        check_words(text)
        journal = read_journal(RECORDING)
        seen = probe(page, work, size=PHONE)
        check_moments(seen, journal)
        all_changes_seen(seen, journal)
        check_moves(seen)
        check_arrows(seen)
        check_layout(seen)
        place = browser.between(browser.dom(page, "#moment=12"),
                                '<output id="place">', "</output>")
        check("moment 12 of %d" % len(seen["moments"]) in place, place)
        check_picture(work, page)
        check_hostile(work)
        check_long(work)
        check('<html lang="ko">' in export(RECORDING, page, "ko"), "Korean")


main()
