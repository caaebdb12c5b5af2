#!/usr/bin/env python3
"""Proves that the SVG of a lesson that was just played is XML, in both
languages, and shows the ladder in Chromium, alone and within a page, on light
and on dark: lifelines, bars, words; that no label beside a lifeline, no caption
and no state leaves the picture or covers another; and that a hostile recording
is only a picture too. Needs privilege: the private wire."""
import html
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import browser
from page import PROGRAM, check

SVG = "{http://www.w3.org/2000/svg}"
LESSONS = ("handshake", "backlog", "unreachable", "close")
LIGHT = {"paper": (255, 255, 255), "host": (36, 41, 47),
         "established": (158, 234, 164)}
DARK = {"paper": (18, 20, 23), "host": (215, 219, 224),
        "established": (11, 107, 27)}

# Boxes of all texts that stand flat, of one element each.
MEASURE = """
const texts = Array.from(document.querySelectorAll(".ladder text"));
const boxes = texts.filter((t) => !t.closest("[transform]")).map((t) => {
  const box = t.getBoundingClientRect();
  return [t.textContent, box.left, box.top, box.right, box.bottom];
});
const all = document.querySelector(".ladder").getBoundingClientRect();
const pre = document.createElement("pre");
pre.id = "probe";
pre.textContent = JSON.stringify([[all.width, all.height], boxes]);
document.body.append(pre);
"""


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode == browser.SKIP:
        print("no private wire here")
        sys.exit(browser.SKIP)
    check(done.returncode == 0, arguments, done.stdout.decode())


def export(recording, out, lang="en"):
    run("--lang", lang, "export", "svg", recording, "-o", out, "--force")
    return ET.parse(out).getroot()


def all_text(root):
    return "\n".join("".join(t.itertext()) for t in root.iter(SVG + "text"))


def size(root):
    return int(root.get("width")), int(root.get("height"))


# ---- as a file ------------------------------------------------------------------

def check_structure(root):
    check(root.tag == SVG + "svg", "the element is", root.tag)
    check(root.get("viewBox") == "0 0 %d %d" % size(root), "the view box")
    check(root.find(SVG + "title").text, "no title")
    check(root.find(SVG + "desc").text, "no description")
    known = {"svg", "title", "desc", "style", "rect", "path", "text", "tspan",
             "g"}
    for node in root.iter():
        check(node.tag in {SVG + name for name in known}, "a", node.tag)
        for key in node.keys():
            check(key in {"class", "width", "height", "viewBox", "role", "lang",
                          "x", "y", "rx", "d", "transform", "text-anchor",
                          "stroke-dasharray", "data-seq", "data-end"},
                  "an attribute", key)


def check_handshake(root, lang):
    text = all_text(root)
    for word in ("SYN", "SYN+ACK", "ACK", "SYN_SENT", "SYN_RECEIVED",
                 "ESTABLISHED", "LISTEN", "c1", "c2", "10.0.0.1", "wire hold",
                 "conn, addr = ls.accept()"):
        check(word in text, "no", word, "in", text)
    korean = re.search("[\uac00-\ud7a3]", text) is not None
    check(korean == (lang == "ko"), "narration of the wrong language", text)
    items = [n for n in root.iter(SVG + "g")
             if "l-item" in n.get("class", "").split()]
    check(len(items) > 40, len(items), "items")
    for item in items:
        check(0 <= int(item.get("data-seq")) <= int(item.get("data-end")),
              "an item's events", item.attrib)


# ---- in a browser -----------------------------------------------------------------

def check_colours(picture, colours):
    seen = picture.colours()
    share = seen.get(colours["paper"], 0) / sum(seen.values())
    check(0.5 < share < 0.99, "so much of it is empty:", share)
    for name in ("host", "established"):
        check(seen.get(colours[name], 0) > 300, "hardly any", name,
              seen.get(colours[name], 0))


def check_looks(svg, work, dark):
    """Of its upper left part."""
    shot = os.path.join(work, "shot.png")
    picture = browser.screenshot(svg, shot, size=(720, 900), dark=dark)
    check_colours(picture, DARK if dark else LIGHT)


def overlap(a, b):
    wide = min(a[3], b[3]) - max(a[1], b[1])
    high = min(a[4], b[4]) - max(a[2], b[2])
    return wide > 2 and high > 8


def check_places(svg, work):
    """As this machine's fonts have it; others are as wide or narrower."""
    page = os.path.join(work, "measure.html")
    with open(svg, encoding="utf-8") as f:
        picture = f.read()
    with open(page, "w", encoding="utf-8") as f:
        f.write("<!doctype html><meta charset=utf-8><body style='margin:0'>"
                + picture + "<script>" + MEASURE + "</script>")
    dom = browser.dom(page, size=(2000, 1200))
    (width, height), boxes = json.loads(html.unescape(
        browser.between(dom, '<pre id="probe">', "</pre>")))
    check(len(boxes) > 30, "few texts", boxes)
    for box in boxes:
        check(box[1] >= 0 and box[2] >= 0 and box[3] <= width
              and box[4] <= height, "outside of the picture:", box)
    boxes.sort(key=lambda box: box[2])
    for i, a in enumerate(boxes):
        for b in boxes[i + 1:]:
            if b[2] > a[4]:
                break
            check(not overlap(a, b), a, "covers", b)


# ---- what the recording may not do ----------------------------------------------

def check_hostile(recording, work):
    words = ["</svg><script>window.pwned=1</script>", "\"' onload='x",
             "]]>--><!--", "\u202e\u2066\u2028", "control \x01\x1b[31m\x7f",
             "&amp;&#0;&bad;", "\U0001f4a3" * 300]
    spoiled = os.path.join(work, "hostile.jsonl")
    with open(recording, encoding="utf-8") as f:
        events = [json.loads(line) for line in f]
    for i, event in enumerate(events):
        for key in ("text", "python", "result", "exception", "actual"):
            if event["event"] != "end" and isinstance(event.get(key), str):
                lead = "wire " if event["event"] == "line" else ""
                event[key] = lead + words[i % len(words)]
    with open(spoiled, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(event) + "\n" for event in events)
    out = os.path.join(work, "hostile.svg")
    root = export(spoiled, out)
    check_structure(root)
    check(words[0] in all_text(root), "the words are not there")
    check_looks(out, work, False)


def main():
    browser.find_browser()
    with tempfile.TemporaryDirectory(prefix="sockstage-svg") as work:
        recording = os.path.join(work, "recording.jsonl")
        out = os.path.join(work, "picture.svg")
        for lesson in LESSONS:
            run("run", "--record", recording, lesson)
            for lang in ("en", "ko"):
                root = export(recording, out, lang)
                check_structure(root)
                check_places(out, work)
                if lesson == "handshake":
                    check_handshake(root, lang)
                    check_looks(out, work, lang == "ko")
            if lesson == "handshake":
                check_hostile(recording, work)


main()
