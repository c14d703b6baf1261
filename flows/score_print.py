"""Reports of `fairlead score` as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from allocation.scoring.backtest import Backtest
    from allocation.scoring.drift import Shift
    from allocation.scoring.drift_report import DriftReport
    from allocation.scoring.metrics import Interval, Quality
    from allocation.scoring.report import ScoreReport


def print_fit(report: ScoreReport) -> None:
    """Figures of both models, deciles, drift, suspicions, cards and the verdict."""
    out = _console()
    out.print(
        f"{report.study}: {report.rows} closed rows, {report.wins} won "
        f"({report.wins / report.rows:.1%}); {report.still_open} open, "
        f"{report.without_time} without a time, {report.waiting} not known at the split"
    )
    table = _table("Unseen rows", "model", "judged on", "AUC", "PR-AUC", "calibration error",
                   "wins in top half")  # fmt: skip
    for model in report.models:
        table.add_row(model.name, "folds", *_figures(model.folds))
        if model.later:
            table.add_row(model.name, "last 20%", *_figures(model.later))
    out.print(table)
    table = _table("Lift by decile (logistic regression)", "decile", "rows", "won", "lift")
    for tenth in report.models[0].judged.deciles:
        table.add_row(
            str(tenth.number), str(tenth.rows), f"{tenth.win_rate:.1%}", f"{tenth.lift:.2f}"
        )
    out.print(table)
    if report.tiers:
        table = _table("Lift by tier (the policy's points)", "tier", "rows", "won", "lift")
        for tier in report.tiers:
            table.add_row(tier.band, str(tier.rows), f"{tier.win_rate:.1%}", f"{tier.lift:.2f}")
        out.print(table)
    for leak in report.suspicions:
        out.print(f"SUSPICIOUS {leak.column}: {leak.reason}")
    if report.drift:
        rates = " ".join(f"{rate:.1%}" for rate in report.drift.rates)
        out.print(f"Win rate in time order: {rates}")
        if report.drift.message:
            out.print(report.drift.message)
    if report.proposal:
        table = _table("Weights compared on unseen rows", "card", "weights", "AUC", "against hand")
        for card in report.proposal.cards:
            weights = " ".join(f"{name}={weight}" for name, weight in card.weights.items())
            gain = _interval(card.against_hand, "+") if card.against_hand else ""
            table.add_row(card.name, weights, _interval(card.auc), gain)
        out.print(table)
    out.print(f"VERDICT {report.verdict}\n")


def print_drift(report: DriftReport) -> None:
    """Both periods, every column's PSI against its critical value, and what drifted."""
    out = _console()
    for name, period in (("earlier", report.before), ("later", report.after)):
        out.print(
            f"{name}: {period.first} to {period.last}, {period.rows} rows, "
            f"{period.closed} closed, {period.win_rate:.1%} won"
        )
    table = _table(
        f"{report.source}: population stability", "column", "PSI", "critical", "chance", "drift",
        "rule of thumb (.1)",
    )  # fmt: skip
    for shift in [*report.shifts, *([report.outcome] if report.outcome else [])]:
        table.add_row(*_shift(shift))
    out.print(table)
    if report.win_rates:
        rates = " ".join(f"{rate:.1%}" for rate in report.win_rates)
        out.print(f"Win rate of closed rows in time order: {rates}")
    if report.drifted:
        out.print(f"DRIFT in {', '.join(report.drifted)}")
    else:
        out.print("No drift beyond chance (at most 1 such report in 20 is a false alarm).")


def print_backtest(report: Backtest, show: int) -> None:
    """Tiers old against new, who moved, win rates and order of both versions, verdict."""
    out = _console()
    out.print(
        f"{report.source}: {report.in_window} leads created {report.window[0]} to "
        f"{report.window[1]}; {report.closed} closed leads of all history, {report.wins} won"
    )
    used = [
        band for band, row in report.moves.items()
        if any(row.values()) or any(other[band] for other in report.moves.values())
    ]  # fmt: skip
    table = _table(
        f"Tier under {report.old.policy} (rows) and {report.new.policy} (columns)", "", *used
    )
    for band in used:
        table.add_row(band, *(str(report.moves[band][other]) for other in used))
    out.print(table)
    out.print(f"{len(report.moved)} leads would have been tiered differently.")
    for moved in report.moved[:show]:
        out.print(
            f"  {moved.created_on} {moved.lead_id}: {moved.before} {moved.score_before} -> "
            f"{moved.after} {moved.score_after} ({', '.join(moved.changed) or 'tiers'})"
        )
    if len(report.moved) > show:
        out.print(f"  and {len(report.moved) - show} more (--json lists all)")
    table = _table("Closed leads", "", report.old.policy, report.new.policy)
    for before, after in zip(report.old.tiers, report.new.tiers, strict=False):
        table.add_row(
            f"won in {after.band}",
            *(f"{one.win_rate:.1%} of {one.leads}" for one in (before, after)),
        )
    for label, name in (
        ("AUC of the sum", "auc_sum"),
        ("AUC of the weighted score", "auc_weighted"),
        ("AUC of the order (tier, then weighted)", "auc_order"),
    ):
        table.add_row(label, *(_interval(getattr(v, name)) for v in (report.old, report.new)))
    table.add_row("lift of the top decile",
                  *(f"{v.deciles[0].lift:.2f}" for v in (report.old, report.new)))  # fmt: skip
    table.add_row(
        "second-tier profiles that out-weigh some of the first",
        *(f"{v.disagreements.below_above} of {v.disagreements.profiles}"
          for v in (report.old, report.new)),
    )  # fmt: skip
    out.print(table)
    out.print(f"VERDICT {report.verdict}. Nothing is adopted: a new version needs approvals.")


def _console() -> Console:
    # A report in a file or a test must not be cut at some terminal's width.
    console = Console(highlight=False, markup=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=160)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2))
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    return table


def _figures(quality: Quality) -> tuple[str, ...]:
    return (
        _interval(quality.auc),
        _interval(quality.pr_auc),
        _interval(quality.calibration_error),
        f"{quality.top_half_wins:.0%}",
    )


def _interval(interval: Interval, sign: str = "") -> str:
    # Rich reads square brackets as markup.
    return f"{interval.value:{sign}.3f} ({interval.low:{sign}.3f} to {interval.high:{sign}.3f})"


def _shift(shift: Shift) -> tuple[str, ...]:
    return (
        shift.name, f"{shift.psi:.4f}", f"{shift.critical:.4f}", f"{shift.chance:.4f}",
        "DRIFT" if shift.drifted else "", "alarm" if shift.thumb else "",
    )  # fmt: skip
