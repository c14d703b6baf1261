"""Decisions made again from a run's bundle, and compared byte for byte.

The bundle is for the team and auditors only (it holds loads and attainment); its hash is in the
log. Source: specs/ledger.md; the engine is the one that decided.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audit.decisions import Decided
from audit.draws import Draw
from audit.records import Logged
from audit.report import Findings
from audit.site import Refused, read_value
from ledger.canonical import canonical, parse, sha256_hex
from lottery.derive import derive

BUNDLE_FORMAT = "fairlead/bundle/1"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What snapshot, policy and draws lead to."""

    selects: Mapping[str, tuple[list[str], list[list[object]]]]  # band: candidates, shares
    ladders: Mapping[str, tuple[list[str], list[str], list[str]]]  # draw: entrants, prizes, extra
    file: bytes  # the decision file
    findings: bytes = b""  # who may claim what, and whose intake is far off


Decide = Callable[[dict[str, Any], str, dict[str, Any]], Replayed]


def with_engine(snapshot: dict[str, Any], policy_text: str, draws: dict[str, Any]) -> Replayed:
    """Runs the three phases of the allocation engine on a bundle's parts."""
    # Imported here: it brings the whole policy language, which a check without bundle never needs.
    from allocation.engine import allocate, ladder_plans, split
    from allocation.policy import load_policy
    from allocation.snapshot import Snapshot

    frozen, policy = Snapshot.from_record(snapshot), load_policy(policy_text)
    selected = {band: one["selected"] for band, one in draws["selects"].items()}
    allocation = allocate(frozen, policy, draws)
    return Replayed(
        {
            band: (list(plan.candidates), [list(share) for share in plan.shares])
            for band, plan in split(frozen, policy).items()
        },
        {
            plan.draw: (list(plan.entrants), list(plan.prizes), list(plan.extra))
            for plan in ladder_plans(frozen, policy, selected)
        },
        allocation.file(),
        allocation.findings(),
    )


def check_bundle(
    data: bytes,
    allocations: list[Logged],
    decided: Mapping[str, Decided],
    draws: list[Draw],
    findings: Findings,
    decide: Decide = with_engine,
) -> str:
    """Re-executes the run whose allocation record names this bundle; the run's key.

    `decided` are the runs' decision files, by run. Raises Refused for a bundle that is not ours.
    """
    digest = sha256_hex(data)
    named = [one for one in allocations if one.value["bundle"] == digest]
    if not named:
        raise Refused("--bundle", "its hash is in no allocation record of the log")
    allocation = named[0]
    run = allocation.run
    bundle = read_value(data, "--bundle", "snapshot", "policy", "draws")
    if bundle.get("format") != BUNDLE_FORMAT or not isinstance(bundle["policy"], str):
        raise Refused("--bundle", f"is not {BUNDLE_FORMAT}")
    if sha256_hex(canonical(bundle["snapshot"])) != allocation.value["snapshot"]:
        findings.failed("--bundle: its snapshot is not the one that was logged")
    if sha256_hex(bundle["policy"].encode()) != allocation.value["policy_sha256"]:
        findings.failed("--bundle: its policy is not the one that was logged")
    finished = [draw for draw in draws if draw.run == run and draw.status == "finished"]
    if bundle["draws"] != draws_value(finished):
        findings.failed("--bundle: its draws are not what the log's draws came to")
    if run not in decided:
        findings.failed(f"runs/{run}/decisions.json: cannot be compared")
    if findings.has_failed:
        return run
    try:
        replayed = decide(bundle["snapshot"], bundle["policy"], bundle["draws"])
    except Exception as error:  # noqa: BLE001 - whatever the engine finds wrong is a finding
        raise Refused("--bundle", f"cannot be replayed: {type(error).__name__}: {error}") from None
    _compare_draws(replayed, finished, findings)
    _compare_files(replayed.file, decided[run], findings)
    logged = allocation.value.get("findings")  # runs of before this was logged have none
    if logged is not None and logged != sha256_hex(replayed.findings):
        findings.failed("--bundle: re-executed, claims and warnings are not those that were logged")
    return run


def draws_value(finished: list[Draw]) -> dict[str, Any]:
    """The draws as the engine takes them: {"selects": {band: …}, "ladders": {draw: …}}."""
    selects, ladders = {}, {}
    for draw in finished:
        if draw.is_select:
            outcome = draw.outcomes[0].value
            seed = derive(draw.opening, draw.closings[0].value, outcome["reveals"])["seed"]
            selects[draw.band] = {"seed": seed, "selected": draw.result}
        else:
            ladders[draw.id] = {"winners": draw.result}
    return {"selects": selects, "ladders": ladders}


def _compare_draws(replayed: Replayed, finished: list[Draw], findings: Findings) -> None:
    """Each draw had the candidates, prizes and entrants that the policy gives it, and none more."""
    planned: dict[str, object] = {}
    for band, (candidates, shares) in replayed.selects.items():
        planned[band] = {"candidates": candidates, "shares": shares}
    for name, (entrants, prizes, extra) in replayed.ladders.items():
        planned[name] = {"entrants": entrants, "prizes": prizes, "extra": extra}
    for draw in finished:
        plan = planned.pop(draw.band if draw.is_select else draw.id, None)
        if not isinstance(plan, dict):
            findings.failed(f"{draw.logged.path}: the policy plans no {draw.name}")
            continue
        for key, value in plan.items():
            if draw.opening[key] != value:
                findings.failed(f"{draw.logged.path}: has other {key} than the policy gives it")
    for name, plan in planned.items():
        if isinstance(plan, dict) and plan.get("candidates") != []:
            findings.failed(f"the policy plans a draw {name} that was never held")


def _compare_files(again: bytes, decided: Decided, findings: Findings) -> None:
    if again == decided.data:
        return
    decisions = {one["lead"]: one for one in parse(again)["decisions"]}
    different = [
        lead
        for lead in sorted(decisions.keys() | decided.decisions.keys())
        if decisions.get(lead) != decided.decisions.get(lead)
    ]
    first = f", first lead {different[0][:16]}" if different else ""
    findings.failed(f"{decided.path}: re-executed, {len(different)} decisions differ{first}")
