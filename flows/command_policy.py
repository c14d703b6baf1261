"""`fairlead policy diff` and `approve`: what changes, and who agreed to it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import typer
from ruamel.yaml import YAML

from allocation.policy import Policy, load_policy
from allocation.policy_diff import differences
from allocation.policy_force import OFFICES, lacking
from flows.business_week import local_date
from flows.clock import RealClock
from flows.errors import UsageError
from flows.terminal import print_sentences
from flows.workspace import read_policy
from notifications.policy_words import difference_lines

WIDEST = 1_000_000  # never fold a line that its author did not fold


def print_differences(old: Path, new: Path, languages: Sequence[str]) -> None:
    """Print what changes from one policy file to another, in each language."""
    before, after = read_policy(old), read_policy(new)
    found = differences(before, after)
    for language in languages:
        for heading, lines in difference_lines(found, _name(before), _name(after), language):  # type: ignore[arg-type]
            print_sentences(heading, lines)


def approve_policy(file: Path, role: str, by: str, on: str) -> None:
    """Write an approval into a policy file, everything else as it stands.

    Errors: UsageError; PolicyRefused for a file with mistakes.
    """
    if role not in OFFICES:
        raise UsageError(f"--role {role!r} is not one of {', '.join(OFFICES)}")
    policy = read_policy(file)
    day = _day(on) if on else local_date(RealClock().now(), policy.zone)
    if any(one.role == role for one in policy.approvals):
        given = next(one for one in policy.approvals if one.role == role)
        raise UsageError(f"{role} approved {_name(policy)} on {given.on} already ({given.by})")
    text = approved_text(policy.text, role, by, day)
    approved = load_policy(text)
    file.write_text(text, encoding="utf-8", newline="")
    typer.echo(f"{file}: {role} approves {_name(policy)} ({by}, {day}); sha256 {approved.sha256}")
    missing = lacking(approved, max(day, policy.effective_from))
    typer.echo("\n".join(missing) if missing else f"in force from {policy.effective_from}")


def approved_text(text: str, role: str, by: str, on: date) -> str:
    """The policy text with one approval more; comments, quotes and order are kept.

    Errors: UsageError if the file is written in a way that this would change elsewhere.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = WIDEST
    yaml.indent(mapping=2, sequence=4, offset=2)
    if _written(yaml, yaml.load(text)) != text:
        raise UsageError(
            "the file's layout (indentation, folded lines) would be changed: write the approval "
            f"into its `approvals` by hand: {{role: {role}, by: {by}, on: {on}}}"
        )
    document = yaml.load(text)
    entry = yaml.map(role=role, by=by, on=on)
    entry.fa.set_flow_style()
    document["approvals"].append(entry)
    if len(document["approvals"]) == 1:
        document["approvals"].fa.set_block_style()
    return _written(yaml, document)


def _written(yaml: YAML, document: Any) -> str:
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--on {text!r} is not a date such as 2026-11-23") from error


def _name(policy: Policy) -> str:
    return f"{policy.id} {policy.version}"
