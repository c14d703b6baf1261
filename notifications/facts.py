"""One run, indexed once: what every page looks up, in no language and for no audience."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.run_keys import is_intake
from notifications.record import Row, RunRecord

BANDS = ("enterprise", "mid_market", "smb")
METHODS = ("lottery", "skill_match", "rotation", "junior", "sdr", "exception", "none")


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of the policy. zh, en: the sentence; source: where it comes from."""

    id: str
    zh: str
    en: str
    source: str


@dataclass(slots=True)
class Facts:
    """Look-ups over one record. counts: {band: {method: n}}, as in the allocation record."""

    record: RunRecord
    policy: Mapping[str, Any]
    rules: dict[str, Rule]
    leads: dict[str, Row]
    reps: dict[str, Row]
    decisions: dict[str, Row]
    by_rep: dict[str, list[Row]]
    counts: dict[str, Counter[str]]
    held: list[Row]
    draws: list[Row]
    draw_of: dict[str, Row] = field(default_factory=dict)
    levels: dict[tuple[str, int, bool], Row] = field(default_factory=dict)
    ladders_by_rep: dict[str, list[Row]] = field(default_factory=dict)
    won: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    next_for: dict[str, list[str]] = field(default_factory=dict)
    excluded_for: dict[str, Counter[str]] = field(default_factory=dict)
    capability_of: dict[str, list[Row]] = field(default_factory=dict)
    rep_pages: dict[str, Row] = field(default_factory=dict)

    @property
    def owned(self) -> int:
        return len(self.decisions) - len(self.held)

    @property
    def factors(self) -> Sequence[Row]:
        """The policy's scoring factors, in its order."""
        scoring = self.policy.get("scoring") or {}
        return scoring.get("factors") or ()

    @property
    def bands(self) -> list[str]:
        """The three bands, then any other that a decision names."""
        return [*BANDS, *sorted(band for band in self.counts if band not in BANDS)]


def facts(record: RunRecord) -> Facts:
    """Index a record; one pass over decisions and one over explanations."""
    decisions = {str(row.get("lead", "")): row for row in record.decisions}
    by_rep: dict[str, list[Row]] = defaultdict(list)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    held = []
    for row in record.decisions:
        counts[str(row.get("band", "unknown"))][str(row.get("method", "none"))] += 1
        if row.get("rep"):
            by_rep[str(row["rep"])].append(row)
        else:
            held.append(row)
    draws = sorted(record.draws, key=lambda draw: (draw_id(draw), attempt(draw)))
    policy = policy_mapping(record.policy)
    result = Facts(
        record=record,
        policy=policy,
        rules={rule.id: rule for rule in walk_rules(policy)},
        leads={str(row.get("ref", "")): row for row in record.snapshot.get("leads", ())},
        reps={str(row.get("ref", "")): row for row in record.snapshot.get("reps", ())},
        decisions=decisions,
        by_rep=dict(by_rep),
        counts=dict(counts),
        held=held,
        draws=draws,
        draw_of={draw_id(draw): draw for draw in draws},  # the last attempt is the one that counts
    )
    # Between the Mondays only who received something has a page.
    result.rep_pages = {
        ref: rep for ref, rep in result.reps.items() if ref in by_rep or not is_intake(record.run)
    }
    _index_levels(result)
    _index_ladders(result)
    _index_explanations(result)
    for row in record.evidence.capability:
        result.capability_of.setdefault(str(row.get("rep", "")), []).append(row)
    return result


def _index_levels(result: Facts) -> None:
    """What a factor's points mean: {(factor, points, is unknown): {"zh", "en"}}."""
    for factor in result.factors:
        for level in factor.get("levels") or ():
            key = (str(factor.get("id")), int(level.get("points", 0)), bool(level.get("unknown")))
            known = result.levels.get(key)
            # Two levels may earn the same points; the snapshot keeps the points, so both are said.
            result.levels[key] = {
                name: f"{known[name]} / {level.get(name)}" if known else str(level.get(name, ""))
                for name in ("zh", "en")
            }


def _index_ladders(result: Facts) -> None:
    """Who stood in which ladder and won what: only the attempt that counts."""
    for name, draw in result.draw_of.items():
        if draw_kind(draw) != "ladder":
            continue
        for rep in (draw.get("opening") or {}).get("entrants") or ():
            result.ladders_by_rep.setdefault(str(rep), []).append(draw)
        for lead, rep in sorted(((draw.get("outcome") or {}).get("winners") or {}).items()):
            result.won.setdefault((name, str(rep)), []).append(lead)


def _index_explanations(result: Facts) -> None:
    for lead, explanation in result.record.explanations.items():
        if explanation.get("next"):
            result.next_for.setdefault(str(explanation["next"]), []).append(lead)
        excluded = explanation.get("excluded") or ()
        if isinstance(excluded, Mapping):
            continue  # a compact explanation counts and names nobody
        for row in excluded:
            codes = result.excluded_for.setdefault(str(row.get("rep", "")), Counter())
            codes[str(row.get("why", ""))] += 1


def draw_id(draw: Row) -> str:
    """The canonical id in the draw's opening, e.g. 2026-W48/enterprise/lottery."""
    return str((draw.get("opening") or {}).get("draw", ""))


def attempt(draw: Row) -> int:
    return int((draw.get("opening") or {}).get("attempt", 1) or 1)


def draw_kind(draw: Row) -> str:
    return str((draw.get("opening") or {}).get("kind") or draw.get("kind") or "")


def draw_page(facts_: Facts, draw: Row) -> str:
    """Page name of a draw; a void attempt keeps a page of its own beside the last one."""
    name = "-".join(safe_name(part) for part in draw_id(draw).split("/")[1:]) or "draw"
    last = facts_.draw_of.get(draw_id(draw))
    return (
        name
        if last is None or attempt(last) == attempt(draw)
        else f"{name}-attempt-{attempt(draw)}"
    )


def safe_name(text: object) -> str:
    """Text as one path segment: letters, digits, dot, dash, underscore; never . or .. alone."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", str(text)).strip(".") or "_"


def policy_mapping(policy: Any) -> Mapping[str, Any]:
    """A policy as plain mappings, whether it came as a pydantic model or as parsed YAML."""
    if hasattr(policy, "model_dump"):
        dumped: Mapping[str, Any] = policy.model_dump(mode="json", exclude={"text"})
        return dumped
    return policy if isinstance(policy, Mapping) else {}


def walk_rules(node: Any) -> Iterable[Rule]:
    """Every mapping with an id and a sentence, in the policy's order, wherever it stands."""
    if isinstance(node, Mapping):
        if node.get("id") and (node.get("zh") or node.get("en")):
            yield Rule(
                str(node["id"]),
                str(node.get("zh") or node.get("en")),
                str(node.get("en") or node.get("zh")),
                str(node.get("source") or ""),
            )
        for child in node.values():
            yield from walk_rules(child)
    elif isinstance(node, list | tuple):
        for child in node:
            yield from walk_rules(child)
