"""Send the freeze, opening and closing notices: to every entrant, with the checkpoint.

They are the evidence of draw.md that an entrant holds, so they leave before the source's time.
"""

from __future__ import annotations

from typing import Any

import psycopg
from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.mailbox import Mail, write_to_folder
from adapters.warehouse import draws, lines, marts, references, runs
from allocation.engine import ladder_plans, split
from allocation.policy_telling import untold
from allocation.snapshot import Snapshot
from flows.clock import SystemDice
from flows.errors import UsageError
from flows.hand_in_mail import hand_in, telling
from flows.portal.links import LINE, Link, address, link_ends, portal_keys
from flows.progress import say
from flows.request import RunRequest
from flows.sign_log import current_checkpoint
from flows.workspace import Workspace, open_workspace
from ledger.canonical import parse_canonical, sha256_hex
from lottery.records import LADDER, SELECT, closing_hash
from notifications.notices import Notice, NoticeRecord, Stage, render_notice

FREEZE: Stage = "freeze"
OPENING: Stage = "opening"
CLOSING: Stage = "closing"


@task(cache_policy=NO_CACHE)
def send_notices(request: RunRequest, stage: Stage) -> int:
    """Write and send a stage's notices; how many a mail server took."""
    return deliver_notices(open_workspace(request), stage)


def deliver_notices(work: Workspace, stage: Stage) -> int:
    """Each notice once: into the outbox, into a folder, to the mail server. Repeatable."""
    if work.request.simulate:
        return 0  # a rehearsal writes to nobody
    with work.connect() as conn:
        record, links = _record(conn, work, stage)
    if stage == FREEZE and work.chance.kind == work.policy.source.kind:
        # Who can enter is known from now on.
        for late in untold(work.policy.text, telling(work.home.settings, len(links))):
            say(f"note: policy {work.policy.id}, {late.where}: {late.message}")
    notices = [render_notice(record, stage, ref, links[ref]) for ref in sorted(links)]
    keys = {ref: _key(record, stage, ref, links[ref]) for ref in links}
    mails = {keys[notice.to_ref]: _mail(keys[notice.to_ref], notice) for notice in notices}
    folder = work.home.digests / work.run / f"notices-{stage}"
    for notice in notices:
        write_to_folder(folder, notice.to_ref[:16], mails[keys[notice.to_ref]])
    with work.connect() as conn:
        runs.store_effects(
            conn,
            work.run,
            [
                ("mail", keys[notice.to_ref], {"to": notice.to_ref, "kind": f"notice-{stage}"})
                for notice in notices
                if notice.to_email
            ],
            work.clock.now(),
        )
    say(f"wrote {len(notices)} {stage} notices to {folder}")
    return hand_in(work, mails)


def _record(
    conn: psycopg.Connection, work: Workspace, stage: Stage
) -> tuple[NoticeRecord, dict[str, dict[str, str]]]:
    """What the notices say, and {rep ref: {draw id: personal link}} of those who get one."""
    run = runs.find_run(conn, work.run)
    if run is None:
        raise UsageError(f"run {work.run} is not frozen yet")
    refs = references.references(conn, run.source, "rep")
    people = {
        refs[row["rep_id"]]: row
        for row in marts.rows_if_current(conn, "dim_reps", work.run)
        if row["rep_id"] in refs
    }
    shown = _draws(conn, work.run, SELECT if stage == FREEZE else LADDER)
    note, _ = current_checkpoint(conn, work)
    record = NoticeRecord(
        run=work.run,
        zone=run.zone,
        currency=run.currency,
        synthetic=run.is_synthetic,
        draws=shown,
        names={ref: str(row["name"]) for ref, row in people.items() if row.get("name")},
        emails={ref: str(row["email"]) for ref, row in people.items() if row.get("email")},
        checkpoint=note,
        vkey=str(work.signer.vkey),
        site_url=work.home.settings.site_url,
        receipts=_receipts(conn, shown) if stage == CLOSING else {},
    )
    if stage == FREEZE:
        return record, {ref: {} for ref in _possible_entrants(conn, work)}
    return record, _links(work, shown)


def _draws(conn: psycopg.Connection, run: str, kind: str) -> list[dict[str, Any]]:
    """The live draws of a kind as a notice names them."""
    return [
        {
            "draw": draw.draw,
            "opening": draw.opening,
            "opening_hash": draw.opening_hash,
            **(
                {"closing": draw.closing, "closing_hash": closing_hash(draw.closing)}
                if draw.closing
                else {}
            ),
        }
        for draw in draws.draws_of(conn, run, kind)
        if draw.void is None
    ]


def _receipts(conn: psycopg.Connection, shown: list[dict[str, Any]]) -> dict[str, list[str]]:
    """{entrant: the signed note of the last change in each draw}."""
    found: dict[str, list[str]] = {}
    for draw in shown:
        for last in lines.standing(conn, draw["opening_hash"]):
            if last.note:
                found.setdefault(last.entrant, []).append(last.note)
    return found


def _links(work: Workspace, shown: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    keys = portal_keys(work.home.key_file.parent, SystemDice())
    links: dict[str, dict[str, str]] = {}
    for draw in shown:
        ends = link_ends(draw["opening"])
        for entrant in draw["opening"]["entrants"]:
            token = keys.token(Link(LINE, draw["draw"], entrant, ends))
            links.setdefault(entrant, {})[draw["draw"]] = address(
                work.home.settings.portal_url, token
            )
    return links


def _possible_entrants(conn: psycopg.Connection, work: Workspace) -> set[str]:
    """Everybody whom the snapshot can lead into a lottery, whichever leads it draws."""
    body = runs.document(conn, work.run, "snapshot")
    snapshot = Snapshot.from_record(parse_canonical(body or b"{}"))
    everything: dict[str, dict[str, list[str]]] = {
        rule.band: {
            share.share: plan.candidates for share in rule.shares if share.method == "lottery"
        }
        for rule, plan in zip(work.policy.bands, split(snapshot, work.policy).values(), strict=True)
    }
    return {
        entrant
        for plan in ladder_plans(snapshot, work.policy, everything)
        for entrant in plan.entrants
    }


def _key(record: NoticeRecord, stage: Stage, ref: str, links: dict[str, str]) -> str:
    """Names a mail for ever; another attempt of one of the rep's draws is another mail."""
    attempts = sorted(
        draw["opening_hash"] for draw in record.draws if stage == FREEZE or draw["draw"] in links
    )
    edition = sha256_hex("".join(attempts).encode())[:12]
    return f"{record.run}/notice-{stage}/{edition}/{ref}/mail"


def _mail(key: str, notice: Notice) -> Mail:
    return Mail(key, notice.to_email, notice.subject, notice.html, notice.text)
