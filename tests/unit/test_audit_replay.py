"""Decisions made again from a run's bundle by the real engine, and compared byte for byte."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from allocation.engine import allocate, ladder_plans, split
from audit.decisions import Decided
from audit.draws import read_draws
from audit.records import Logged
from audit.replay import Replayed, check_bundle
from audit.report import Findings, Report
from audit.verify import verify
from ledger.canonical import canonical, parse, sha256_hex
from lottery.derive import derive, outcome
from lottery.records import closing, commitment, ladder_opening, opening_hash, select_opening
from lottery.sources import operator_commitment, operator_reveal, operator_source
from tests.builders import leads, organisation, policy, snapshot
from tests.site_builder import NOW, POLICY_TEXT, RUN, SIGNER, Event, Site, policy_event, secret_of


@cache
def decided_by_the_engine() -> tuple[Site, bytes]:
    """A run of 40 leads under the shipped policy with operator draws, and its bundle."""
    rules = policy()
    frozen = snapshot(
        leads=[
            *leads(count=10, band="enterprise"),
            *leads(count=15, band="mid_market"),
            *leads(count=15, band="smb"),
        ],
        reps=organisation(),
        run=RUN,
    )
    snapshot_hash = sha256_hex(canonical(frozen.to_record()))
    common: dict[str, Any] = {"policy_sha256": rules.sha256}
    openings, closings, outcomes = [], [], []
    draws: dict[str, Any] = {"selects": {}, "ladders": {}}
    pools: dict[str, str] = {}

    def finish(opening: dict[str, Any]) -> dict[str, Any]:
        closed = closing(opening)
        ended = outcome(opening, closed, [operator_reveal(secret_of(opening["draw"]))])
        openings.append(opening)
        closings.append(closed)
        outcomes.append(ended)
        return derive(opening, closed, ended["reveals"])

    def source(draw: str) -> list[dict[str, Any]]:
        return [operator_source(operator_commitment(secret_of(draw)))]

    for band, plan in split(frozen, rules).items():
        opening = select_opening(
            draw=f"{RUN}/{band}", opens_at="2026-09-17T12:20:00Z", closes_at="2026-09-17T12:22:45Z",
            sources=source(f"{RUN}/{band}"), candidates=plan.candidates, shares=plan.shares,
            **common,
        )  # fmt: skip
        result = finish(opening)
        draws["selects"][band] = {"seed": result["seed"], "selected": result["selected"]}
        pools[band] = opening_hash(opening)
    number_of_selects = len(openings)
    selected = {band: one["selected"] for band, one in draws["selects"].items()}
    for plan in ladder_plans(frozen, rules, selected):
        opening = ladder_opening(
            draw=plan.draw, opens_at="2026-09-17T14:00:00Z", closes_at="2026-09-17T15:13:39Z",
            sources=source(plan.draw), entrants=plan.entrants, prizes=plan.prizes,
            pool=pools[plan.band], extra=plan.extra, **common,
        )  # fmt: skip
        draws["ladders"][plan.draw] = {"winners": finish(opening)["winners"]}

    allocation = allocate(frozen, rules, draws)
    bundle = canonical(
        {
            "format": "fairlead/bundle/1",
            "snapshot": frozen.to_record(),
            "policy": rules.text,
            "draws": draws,
        }
    )
    stated = {
        "run": RUN, "snapshot": snapshot_hash, "policy_sha256": rules.sha256,
        "decisions": allocation.sha256(), "bundle": sha256_hex(bundle),
        "counts": allocation.counts(),
        "owned": sum(one.rep is not None for one in allocation.decisions),
        "held": sum(one.rep is None for one in allocation.decisions),
    }  # fmt: skip
    frozen_record = {
        "run": RUN, "snapshot": snapshot_hash, "policy_sha256": rules.sha256,
        "as_of": frozen.as_of, "leads": len(frozen.leads), "reps": len(frozen.reps), "loads": [],
        "reconstructed": "no",
    }  # fmt: skip
    written = policy_event()
    rules_record = written.value | {"text": rules.text, "sha256": rules.sha256}
    events = [
        replace(written, value=rules_record),
        *(
            Event("commitment", "2026-09-17T12:01:00Z",
                  commitment(one["draw"], 1, operator_commitment(secret_of(one["draw"]))))
            for one in openings
        ),
        Event("snapshot", "2026-09-17T12:10:00Z", frozen_record),
    ]  # fmt: skip
    for part, times in (
        (slice(None, number_of_selects), ("12:19:00", "12:22:45", "12:30:00")),
        (slice(number_of_selects, None), ("13:40:00", "15:13:40", "15:20:00")),
    ):
        for kind, values, time in zip(
            ("opening", "closing", "outcome"), (openings, closings, outcomes), times, strict=True
        ):
            events += [Event(kind, f"2026-09-17T{time}Z", value) for value in values[part]]
    events.append(Event("allocation", "2026-09-17T16:30:00Z", stated))
    rows = [one.to_record() for one in allocation.decisions]
    return Site(events, rows, file=allocation.file()), bundle


def replayed(site: Site, bundle: bytes, folder: Path) -> Report:
    return verify(site.write(folder), bundle=bundle, key=str(SIGNER.vkey), now=NOW)


def with_bundle(bundle: bytes, **change: Any) -> tuple[Site, bytes]:
    """The site of an operator who changed the bundle before logging its hash."""
    site, _ = decided_by_the_engine()
    changed = canonical(parse(bundle) | change)
    copy = Site(list(site.events), site.rows, file=site.file)
    copy.change("allocation", bundle=sha256_hex(changed))
    return copy, changed


def test_every_decision_is_re_executed_byte_for_byte(tmp_path: Path) -> None:
    report = replayed(*decided_by_the_engine(), tmp_path)
    assert report.exit_code == 4, report.verdict
    assert f"every decision of {RUN} re-executed, byte for byte the same" in "\n".join(
        report.lines()
    )


def test_a_decision_by_another_rule_is_found_only_with_the_bundle(tmp_path: Path) -> None:
    honest, bundle = decided_by_the_engine()
    value = parse(honest.file or b"")
    one, other = [row for row in value["decisions"] if row["method"] == "rotation"][:2]
    one["rep"], other["rep"] = other["rep"], one["rep"]
    site = Site(list(honest.events), honest.rows, file=canonical(value))
    site.change("allocation", decisions=sha256_hex(canonical(value)))
    folder = site.write(tmp_path)
    assert verify(folder, key=str(SIGNER.vkey), now=NOW).exit_code == 4
    report = verify(folder, bundle=bundle, key=str(SIGNER.vkey), now=NOW)
    assert "re-executed, 2 decisions differ" in report.verdict


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 9999, b"null"])
def test_a_bundle_that_is_not_in_the_log_is_refused(data: bytes, tmp_path: Path) -> None:
    site, _ = decided_by_the_engine()
    assert "--bundle: its hash is in no allocation record" in replayed(site, data, tmp_path).verdict


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"policy": POLICY_TEXT}, "its policy is not the one that was logged"),
        ({"snapshot": {"format": "fairlead/snapshot/1"}}, "its snapshot is not the one"),
        ({"draws": {"selects": {}, "ladders": {}}}, "its draws are not what the log's draws"),
        ({"format": "fairlead/bundle/2"}, "is not fairlead/bundle/1"),
        ({"policy": 7}, "is not fairlead/bundle/1"),
    ],
)
def test_a_bundle_of_other_inputs_is_refused(
    change: dict[str, Any], why: str, tmp_path: Path
) -> None:
    _, bundle = decided_by_the_engine()
    assert why in replayed(*with_bundle(bundle, **change), tmp_path).verdict


def test_a_snapshot_the_engine_cannot_read_is_a_failure_and_not_a_crash(tmp_path: Path) -> None:
    _, bundle = decided_by_the_engine()
    strange = parse(bundle)["snapshot"] | {"leads": [7]}
    site, changed = with_bundle(bundle, snapshot=strange)
    digest = sha256_hex(canonical(strange))
    site.change("snapshot", snapshot=digest)
    value = parse(site.file or b"") | {"snapshot": digest}
    site.file = canonical(value)
    site.change("allocation", snapshot=digest, decisions=sha256_hex(site.file))
    assert "--bundle: cannot be replayed: " in replayed(site, changed, tmp_path).verdict


def test_candidates_that_the_policy_does_not_ask_for_are_found_with_the_bundle() -> None:

    site, bundle = decided_by_the_engine()
    logged = [
        Logged(index, one.type, 0, RUN, one.value, f"records/{index}.json")
        for index, one in enumerate(site.events)
    ]
    draws, _ = read_draws(logged, Findings("draws"))
    for draw in draws:
        draw.status = "finished"
    decided = Decided(RUN, "decisions.json", site.file or b"", {})
    allocations = [one for one in logged if one.type == "allocation"]
    found = Findings("replay")
    check_bundle(
        bundle, allocations, {RUN: decided}, draws, found,
        decide=lambda *parts: Replayed({"smb": (["x"], [])}, {}, site.file or b""),
    )  # fmt: skip
    text = "\n".join(check.detail for check in found.checks(""))
    assert "has other candidates than the policy gives it" in text
    assert f"the policy plans no draw {RUN}/enterprise" in text
