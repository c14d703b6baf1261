"""Small builders for tests: keyword only, everything else at a plain default."""

import hashlib
import random
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from allocation.approvals import given, with_approvals
from allocation.decisions import Allocation
from allocation.engine import allocate, ladder_plans, split
from allocation.policy import Policy, load_policy
from allocation.snapshot import Carry, Lead, Rep, Snapshot, snapshot_sha256

POLICIES = Path(__file__).parent.parent / "policies"
SCORES = {"enterprise": 16, "mid_market": 11, "smb": 7}


def ref(name: str) -> str:
    """A reference that looks like a real one, the same for the same name."""
    return hashlib.sha256(name.encode()).hexdigest()


def policy(
    *,
    name: str = "lead-allocation-v2",
    replace: Mapping[str, str] | None = None,
    approved: bool = False,
) -> Policy:
    """A shipped policy after textual replacements in its YAML; `approved`: as it then stands."""
    return _policy(name, tuple((replace or {}).items()), approved)


@cache
def _policy(name: str, replace: tuple[tuple[str, str], ...], approved: bool) -> Policy:
    text = (POLICIES / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in replace:
        assert old in text, f"{old!r} is not in {name}.yaml"
        text = text.replace(old, new)
    return load_policy(approved_anew(text) if approved else text)


def approved_anew(text: str) -> str:
    """A policy's text whose offices approved it as it stands, on the days they named."""
    rows = [given(one.role, one.by, one.on, text) for one in load_policy(text).approvals]
    return with_approvals(text, rows)


def lead(*, name: str, band: str = "smb", **more: Any) -> Lead:
    """A lead of a band, with a score that fits it."""
    values = {"score": SCORES[band], "created_at": "2026-11-20T08:00:00Z"} | more
    return Lead(ref=ref(name), band=band, **values)


def leads(*, count: int, band: str = "smb", prefix: str = "lead", **more: Any) -> list[Lead]:
    """`count` leads of a band that differ only by reference."""
    return [lead(name=f"{prefix}-{band}-{i}", band=band, **more) for i in range(count)]


def rep(*, name: str, role: str = "AE", **more: Any) -> Rep:
    """A senior rep with nothing open and three stars where rules ask for them."""
    stars = {"enterprise": 3, "upsell": 3, "vertical:healthcare": 3}
    values = {"tenure_months": 48, "stars": stars} | more
    return Rep(ref=ref(name), role=role, **values)


def reps(*, count: int, role: str = "AE", prefix: str = "rep", **more: Any) -> list[Rep]:
    """`count` equal reps of a role."""
    return [rep(name=f"{prefix}-{role}-{i}", role=role, **more) for i in range(count)]


def organisation() -> list[Rep]:
    """Document 0's 120 reps: 20 SDR, 15 BDR, 60 AE (15 of them junior), 25 AM."""
    return [
        *reps(count=20, role="SDR"),
        *reps(count=15, role="BDR"),
        *reps(count=45, role="AE"),
        *reps(count=15, role="AE", prefix="junior", tenure_months=6),
        *reps(count=25, role="AM"),
    ]


def month_of_leads() -> list[Lead]:
    """Document 0's 1,000 leads: 100 enterprise, 400 mid-market, 500 SMB."""
    return [
        *leads(count=100, band="enterprise"),
        *leads(count=400, band="mid_market"),
        *leads(count=500, band="smb"),
    ]


def snapshot(
    *,
    leads: Iterable[Lead] = (),
    reps: Iterable[Rep] = (),
    run: str = "2026-W48",
    carry: Carry | None = None,
) -> Snapshot:
    """A snapshot of leads and reps."""
    return Snapshot(
        run=run,
        as_of="2026-11-23T00:40:00Z",
        zone="Asia/Shanghai",
        currency="CNY",
        leads=tuple(leads),
        reps=tuple(reps),
        carry=carry or Carry(),
    )


def draws(snap: Snapshot, pol: Policy, *, seed: int = 1) -> dict[str, Any]:
    """A stand-in for the lottery: the same shape of values, chance from a seeded generator."""
    chance = random.Random(f"{seed}/{snapshot_sha256(snap)}")
    selects: dict[str, Any] = {}
    for band, plan in split(snap, pol).items():
        order = chance.sample(plan.candidates, len(plan.candidates))
        selected, start = {}, 0
        for share, count in plan.shares:
            selected[share] = sorted(order[start : start + count])
            start += count
        selects[band] = {"seed": ref(f"{seed}/{band}"), "selected": selected}
    given = {band: row["selected"] for band, row in selects.items()}
    ladders = {}
    for plan in ladder_plans(snap, pol, given):
        winners = {}
        for i in range(0, len(plan.prizes), len(plan.entrants)):
            column = chance.sample(plan.entrants, len(plan.entrants))
            winners |= dict(zip(plan.prizes[i : i + len(column)], column, strict=False))
        ladders[plan.draw] = {"winners": winners}
    return {"selects": selects, "ladders": ladders}


def allocation(
    *,
    leads: Iterable[Lead],
    reps: Iterable[Rep],
    pol: Policy | None = None,
    carry: Carry | None = None,
    run: str = "2026-W48",
    seed: int = 1,
) -> Allocation:
    """A whole run: snapshot, stand-in draws, decisions."""
    chosen = pol or policy()
    snap = snapshot(leads=leads, reps=reps, run=run, carry=carry)
    return allocate(snap, chosen, draws(snap, chosen, seed=seed))
