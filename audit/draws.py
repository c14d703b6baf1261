"""Each draw from opening to end: canonical, closed once, in order, in time, re-derived.

Source: specs/draw.md, *Records* and *Sources of chance*.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from audit.look_up import asked_at
from audit.records import Logged
from audit.report import Findings
from lottery.derive import check_outcome
from lottery.endings import check_void
from lottery.records import (
    LADDER,
    SELECT,
    check_closing,
    check_commitment,
    check_opening,
    draw_id,
    opening_hash,
)
from lottery.shapes import DrawError, Record, seconds
from lottery.sources import DRAND, OPERATOR, PUBLIC, source_kind, source_time

BANDS = ("enterprise", "mid_market", "smb")
END_WITHIN_S = 24 * 3600
# An operator's source has no moment before which it does not exist, so lateness proves nothing
# there; 10 minutes is the time that draw.md's default delay leaves to log and publish a closing.
OPERATOR_CLOSING_GRACE_S = 600

Status = Literal["pending", "finished", "void", "overdue"]


@dataclass(slots=True)
class Draw:
    """One opening and all that names it, in the log's order."""

    logged: Logged
    opening: Record
    hash: str
    source_time: int
    closings: list[Logged] = field(default_factory=list)
    outcomes: list[Logged] = field(default_factory=list)
    voids: list[Logged] = field(default_factory=list)
    status: Status = "pending"

    @property
    def id(self) -> str:
        return str(self.opening["draw"])

    @property
    def run(self) -> str:
        return self.id.split("/")[0]

    @property
    def band(self) -> str:
        return self.id.split("/")[1]

    @property
    def name(self) -> str:
        attempt = self.opening["attempt"]
        return f"draw {self.id}" if attempt == 1 else f"draw {self.id} attempt {attempt}"

    @property
    def is_select(self) -> bool:
        return bool(self.opening["kind"] == SELECT)

    @property
    def result(self) -> dict[str, Any]:
        """`winners` or `selected` of a finished draw; empty before."""
        if self.status != "finished":
            return {}
        value: dict[str, Any] = self.outcomes[0].value["selected" if self.is_select else "winners"]
        return value


@dataclass(frozen=True, slots=True)
class Commitments:
    """What operators committed to: {(draw, attempt): the entries that say so}."""

    by_draw: dict[tuple[str, int], list[Logged]]


def read_draws(logged: list[Logged], findings: Findings) -> tuple[list[Draw], Commitments]:
    """All openings with what names them; records that are malformed or name none are findings."""
    draws: dict[str, Draw] = {}
    commitments: dict[tuple[str, int], list[Logged]] = {}
    for one in logged:
        try:
            if one.type == "opening":
                opening = check_opening(one.value)
                digest = opening_hash(opening)
                if digest in draws:
                    raise DrawError(f"opening of {opening['draw']} is logged twice")
                draws[digest] = Draw(one, opening, digest, source_time(opening))
            elif one.type == "commitment":
                value = check_commitment(one.value)
                commitments.setdefault((value["draw"], value["attempt"]), []).append(one)
            elif one.type in ("closing", "outcome", "void"):
                named = one.value.get("opening")
                draw = draws.get(named) if isinstance(named, str) else None
                if draw is None:
                    raise DrawError(f"{one.type} names no opening that was logged before it")
                by_type = {"closing": draw.closings, "outcome": draw.outcomes, "void": draw.voids}
                by_type[one.type].append(one)
        except DrawError as error:
            findings.failed(f"{one.path}: {error}")
    return list(draws.values()), Commitments(commitments)


def check_draw(
    draw: Draw,
    openings: dict[str, Draw],
    commitments: Commitments,
    snapshot: Logged | None,
    now: int,
    findings: Findings,
) -> None:
    """One draw's life; sets its status. `openings` are all draws by opening hash."""
    _check_opening_entry(draw, snapshot, findings)
    if source_kind(draw.opening) == OPERATOR:
        _check_commitment_entry(draw, commitments, snapshot, findings)
    if len(draw.closings) > 1:
        second = draw.closings[1]
        findings.failed(f"{second.path}: closes the draw a second time (entry {second.index})")
    if len(draw.outcomes) + len(draw.voids) > 1:
        last = max([*draw.outcomes, *draw.voids], key=lambda one: one.index)
        findings.failed(f"{last.path}: ends the draw a second time (entry {last.index})")
    try:
        if draw.closings:
            _check_closing_entry(draw, draw.closings[0], findings)
        if draw.outcomes:
            _check_outcome_entry(draw, draw.outcomes[0], findings)
        elif draw.voids:
            _check_void_entry(draw, draw.voids[0], openings, findings)
        elif now > draw.source_time + END_WITHIN_S:
            draw.status = "overdue"
            findings.failed(
                f"{draw.logged.path}: OVERDUE: no outcome or void within 24 h of its source's time"
            )
    except DrawError as error:
        findings.failed(str(error))


