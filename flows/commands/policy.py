"""`fairlead policy check`, `diff` and `approve`: what changes, and who agreed to which text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import typer

from allocation.approvals import approval_mistakes, fallen, given, with_approvals
from allocation.policy import Policy, load_policy
from allocation.policy_diff import differences
from allocation.policy_force import OFFICES, lacking
from allocation.policy_telling import MOST_ENTRANTS, untold
from flows.business_week import local_date
from flows.clock import RealClock
from flows.errors import PolicyRefused, UsageError
from flows.hand_in_mail import telling
from flows.settings import load_settings
from flows.terminal import print_sentences
from flows.workspace import listed_mistakes, policy_file, read_policy
from notifications.policy_words import difference_lines


def print_differences(old: Path, new: Path, languages: Sequence[str]) -> None:
    """Print what changes from one policy file to another, in each language."""
    before, after = read_policy(old), read_policy(new)
    found = differences(before, after)
    for language in languages:
        for heading, lines in difference_lines(found, _name(before), _name(after), language):  # type: ignore[arg-type]
            print_sentences(heading, lines)


def check_policy(file: Path, entrants: int = MOST_ENTRANTS) -> None:
    """Say that a policy is well-formed and who has yet to approve it.

    entrants: how many a closing must reach before its chance comes.
    Errors: PolicyRefused with every mistake, or with the approvals that fell with a change and a
    delay that is too short.
    """
    policy = read_policy(file, to_approve=True)
    late = untold(policy.text, telling(load_settings(), entrants))
    if mistakes := [*late, *approval_mistakes(policy)]:
        raise PolicyRefused(listed_mistakes(file, sorted(mistakes)))
    typer.echo(f"{file}: {_name(policy)} is well-formed (sha256 {policy.sha256})")
    for line in lacking(policy, date.max):
        typer.echo(f"  {line}")


def approve_policy(file: Path, role: str, by: str, on: str) -> None:
    """Write an office's approval of a policy's text into its file, everything else as it stands.

    Errors: UsageError; PolicyRefused for a file with mistakes.
    """
    if role not in OFFICES:
        raise UsageError(f"--role {role!r} is not one of {', '.join(OFFICES)}")
    if not by.strip() or not by.isprintable():
        raise UsageError("--by: name the approving office on one line")
    file = policy_file(file)
    policy = read_policy(file, to_approve=True)
    day = _day(on) if on else local_date(RealClock().now(), policy.zone)
    fell = fallen(policy)
    for one in policy.approvals:
        if one.role == role and one not in fell:
            raise UsageError(f"{role} approved {_name(policy)} on {one.on} already ({one.by})")
    others = [one for one in policy.approvals if one.role != role]
    try:
        text = with_approvals(policy.text, [*others, given(role, by.strip(), day, policy.text)])
        approved = load_policy(text)
    except ValueError as error:
        raise PolicyRefused(f"{file}: {error}") from error
    if mistakes := [one for one in approval_mistakes(approved) if "again" not in one.message]:
        raise PolicyRefused(listed_mistakes(file, mistakes))
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
    typer.echo(f"{file}: {role} approves {_name(policy)} ({by}, {day}); sha256 {approved.sha256}")
    missing = lacking(approved, max(day, policy.effective_from))
    typer.echo("\n".join(missing) if missing else f"in force from {policy.effective_from}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--on {text!r} is not a date such as 2026-11-23") from error


def _name(policy: Policy) -> str:
    return f"{policy.id} {policy.version}"
