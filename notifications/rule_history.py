"""Every promise at the gates over past runs: one small row of bars per rule, and the counts."""

from __future__ import annotations

from notifications.charts import Caption, Multiples
from notifications.evidence_parts import Section, Table
from notifications.facts import safe_name
from notifications.lens import SENTENCE, Lens
from notifications.record import Row
from notifications.words import shown

RUNS = 26  # half a year of weeks fits a drawing


def rule_state(rule: Row) -> str:
    """kept, broken or warned."""
    if rule.get("ok"):
        return "kept"
    return "broken" if rule.get("severity") == "critical" else "warned"


def history_sections(lens: Lens) -> list[Section]:
    """One section per gate with stored verdicts."""
    doors: dict[str, list[Row]] = {}
    for verdict in lens.facts.record.rule_history:
        doors.setdefault(str(verdict.get("door", "")), []).append(verdict)
    return [_section(lens, door, verdicts[-RUNS:]) for door, verdicts in doors.items()]


def _section(lens: Lens, door: str, verdicts: list[Row]) -> Section:
    t = lens.t
    by_run = [{str(rule.get("id") or ""): rule for rule in v.get("rules") or ()} for v in verdicts]
    ids = list(dict.fromkeys(id_ for rules in reversed(by_run) for id_ in rules))
    runs = [lens.number(verdict.get("run")) for verdict in verdicts]
    broken = sum(1 for id_ in ids if any(rule_state(r[id_]) != "kept" for r in by_run if id_ in r))
    title = t.plain("history.of_door", door=t.code("door", door))
    desc = t.plain(
        "history.desc",
        rules=lens.number(len(ids)),
        runs=lens.number(len(runs)),
        broken=lens.number(broken),
    )
    most = {
        id_: max((int(r[id_].get("failed_count") or 0) for r in by_run if id_ in r), default=0)
        for id_ in ids
    }
    said = {id_: _said(lens, rule) for rules in by_run for id_, rule in rules.items()}
    chart = Multiples(
        Caption(f"history-{safe_name(door)}", title, desc),
        tuple(runs),
        tuple(
            (
                _label(id_, said[id_]),
                tuple(
                    (
                        rule_state(rules[id_]),
                        int(rules[id_].get("failed_count") or 0) / max(1, most[id_]),
                    )
                    if id_ in rules
                    else ("", 0.0)
                    for rules in by_run
                ),
            )
            for id_ in ids
        ),
    )
    table = Table(
        title,
        [t.plain("col.rule"), t.plain("history.says"), *runs],
        [
            [lens.number(id_), said[id_], *(_cell(lens, rules.get(id_)) for rules in by_run)]
            for id_ in ids
        ],
        2,
        "tight",
    )
    return Section(
        f"history-of-{safe_name(door)}",
        title,
        (desc, t.plain("history.words")),
        chart,
        table,
        folded=t.plain("chart.table"),
    )


def _said(lens: Lens, rule: Row) -> str:
    """What a rule asks for, in words; "" where an old verdict has none."""
    return shown(rule.get(lens.language) or "", SENTENCE)


def _label(id_: str, said: str) -> str:
    """The table and what is asked of it: "reps: Every row has a role."."""
    table = id_.rpartition(".")[0].rpartition(".")[2]
    return f"{table}: {said}" if said else id_


def _cell(lens: Lens, rule: Row | None) -> str:
    if rule is None:
        return "–"
    state = rule_state(rule)
    count = rule.get("failed_count")
    word = lens.t.plain(f"promise.{state}")
    return word if state == "kept" or not count else f"{word} ({lens.number(count)})"
