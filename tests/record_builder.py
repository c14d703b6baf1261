"""A run made by hand, for tests of pages and mails: any size, everything decided from counters.

No engine and no database: decisions are dealt in turn, draws are real (`lottery.derive`) because
the ladder's picture must be a real ladder.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from lottery.derive import derive
from lottery.derive import outcome as draw_outcome
from lottery.records import closing, draw_id, ladder_opening, select_opening
from lottery.sources import operator_commitment, operator_reveal, operator_source
from notifications.record import Directory, RunRecord, RunSummary

ROOT = Path(__file__).parents[1]
POLICY_TEXT = (ROOT / "policies" / "lead-allocation-v2.yaml").read_text()
RUN = "2026-W48"
FACTORS = ("company_size", "budget", "authority", "need", "timing", "engagement")
INDUSTRIES = ("saas", "healthcare", "financial_services", "manufacturing")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇")
BANDS = {"enterprise": 16, "mid_market": 12, "smb": 8}
HOSTILE = (
    "<script>alert(1)</script>{{ 7*7 }}{% raw %}\u202egnp.exe\r\nBcc: x@y.z\x00\u2028"
    "\"'><img src=x>"
)
CHECKPOINT = (
    "fairlead.example/log\n17\nqWv8ZcXH1mFQm6VhIQcxqJbUpYvXO2jIS6vFmD2p4vU=\n\n"
    "— fairlead.example/log 5qHk3Yl0d2F5IHRoaXMgaXMgYSBzaWduYXR1cmUgZm9yIHRlc3RzIG9ubHk=\n"
)


def ref(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def rep_rows(count: int) -> list[dict[str, Any]]:
    """AE mostly, then SDR, BDR, AM, and one manager per twelve reps."""
    rows = []
    for i in range(count):
        role = ("AE", "SDR", "AE", "AM", "AE", "BDR")[i % 6] if i % 12 != 11 else "MANAGER"
        rows.append(
            {
                "ref": ref(f"rep-{i}"),
                "role": role,
                "tenure_months": 3 + i % 60,
                "region": "east",
                "office": "remote" if i % 3 else "office",
                "manager": ref(f"rep-{11 + 12 * (i // 12)}"),
                "active": "yes",
                "away": "no",
                "fte_pct": 100,
                "load_x100": 350 + 37 * (i % 25),
                "open_opportunities": i % 30,
                "open_discovery_demo": i % 20,
                "open_proposal_negotiation": i % 10,
                "open_leads": i % 40,
                "high_value_this_month": i % 3,
                "attainment_bp": 4_000 + 331 * (i % 30),
                "quarter_left_bp": 5_500,
                "stars": {},
            }
        )
    return sorted(rows, key=lambda row: row["ref"])


def lead_rows(count: int) -> list[dict[str, Any]]:
    """A tenth enterprise, four tenths mid-market, half SMB; a fifth lacks its budget."""
    rows = []
    for i in range(count):
        band = "enterprise" if i % 10 == 0 else "mid_market" if i % 10 < 5 else "smb"
        score = BANDS[band]
        points = {
            name: min(3, max(1, round(score / 6) + (k % 2 if i % 2 else 0)))
            for k, name in enumerate(FACTORS)
        }
        points["budget"] = 1 if i % 5 == 0 else points["budget"]
        rows.append(
            {
                "ref": ref(f"lead-{i}"),
                "band": band,
                "score": sum(points.values()),
                "weighted_x100": 100 + i % 200,
                "points": points,
                "unknown": ["budget"] if i % 5 == 0 else [],
                "created_at": "2026-11-20T03:04:05Z",
                "expected_value": 120_000 * (1 + i % 40),
                "industry": INDUSTRIES[i % 4],
                "region": "华东",
                "lead_type": "new",
                "employees": 40 + i,
            }
        )
    return sorted(rows, key=lambda row: row["ref"])


def draw_pair(
    band: str, leads: list[str], entrants: list[str], lottery: int, own_lines: int = 5
) -> list[dict[str, Any]]:
    """The select draw of a band and the ladder of its lottery share, both finished."""
    reveal = operator_reveal("5e" * 32)
    source = [operator_source(operator_commitment("5e" * 32))]
    times = {"opens_at": "2026-11-23T00:40:00Z", "closes_at": "2026-11-23T00:55:00Z"}
    common = {"policy_sha256": ref("policy"), "sources": source}
    select = select_opening(
        draw=draw_id(RUN, band), candidates=leads, shares=[("lottery", lottery)], **times, **common
    )
    first = _finished(select, closing(select), [reveal])
    prizes = first["outcome"]["selected"]["lottery"]
    ladder = ladder_opening(
        draw=draw_id(RUN, band, "lottery"),
        entrants=entrants,
        prizes=prizes,
        opens_at="2026-11-23T01:00:00Z",
        closes_at="2026-11-23T03:00:00Z",
        pool=first["opening_hash"],
        **common,
    )
    columns = len(entrants)
    lines = (
        []
        if columns < 2
        else [
            (who, (7 * k) % (columns - 1), 100 * k % 1000)
            for k, who in enumerate(sorted(entrants)[:own_lines])
        ]
    )
    return [first, _finished(ladder, closing(ladder, lines), [reveal])]


def _finished(
    opening: dict[str, Any], closed: dict[str, Any], reveals: list[Any]
) -> dict[str, Any]:
    result = derive(opening, closed, reveals)
    return {
        "opening": opening,
        "opening_hash": result["opening_hash"],
        "closing": closed,
        "closing_hash": result["closing_hash"],
        "seed": result["seed"],
        "kind": opening["kind"],
        "outcome": draw_outcome(opening, closed, reveals),
        "status": "finished",
        "entries": {
            "opening": {"index": 4, "at": "2026-11-23T00:41:00Z"},
            "closing": {"index": 7, "at": "2026-11-23T03:00:02Z"},
            "outcome": {"index": 9, "at": "2026-11-23T03:10:06Z"},
        },
    }


def explanation(lead: str, rule: str, ranked: list[str], excluded: list[str]) -> dict[str, Any]:
    return {
        "lead": lead,
        "rule": rule,
        "reason": "capacity_rotation",
        **({"next": ranked[1]} if len(ranked) > 1 else {}),
        "ranked": [
            {
                "rep": rep,
                "rank": k + 1,
                "figures": {
                    "owed_minus_received": f"{9 - k}.{k % 10}00",
                    "given_in_run": k % 4,
                    "load_x100": 350 + 37 * k,
                    "attainment_bp": 5000 + k,
                },
            }
            for k, rep in enumerate(ranked)
        ],
        "excluded": [
            {
                "rep": rep,
                "why": ("role", "away", "cap_open_opportunities")[k % 3 if k % 7 else 0],
                "figures": {},
            }
            for k, rep in enumerate(excluded)
        ],
        "rule_trail": [
            {"rule": "named-account", "outcome": "not_applicable"},
            {"rule": "healthcare-stars", "outcome": "overflow"},
            {"rule": rule, "outcome": "applied"},
        ],
    }


def build_record(
    reps: int = 24, leads: int = 40, *, team: bool = True, **changes: Any
) -> RunRecord:
    """A whole run; keyword arguments replace fields of the record."""
    from allocation.policy import load_policy

    roster, pool = rep_rows(reps), lead_rows(leads)
    aes = [row["ref"] for row in roster if row["role"] == "AE"]
    everybody = [row["ref"] for row in roster if row["role"] != "MANAGER"]
    others = [row["ref"] for row in roster if row["role"] != "AE"]
    enterprise = [row["ref"] for row in pool if row["band"] == "enterprise"]
    draws = draw_pair("enterprise", enterprise, aes, max(1, 3 * len(enterprise) // 10))
    winners = draws[1]["outcome"]["winners"]
    decisions, explanations = [], {}
    for i, lead in enumerate(pool):
        row, candidates, out = _decision(i, lead, winners, aes, everybody, others)
        decisions.append(row)
        turned = candidates[i % len(candidates) :] + candidates[: i % len(candidates)]
        explanations[lead["ref"]] = explanation(lead["ref"], row["rule"], turned, out)
    fields: dict[str, Any] = {
        "run": RUN,
        "kind": "weekly",
        "as_of": "2026-11-23T00:40:00Z",
        "zone": "Asia/Shanghai",
        "currency": "CNY",
        "source": "synth",
        "synthetic": True,
        "reconstructed": False,
        "policy": load_policy(POLICY_TEXT),
        "policy_text": POLICY_TEXT,
        "snapshot": {"format": "fairlead/snapshot/1", "run": RUN, "leads": pool, "reps": roster},
        "decisions": decisions,
        "explanations": explanations,
        "draws": draws,
        "verdicts": verdicts(),
        "source_quality": source_quality(),
        "quarantine": [
            {
                "file": "leads.csv",
                "line": 17,
                "column": "created_at",
                "code": "bad_date",
                "reason": "not a date: 2026-13-40",
            }
        ],
        "quarantine_total": 12,
        "ledger": {
            "origin": "fairlead.example/log",
            "size": 17,
            "checkpoint": CHECKPOINT,
            "vkey": "fairlead.example/log+e6a1e4dd+AYqc0nKb0Q1v9m3Jr5gq6c8ZQ7mJ1n2w3e4r",
        },
        "expected_verdict": "OPERATOR-TRUSTED",
        "hashes": {"snapshot": ref("snapshot"), "policy": ref("policy")},
        "rep_facts": {row["ref"]: {"stalled_opportunities": k % 9} for k, row in enumerate(roster)},
        "quarter": {rep: {"ladders": [[7, 10]] * 5, "actual": 4} for rep in aes},
        "names": directory(reps, leads) if team else None,
    }
    return RunRecord(**(fields | changes))


def _decision(
    i: int,
    lead: dict[str, Any],
    winners: dict[str, str],
    aes: list[str],
    everybody: list[str],
    others: list[str],
) -> tuple[dict[str, Any], list[str], list[str]]:
    band, base = lead["band"], {"lead": lead["ref"], "band": lead["band"]}
    if lead["ref"] in winners:
        return (
            base
            | {
                "share": "lottery",
                "method": "lottery",
                "rep": winners[lead["ref"]],
                "rule": "enterprise-lottery",
                "reason": "lottery",
                "draw": draw_id(RUN, "enterprise", "lottery"),
            },
            aes,
            others,
        )
    if i % 19 == 7:
        return (
            base
            | {
                "share": "rotation",
                "method": "none",
                "rule": f"{band}-rotation",
                "reason": "all_over_cap",
            },
            aes,
            everybody,
        )
    if band == "enterprise":
        return (
            base
            | {
                "share": "skill_match",
                "method": "skill_match",
                "rep": aes[i % len(aes)],
                "rule": "enterprise-skill-match",
                "reason": "skill_match",
                "stretch": "yes",
                "co_owners": [{"rep": others[0], "role": "accompanying"}],
            },
            aes,
            others,
        )
    rep = everybody[i % len(everybody)]
    return (
        base
        | {
            "share": "rotation",
            "method": "rotation",
            "rep": rep,
            "rule": f"{band.replace('_', '-')}-rotation",
            "reason": "capacity_rotation",
        },
        everybody,
        others[:3],
    )


def directory(reps: int, leads: int) -> Directory:
    managers = {row["ref"]: row["manager"] for row in rep_rows(reps)}
    return Directory(
        reps={
            ref(f"rep-{i}"): {
                "rep_id": f"R{i:03}",
                "role": "AE",
                "email": f"rep{i}@example.com",
                "name": SURNAMES[i % len(SURNAMES)] + GIVEN[(i // 3) % len(GIVEN)],
                "manager": managers[ref(f"rep-{i}")],
            }
            for i in range(reps)
        },
        leads={
            ref(f"lead-{i}"): {"lead_id": f"L{i:04}", "company": f"示例科技{i}有限公司"}
            for i in range(leads)
        },
    )


def verdicts() -> list[dict[str, Any]]:
    rules = [
        {
            "id": "leads-not-empty",
            "zh": "线索表不为空。",
            "en": "There are leads.",
            "severity": "critical",
            "ok": True,
            "observed": "1000",
            "failed_rows": [],
        },
        {
            "id": "budget-known",
            "zh": "至少七成线索知道预算。",
            "en": "At least 70% of leads have a budget.",
            "severity": "warning",
            "ok": False,
            "observed": "64%",
            "failed_rows": [{"file": "leads.csv", "line": 9, "key": "L0009", "reason": "空"}],
        },
    ]
    return [
        {"door": "landing", "ok": True, "checked_at": "2026-11-23T00:38:00Z", "rules": rules},
        {
            "door": "allocation",
            "ok": True,
            "checked_at": "2026-11-23T00:39:00Z",
            "rules": rules[:1],
        },
    ]


def source_quality() -> list[dict[str, Any]]:
    return [
        {"file": "leads.csv", "rows_read": 1012, "rows_bad": 12, "notes": ["phone: 8% empty"]},
        {"file": "reps.csv", "rows_read": 120, "rows_bad": 0, "notes": ""},
        {"file": "surveys.csv"},
    ]


def summary(record: RunRecord) -> RunSummary:
    counts: dict[str, dict[str, int]] = {}
    for row in record.decisions:
        band = counts.setdefault(row["band"], {})
        band[row["method"]] = band.get(row["method"], 0) + 1
    held = sum(1 for row in record.decisions if not row.get("rep"))
    return RunSummary(
        record.run,
        record.kind,
        record.as_of,
        record.source,
        "lead-allocation",
        "2.0",
        counts,
        len(record.decisions) - held,
        held,
        record.expected_verdict,
        record.synthetic,
        record.reconstructed,
    )


def hostile_record() -> RunRecord:
    base = build_record(12, 10)
    names = Directory(
        reps={ref(f"rep-{i}"): {"name": HOSTILE, "email": HOSTILE} for i in range(12)},
        leads={ref(f"lead-{i}"): {"company": HOSTILE, "lead_id": HOSTILE} for i in range(10)},
    )
    leads = [{**row, "industry": HOSTILE, "region": HOSTILE} for row in base.snapshot["leads"]]
    quarantine = [
        {"file": HOSTILE, "line": 1, "column": HOSTILE, "code": HOSTILE, "reason": HOSTILE}
    ]
    return replace(
        base,
        names=names,
        source=HOSTILE,
        quarantine=quarantine,
        snapshot={**base.snapshot, "leads": leads},
        source_quality=[{"file": HOSTILE, "rows_read": HOSTILE, "notes": [HOSTILE]}],
    )


def without_our_script(path: str, body: str) -> str:
    """The check and the ladders have their script in a file of the site and nowhere else."""
    if path.endswith("/check.html"):
        tag = '<script src="../assets/verify.js" defer></script>'
    elif '<svg class="ladder"' in body:
        tag = '<script src="../../../../assets/ladder.js" defer></script>'
    else:
        return body
    assert body.count(tag) == 1
    return body.replace(tag, "")
