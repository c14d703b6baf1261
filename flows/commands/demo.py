"""`fairlead demo` and `fairlead synth`: the whole of it on one machine, with nothing set up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.business_week import run_key, week_start
from flows.clock import RealClock
from flows.commands.run import open_home, run_week
from flows.errors import SourceRefused, UsageError
from flows.progress import step
from flows.request import DEFAULT_POLICY, RunRequest

DEMO_ZONE = "Asia/Shanghai"


def run_demo(
    *,
    data: str,
    mapping: str,
    policy: str,
    as_of: str,
    site: str,
    decisions: Path | None,
    entropy: str,
    seed: int,
) -> None:
    """Run this week on a synthetic organisation, or on real files through a mapping."""
    home = open_home()
    source = mapping or data
    if mapping and not data:
        raise UsageError("--mapping needs --data: the folder that holds its files")
    if mapping:
        from adapters.crm.extract import SourceError
        from adapters.crm.mapping_language import load_mapping

        try:
            described = load_mapping(Path(mapping))
        except SourceError as error:
            raise SourceRefused(f"{mapping} cannot be read:\n{error}") from error
        policy = policy or described.policy
        as_of = as_of or described.as_of
    if not source:
        week = run_key(RealClock().now(), DEMO_ZONE)
        folder = home.path / "synthetic" / f"{week}-{seed}"
        if not (folder / "SYNTHETIC.md").exists():
            with step(f"make a synthetic organisation in {folder}"):
                write_synthetic(folder, seed, week_start(week).isoformat(), 120, 1000, 3, False)
        source = str(folder)
    run_week(
        RunRequest(
            source=source,
            data=data if mapping else "",
            as_of=as_of,
            policy=policy or DEFAULT_POLICY,
            site=site,
            window=0,
            entropy=entropy,
        ),
        decisions,
    )


def write_synthetic(
    folder: Path, seed: int, as_of: str, reps: int, leads: int, years: int, with_exceptions: bool
) -> None:
    """Write the CSV files of a synthetic organisation. Errors: UsageError."""
    from adapters.crm.synthetic import write_organisation

    try:
        day = date.fromisoformat(as_of)
    except ValueError as error:
        raise UsageError(f"--as-of {as_of!r} is not a date such as 2026-11-23") from error
    write_organisation(
        folder,
        seed=seed,
        as_of=day,
        reps=reps,
        leads=leads,
        years=years,
        with_exceptions=with_exceptions,
    )
