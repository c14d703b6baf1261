"""`fairlead policy …`: check, show, compare, approve policies and print their schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

# Spelled as in flows/request.py, whose import would make `--help` slower.
DEFAULT = Path("policies/lead-allocation-v2.yaml")
File = Annotated[Path, typer.Argument(help="The policy file.")]
Language = Annotated[str, typer.Option(help="zh or en")]


def add_commands(app: typer.Typer) -> None:
    """Hang these commands into `fairlead policy`."""
    for command in (check, show, diff, approve, schema):
        app.command(command.__name__)(command)


def check(
    file: File = DEFAULT,
    entrants: Annotated[
        int, typer.Option(min=1, help="How many reps a lottery's closing must reach in time.")
    ] = 299,
) -> None:
    """List every mistake of a policy, and approvals of another text, with line and column."""
    from flows.commands.policy import check_policy

    check_policy(file, entrants)


def show(file: File = DEFAULT, language: Language = "en") -> None:
    """Print a policy as its team reads it: every rule with its sentence."""
    from flows.workspace import read_policy

    _checked(language)
    policy = read_policy(file)
    typer.echo(f"{getattr(policy.title, language)} {policy.version} ({policy.effective_from})\n")
    for rule in policy.rules():
        typer.echo(f"{rule.id:28} {getattr(rule, language)}")


def diff(
    old: Annotated[Path, typer.Argument(help="The policy as it was.")],
    new: Annotated[Path, typer.Argument(help="The policy as it will be.")],
    language: Annotated[str, typer.Option(help="zh, en or both")] = "both",
) -> None:
    """Say in words what changes from one policy to another, rule by rule."""
    from flows.commands.policy import print_differences

    languages = ("en", "zh") if language == "both" else (_checked(language),)
    print_differences(old, new, languages)


def approve(
    file: Annotated[Path, typer.Argument(help="The policy file; it is rewritten.")],
    role: Annotated[str, typer.Option(help="sales_lead, hr or legal")],
    by: Annotated[str, typer.Option(help="The approving office; published, so no person's name.")],
    on: Annotated[str, typer.Option(help="2026-11-23; empty: today.")] = "",
) -> None:
    """Record an office's approval in a policy's file, bound to the text as it stands."""
    from flows.commands.policy import approve_policy

    approve_policy(file, role, by, on)


def schema() -> None:
    """Print the JSON Schema of policy files, for editors that complete and check."""
    from allocation.policy import policy_schema

    typer.echo(schema_text(policy_schema()), nl=False)


def schema_text(value: dict[str, object]) -> str:
    """The schema as policies/policy.schema.json has it."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _checked(language: str) -> str:
    if language not in ("zh", "en"):
        raise typer.BadParameter("language is zh or en")
    return language
