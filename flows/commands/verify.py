"""`fairlead verify` and `fairlead draw derive`: need published files only, no home, no database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import typer

from audit.verify import verify
from flows.clock import RealClock
from flows.errors import UsageError
from lottery.derive import derive, read_draw_file
from lottery.shapes import DrawError

MARKS = {"ok": "ok     ", "failed": "FAILED ", "warning": "WARNING", "skipped": "skipped"}


def verify_site(
    site: str,
    bundle: Path | None,
    since: list[Path],
    seen: list[str],
    key: str,
    trust: Path | None,
    receipt: Path | None,
) -> int:
    """Print one line per check, then the verdict; its exit code."""
    if len(seen) > len(since):
        raise UsageError("--seen says when a checkpoint was received: give its --since, too")
    report = verify(
        site,
        bundle=bundle,
        since=since,
        seen=[_instant(text) for text in seen],
        key=key or None,
        trust=trust,
        receipt=receipt,
        now=RealClock().now(),
    )
    for check in report.checks:
        typer.echo(f"{MARKS[check.ok]}  {check.name}: {check.detail}")
    typer.echo(report.verdict)
    return report.exit_code


def derive_draw(file: Path, *, check_beacon: bool) -> int:
    """Print what follows from a draw's records; 1 and one line for what is refused."""
    try:
        result = derive(*read_draw_file(file.read_bytes()), check_beacon=check_beacon)
    except (DrawError, OSError) as error:
        typer.echo(f"{file}: {error}".splitlines()[0], err=True)
        return 1
    typer.echo(json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True))
    return 0


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--seen {text!r} is not a time: {error}") from error
    if instant.tzinfo is None:
        raise UsageError(f"--seen {text!r} needs an offset, e.g. {text}+08:00")
    return instant
