#!/usr/bin/env python3
"""Proves that the page of a lesson that was just played opens in Chromium from
a file, in both languages: no socket at its start, both ends ESTABLISHED at the
handshake's end, and every moment as the journal has it; of UDP, of a full
backlog and of a link to a moment too. Needs privilege: the private wire."""
import html
import os
import re
import subprocess
import sys
import tempfile

import browser
import page


def record(lesson, path):
    done = subprocess.run([page.PROGRAM, "run", "--record", path, lesson],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    if done.returncode == browser.SKIP:
        print("no private wire here")
        sys.exit(browser.SKIP)
    page.check(done.returncode == 0, lesson, done.stdout.decode())


def states(dom, end):
    """The states that an end shows, by name of the socket."""
    section = browser.between(dom, '<section class="end" id="%s">' % end,
                              "</main>" if end == "server"
                              else '<section id="wire">')
    found = {}
    for card in re.findall("<article.*?</article>", section, re.S):
        name = browser.between(card, '<span class="name">', "</span>")
        state = browser.between(card, '<span class="state">', "</span>")
        found[html.unescape(name)] = state
    return found


def check_handshake(work, recording, lang):
    out = os.path.join(work, "handshake.html")
    text = page.export(recording, out, lang)
    page.check('<html lang="%s">' % lang in text, "the language")
    dom = browser.dom(out)
    page.check(states(dom, "client") == {} and states(dom, "server") == {},
               "sockets at the start", dom)
    last = int(browser.between(dom, 'max="', '"'))
    dom = browser.dom(out, "#moment=%d" % (last + 1))
    page.check(states(dom, "client") == {"c1.s": "ESTABLISHED",
                                         "c2.s": "ESTABLISHED"},
               "the client's end", states(dom, "client"))
    server = states(dom, "server")
    page.check((server["ls"], server["conn"]) == ("LISTEN", "ESTABLISHED"),
               "the server's end", server)
    note = browser.between(dom, '<p id="note" ', "</p>")
    page.check('lang="%s"' % lang in note, "the narration's language", note)


def main():
    browser.find_browser()
    with tempfile.TemporaryDirectory(prefix="sockstage-html") as work:
        recording = os.path.join(work, "recording.jsonl")
        record("handshake", recording)
        for lang in ("en", "ko"):
            check_handshake(work, recording, lang)
        for lesson in ("udp", "backlog"):
            record(lesson, recording)
            out = os.path.join(work, lesson + ".html")
            page.export(recording, out)
            seen = page.probe(out, work)
            page.check_moments(seen, page.read_journal(recording))


main()
