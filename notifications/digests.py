"""Mails about a run: to each rep, each manager and the team; 中文 first, then English.

Every mail carries the log's current checkpoint, so that each mailbox holds evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from css_inline import CSSInliner

from ledger.run_keys import is_intake
from notifications.digest_lines import Part
from notifications.digest_parts import manager_part, rep_part, team_part
from notifications.facts import Facts, facts
from notifications.lens import Lens
from notifications.record import LANGUAGES, REHEARSAL, Digest, Language, RunRecord
from notifications.site import HERE, environment
from notifications.verify_page import checkpoint_lines
from notifications.words import shown, words

SUBJECT = 140  # characters


@dataclass(frozen=True, slots=True)
class DigestView:
    """One mail. parts: one per language, each whole in itself."""

    html_lang: str
    subject: str
    parts: Sequence[Part]
    checkpoint: str
    vkey: str
    css: str


def render_digests(record: RunRecord, language: Language | None = None) -> list[Digest]:
    """All mails of a run: reps and managers by reference, then the team's.

    language: only this one; None follows each person's setting in the directory, and writes both
    where there is none. Mails to people need `record.names`; without it only the team's is made.
    """
    indexed = facts(record)
    digests = []
    managers = managers_of(indexed)
    for ref in sorted(indexed.reps):
        rep = indexed.reps[ref]
        if record.names is None or rep.get("active") == "no":
            continue
        if is_intake(record.run):  # only who received something is told, and nobody else
            if ref in indexed.by_rep:
                digests.append(_rep(indexed, ref, language))
            continue
        if ref in managers:
            digests.append(_manager(indexed, ref, managers[ref], language))
        if rep.get("role") != "MANAGER":
            digests.append(_rep(indexed, ref, language))
    if not is_intake(record.run):
        digests.append(_team(indexed, language))
    return digests


def managers_of(indexed: Facts) -> dict[str, list[str]]:
    """{manager: the active reps who report there}."""
    teams: dict[str, list[str]] = {}
    for ref, rep in sorted(indexed.reps.items()):
        if rep.get("role") == "MANAGER":  # also one whose team is empty: there is still the run
            teams.setdefault(ref, [])
        manager = rep.get("manager")
        if manager and manager != ref and rep.get("active") != "no":
            teams.setdefault(str(manager), []).append(ref)
    return teams


def _lenses(indexed: Facts, ref: str, language: Language | None) -> list[Lens]:
    wanted: object = language
    if wanted is None and indexed.record.names is not None:
        wanted = (indexed.record.names.reps.get(ref) or {}).get("language")
    chosen = [each for each in LANGUAGES if wanted in (None, each)] or list(LANGUAGES)
    return [Lens(indexed, "team", each) for each in chosen]


def _rep(indexed: Facts, ref: str, language: Language | None) -> Digest:
    lenses = _lenses(indexed, ref, language)
    count = len(indexed.by_rep.get(ref, []))
    subject = [lens.t.plain("mail.subject_rep", count=lens.number(count)) for lens in lenses]
    return _mail(indexed, "rep", ref, subject, [rep_part(lens, ref) for lens in lenses], lenses)


def _manager(indexed: Facts, ref: str, team: Sequence[str], language: Language | None) -> Digest:
    lenses = _lenses(indexed, ref, language)
    count = sum(len(indexed.by_rep.get(rep, [])) for rep in team)
    subject = [lens.t.plain("mail.subject_manager", count=lens.number(count)) for lens in lenses]
    parts = [manager_part(lens, ref, team) for lens in lenses]
    return _mail(indexed, "manager", ref, subject, parts, lenses)


def _team(indexed: Facts, language: Language | None) -> Digest:
    lenses = _lenses(indexed, "team", language)
    owned, held = indexed.owned, len(indexed.held)
    subject = [
        lens.t.plain("mail.subject_team", owned=lens.number(owned), held=lens.number(held))
        for lens in lenses
    ]
    return _mail(indexed, "team", "team", subject, [team_part(lens) for lens in lenses], lenses)


def _mail(
    indexed: Facts,
    kind: str,
    ref: str,
    subject: Sequence[str],
    parts: Sequence[Part],
    lenses: Sequence[Lens],
) -> Digest:
    record = indexed.record
    tags = [record.run]
    if record.kind == REHEARSAL:
        tags.append("/".join(lens.t.plain("rehearsal.tag") for lens in lenses))
    if record.synthetic:
        tags.append(" ".join(lens.t.plain("badge.synthetic") for lens in lenses))
    line = shown("".join(f"[{tag}] " for tag in tags) + " · ".join(subject), SUBJECT)
    view = DigestView(
        html_lang=parts[0].html_lang,
        subject=line,
        parts=parts,
        checkpoint=checkpoint_lines(str(record.ledger.get("checkpoint") or "")),
        vkey=shown(record.ledger.get("vkey") or words("en").plain("unknown")),
        css=_css(),
    )
    names = record.names
    email = (names.reps.get(ref) or {}).get("email") if names is not None else None
    html = environment().get_template("digest.html.j2").render(v=view)
    text = environment().get_template("digest.txt.j2").render(v=view)
    return Digest(
        kind=kind,  # type: ignore[arg-type]  # one of the three callers above
        to_ref=ref,
        to_email=shown(email or ""),
        subject=line,
        html=_inliner().inline(html),
        text=text,
        language="+".join(lens.language for lens in lenses),
        pictures={
            section.picture.cid: section.picture.png
            for part in parts
            for section in part.sections
            if section.picture
        },
    )


@cache
def _css() -> str:
    return (HERE / "assets" / "digest.css").read_text()


@cache
def _inliner() -> CSSInliner:
    # Remote sheets are never fetched; what mail clients can use of ours (dark mode, narrow
    # screens) stays in the style element beside the inlined rules.
    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)
