"""What the tests of the HTML page share: making one, walking through its moments
in a browser, and comparing each with the journal."""
import base64
import hashlib
import html
import json
import os
import re
import subprocess

import browser

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ["SOCKSTAGE"]


def check(holds, what, *details):
    if not holds:
        raise AssertionError(" ".join(str(x) for x in (what, *details)))


def export(recording, page, lang="en"):
    subprocess.run([PROGRAM, "--lang", lang, "export", "html", recording,
                    "-o", page, "--force"], check=True)
    with open(page, encoding="utf-8") as f:
        return f.read()


def read_journal(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def with_probe(page, out):
    """A copy of the page with probe.js behind it, which its policy then
    allows; everything else stays forbidden."""
    with open(os.path.join(HERE, "probe.js"), encoding="utf-8") as f:
        script = f.read()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest())
    with open(page, encoding="utf-8") as f:
        text = f.read()
    text = text.replace("script-src 'sha256-", "script-src 'sha256-%s' 'sha256-"
                        % digest.decode(), 1)
    text = text.replace("</body>\n</html>", "<script>" + script
                        + "</script>\n</body>\n</html>")
    with open(out, "w", encoding="utf-8") as f:
        f.write(text)


def probe(page, work, **options):
    copy = os.path.join(work, "probed.html")
    with_probe(page, copy)
    dom = browser.dom(copy, **options)
    return json.loads(html.unescape(
        browser.between(dom, '<pre id="probe">', "</pre>")))


# ---- each moment and the journal ----------------------------------------------

def number_in(text):
    """"no ACK yet 1,000 bytes": 1000; of a text without a number 0."""
    found = re.search(r"\d[\d,]*", text)
    return int(found.group().replace(",", "")) if found else 0


def sockets_at(journal, count):
    sockets = {}
    for event in journal[:count]:
        if event["event"] != "socket":
            continue
        if event.get("gone"):
            sockets.pop(str(event["id"]), None)
        else:
            sockets[str(event["id"])] = event
    return sockets


def check_card(card, event, at):
    where = (at, card, event)
    check(card["end"] == event["host"], "the wrong end", *where)
    check(card["state"] == event["state"], "the state", *where)
    wanted = event["class"] if event["owners"] else "kernel"
    check(wanted in (None, card["class"]), "the class", *where)
    for owner in event["owners"]:
        name = owner.replace("server.", "", 1)
        check(name in card["name"].split(", "), "the name", *where)
    for shown, key in (("flight", "in_flight"), ("unsent", "unsent"),
                       ("unread", "recv_buffer")):
        check(number_in(card[shown]) == (event[key] or 0), key, *where)
    if "backlog" in event:
        limit = event["backlog"] + 1
        half = "half open %s of %s (SYN queue)" % (
            f"{event['syn_queue']:,}", f"{limit:,}")
        ready = "ready for accept %s of %s, listen(%s)" % (
            f"{event['accept_queue']:,}", f"{limit:,}", f"{event['backlog']:,}")
        check((card["half"], card["ready"]) == (half, ready), "queues", *where)


def check_moments(seen, journal):
    counts = [moment["event"] for moment in seen["moments"]]
    check(counts == sorted(set(counts)), "moments out of order", counts)
    for moment in seen["moments"]:
        wanted = sockets_at(journal, moment["event"])
        cards = {card["cookie"]: card for card in moment["cards"]}
        check(len(cards) == len(moment["cards"]), "a card twice", cards)
        check(cards.keys() == wanted.keys(), "at event", moment["event"],
              "the sockets", sorted(cards), "not", sorted(wanted))
        for cookie, card in cards.items():
            check_card(card, wanted[cookie], moment["event"])
    check(seen["backwards"], "another picture on the way back")


def all_changes_seen(seen, journal):
    """No two changes of one socket fall into one moment."""
    counts = [0] + [moment["event"] for moment in seen["moments"]]
    for begin, end in zip(counts, counts[1:]):
        states = {}
        for event in journal[begin:end]:
            if event["event"] == "socket":
                states.setdefault(event["id"], set()).add(
                    (event["state"], event["send_buffer"], event["unsent"],
                     event["recv_buffer"], event.get("accept_queue"),
                     event.get("syn_queue")))
        for cookie, values in states.items():
            check(len(values) == 1, "events", begin, "to", end, "of", cookie,
                  "are one moment:", values)
