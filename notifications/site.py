"""All pages of one run for one audience, as bytes by path: the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from notifications.asked_page import asked_view
from notifications.capability_page import capability_view, issue_page, issue_view
from notifications.capacity_page import capacity_view
from notifications.decision_page import decision_view
from notifications.draw_page import draw_view
from notifications.evidence_parts import evidence_pages
from notifications.facts import draw_page, facts
from notifications.lens import Lens
from notifications.list_pages import lead_list_view, rep_list_view, run_list_view
from notifications.models_page import DBT_DOCS, models_view
from notifications.policy_page import policy_view
from notifications.proof_pages import check_view, how_view
from notifications.quality_page import quality_view
from notifications.record import LANGUAGES, REHEARSAL, Audience, RunRecord, RunSummary
from notifications.rep_page import rep_view
from notifications.run_page import run_view
from notifications.scoring_page import scoring_view
from notifications.segments_page import segments_view
from notifications.verify_page import verify_view
from notifications.views import policy_path
from notifications.words import words

HERE = Path(__file__).parent
ASSETS = ("fairlead.css", "favicon.svg", "ladder.js", "proof.css", "verify.js")
EVIDENCE = {
    "scoring": scoring_view,
    "capability": capability_view,
    "capacity": capacity_view,
    "segments": segments_view,
    "models": models_view,
}


@cache
def environment() -> Environment:
    """Templates that escape everything and refuse a name that no view has."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(("html.j2",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def render_site(
    record: RunRecord, audience: Audience, history: Iterable[RunSummary] = ()
) -> dict[str, bytes]:
    """Every page of the run, the shared pages and the assets: {path in the site: bytes}.

    history is the run list as it should read after this run, this run included. For the public
    audience `record.names` is ignored: pages carry pseudonyms whatever is handed over.
    """
    runs = list(history)
    site = {f"assets/{name}": (HERE / "assets" / name).read_bytes() for name in ASSETS}
    site["index.html"] = _root(record)
    if audience == "team" and record.dbt_docs:
        site[DBT_DOCS] = record.dbt_docs
    indexed = facts(record)
    for language in LANGUAGES:
        lens = Lens(indexed, audience, language)
        for path, template, view in _pages(lens, runs):
            site[f"{language}/{path}"] = _html(template, lens, view)
    return site


def _pages(lens: Lens, runs: Sequence[RunSummary]) -> Iterator[tuple[str, str, Any]]:
    """(path under the language's folder, template, view) of every page."""
    run = f"runs/{lens.facts.record.run}"
    yield "index.html", "runs", run_list_view(lens, runs)
    yield policy_path(lens.facts), "policy", policy_view(lens)
    yield "verify.html", "verify", verify_view(lens)
    yield "check.html", "check", check_view(lens)
    yield "requests.html", "evidence", asked_view(lens)
    yield "how-the-draw-works.html", "how", how_view(lens)
    yield f"{run}/index.html", "run", run_view(lens)
    yield f"{run}/quality.html", "quality", quality_view(lens)
    yield f"{run}/leads/index.html", "leads", lead_list_view(lens)
    yield f"{run}/reps/index.html", "reps", rep_list_view(lens)
    for name in evidence_pages(lens):
        yield f"{run}/{name}.html", "evidence", EVIDENCE[name](lens)
        if name == "capability":
            for issue in lens.facts.record.evidence.issues:
                page = issue_page(issue.get("issue_id"))
                yield f"{run}/{page}.html", "evidence", issue_view(lens, issue)
    for draw in lens.facts.draws:
        yield f"{run}/draws/{draw_page(lens.facts, draw)}.html", "draw", draw_view(lens, draw)
    for ref in lens.facts.rep_pages:
        yield f"{run}/reps/{ref[:16]}.html", "rep", rep_view(lens, ref)
    for decision in lens.facts.record.decisions:
        ref = str(decision.get("lead", ""))
        yield f"{run}/leads/{ref[:16]}.html", "decision", decision_view(lens, decision)


def _html(template: str, lens: Lens, view: Any) -> bytes:
    page = environment().get_template(f"{template}.html.j2")
    return page.render(v=view, t=lens.t).encode()


def _root(record: RunRecord) -> bytes:
    page = environment().get_template("root.html.j2")
    return page.render(
        zh=words("zh"),
        en=words("en"),
        synthetic=record.synthetic,
        rehearsal=record.kind == REHEARSAL,
    ).encode()
