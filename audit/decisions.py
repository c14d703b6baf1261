"""Allocation records against their decision files, and decisions against the draws."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from audit.draws import BANDS, Draw
from audit.records import Logged
from audit.report import Findings
from audit.site import Refused, Site, read_value
from ledger.canonical import sha256_hex
from lottery.pools import share_of

FORMAT = "fairlead/decisions/1"
METHODS = ("lottery", "skill_match", "rotation", "junior", "sdr", "exception", "none")
AWAITS = "awaits_lottery"  # the reason of a lead that waits for Monday's ladder
Counts = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Decided:
    """One run's decision file, as published and as its allocation record says."""

    run: str
    path: str
    data: bytes
    decisions: dict[str, dict[str, Any]]  # by lead

    def counts(self) -> Counts:
        """How many decisions each band and method has; absent ones are 0."""
        return Counter((one["band"], one["method"]) for one in self.decisions.values())


def decisions_path(run: str) -> str:
    return f"runs/{run}/decisions.json"


def read_decisions(site: Site, allocation: Logged) -> Decided:
    """The decision file that an allocation record names. Raises Refused."""
    path = decisions_path(allocation.run)
    data = site.read(path)
    if sha256_hex(data) != allocation.value["decisions"]:
        raise Refused(path, "is not the decision file that was logged: its hash differs")
    value = read_value(data, path, "decisions")
    if value.get("format") != FORMAT or not isinstance(value["decisions"], list):
        raise Refused(path, f"is not {FORMAT}")
    for key in ("run", "snapshot", "policy_sha256"):
        if value.get(key) != allocation.value[key]:
            raise Refused(path, f"has another {key!r} than its allocation record")
    for one in value["decisions"]:
        _check_decision(one, path)
    leads = [one["lead"] for one in value["decisions"]]
    if any(before >= after for before, after in pairwise(leads)):
        raise Refused(path, "is not sorted by lead, each once")
    return Decided(allocation.run, path, data, dict(zip(leads, value["decisions"], strict=True)))


def check_allocation(
    decided: Decided, allocation: Logged, snapshot: Logged | None, findings: Findings
) -> None:
    """What the record states is what the file holds, decided on the frozen snapshot."""
    path, stated = allocation.path, allocation.value
    real = decided.counts()
    said = {
        (band, method): number
        for band, methods in stated["counts"].items()
        for method, number in methods.items()
    }
    for band, method in sorted(real.keys() | said.keys()):
        found, number = real.get((band, method), 0), said.get((band, method), 0)
        if found != number:
            findings.failed(f"{path}: states {number} of {band}/{method}, there are {found}")
    owned = sum("rep" in one for one in decided.decisions.values())
    held = len(decided.decisions) - owned
    if (stated["owned"], stated["held"]) != (owned, held):
        findings.failed(f"{path}: states {stated['owned']} owned, there are {owned}")
    if snapshot is None or snapshot.index > allocation.index:
        findings.failed(f"{path}: no snapshot of the run was logged before it")
        return
    for key in ("snapshot", "policy_sha256"):
        if stated[key] != snapshot.value[key]:
            findings.failed(f"{path}: was decided on another {key!r} than was frozen")
    if snapshot.value["leads"] != len(decided.decisions):
        findings.failed(
            f"{decided.path}: decides {len(decided.decisions)} leads, "
            f"{snapshot.value['leads']} were frozen"
        )


def check_against_draws(decided: Decided, draws: Iterable[Draw], findings: Findings) -> None:
    """Drawn leads went where the draws sent them, and nothing else claims to be drawn.

    A drawn lead may have moved on to its band's last share: nobody in its share could take it, or
    its winner was at a cap by then. Whether that is so only the bundle tells.
    """
    finished = [draw for draw in draws if draw.status == "finished"]
    won = {lead: draw for draw in finished if not draw.is_select for lead in draw.result}
    for lead, one in decided.decisions.items():
        if (one["method"] == "lottery" or "draw" in one) and lead not in won:
            findings.failed(f"{decided.path}: lead {lead[:16]} claims a lottery that was not drawn")
    moved = sum(_check_prize(decided, lead, draw, findings) for lead, draw in won.items())
    for draw in finished:
        if draw.is_select:
            moved += _check_split(decided, draw, won, findings)
    if moved:
        findings.warning(f"{decided.path}: {moved} drawn leads moved on to their band's last share")


