"""Runs between the Mondays: one chain, no lottery of their own, every lead drawn once.

Source: docs/decisions/0010. A prize that an intake run drew stands in its ladder's `extra`; the
opening's further key `waited` says by which select: {"<opening hash>": [leads]}.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from audit.decisions import AWAITS, Decided, waited_leads
from audit.draws import Draw
from audit.records import Logged, first_of
from audit.report import Findings
from ledger.run_keys import is_intake
from lottery.pools import share_of


def has_intake(logged: Sequence[Logged], draws: Sequence[Draw]) -> bool:
    """Whether the log speaks of such runs at all."""
    return any(
        one.type == "snapshot" and (is_intake(one.run) or "continues" in one.value)
        for one in logged
    ) or any(is_intake(draw.run) or "waited" in draw.opening for draw in draws)


def check_intake(
    logged: Sequence[Logged],
    draws: Sequence[Draw],
    decided: Mapping[str, Decided],
    findings: Findings,
) -> str:
    """The chain, the waiting prizes, and that no lead was drawn again before Monday."""
    snapshots = first_of(list(logged), "snapshot")
    allocations = first_of(list(logged), "allocation")
    _check_chain(snapshots, allocations, findings)
    by_hash = {draw.hash: draw for draw in draws}
    for draw in draws:
        if not draw.is_select:
            _check_ladder(draw, by_hash, findings)
    _check_drawn_once(snapshots, draws, decided, findings)
    number = sum(map(is_intake, snapshots))
    return f"{number} between the Mondays, one carried state, every lead drawn once"


def _check_chain(
    snapshots: Mapping[str, Logged], allocations: Mapping[str, Logged], findings: Findings
) -> None:
    taken: dict[str, str] = {}
    for run, snapshot in snapshots.items():
        before = snapshot.value.get("continues")
        if before is None:
            if is_intake(run) and any(
                one.index < snapshot.index and _sources(snapshots.get(key)) & _sources(snapshot)
                for key, one in allocations.items()
            ):
                findings.failed(f"{snapshot.path}: continues no run, others were allocated before")
            continue
        earlier = allocations.get(before) if isinstance(before, str) else None
        if earlier is None or earlier.index > snapshot.index:
            findings.failed(f"{snapshot.path}: continues a run that was not allocated before it")
        elif run in allocations:
            if before in taken:
                findings.failed(f"{snapshot.path}: continues {before}, and so does {taken[before]}")
            taken.setdefault(before, run)


def _sources(snapshot: Logged | None) -> set[str]:
    loads: list[Any] = snapshot.value["loads"] if snapshot else []
    return {str(load.get("source")) for load in loads if isinstance(load, dict)}


def _check_ladder(draw: Draw, by_hash: Mapping[str, Draw], findings: Findings) -> None:
    path, opening = draw.logged.path, draw.opening
    if is_intake(draw.run):
        findings.failed(f"{path}: is a ladder, and a run between the Mondays has none")
    if "waited" not in opening:
        return
    leads = waited_leads(opening)
    if not leads or sum(map(len, opening["waited"].values())) != len(leads):
        findings.failed(f"{path}: 'waited' is no list of leads by select, each once")
        return
    if leads - set(opening["extra"]):
        findings.failed(f"{path}: a lead that waited is not among its extra prizes")
    for name, waiting in opening["waited"].items():
        select = by_hash.get(name)
        if (
            select is None
            or not (select.is_select and select.status == "finished" and is_intake(select.run))
            or select.band != draw.band
            or select.outcomes[0].index > draw.logged.index
        ):
            findings.failed(f"{path}: {name[:16]} is no select that ended between the Mondays")
        elif set(waiting) - set(select.result.get(share_of(opening), [])):
            findings.failed(f"{path}: a lead that waited was not drawn for it in {select.id}")


def _check_drawn_once(
    snapshots: Mapping[str, Logged],
    draws: Sequence[Draw],
    decided: Mapping[str, Decided],
    findings: Findings,
) -> None:
    placed: dict[str, str] = {}  # by an intake run, until somebody owns it or Monday decided it
    awaiting: set[str] = set()
    for run in snapshots:
        drawn = [
            (draw, lead)
            for draw in draws
            if draw.run == run and draw.is_select and not draw.voids
            for lead in draw.opening["candidates"]
        ]
        for draw, lead in drawn:
            if lead in placed:
                findings.failed(
                    f"{draw.logged.path}: lead {lead[:16]} was drawn in {placed[lead]} already"
                )
        if run not in decided:
            continue
        path, rows = decided[run].path, decided[run].decisions
        waiting = _waiting(path, rows, is_intake(run), findings)
        kept = {
            lead
            for lead, row in rows.items()
            if is_intake(run) and "rep" not in row and row["reason"] != "pilot_control"
        }
        placed = {lead: key for lead, key in placed.items() if lead not in rows or lead in kept}
        placed |= {lead: run for _, lead in drawn if lead in kept}
        if not is_intake(run) and (gone := len(awaiting - rows.keys())):
            findings.warning(f"{path}: lacks {gone} leads that waited for its lottery")
        awaiting = awaiting | waiting if is_intake(run) else set()


def _waiting(
    path: str, rows: Mapping[str, dict[str, Any]], is_between: bool, findings: Findings
) -> set[str]:
    """The leads that a run drew for Monday's lottery; only a run between them leaves any."""
    waits = {lead: row for lead, row in rows.items() if row["reason"] == AWAITS}
    for lead, row in waits.items():
        if "rep" in row or not is_between:
            findings.failed(f"{path}: lead {lead[:16]} does not wait for a lottery")
    return {lead for lead, row in waits.items() if "share" in row}
