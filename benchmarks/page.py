"""Figures in a page of docs/, between the marks of the command that makes them."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def written(name: str, text: str, page: str = "benchmarks.md") -> None:
    """Replace what stands between `<!-- name: begin -->` and `<!-- name: end -->`.

    ValueError when the page has no such marks.
    """
    path = DOCS / page
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = path.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    path.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")
