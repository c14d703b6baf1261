"""Finds English sentences that a reader of a page would meet; names, codes and quotes are none."""

from __future__ import annotations

import re

WORDS = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ ,;:.]+[A-Za-z][A-Za-z'’-]*){3,}")
QUOTED = re.compile(r'(?s)<(style|script|code)\b.*?</\1>|<span lang="en">.*?</span>')


def english_sentences(page: str) -> list[str]:
    """Runs of four or more English words outside code and outside what is marked as English."""
    return WORDS.findall(re.sub(r"<[^>]+>", " | ", QUOTED.sub(" ", page)))
