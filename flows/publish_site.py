"""Publish: render the pages of a run, log what is published, verify it, and switch the site.

The log is written first: a publication entry names every file, and no published file shows a
checkpoint that covers that entry. What does not verify is not shown.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.site_files import PublishError
from adapters.warehouse import evidence_store, ledger_store, runs
from adapters.warehouse.ledger_store import NewEntry
from audit import standalone
from audit.verify import verify
from flows.dbt_docs import dbt_docs
from flows.errors import EnvironmentRefused
from flows.evidence import keep_evidence
from flows.progress import say
from flows.request import RunRequest
from flows.run_record import load_signed, load_summary
from flows.show_checkpoint import configured, evidence_files, show_checkpoint
from flows.sign_log import current_checkpoint
from flows.workspace import Workspace, open_workspace
from ledger.canonical import canonical, sha256_hex
from ledger.checkpoints import join_notes
from ledger.log import parse_entry
from ledger.merkle import Tree, leaf_hash
from ledger.proofs import proof_file
from ledger.tiles import tree_files
from notifications.record import LANGUAGES, Audience
from notifications.site import render_site

AUDIENCES: tuple[Audience, ...] = ("public", "team")
OUTSIDE_MANIFEST = ("log/", "records/")  # pinned by the Merkle tree and by their own names

Files = dict[str, bytes]


@task(cache_policy=NO_CACHE)
def publish_site(request: RunRequest) -> str:
    """Publish both audiences' folders; the verdict of our own verifier on them.

    Errors: EnvironmentRefused when the folder cannot be written or does not verify.
    """
    work = open_workspace(request)
    try:
        work.site.check()
        _refuse_other_log(work)
        if not work.is_intake:  # what the models say is shown once a week
            with work.connect() as conn:
                keep_evidence(conn, work)
        with work.connect() as conn:
            pages = _pages(conn, work)
        with work.connect() as conn:
            _log_publication(conn, work, pages)
        show_checkpoint(work, with_stamp=False)  # a stamp of it could only be in the next release
        with work.connect() as conn:
            log = _log_files(conn, work)
            files: dict[str, Files] = {name: pages[name] | log for name in AUDIENCES}
            release = work.site.build(files)
            verdict = _verified(work, release)
            work.site.switch(release)
            if "decided" in (done := runs.reached(conn, work.run)) and "published" not in done:
                runs.mark(conn, work.run, "published", work.clock.now())
    except PublishError as error:
        raise EnvironmentRefused(str(error)) from error
    say(f"published {work.site.path} and {work.site.team_path}: {verdict}")
    return verdict


def _pages(conn: psycopg.Connection, work: Workspace) -> dict[str, Files]:
    """Every published file but log/ and records/, by audience."""
    decided = runs.run_keys(conn, "decided")
    history = [load_summary(conn, key) for key in decided]
    pages: dict[str, Files] = {}
    for audience in AUDIENCES:
        shown = {
            path: file.read_bytes()
            for path, file in work.site.published(audience).items()
            if not path.startswith(OUTSIDE_MANIFEST) and path != "manifest.json"
        }
        pages[audience] = shown
    # Pages of other weeks are kept as they were published; those this folder lacks are rendered.
    missing = [
        key
        for key in decided
        if key != work.run and f"{LANGUAGES[0]}/runs/{key}/index.html" not in pages["public"]
    ]
    for key in [*missing, work.run]:
        record = load_signed(conn, work, key)
        asked = [str(one.key) for one in configured(work)]
        record = replace(record, ledger={**record.ledger, "witnesses": asked})
        if key == work.run:  # the models as they were built last
            docs = dbt_docs(work.home.dbt / "target" / "manifest.json")
            record = replace(record, dbt_docs=docs)
        decisions = runs.document(conn, key, "decisions")
        for audience in AUDIENCES:
            pages[audience] |= render_site(record, audience, history)
            pages[audience]["site.json"] = canonical(
                {
                    "format": "fairlead/site/1",
                    "audience": audience,
                    "origin": work.home.origin,
                    "vkey": str(work.signer.vkey),
                }
            )
            pages[audience][standalone.NAME] = standalone.source()
            if decisions is not None:
                pages[audience][f"runs/{key}/decisions.json"] = decisions
    for audience in AUDIENCES:
        pages[audience] |= evidence_files(conn, work)
    return pages


def _log_publication(conn: psycopg.Connection, work: Workspace, pages: dict[str, Files]) -> None:
    """Log the hashes of what will be published; adds the team's manifest to its pages."""
    team = pages["team"]
    manifest = canonical(
        {"salt": work.dice.bytes32("manifest", work.run).hex(), "files": _hashes(team)}
    )
    records: list[dict[str, Any]] = [
        {"run": work.run, "audience": "team", "manifest": sha256_hex(manifest)},
        {"run": work.run, "audience": "public", "files": _hashes(pages["public"])},
    ]
    team["manifest.json"] = manifest
    ledger_store.append(
        conn, [NewEntry("publication", work.run, record) for record in records], work.clock.now()
    )