def _check_prize(decided: Decided, lead: str, draw: Draw, findings: Findings) -> bool:
    """Whether a prize moved on; a prize that went astray is a finding."""
    one, rep = decided.decisions.get(lead), draw.result[lead]
    is_extra = lead in draw.opening["extra"] and lead not in waited_leads(draw.opening)
    if one is None:
        findings.failed(f"{decided.path}: lead {lead[:16]}, drawn in {draw.id}, is missing")
    elif one["method"] != "lottery" and "draw" not in one and "share" in one:
        return bool(one["share"] != share_of(draw.opening))
    elif one.get("rep") != rep or one.get("draw") != draw.id:
        findings.failed(
            f"{decided.path}: lead {lead[:16]} was won by {rep[:16]} in {draw.id}, "
            f"the file gives it to {str(one.get('rep', 'nobody'))[:16]}"
        )
    elif one["method"] != ("exception" if is_extra else "lottery"):
        findings.failed(f"{decided.path}: lead {lead[:16]} was drawn, not {one['method']}")
    # A lead that joined by an exception keeps the band of its score.
    elif one.get("share") != share_of(draw.opening) or (one["band"] != draw.band and not is_extra):
        findings.failed(f"{decided.path}: lead {lead[:16]} is of another share than its draw")
    return False


def _check_split(decided: Decided, select: Draw, won: dict[str, Draw], findings: Findings) -> int:
    """Shares hold no lead but those the select drew for them; how many of those moved on."""
    drawn = {lead: share for share, leads in select.result.items() for lead in leads}
    moved = 0
    for lead in select.opening["candidates"]:
        one = decided.decisions.get(lead)
        share = None if one is None or one["band"] != select.band else one.get("share")
        if share is None:
            findings.failed(f"{decided.path}: lead {lead[:16]}, a candidate, has no share")
        elif lead in drawn and share != drawn[lead]:
            if share in select.result:
                findings.failed(
                    f"{decided.path}: lead {lead[:16]} was drawn for {drawn[lead]}, not {share}"
                )
            else:
                moved += lead not in won  # a prize that moved on is counted with its ladder
    for lead, one in decided.decisions.items():
        if one["band"] != select.band or lead in drawn:
            continue
        is_prize = lead in won and share_of(won[lead].opening) == one.get("share")
        if one.get("share") in select.result and not is_prize:
            findings.failed(f"{decided.path}: lead {lead[:16]} was not drawn for {one['share']}")
    return moved


def waited_leads(opening: dict[str, Any]) -> set[str]:
    """The prizes that a run between the Mondays drew; none where `waited` is malformed."""
    waited = opening.get("waited")
    lists = list(waited.values()) if isinstance(waited, dict) else []
    if any(not isinstance(leads, list) for leads in lists):
        return set()
    found = [lead for leads in lists for lead in leads]
    return set(found) if all(isinstance(lead, str) for lead in found) else set()


def _check_decision(one: object, path: str) -> None:
    if not isinstance(one, dict):
        raise Refused(path, "has a decision that is no object")
    for key in ("lead", "band", "method", "rule", "reason"):
        if not isinstance(one.get(key), str):
            raise Refused(path, f"has a decision without {key!r}")
    for key in ("rep", "share", "draw"):
        if key in one and not isinstance(one[key], str):
            raise Refused(path, f"has a decision with a wrong {key!r}")
    if one["band"] not in BANDS or one["method"] not in METHODS:
        raise Refused(path, "has a decision of an unknown band or method")
