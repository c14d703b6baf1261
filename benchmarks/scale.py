"""`python -m benchmarks.scale`: the engine at size, beside COPY, a naive loop and the optimum.

Every case runs in a process of its own, so that its peak of memory is its own. The naive loop
sorts all reps for each lead. The optimum is a minimum-cost flow (OR-tools) over every lead and
every rep whom the policy's band lets have it, under the same caps and nothing else: the most
expected win value that anybody could hand out, and what a policy gives up for being fair.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from math import isqrt
from statistics import median
from typing import Any

from allocation.engine import allocate
from allocation.policy import Policy
from allocation.snapshot import Lead, Rep, Snapshot
from benchmarks.page import written
from tests import builders

SIZES = ((1_000, 120), (10_000, 120), (100_000, 120), (1_000, 1_000), (10_000, 1_000),
         (100_000, 1_000))  # fmt: skip
FULL = ((1_000_000, 1_000), (1_000_000, 10_000))
MOST_ARCS = 1_500_000  # leads x reps that the flow is asked for; 7.5 million take gigabytes
MOST_SORTED = 20_000_000  # leads x reps that the naive loop is asked for
INDUSTRIES = ("saas", "healthcare", "financial_services", "manufacturing")
ROLES = (("SDR", 20), ("BDR", 15), ("AE", 60), ("AM", 25))  # of document 0's 120
TAKES = {"enterprise": ("AE",), "mid_market": ("AE",), "smb": ("SDR", "BDR", "AE", "AM")}
VALUES = {"enterprise": (5_000_000, 9_000_000), "mid_market": (1_000_000, 4_000_000),
          "smb": (100_000, 800_000)}  # fmt: skip
Owners = dict[str, str]


def number(*parts: object) -> int:
    """A number that looks random and is the same every time."""
    return int.from_bytes(sha256("/".join(map(str, parts)).encode()).digest()[:6], "big")


def team(count: int) -> list[Rep]:
    """Reps in document 0's proportions with stars, tenure and load of their own."""
    reps = []
    for i in range(count):
        at = i * 120 // count
        role = next(r for r, upto in zip([r for r, _ in ROLES], (20, 35, 95, 120), strict=True)
                    if at < upto)  # fmt: skip
        skills = ("enterprise", "smb", "upsell", *(f"vertical:{name}" for name in INDUSTRIES))
        reps.append(
            builders.rep(
                name=f"rep-{i}",
                role=role,
                tenure_months=number("tenure", i) % 60,
                stars={skill: 1 + number(skill, i) % 3 for skill in skills},
                load_x100=number("load", i) % 1_500,
            )
        )
    return reps


