"""Numbers that pages state: elements with `data-count="<run>/<band>/<method>"`."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from audit.decisions import Counts
from audit.report import Findings
from audit.site import Refused, Site

ATTRIBUTE = "data-count"
# Pages write 1,234 or 1 234 as their readers do.
_GROUPING = re.compile(r"[\s,\u00a0\u202f']")


class _StatedCounts(HTMLParser):
    """Collects (key, text) of every element that carries the attribute."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._open: list[tuple[str, str, list[str], int]] = []  # tag, key, text, depth inside

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = [
            (name, key, text, depth + (name == tag)) for name, key, text, depth in self._open
        ]
        keys = [value or "" for name, value in attrs if name == ATTRIBUTE]
        if keys:
            self._open.append((tag, keys[0], [], 1))

    def handle_endtag(self, tag: str) -> None:
        still_open = []
        for name, key, text, depth in self._open:
            left = depth - (name == tag)
            if left:
                still_open.append((name, key, text, left))
            else:
                self.found.append((key, "".join(text)))
        self._open = still_open

    def handle_data(self, data: str) -> None:
        for _, _, text, _ in self._open:
            text.append(data)

    def stated(self, page: str) -> list[tuple[str, str]]:
        self.feed(page)
        self.close()
        return self.found + [(key, "".join(text)) for _, key, text, _ in self._open]


def check_pages(
    site: Site, paths: Iterable[str], counts: dict[str, Counts], findings: Findings
) -> int:
    """Compares every stated count with what its run's decisions give; how many there were.

    `counts` are {run: counts of its decision file}.
    """
    number = 0
    for path in paths:
        if not path.endswith((".html", ".htm")):
            continue
        data = site.read(path)
        if ATTRIBUTE.encode() not in data.lower():
            continue
        for key, text in _stated(path, data, findings):
            number += 1
            try:
                _check_count(path, key, text, counts)
            except Refused as refusal:
                findings.failed(str(refusal))
    return number


def _stated(path: str, data: bytes, findings: Findings) -> list[tuple[str, str]]:
    try:
        return _StatedCounts().stated(data.decode(errors="replace"))
    except (AssertionError, ValueError) as error:  # how html.parser answers broken declarations
        findings.failed(f"{path}: is no page that can be read: {error}")
        return []


def _check_count(path: str, key: str, text: str, counts: dict[str, Counts]) -> None:
    run, _, rest = key.partition("/")
    band, _, method = rest.partition("/")
    if run not in counts:
        raise Refused(path, f"states a count of {key!r}, a run that has no decisions")
    digits = _GROUPING.sub("", text)
    real = counts[run].get((band, method), 0)
    if not re.fullmatch(r"[0-9]{1,15}", digits) or int(digits) != real:
        raise Refused(path, f"states {text.strip()[:40]!r} for {key}, recomputed {real}")
