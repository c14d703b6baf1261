"""Whom a rep can ask about a run, in their mail: the manager, the portal, the page."""

from __future__ import annotations

from notifications.digest_lines import Line, Section, page_line
from notifications.lens import Lens


def ask_section(lens: Lens, ref: str) -> Section:
    """The manager's name, the rep's own way to the portal's forms where there is one."""
    page = page_line(lens, lens.t.plain("mail.your_page"), f"reps/{ref[:16]}.html")
    link = lens.facts.record.ask_links.get(ref)
    portal = [Line(lens.t.plain("nav.ask"), "", link)] if link else []
    return Section(lens.t.plain("mail.ask"), _ask(lens, ref), [*portal, page])


def _ask(lens: Lens, ref: str) -> list[str]:
    names = lens.facts.record.names
    person = (names.reps.get(ref) or {}) if names is not None else {}
    manager = person.get("manager") or lens.facts.reps.get(ref, {}).get("manager")
    sentences = []
    if manager and names is not None:
        email = (names.reps.get(str(manager)) or {}).get("email")
        sentences.append(
            lens.t.plain("mail.ask_manager", rep=lens.rep(manager), email=lens.number(email))
        )
    sentences.append(lens.t.plain("mail.ask_review"))
    return sentences
