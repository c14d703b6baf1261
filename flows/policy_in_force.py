"""A run uses the approved policy in force on its day; anything else is a rehearsal, and says so."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from allocation.approvals import fallen
from allocation.policy import Policy, PolicyError, load_policy
from allocation.policy_force import ForceError, in_force, lacking
from flows.business_week import local_date
from flows.errors import PolicyRefused, SourceRefused, UsageError
from flows.progress import say
from flows.request import RunRequest
from flows.working_days import work_days
from notifications.record import REHEARSAL

if TYPE_CHECKING:
    from flows.workspace import Workspace

_FORMAT = re.compile(r"^format: *fairlead/policy/1\b", re.MULTILINE)


def policies_of(folder: Path) -> list[Policy]:
    """Every policy in a folder. Errors: PolicyRefused for one that has mistakes."""
    from flows.workspace import read_policy

    files = [p for p in sorted(folder.glob("*.y*ml")) if _FORMAT.search(_text(p))]
    return [read_policy(file) for file in files]


def policy_of_folder(folder: Path, on: date) -> Policy:
    """The policy of a folder that is in force on a day. Errors: PolicyRefused."""
    try:
        return in_force(policies_of(folder), on)
    except ForceError as error:
        raise PolicyRefused(f"{folder}: {error}") from error


def is_rehearsal(request: RunRequest) -> bool:
    """Whether nothing of this run is meant: it may use any policy."""
    return bool(
        request.simulate or request.trial_seed or request.entropy.startswith("file:")
    )  # fmt: skip


def enforce(work: Workspace) -> None:
    """Refuse a policy that may not decide on the run's day, unless this is a rehearsal; and a
    rehearsal in a home of real weeks.

    Errors: PolicyRefused with what is missing; UsageError.
    """
    on = local_date(work.as_of, work.policy.zone)
    with work.connect() as conn:
        _keep_apart(conn, work)
        problems = lacking(work.policy, on) + _rivals(work, on) + _replaced(conn, work, on)
    if not problems:
        return
    name = f"policy {work.policy.id} {work.policy.version}"
    listed = "\n".join(f"  {problem}" for problem in problems)
    if is_rehearsal(work.request):
        say(f"note: {name} is not in force on {on}: this is a rehearsal\n{listed}")
        return
    raise PolicyRefused(
        f"{name} may not decide on {on}:\n{listed}\n"
        "Run the one that is in force, record approvals that are missing with `fairlead policy "
        "approve`, or rehearse this one with --simulate"
    )


def admit(work: Workspace) -> None:
    """Everything that a policy must pass before a run is frozen under it; says what is odd.

    Errors: PolicyRefused, UsageError.
    """
    enforce(work)
    work_days(work.policy)  # a country without a calendar must not come up with the first request
    for note in _zone_notes(work):
        say(f"note: {note}")


def policy_record(policy: Policy) -> dict[str, Any]:
    """A policy as the log keeps it: its text, and with it who approved that text when."""
    fell = fallen(policy)
    return {
        "id": policy.id,
        "version": policy.version,
        "sha256": policy.sha256,
        "text": policy.text,
        "approvals": [
            {"role": one.role, "by": one.by, "on": one.on.isoformat(), "approves": one.approves}
            for one in policy.approvals
            if one not in fell
        ],
        "effective_from": policy.effective_from.isoformat(),
    }


def _keep_apart(conn: psycopg.Connection, work: Workspace) -> None:
    """Keep rehearsals and real weeks apart: each home holds one kind. Errors: UsageError."""
    kinds = {kind for (kind,) in conn.execute("select distinct kind from decisions.runs")}
    if work.request.simulate and kinds - {REHEARSAL}:
        raise UsageError(
            f"{work.home.path} holds real runs: give the rehearsal a FAIRLEAD_HOME of its own"
        )
    if not work.request.simulate and (work.home.is_rehearsal or REHEARSAL in kinds):
        raise UsageError(
            f"{work.home.path} holds rehearsals: real runs need a FAIRLEAD_HOME of their own"
        )
    if work.request.simulate and not work.home.is_rehearsal:
        raise UsageError(
            f"{work.home.path} was initialised for real runs, and its log is named so: give the "
            "rehearsal a FAIRLEAD_HOME of its own (it initialises itself)"
        )


def _zone_notes(work: Workspace) -> list[str]:
    """What to say when the policy counts its days in another zone than source or installation."""
    policy, notes = work.policy, []
    stated = {
        "this installation (FAIRLEAD_ZONE)": work.home.settings.zone,
        f"the mapping {work.request.source}": _mapping_zone(work.request),
    }
    for who, zone in stated.items():
        if zone and zone != policy.zone:
            notes.append(
                f"policy {policy.id} {policy.version} counts days and hours in {policy.zone}, "
                f"{who} says {zone}: the policy's zone is used"
            )
    return notes


def _mapping_zone(request: RunRequest) -> str:
    if not request.source.endswith((".yaml", ".yml")):
        return ""
    from adapters.crm.extract import SourceError
    from adapters.crm.mapping_language import load_mapping

    try:
        return load_mapping(Path(request.source)).zone
    except SourceError as error:
        raise SourceRefused(f"{request.source} cannot be read:\n{error}") from error


def _rivals(work: Workspace, on: date) -> list[str]:
    """Other files beside the policy's that are in force under its id: newer, or at once."""
    from flows.workspace import CHECKOUT

    wanted = rf"^id: *{re.escape(work.policy.id)}\s*$"
    given = Path(work.request.policy)
    given = given if given.exists() else CHECKOUT / given
    folder = given if given.is_dir() else given.parent
    rivals = []
    for file in sorted(folder.glob("*.y*ml")):
        text = _text(file)
        if text == work.policy.text or not re.search(wanted, text, re.MULTILINE):
            continue
        try:
            other = load_policy(text)
        except PolicyError:
            continue  # a draft with mistakes is in force nowhere
        if lacking(other, on) or other.effective_from < work.policy.effective_from:
            continue
        newer = other.effective_from > work.policy.effective_from
        rivals.append(
            f"{file} ({other.id} {other.version}) is in force since {other.effective_from}: "
            + ("it replaces this one" if newer else "two in force at once")
        )
    return rivals


def _replaced(conn: psycopg.Connection, work: Workspace, on: date) -> list[str]:
    """Newer versions that decided earlier weeks: nobody goes back by naming the old file again."""
    used = conn.execute(
        "select distinct on (policy_sha256) run_key, policy_text from decisions.runs "
        "where policy_id = %s and kind <> %s and as_of < %s "
        "order by policy_sha256, as_of desc",
        (work.policy.id, REHEARSAL, work.as_of),
    ).fetchall()
    newer = [
        (run_key, other)
        for run_key, other in ((run_key, load_policy(text)) for run_key, text in used)
        if work.policy.effective_from < other.effective_from <= on
    ]
    return [
        f"{other.id} {other.version}, in force since {other.effective_from}, decided {run_key}: "
        "name its file, or go back by a new version with a later effective_from"
        for run_key, other in newer
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