def summary(draw: Draw) -> str:
    """One line for a draw in which nothing is wrong."""
    kind = source_kind(draw.opening)
    if draw.status == "pending":
        return f"pending, its {kind} source's time has not come or it has 24 h from then to end"
    if draw.status == "void":
        return f"void ({draw.voids[0].value['reason']}), replaced by the next attempt"
    if draw.is_select:
        picked = sum(len(refs) for refs in draw.result.values())
        return f"{picked} of {len(draw.opening['candidates'])} leads drawn, {kind}, re-derived"
    prizes, entrants = len(draw.opening["prizes"]), len(draw.opening["entrants"])
    return f"{prizes} leads among {entrants} reps, {kind}, re-derived"


def _check_opening_entry(draw: Draw, snapshot: Logged | None, findings: Findings) -> None:
    path, opening = draw.logged.path, draw.opening
    parts = draw.id.split("/")
    if draw_id(*parts) != draw.id or parts[0] != draw.logged.run or parts[1] not in BANDS:
        findings.failed(f"{path}: draw id {draw.id!r} is not canonical for run {draw.logged.run}")
    if draw.logged.at > seconds(opening["opens_at"], "opens_at"):
        findings.failed(f"{path}: was logged after its window had opened")
    if snapshot is None:
        findings.failed(f"{path}: no snapshot of run {draw.run} was logged before it")
        return
    if snapshot.index > draw.logged.index:
        findings.failed(f"{path}: was opened before the snapshot was logged")
    if opening["policy_sha256"] != snapshot.value["policy_sha256"]:
        findings.failed(f"{path}: names another policy than the run's snapshot")
    if opening.get("snapshot", snapshot.value["snapshot"]) != snapshot.value["snapshot"]:
        findings.failed(f"{path}: names another snapshot than the run's")


def _check_commitment_entry(
    draw: Draw, commitments: Commitments, snapshot: Logged | None, findings: Findings
) -> None:
    path = draw.logged.path
    made = commitments.by_draw.get((draw.id, draw.opening["attempt"]), [])
    if not made:
        findings.failed(f"{path}: the operator's commitment was never logged")
    if len(made) > 1:
        findings.failed(f"{made[1].path}: a second commitment for one draw leaves a choice")
    for one in made[:1]:
        if one.value["commitment"] != draw.opening["sources"][0]["commitment"]:
            findings.failed(f"{path}: names another commitment than the one logged for it")
        if snapshot is not None and one.index > snapshot.index:
            findings.failed(f"{one.path}: was committed to after the pool was frozen")


def _check_closing_entry(draw: Draw, closing: Logged, findings: Findings) -> None:
    try:
        value = check_closing(closing.value, draw.opening)
    except DrawError as error:
        raise DrawError(f"{closing.path}: {error}") from None
    lines = value.get("lines", [])
    has_lines = draw.opening["kind"] == LADDER and len(draw.opening["entrants"]) > 1
    if has_lines and closing.at < seconds(draw.opening["closes_at"], "closes_at"):
        findings.failed(f"{closing.path}: was closed before closes_at: lines were cut off")
    if not closes_too_late(draw, closing):
        return
    if lines:
        findings.failed(f"{closing.path}: was closed too late to carry lines: it must have none")
    else:
        findings.warning(f"{closing.path}: closed late, finished without lines: shown red")


def closes_too_late(draw: Draw, closing: Logged) -> bool:
    """Whether lines that this closing carried could have been chosen by the result."""
    is_operator = source_kind(draw.opening) == OPERATOR
    return closing.at > draw.source_time + (OPERATOR_CLOSING_GRACE_S if is_operator else -1)


def _check_outcome_entry(draw: Draw, outcome: Logged, findings: Findings) -> None:
    if not draw.closings:
        raise DrawError(f"{outcome.path}: is the outcome of a draw that was never closed")
    if draw.closings[0].index > outcome.index:
        findings.failed(f"{outcome.path}: was logged before the draw's closing")
    if source_kind(draw.opening) != OPERATOR and outcome.at < draw.source_time:
        findings.failed(f"{outcome.path}: was logged before its source's time")
    try:
        check_outcome(outcome.value, draw.opening, draw.closings[0].value)
    except DrawError as error:
        raise DrawError(f"{outcome.path}: {error}") from None
    draw.status = "finished"
    if outcome.at > draw.source_time + END_WITHIN_S:
        findings.warning(f"{outcome.path}: ended more than 24 h after its source's time: shown red")


def _check_void_entry(
    draw: Draw, void: Logged, openings: dict[str, Draw], findings: Findings
) -> None:
    following = openings.get(str(void.value.get("next_attempt")))
    if following is None:
        raise DrawError(f"{void.path}: the next attempt it names was never opened")
    try:
        check_void(void.value, draw.opening, following.opening)
    except DrawError as error:
        raise DrawError(f"{void.path}: {error}") from None
    draw.status = "void"
    if source_kind(draw.opening) == DRAND:
        number = draw.opening["sources"][0]["round"]
        findings.warning(f"{void.path}: ask a beacon relay that round {number} really is missing")
    for i in range(len(draw.opening["sources"])) if source_kind(draw.opening) == PUBLIC else ():
        asked = asked_at(draw.opening, i)
        findings.warning(f"{void.path}: look up that {asked} really never appeared")