def inputs(leads: int, reps: int) -> tuple[Snapshot, Policy]:
    """The snapshot, and document 0's policy with caps half as large again as an even share."""
    rows = []
    for i in range(leads):
        band = ("enterprise", *["mid_market"] * 4, *["smb"] * 5)[i % 10]
        low, high = VALUES[band]
        rows.append(
            builders.lead(
                name=f"lead-{i}", band=band, industry=INDUSTRIES[number("industry", i) % 4],
                expected_value=low + number("value", i) % (high - low),
            )
        )  # fmt: skip
    members = team(reps)
    sellers = sum(rep.role in ("AE", "AM") for rep in members)
    cap = -(-3 * leads // (2 * sellers))
    junior_cap = -(-3 * leads // (4 * (reps - sellers)))
    policy = builders.policy(
        replace={"limit: 30": f"limit: {cap}", "limit: 25": f"limit: {cap}",
                 "limit: 50": f"limit: {junior_cap}"}
    )  # fmt: skip
    return builders.snapshot(leads=rows, reps=members), policy


def win_value(lead: Lead, rep: Rep) -> int:
    """A made-up model, so that there is something to optimise: 10% and 5 points for each star
    in the lead's vertical and, above SMB, in enterprise (else in smb)."""
    skill = "smb" if lead.band == "smb" else "enterprise"
    stars = rep.stars[f"vertical:{lead.industry}"] + rep.stars[skill]
    return (lead.expected_value or 0) * (10 + 5 * stars) // 100


def limits(snapshot: Snapshot, policy: Policy) -> dict[str, int]:
    """The most leads of each rep under the caps."""
    caps = policy.capacity.caps
    by_role = {
        role: min(cap.limit for cap in caps if role in cap.roles and cap.id != "cap-late-stages"
                  and "high_value_this_month" not in cap.counts)
        for role, _ in ROLES
    }  # fmt: skip
    return {rep.ref: by_role[rep.role] for rep in snapshot.reps}


def engine(snapshot: Snapshot, policy: Policy) -> Callable[[], Owners]:
    """Deciding, from the snapshot and finished draws."""
    draws = builders.draws(snapshot, policy)
    return lambda: {
        d.lead: d.rep for d in allocate(snapshot, policy, draws).decisions if d.rep is not None
    }


def naive(snapshot: Snapshot, policy: Policy) -> Callable[[], Owners]:
    """For each lead: sort everybody who may have it by load, take the first below the cap."""
    most = limits(snapshot, policy)

    def run() -> Owners:
        load = {rep.ref: rep.load_x100 for rep in snapshot.reps}
        given = dict.fromkeys(load, 0)
        owners = {}
        for lead in snapshot.leads:
            able = [rep for rep in snapshot.reps if rep.role in TAKES[lead.band]]
            for rep in sorted(able, key=lambda rep: load[rep.ref]):
                if given[rep.ref] < most[rep.ref]:
                    owners[lead.ref] = rep.ref
                    given[rep.ref] += 1
                    load[rep.ref] += 50
                    break
        return owners

    return run


def optimum(snapshot: Snapshot, policy: Policy) -> Callable[[], Owners]:
    """The assignment with the most expected win value under the caps."""
    import numpy as np
    from ortools.graph.python import min_cost_flow

    most = limits(snapshot, policy)

    def run() -> Owners:
        reps, leads = list(snapshot.reps), list(snapshot.leads)
        tails, heads, costs = [], [], []
        for i, lead in enumerate(leads):
            for k, rep in enumerate(reps):
                if rep.role in TAKES[lead.band]:
                    tails.append(i)
                    heads.append(len(leads) + k)
                    costs.append(-win_value(lead, rep))
        sink = len(leads) + len(reps)
        flow = min_cost_flow.SimpleMinCostFlow()
        arcs = flow.add_arcs_with_capacity_and_unit_cost(
            np.array(tails), np.array(heads), np.ones(len(tails), dtype=np.int64), np.array(costs)
        )
        flow.add_arcs_with_capacity_and_unit_cost(
            np.arange(len(leads), sink), np.full(len(reps), sink),
            np.array([most[rep.ref] for rep in reps]), np.zeros(len(reps), dtype=np.int64),
        )  # fmt: skip
        supplies = [1] * len(leads) + [0] * len(reps) + [-len(leads)]
        flow.set_nodes_supplies(np.arange(sink + 1), np.array(supplies))
        status = flow.solve()
        if status != flow.OPTIMAL:
            raise RuntimeError(f"the flow ended with status {status}")
        used = np.nonzero(flow.flows(arcs))[0]
        return {leads[tails[a]].ref: reps[heads[a] - len(leads)].ref for a in used}

    return run


WAYS = {"engine": engine, "naive": naive, "optimum": optimum}


def one(way: str, leads: int, reps: int, rounds: int) -> dict[str, Any]:
    """One case in this process: seconds, peak memory, value given, leads per AE."""
    snapshot, policy = inputs(leads, reps)
    run = WAYS[way](snapshot, policy)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken, worked = [], []
    owners: Owners = {}
    for _ in range(rounds):
        began, busy = time.perf_counter(), time.process_time()
        owners = run()
        taken.append(time.perf_counter() - began)
        worked.append(time.process_time() - busy)
    by_lead = {lead.ref: lead for lead in snapshot.leads}
    by_rep = {rep.ref: rep for rep in snapshot.reps}
    counts = dict.fromkeys((rep.ref for rep in snapshot.reps if rep.role == "AE"), 0)
    for rep in owners.values():
        if rep in counts:
            counts[rep] += 1
    n, some = len(counts), counts.values()
    variance_x = 10_000 * (n * sum(c * c for c in some) - sum(some) ** 2) // n**2
    return {
        "seconds": median(taken),
        "cpu": median(worked),
        "inputs_mb": before // 1024,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "value": sum(win_value(by_lead[lead], by_rep[rep]) for lead, rep in owners.items()),
        "owned": len(owners),
        "least": min(some),
        "most": max(some),
        "deviation": isqrt(variance_x) / 100,
    }


def cases(sizes: tuple[tuple[int, int], ...], rounds: int) -> Iterator[dict[str, Any]]:
    """Every way at every size that it can be asked for, with the COPY of the same leads."""
    from benchmarks.engine import copied, database

    with database() as conn:
        for leads, reps in sizes:
            snapshot, _ = inputs(leads, reps)
            taken = []
            for _ in range(rounds):
                began = time.perf_counter()
                copied(conn, snapshot)
                taken.append(time.perf_counter() - began)
            copy_s = median(taken)
            del snapshot
            for way in WAYS:
                if (way == "optimum" and leads * reps > MOST_ARCS) or (
                    way == "naive" and leads * reps > MOST_SORTED
                ):
                    continue
                many = rounds if way == "engine" and leads <= 100_000 else 1
                command = [sys.executable, "-m", "benchmarks.scale", "--one", way,
                           str(leads), str(reps), "--rounds", str(many)]  # fmt: skip
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    print(f"{way} {leads} x {reps}: {done.stderr[-400:]}", file=sys.stderr)
                    continue
                yield {"way": way, "leads": leads, "reps": reps, "copy_s": copy_s,
                       **json.loads(done.stdout)}  # fmt: skip


def table(rows: list[dict[str, Any]]) -> str:
    """The figures as Markdown; value is of the optimum's where that was found."""
    best = {(r["leads"], r["reps"]): r["value"] for r in rows if r["way"] == "optimum"}
    heads = (
        "leads × reps", "way", "time", "CPU time", "÷ COPY", "peak memory (inputs)",
        "leads with an owner",
        "value given up", "per AE: least–most", "standard deviation",
    )  # fmt: skip
    lines = [
        f"| {' | '.join(heads)} |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        top = best.get((row["leads"], row["reps"]))
        lost = f"{100 * (1 - row['value'] / top):.1f}%" if top else "–"
        lines.append(
            f"| {row['leads']:,} × {row['reps']:,} | {row['way']} | {row['seconds']:.2f} s "
            f"| {row['cpu']:.2f} s "
            f"| {row['seconds'] / row['copy_s']:.1f} | {row['peak_mb']:,} MB "
            f"({row['inputs_mb']:,}) | {row['owned']:,} | {lost} "
            f"| {row['least']:,}–{row['most']:,} | {row['deviation']:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table; --write puts it into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--one", nargs=3, metavar=("WAY", "LEADS", "REPS"), help="one case, JSON")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="a million leads, too")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    given = parser.parse_args()
    if given.one:
        way, leads, reps = given.one
        print(json.dumps(one(way, int(leads), int(reps), given.rounds)))
        return
    rows = []
    for row in cases(SIZES + (FULL if given.full else ()), given.rounds):
        rows.append(row)
        print(table(rows).splitlines()[-1], flush=True)
    load = f"{os.getloadavg()[0]:.1f}"
    text = f"{table(rows)}\n\nTaken on {os.cpu_count()} cores at a load of {load}.\n"
    if given.write:
        written("scale", text)
    print(text)


if __name__ == "__main__":
    main()
