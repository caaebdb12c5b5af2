"""Opens files in Chromium without a screen: what the page became, how it looks,
and whether it complained. Each call is a browser of its own with a home of its
own; CHROMIUM names another program than chromium-headless-shell."""
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

SKIP = 77
DEADLINE_S = 120  # under a sanitizer, beside another test, on a slow machine


def find_browser():
    """The program; where there is none the test skips, in CI it fails."""
    names = [os.environ.get("CHROMIUM"), "chromium-headless-shell"]
    for name in names:
        path = shutil.which(name) if name else None
        if path:
            return path
    print("chromium-headless-shell is not installed")
    sys.exit(1 if os.environ.get("CI") == "true" else SKIP)


def complaints(log):
    """What a page wrote to its console: errors, and what was refused."""
    return [line for line in log.splitlines() if "CONSOLE" in line]


def run(url, *flags, size=(1400, 900), dark=False):
    """Standard output of the browser with these flags, once the page has had
    three seconds of its own time. A line in the console is an error."""
    with tempfile.TemporaryDirectory(prefix="sockstage-browser") as home:
        done = subprocess.run(
            [find_browser(), "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--hide-scrollbars",
             "--user-data-dir=" + home, "--enable-logging=stderr",
             "--virtual-time-budget=3000", "--window-size=%d,%d" % size,
             "--blink-settings=preferredColorScheme=%d" % (0 if dark else 1),
             *flags, url],
            env=dict(os.environ, HOME=home), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=DEADLINE_S, check=False)
    log = done.stderr.decode("utf-8", "replace")
    if done.returncode != 0:
        raise AssertionError("the browser ended with %d:\n%s"
                             % (done.returncode, log))
    if complaints(log):
        raise AssertionError("%s: in the console:\n%s"
                             % (url, "\n".join(complaints(log))))
    return done.stdout


def file_url(path, fragment=""):
    return "file://" + os.path.abspath(path) + fragment


def dom(path, fragment="", **options):
    """The page's document once its scripts have run, as HTML."""
    page = run(file_url(path, fragment), "--dump-dom", **options)
    return page.decode("utf-8")


def screenshot(path, out, fragment="", **options):
    """Writes a picture of it; returns the pixels as Picture."""
    run(file_url(path, fragment), "--screenshot=" + os.path.abspath(out),
        **options)
    with open(out, "rb") as f:
        return Picture(f.read())


class Picture:
    """A PNG of 8 bits a channel, as browsers write it."""

    def __init__(self, png):
        if png[:8] != b"\x89PNG\r\n\x1a\n":
            raise AssertionError("no PNG")
        data = b""
        at = 8
        while at < len(png):
            length, kind = struct.unpack(">I4s", png[at:at + 8])
            if kind == b"IHDR":
                self.width, self.height, depth, colour = struct.unpack(
                    ">IIBB", png[at + 8:at + 18])
                self.channels = {2: 3, 6: 4}[colour]
                assert depth == 8
            if kind == b"IDAT":
                data += png[at + 8:at + 8 + length]
            at += length + 12
        self.rows = self._unfilter(zlib.decompress(data))

    def _unfilter(self, data):
        step = self.channels
        line = self.width * step
        rows = []
        above = bytearray(line)
        for y in range(self.height):
            start = y * (line + 1)
            row = bytearray(data[start + 1:start + 1 + line])
            undo_filter(data[start], row, above, step)
            rows.append(row)
            above = row
        return rows

    def pixel(self, x, y):
        at = x * self.channels
        return tuple(self.rows[y][at:at + 3])

    def colours(self, box=None):
        """How often each colour is in (left, top, right, bottom)."""
        left, top, right, bottom = box or (0, 0, self.width, self.height)
        count = {}
        for y in range(top, bottom):
            for x in range(left, right):
                pixel = self.pixel(x, y)
                count[pixel] = count.get(pixel, 0) + 1
        return count


def undo_filter(kind, row, above, step):
    """RFC 2083, section 6."""
    for i in range(len(row)):
        left = row[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            row[i] = (row[i] + left) & 255
        elif kind == 2:
            row[i] = (row[i] + up) & 255
        elif kind == 3:
            row[i] = (row[i] + (left + up) // 2) & 255
        elif kind == 4:
            guess = left + up - corner
            near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up),
                       (abs(guess - corner), 2, corner))
            row[i] = (row[i] + near[2]) & 255


def between(text, begin, end):
    """What stands between the two, once."""
    found = re.search(re.escape(begin) + "(.*?)" + re.escape(end), text, re.S)
    if found is None:
        raise AssertionError("no %s" % begin)
    return found.group(1)
