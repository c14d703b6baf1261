"""`fairlead simulate`: stored weeks under a draft policy, beside the one they had."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import typer

from allocation.gains import gains, moved, spreads
from allocation.policy import Policy
from allocation.simulation import GATE_PCT, Outcome, past_owners, present, simulated
from allocation.snapshot import ratio_text
from flows.errors import CheckRefused
from flows.progress import say, step
from flows.reports.folder import write_report
from flows.reports.simulated_draws import seeded_draws
from flows.reports.simulated_weeks import History, built_week, stored_weeks
from flows.stored import initialised_home
from flows.workspace import read_policy

FORMAT = "fairlead/simulation-report/1"
Value = dict[str, Any]


def simulate_policy(
    policy: Path,
    against: Path | None,
    keys: list[str],
    weeks: int | None,
    last: str,
    seed: int,
    report: Path | None,
) -> int:
    """Simulate, print, write the report; 0 if the policy may go live, else 1.

    Errors: UsageError, CheckRefused, PolicyRefused.
    """
    new = read_policy(policy)
    old = read_policy(against) if against else None
    with initialised_home().database().connect() as conn:
        history = stored_weeks(conn, keys, weeks, last if weeks is None else "")
        history = history or built_week(conn, [new, *([old] if old else [])])
    result = simulation_report(history, new, old, seed)
    from flows.reports.simulation_print import print_simulation

    print_simulation(result)
    if report is not None:
        _write(report, result)
    return 0 if result["new"]["may_go_live"] == "yes" else 1


def simulation_report(history: History, new: Policy, old: Policy | None, seed: int) -> Value:
    """The whole report as plain values. Without `old` each week keeps its own policy."""
    weeks = history.weeks
    if new.currency != history.currency:
        raise CheckRefused(
            f"the leads are valued in {history.currency}, policy {new.id} counts in {new.currency}"
        )
    before = [old or week.policy or new for week in weeks]
    with step(f"simulate {len(weeks)} run(s) under {_name([new], before)}"):
        after = simulated(weeks, [new] * len(weeks), seeded_draws(seed))
    with step(f"simulate them under {_name(before)}"):
        reference = simulated(weeks, before, seeded_draws(seed))
    with step("draw them again with another seed, to know what chance alone moves"):
        chance = simulated(weeks, before, seeded_draws(seed + 1))
    past = past_owners(weeks)
    reps = present(weeks)
    roles = {rep.ref: rep.role for week in weeks for rep in week.snapshot.reps}
    bands = [rule.band for rule in new.bands]
    return {
        "format": FORMAT,
        "rehearsal": "yes",  # whatever weeks it looks at
        "currency": history.currency,
        "synthetic": _flag(history.is_synthetic),
        "built": _flag(history.is_built),
        "seed": seed,
        "gate_pct": GATE_PCT,
        "bands": bands,
        "weeks": [
            {"run": w.snapshot.run, "as_of": w.snapshot.as_of, "leads": len(w.snapshot.leads)}
            for w in weeks
        ],
        "old": _outcome(reference, before, past, reps.values()),
        "new": _outcome(after, [new], past, reps.values(), before),
        "change": {
            "moved": moved(reference, after),
            "chance_moved": moved(reference, chance),
            "chance_most": max((abs(g.more) for g in gains(reference, chance, bands)), default=0),
            "reps": [
                {
                    "rep": history.names.get(gain.rep, {}).get("id", gain.rep[:8]),
                    "name": history.names.get(gain.rep, {}).get("name", gain.rep[:8]),
                    "role": roles.get(gain.rep, ""),
                    "count": list(gain.count),
                    "value": list(gain.value),
                    "bands": {band: list(pair) for band, pair in gain.bands.items()},
                }
                for gain in gains(reference, after, bands)
            ],
        },
        "notes": _notes(after, new, [w.policy for w in weeks], seed, has_past=bool(past)),
    }


def _write(folder: Path, result: Value) -> None:
    from notifications.simulation_page import render_simulation

    write_report(folder, "simulation", result, render_simulation(result))
    say(f"wrote simulation.json and simulation-zh.html, simulation-en.html to {folder}")
    typer.echo(f"report  {folder / 'simulation-en.html'}")


def _outcome(
    outcome: Outcome,
    policies: Sequence[Policy],
    past: dict[str, str],
    reps: Any,
    beside: Sequence[Policy] = (),
) -> Value:
    same, known = outcome.agreement(past)
    held: dict[str, int] = {}
    for reason in outcome.held.values():
        held[reason] = held.get(reason, 0) + 1
    return {
        "policy": _name(policies, beside),
        "sha256": sorted({policy.sha256 for policy in policies}),
        "leads": outcome.leads,
        "judged": outcome.judged,
        "owned": len(outcome.owners),
        "unassigned": len(outcome.held),
        "set_aside": outcome.set_aside,
        "met": outcome.met,
        "broken": outcome.broken,
        "overflow": dict(sorted(outcome.overflow.items())),
        "held": dict(sorted(held.items())),
        "caps": dict(sorted(outcome.caps.items())),
        "methods": {band: dict(sorted(m.items())) for band, m in outcome.methods.items()},
        "without_value": outcome.leads_without_value,
        "band_moves": outcome.band_moves,
        "unknown_factors": list(outcome.unknown_factors),
        "agreement": {"same": same, "known": known},
        "may_go_live": _flag(outcome.may_go_live),
        "spreads": [
            {
                "role": row.role, "reps": row.reps, "leads": row.leads, "least": row.least,
                "most": row.most, "deviation_x100": row.deviation_x100, "gini": _ratio(row.gini),
                "jain": _ratio(row.jain), "top_share": _ratio(row.top_share),
            }
            for row in spreads(outcome, reps)
        ],
    }  # fmt: skip


def _notes(
    after: Outcome, new: Policy, stored: Sequence[Policy | None], seed: int, *, has_past: bool
) -> list[dict[str, str]]:
    """What a reader must know: codes that the page has sentences for."""
    notes = [{"code": "loads"}, {"code": "draws", "seed": str(seed)}]
    if after.unknown_factors:
        notes.append({"code": "tiers", "factors": ", ".join(after.unknown_factors)})
    elif any(policy is None or policy.scoring != new.scoring for policy in stored):
        notes.append({"code": "bands"})
    if any(policy is None or _measures(policy) != _measures(new) for policy in stored):
        notes.append({"code": "capacity"})
    return [*notes, {"code": "owners" if has_past else "no_owners"}]


def _measures(policy: Policy) -> tuple[object, ...]:
    capacity, capability = policy.capacity, policy.capability
    words = {"id", "zh", "en", "source"}
    return (
        capacity.stage_multipliers_x100, capacity.size_bands, capacity.stalled_days,
        capability.model_dump(exclude=words),
    )  # fmt: skip


def _name(policies: Sequence[Policy], beside: Sequence[Policy] = ()) -> str:
    """Id and version of each; and of which text, where one beside them has the same."""
    others = {(policy.id, policy.version): policy.sha256 for policy in beside}
    names = [
        f"{policy.id} {policy.version}"
        + (
            f" ({policy.sha256[:8]})"
            if others.get((policy.id, policy.version), policy.sha256) != policy.sha256
            else ""
        )
        for policy in policies
    ]
    return ", ".join(dict.fromkeys(names))


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _ratio(value: Fraction | None) -> str:
    return "" if value is None else ratio_text(value)
