"""Send: every digest as a file, and through SMTP when a server is configured.

Mails are effects: each has one row in the outbox, and is handed to the server at most once per
recorded success. A mail that the server refuses stays pending and is tried by the next run of
this step.
"""

from __future__ import annotations

import re
from dataclasses import replace

from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.mailbox import Mail, write_to_folder
from adapters.warehouse import runs
from flows.clock import SystemDice
from flows.errors import UsageError
from flows.hand_in_mail import hand_in
from flows.portal.links import ask_address, portal_keys
from flows.progress import say
from flows.request import RunRequest
from flows.run_record import load_signed
from flows.workspace import Workspace, open_workspace
from notifications.digests import render_digests
from notifications.record import REHEARSAL, Digest, RunRecord


@task(cache_policy=NO_CACHE)
def send_digests(request: RunRequest) -> int:
    """Write all digests of the run and send those not sent yet; how many were sent."""
    return deliver_digests(open_workspace(request))


def deliver_digests(work: Workspace) -> int:
    """Write the digests and send what is pending; how many mails a server took.

    Errors: UsageError for a run that is not decided.
    """
    folder = work.home.digests / work.run
    with work.connect() as conn:
        if "decided" not in runs.reached(conn, work.run):
            raise UsageError(f"run {work.run} is not decided: there is nothing to send")
        run = runs.find_run(conn, work.run)
        is_rehearsed = run is not None and run.kind == REHEARSAL
        record = load_signed(conn, work, work.run)
    digests = render_digests(replace(record, ask_links=_ask_links(work, record)))
    names = _file_names(digests)
    for name, digest in zip(names, digests, strict=True):
        write_to_folder(folder, name, _mail(work.run, digest))
    with work.connect() as conn:
        runs.store_effects(
            conn,
            work.run,
            [
                ("mail", _key(work.run, digest), {"to": digest.to_ref, "kind": digest.kind})
                for digest in digests
                if digest.to_email
            ],
            work.clock.now(),
        )
        if "sent" not in runs.reached(conn, work.run):
            runs.mark(conn, work.run, "sent", work.clock.now())
    say(f"wrote {len(digests)} digests to {folder}")
    if is_rehearsed:
        say("this is a rehearsal: no mail is handed to a server")
        return 0
    return hand_in(work, {_key(work.run, digest): _mail(work.run, digest) for digest in digests})


def _ask_links(work: Workspace, record: RunRecord) -> dict[str, str]:
    """Each rep's link to the portal's forms, where people can reach a portal."""
    base = work.home.settings.portal_url
    if not base:
        return {}
    keys = portal_keys(work.home.key_file.parent, SystemDice())
    return {
        rep["ref"]: ask_address(base, keys, work.run, rep["ref"], work.as_of)
        for rep in record.snapshot["reps"]
    }


def _mail(run: str, digest: Digest) -> Mail:
    return Mail(
        _key(run, digest),
        digest.to_email,
        digest.subject,
        digest.html,
        digest.text,
        digest.pictures,
    )


def _key(run: str, digest: Digest) -> str:
    return f"{run}/{digest.kind}/{digest.to_ref}/mail"


def _file_names(digests: list[Digest]) -> list[str]:
    """kind-pseudonym: file names carry no person's name."""
    return [re.sub(r"[^a-z0-9-]", "", f"{d.kind}-{d.to_ref[:16]}") for d in digests]