def _log_files(conn: psycopg.Connection, work: Workspace) -> Files:
    """log/ and records/ as they stand now, with the checkpoint that covers all of it."""
    note, _ = current_checkpoint(conn, work)
    entries = [bytes(entry.entry) for entry in ledger_store.entries(conn)]
    files = {f"log/{path}": body for path, body in tree_files(entries).items()}
    files["log/checkpoint"] = note.encode()
    if cosigned := evidence_store.cosigned_notes(conn):
        files["log/cosignatures"] = join_notes(cosigned).encode()
    files |= _proof_files(work, entries, note)
    files |= {f"records/{name}.json": body for name, body in ledger_store.records(conn).items()}
    return files


def _proof_files(work: Workspace, entries: list[bytes], note: str) -> Files:
    """A proof of each entry of this run under this checkpoint; others keep those they have."""
    kept = {
        path: file.read_bytes()
        for path, file in work.site.published("public").items()
        if path.startswith("log/proof/")
    }
    tree = Tree([leaf_hash(data) for data in entries])
    made = {
        f"log/proof/{index}.tlog-proof": proof_file(
            index, tree.inclusion_proof(index), note
        ).encode()
        for index, data in enumerate(entries)
        if parse_entry(data).run == work.run or f"log/proof/{index}.tlog-proof" not in kept
    }
    return kept | made


def _refuse_other_log(work: Workspace) -> None:
    """A rehearsal never takes a real site's place, nor one log another's. Errors: PublishError."""
    shown = work.site.published("public").get("site.json")
    origin = str(json.loads(shown.read_bytes())["origin"]) if shown else work.home.origin
    if origin != work.home.origin:
        raise PublishError(
            f"{work.site.path} shows the log {origin}, this home's is {work.home.origin}: "
            "give another --site"
        )


def _hashes(files: Files) -> dict[str, str]:
    return {path: sha256_hex(body) for path, body in sorted(files.items())}


def _verified(work: Workspace, release: Path) -> str:
    """What our own verifier says of a release before anyone sees it."""
    verdict = ""
    for audience in AUDIENCES:
        report = verify(release / audience, key=str(work.signer.vkey), now=work.clock.now())
        if report.exit_code == 1:
            failed = [
                f"  {check.name}: {check.detail}" for check in report.checks if check.ok == "failed"
            ]
            raise EnvironmentRefused(
                f"the {audience} site does not verify and is not shown ({release}):\n"
                + "\n".join(failed[:10])
            )
        verdict = report.verdict
    return verdict


def site_verdict(work: Workspace) -> str:
    """What our verifier says of the public folder as it stands now."""
    return verify(work.site.path, key=str(work.signer.vkey), now=work.clock.now()).verdict
