"""The frozen input of a run: leads, reps, loads and what was carried over, and its hash.

Pseudonymous: leads and reps are known by reference only. Unknown values are omitted keys in the
record, None here; flags are "yes"/"no". Format fairlead/snapshot/1.

    SnapshotError          a record that is not exactly a snapshot
"""

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from operator import attrgetter
from typing import Any, Self, TypeVar

from allocation.carry import Carry, SnapshotError, ratio_text
from ledger.canonical import canonical_pieces

__all__ = [
    "Carry",
    "Credit",
    "Lead",
    "Rep",
    "Snapshot",
    "SnapshotError",
    "ratio_text",
    "snapshot_sha256",
]

FORMAT = "fairlead/snapshot/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One lead open for allocation; money in whole units, times as YYYY-MM-DDThh:mm:ssZ."""

    ref: str
    band: str
    score: int
    created_at: str | None = None
    weighted_x100: int = 0
    points: Mapping[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    expected_value: int | None = None
    industry: str | None = None
    region: str | None = None
    product: str | None = None
    lead_type: str | None = None
    existing_arr: int | None = None
    employees: int | None = None
    budget: int | None = None
    requested_rep: str | None = None
    account_owner: str | None = None
    referrer: str | None = None
    referral_rep: str | None = None
    duplicate_of: str | None = None
    do_not_contact: str | None = None
    waiting_since: str | None = None
    drawn: str | None = None  # "run/band/share": an earlier run's draw placed it there
    recycled_from: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def barred(self) -> frozenset[str]:
        """Reps who may never get this lead: conflict of interest, or it was recycled from them."""
        return frozenset((*self.recycled_from, *self.conflicts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep:
    """One rep as of the freeze; counts of open work, load x 100, attainment in 1/10000."""

    ref: str
    role: str
    tenure_months: int | None = None
    region: str | None = None
    office: str | None = None
    manager: str | None = None
    active: str = "yes"
    away: str = "no"
    fte_pct: int = 100
    load_x100: int = 0
    open_opportunities: int = 0
    open_discovery_demo: int = 0
    open_proposal_negotiation: int = 0
    open_leads: int = 0
    high_value_this_month: int = 0
    attainment_bp: int | None = None
    quarter_left_bp: int | None = None
    conversion_bp: int | None = None  # of last month
    on_time_bp: int | None = None  # first touches in time, last month
    claimed_this_month: int | None = None
    qualifications: tuple[str, ...] = ()
    stars: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Credit:
    """Turns given by hand: a logged input, with the record that says why (its SHA-256, hex)."""

    ref: str  # of the rep
    band: str
    leads: int
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything a run decides from, leads and reps sorted by reference, each once."""

    run: str
    as_of: str
    zone: str
    currency: str
    leads: tuple[Lead, ...]
    reps: tuple[Rep, ...]
    carry: Carry = field(default_factory=Carry)
    credits: tuple[Credit, ...] = ()
    continues: str | None = None  # the run whose carried state this is

    def __post_init__(self) -> None:
        object.__setattr__(self, "leads", _sorted(self.leads))
        object.__setattr__(self, "reps", _sorted(self.reps))
        object.__setattr__(self, "credits", tuple(sorted(self.credits)))

    def to_record(self) -> dict[str, Any]:
        """The snapshot as plain values, ready for canonical bytes."""
        members = self.members()
        return members | {name: list(members[name]) for name in ("leads", "reps")}

    def members(self) -> dict[str, Any]:
        """The record's members; leads and reps as iterators, for a million are large as dicts."""
        given: dict[str, Any] = {}
        if self.credits:
            given["credits"] = [_row_record(row) for row in self.credits]
        if self.continues is not None:
            given["continues"] = self.continues
        return given | {
            "format": FORMAT,
            "run": self.run,
            "as_of": self.as_of,
            "zone": self.zone,
            "currency": self.currency,
            "leads": map(_row_record, self.leads),
            "reps": map(_row_record, self.reps),
            "carry": self.carry.to_record(),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """The snapshot in a record; SnapshotError for anything missing, unknown or mistyped."""
        keys = {"format", "run", "as_of", "zone", "currency", "leads", "reps", "carry"}
        if set(record) - {"credits", "continues"} != keys or record["format"] != FORMAT:
            raise SnapshotError(f"not a {FORMAT} record: {sorted(set(record) ^ keys)}")
        return cls(
            run=record["run"],
            as_of=record["as_of"],
            zone=record["zone"],
            currency=record["currency"],
            leads=tuple(_row(Lead, row) for row in record["leads"]),
            reps=tuple(_row(Rep, row) for row in record["reps"]),
            carry=Carry.from_record(record["carry"]),
            credits=tuple(_row(Credit, row) for row in record.get("credits", ())),
            continues=record.get("continues"),
        )


def snapshot_sha256(snapshot: Snapshot) -> str:
    """SHA-256 (hex) of the snapshot's canonical bytes: what the ledger records."""
    digest = hashlib.sha256()
    for piece in canonical_pieces(snapshot.members()):
        digest.update(piece)
    return digest.hexdigest()


# Kept in the record even when they are at their default, because readers look for them.
_ALWAYS = {
    "weighted_x100",
    "points",
    "unknown",
    "active",
    "away",
    "fte_pct",
    "load_x100",
    "stars",
    "open_opportunities",
    "open_discovery_demo",
    "open_proposal_negotiation",
    "open_leads",
    "high_value_this_month",
}
_KINDS = (Lead, Rep, Credit)
_NAMES = {kind: tuple(part.name for part in fields(kind)) for kind in _KINDS}
_VALUES = {kind: attrgetter(*names) for kind, names in _NAMES.items()}
T = TypeVar("T", Lead, Rep, Credit)
_TUPLES = frozenset(("unknown", "recycled_from", "conflicts", "qualifications"))
_MAPPINGS = frozenset(("points", "stars"))
_INTEGERS = frozenset(
    part.name for kind in _KINDS for part in fields(kind) if part.type in (int, int | None)
)


def _sorted(rows: tuple[T, ...]) -> tuple[T, ...]:
    """Rows by reference, each reference once."""
    ordered = tuple(sorted(rows, key=lambda row: row.ref))
    if len({row.ref for row in ordered}) != len(ordered):
        raise SnapshotError("a reference stands here twice")
    return ordered


def _row_record(row: Lead | Rep | Credit) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in zip(_NAMES[type(row)], _VALUES[type(row)](row), strict=True):
        if value is None or (value == () and name not in _ALWAYS):
            continue
        if name in _TUPLES:
            record[name] = sorted(value)
        else:
            record[name] = dict(value) if name in _MAPPINGS else value
    return record


def _row(kind: type[T], record: Mapping[str, Any]) -> T:
    known = _NAMES[kind]
    required = {
        part.name
        for part in fields(kind)
        if part.default is MISSING and part.default_factory is MISSING
    }
    if set(record) - set(known) or required - set(record):
        raise SnapshotError(f"{kind.__name__}: missing or unknown keys {sorted(record)}")
    values: dict[str, Any] = dict(record)
    for name, value in values.items():
        expected: type = (
            list
            if name in _TUPLES
            else dict
            if name in _MAPPINGS
            else int
            if name in _INTEGERS
            else str
        )
        if type(value) is not expected:
            raise SnapshotError(f"{kind.__name__}.{name}: {value!r} is no {expected.__name__}")
    values |= {name: tuple(values[name]) for name in _TUPLES if name in values}
    return kind(**values)
