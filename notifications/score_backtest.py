"""What a back-test shows: who would change tier, and how both versions order the closed leads."""

from __future__ import annotations

from collections.abc import Sequence

from allocation.policy_diff import Difference
from notifications.evidence_parts import Section, Table
from notifications.policy_words import difference_lines
from notifications.record import Row
from notifications.score_parts import interval, percent
from notifications.score_sections import Built, heads, lift_section
from notifications.score_words import sentences
from notifications.words import Words, shown

MOVED = 200  # leads listed on a page; the JSON has them all


def backtest_sections(t: Words, report: Row, listed: int = MOVED) -> Built:
    """What differs, tiers old against new, both versions compared, their lift, and who moves."""
    old, new = report.get("old") or {}, report.get("new") or {}
    names = [shown(version.get("policy") or "") for version in (old, new)]
    moved = report.get("moved") or ()
    sections = [
        _changes(t, report.get("changes") or ()),
        _moves(t, report.get("moves") or {}, names, len(moved)),
        _compared(t, report, names),
    ]
    for id_, version, name in (("lift-old", old, names[0]), ("lift-new", new, names[1])):
        if deciles := version.get("deciles"):
            heading = f"{t.plain('report.lift')} · {name}"
            sections.append(lift_section(t, id_, deciles, heading))
    if moved:
        sections.append(_moved(t, moved, listed))
    window = report.get("window") or ("", "")
    lede = t.plain(
        "report.backtest_lede",
        leads=str(report.get("in_window")), first=shown(window[0]), last=shown(window[1]),
        closed=str(report.get("closed")), wins=str(report.get("wins")),
    )  # fmt: skip
    return sections, lede, sentences(t, report["verdict"])


def _changes(t: Words, changes: Sequence[Row]) -> Section:
    found = [Difference(**row) for row in changes]
    lines = [line for _, said in difference_lines(found, "", "", t.language) for line in said]
    return Section("changes", t.plain("report.changes"), lines or (t.plain("report.no_changes"),))


def _moves(t: Words, moves: Row, names: Sequence[str], moved: int) -> Section:
    bands = [
        band for band, row in moves.items()
        if any(row.values()) or any(other.get(band) for other in moves.values())
    ]  # fmt: skip
    table = Table(
        t.plain("report.moves_caption", old=names[0], new=names[1]),
        ["", *(t.code("band", band) for band in bands)],
        [
            [t.code("band", band), *(str(moves[band].get(other, 0)) for other in bands)]
            for band in bands
        ],
        css="tight narrow",
    )
    # Tiers come best first, so a move to an earlier one is a move up.
    up = sum(
        int(moves[band].get(other, 0)) for k, band in enumerate(moves) for other in list(moves)[:k]
    )
    said = t.plain("report.moved", count=str(moved), up=str(up), down=str(moved - up))
    return Section("moves", t.plain("report.moves"), (said,), table=table)


def _compared(t: Words, report: Row, names: Sequence[str]) -> Section:
    versions = report.get("old") or {}, report.get("new") or {}
    rows = [
        [t.plain(f"report.{label}"), *(interval(version.get(label)) for version in versions)]
        for label in ("auc_sum", "auc_weighted", "auc_order")
    ]
    tiers = (version.get("tiers") or () for version in versions)
    rows += [
        [
            t.plain("report.won_in", band=t.code("band", after.get("band"))),
            *(t.plain("report.rate_of", rate=percent(t, _rate(x)), leads=str(x.get("leads")))
              for x in (before, after)),
        ]
        for before, after in zip(*tiers, strict=False)
    ]  # fmt: skip
    rows.append([t.plain("report.out_weigh"), *(_out_weigh(t, version) for version in versions)])
    table = Table(t.plain("report.compared"), ["", *names], rows, 1, "tight")
    gain = t.plain("report.gain", gain=interval(report.get("order_gain"), sign="+"))
    return Section("compared", t.plain("report.compared"), (gain,), table=table)


def _out_weigh(t: Words, version: Row) -> str:
    found = version.get("disagreements") or {}
    counts = {name: str(found.get(name, "–")) for name in ("below_above", "profiles")}
    return t.plain("report.out_weigh_of", **counts)


def _rate(tier: Row) -> float | None:
    leads = tier.get("leads") or 0
    return tier.get("wins", 0) / leads if leads else None


def _moved(t: Words, moved: Sequence[Row], listed: int) -> Section:
    rows = [
        [
            shown(row.get("lead_id") or ""), shown(row.get("created_on") or ""),
            t.code("band", row.get("before")), t.code("band", row.get("after")),
            ", ".join(t.code("factor", name) for name in row.get("changed") or ()) or "–",
            str(row.get("score_before")), str(row.get("score_after")),
        ]
        for row in moved[:listed]
    ]  # fmt: skip
    columns = [t.plain("col.lead"), *heads(t, "created", "before_band", "after_band", "changed")]
    columns += heads(t, "score_before", "score_after")
    table = Table(t.plain("report.moved_leads"), columns, rows, 5, "tight")
    said = t.plain("report.listed", listed=str(len(rows)), count=str(len(moved)))
    return Section("moved", t.plain("report.moved_leads"), (said,), table=table)
