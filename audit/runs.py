"""All draws, and those of a run among themselves: one live draw per id, each lead drawn once.

Source: specs/draw.md, *Records*.
"""

from collections import defaultdict
from collections.abc import Iterable

from audit.draws import Draw, check_draw, read_draws, summary
from audit.records import Logged, first_of
from audit.report import Check, Findings
from lottery.pools import check_pool, share_of
from lottery.records import NO_POOL
from lottery.shapes import DrawError
from lottery.sources import DRAND, source_kind


def check_runs(logged: list[Logged], now: int, found: Findings) -> tuple[list[Draw], list[Check]]:
    """Every draw of the log with its status, one check for each; `found` is for them together."""
    draws, commitments = read_draws(logged, found)
    snapshots, allocations = first_of(logged, "snapshot"), first_of(logged, "allocation")
    openings = {draw.hash: draw for draw in draws}
    checks: list[Check] = []
    for draw in draws:
        one = Findings(draw.name)
        check_draw(draw, openings, commitments, snapshots.get(draw.run), now, one)
        checks += one.checks(summary(draw))
    _check_once_per_run(logged, found)
    _check_attempts(draws, found)
    _check_gaps(draws, found)
    for run in dict.fromkeys(draw.run for draw in draws):
        of_run = [draw for draw in draws if draw.run == run and draw.status != "void"]
        _check_run(of_run, allocations.get(run), found)
    return draws, checks


def _check_once_per_run(logged: list[Logged], findings: Findings) -> None:
    policies = {one.value["sha256"]: one.index for one in reversed(logged) if one.type == "policy"}
    seen: set[tuple[str, str]] = set()
    for one in logged:
        if one.type in ("snapshot", "allocation"):
            if (one.type, one.run) in seen:
                findings.failed(f"{one.path}: a second {one.type} of run {one.run}")
            seen.add((one.type, one.run))
            if policies.get(one.value["policy_sha256"], one.index) >= one.index:
                findings.failed(f"{one.path}: names a policy that was not logged before it")


def _check_attempts(draws: Iterable[Draw], findings: Findings) -> None:
    """Attempts count up from 1, each replacing one that ended in a void that names it."""
    by_id: dict[str, list[Draw]] = defaultdict(list)
    for draw in draws:
        by_id[draw.id].append(draw)
    for attempts in by_id.values():
        previous: Draw | None = None
        for number, draw in enumerate(attempts, start=1):
            if draw.opening["attempt"] != number:
                findings.failed(f"{draw.logged.path}: is not attempt {number} of {draw.id}")
            if previous is not None and (
                previous.status != "void" or previous.voids[0].value["next_attempt"] != draw.hash
            ):
                findings.failed(f"{draw.logged.path}: a second live draw of {draw.id}")
            previous = draw


def _check_gaps(draws: list[Draw], findings: Findings) -> None:
    """No draw is void for want of a round that another one was drawn from."""
    drawn = {
        draw.opening["sources"][0]["round"]: draw.name
        for draw in draws
        if draw.status == "finished" and source_kind(draw.opening) == DRAND
    }
    for draw in draws:
        if draw.status == "void" and source_kind(draw.opening) == DRAND:
            number = draw.opening["sources"][0]["round"]
            if number in drawn:
                path = draw.voids[0].path
                findings.failed(f"{path}: round {number} exists, {drawn[number]} was drawn from it")


def _check_run(live: list[Draw], allocation: Logged | None, findings: Findings) -> None:
    """One run's live draws: selects against ladders, every lead once."""
    selects = {draw.band: draw for draw in live if draw.is_select}
    ladders = [draw for draw in live if not draw.is_select]
    _check_once(live, findings)
    by_share: dict[tuple[str, str], list[Draw]] = defaultdict(list)
    for ladder in ladders:
        by_share[ladder.band, share_of(ladder.opening)].append(ladder)
    for (band, share), group in by_share.items():
        _check_share(selects.get(band), share, group, findings)
    if allocation is not None:
        for draw in live:
            if draw.logged.index > allocation.index:
                findings.failed(f"{draw.logged.path}: was opened after the run was allocated")
            elif draw.status != "finished" or draw.outcomes[0].index > allocation.index:
                findings.failed(f"{allocation.path}: was allocated before {draw.name} had ended")


def _check_once(live: list[Draw], findings: Findings) -> None:
    for key in ("candidates", "prizes"):
        first: dict[str, str] = {}
        for draw in live:
            for lead in draw.opening.get(key, []):
                if lead in first:
                    findings.failed(
                        f"{draw.logged.path}: lead {lead[:16]} is among the {key} of "
                        f"{first[lead]} too"
                    )
                first[lead] = draw.id


def _check_share(select: Draw | None, share: str, ladders: list[Draw], findings: Findings) -> None:
    path = ladders[0].logged.path
    if select is None:
        for ladder in ladders:
            if ladder.opening["pool"] != NO_POOL:
                findings.failed(f"{ladder.logged.path}: names a pool that is no live select")
        return
    if select.status != "finished":
        findings.failed(f"{path}: was opened without an outcome of its pool {select.id}")
        return
    for ladder in ladders:
        if ladder.logged.index < select.outcomes[0].index:
            findings.failed(f"{ladder.logged.path}: was opened before its pool was drawn")
    try:
        check_pool(select.opening, select.result, [one.opening for one in ladders], share)
    except DrawError as error:
        findings.failed(f"{path}: {error}")
