"""`fairlead why`: why a lead went where it went, and why not to somebody else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import psycopg

from adapters.warehouse import references, requests, runs
from adapters.warehouse.received import received, runs_of_lead
from adapters.warehouse.references import Kind
from adapters.warehouse.runs import Run
from flows.errors import EnvironmentRefused, UsageError
from flows.run_record import load_record
from flows.stored import chosen_run, initialised_home
from flows.terminal import print_lead, print_rep, print_sentences
from notifications.facts import facts
from notifications.luck import quarter_luck
from notifications.record import Directory, Language, RunRecord
from notifications.why import PlainLens, lead_answer, not_me
from notifications.why_rep import Quarter, rep_answer

SHORTEST_PREFIX = 6  # of a reference: 24 bits tell a few thousand leads apart
ALL = 10_000  # ranks listed with --full


def why(lead: str, rep: str, run_key: str, language: Language, *, full: bool) -> None:
    """Answer for a lead, for a rep's week, or for a lead and the rep who lost it.

    Errors: UsageError for a lead, rep or run that is not there.
    """
    if not lead and not rep:
        raise UsageError("name a lead, or --rep REP, or both")
    with initialised_home().database().connect() as conn:
        if lead and not run_key:
            run_key = next(reversed(runs_of_lead(conn, lead)), "")
        run = chosen_run(conn, run_key)
        lead_ref = found_reference(conn, run, "lead", lead) if lead else ""
        rep_ref = found_reference(conn, run, "rep", rep) if rep else ""
        document = "decisions" if "decided" in runs.reached(conn, run.run_key) else "preview"
        record = terminal_record(conn, run, {lead_ref} if lead else None, document)
        lens = PlainLens(facts(record), "team", language)
        if lead:
            decision = lens.facts.decisions.get(lead_ref)
            if decision is None:
                raise UsageError(f"lead {lead} was not in run {run.run_key}: name its run by --run")
            now = owner_now(conn, run, lead_ref, decision.get("rep"))
            answer = lead_answer(lens, decision, ALL if full or rep else 10, now)
            print_lead(answer, is_brief=bool(rep))
            if rep:
                print_sentences(lens.t.plain("rep.why_not"), not_me(lens, decision, rep_ref, now))
        else:
            print_rep(rep_answer(lens, rep_ref, _quarter(conn, run, lens, rep_ref)))
            if rep_ref in record.supported:
                print_sentences(lens.t.plain("support.heading"), [lens.t.plain("support.hr")])


def terminal_record(
    conn: psycopg.Connection, run: Run, leads: set[str] | None, document: str = "decisions"
) -> RunRecord:
    """A stored run for the terminal: explained for some leads only; ids where names are gone."""
    try:
        record = load_record(conn, run.run_key, explained=leads, document=document)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise EnvironmentRefused(
            "the models in this database are those of an earlier version "
            f"({str(error).splitlines()[0]}): the next run builds them, then ask again"
        ) from error
    names = record.names or Directory()
    reps: dict[str, Any] = {
        ref: {"name": id_} for id_, ref in references.references(conn, run.source, "rep").items()
    }
    return replace(record, names=replace(names, reps={**reps, **names.reps}))


def found_reference(conn: psycopg.Connection, run: Run, kind: Kind, name: str) -> str:
    """The reference of an id, of its own beginning, or of a rep's name. Errors: UsageError."""
    known = references.references(conn, run.source, kind)
    if name in known:
        return known[name]
    found = {ref for ref in known.values() if len(name) >= SHORTEST_PREFIX and ref.startswith(name)}
    if kind == "rep" and not found:
        rows = conn.execute("select rep_id from marts.dim_reps where name = %s", (name,))
        found = {known[id_] for (id_,) in rows if id_ in known}
    if len(found) != 1:
        said = "is not known" if not found else f"means {len(found)} of them: write more of it"
        raise UsageError(f"{kind} {name!r} {said} (an id, or 6 and more digits of the reference)")
    return found.pop()


def owner_now(conn: psycopg.Connection, run: Run, lead: str, decided: str | None) -> str | None:
    """Who has a lead that a claim or a request moved since the run; None for one that did not."""
    leads = references.ids_by_reference(references.references(conn, run.source, "lead"))
    owner = requests.owners(conn, run.run_key).get(leads[lead])
    now = references.references(conn, run.source, "rep").get(owner or "")
    return now if now != decided else None


def _quarter(conn: psycopg.Connection, run: Run, lens: PlainLens, rep: str) -> Quarter:
    """The rep's quarter with this run, and the average of active reps with the same role."""
    tallies = received(conn, [*runs.runs_of_quarter(conn, run), run.run_key])
    ids = references.ids_by_reference(references.references(conn, run.source, "rep"))
    me = lens.facts.reps.get(rep, {})
    peers = [
        ids[ref]
        for ref, row in lens.facts.reps.items()
        if row.get("role") == me.get("role") and row.get("active") == "yes"
    ]
    drawn = quarter_luck(lens, rep)
    won, by_rule = tallies.get(ids.get(rep, ""), (0, 0))
    total = sum(sum(tallies.get(peer, (0, 0))) for peer in peers)
    return Quarter(
        expected=drawn.expected if drawn else Fraction(0),
        won=won,
        by_rule=by_rule,
        average=Fraction(total, max(1, len(peers))),
        peers=len(peers),
    )
