"""History for `fairlead score`: rows of a study or of a source, read and labelled.

A source's leads become a study of their own: the policy's points and what leads.csv knows at
creation, with the outcome of the lead's deal. Dates of the working of a lead are known later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import SourceRefused, UsageError

if TYPE_CHECKING:
    from allocation.policy import Policy
    from allocation.scoring.backtest import Lead
    from allocation.scoring.study import Study

Rows = list[dict[str, str]]

WITH_THE_DEAL = {"zh": "成交或丢单后才知道", "en": "known when the deal is closed"}
KNOWN_LATER = {
    "status": {"zh": "线索的结局", "en": "where the lead ended"},
    "owner_id": {"zh": "分配本身的结果", "en": "the allocation's own result"},
    "first_touch_at": {"zh": "发生在分配之后", "en": "happens after the allocation"},
    "closed_on": WITH_THE_DEAL,
    "stage": WITH_THE_DEAL,
    "amount_cny": {
        "zh": "成交带来的金额，不是预期的金额", "en": "what the deal brought, not what was expected"
    },
}  # fmt: skip
NUMBERS = ["employees", "existing_arr_cny", "expected_acv_cny"]
TEXTS = ["industry", "region", "source", "channel", "lead_type"]


def read_study(path: Path) -> Study:
    """The study file. Errors: UsageError with every mistake."""
    from allocation.scoring.study import StudyError, load_study

    try:
        return load_study(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the study {path} cannot be read: {error}") from error
    except StudyError as error:
        raise UsageError(f"{path}: {error}") from error


def study_rows(study: Study, path: Path, data: str) -> Rows:
    """The rows a study names; `data` is the folder of its files. Errors: SourceRefused."""
    from adapters.crm.extract import SourceError
    from adapters.crm.study_rows import mapped_rows, table_rows

    place = study.rows
    folder = Path(data) if data else path.parent
    where = f"; it can be had from {study.download}" if study.download else ""
    try:
        if place.file:
            return table_rows(folder / place.file, place.delimiter)
        return mapped_rows(path.parent / place.mapping, folder if data else None, place.table)
    except SourceError as error:
        raise SourceRefused(f"{study.id}: {error}{where}") from error


def source_leads(source: str, data: str) -> Rows:
    """Every lead of a source with `outcome` (won, lost or empty), `closed_on`, `allocated_at`.

    Won or lost is what became of the lead's deal; a lead lost before any deal is lost; a converted
    lead without a deal counts as won only where the source has no deals at all.
    """
    from adapters.crm.extract import SourceError
    from adapters.crm.mapping import load_source
    from adapters.crm.study_rows import whole_rows

    try:
        extract = load_source(Path(source), Path(data) if data else None)
    except SourceError as error:
        raise SourceRefused(f"{source}: {error}") from error
    deals = {deal["lead_id"]: deal for deal in whole_rows(extract, "opportunities")
             if deal.get("lead_id")}  # fmt: skip
    leads = whole_rows(extract, "leads")
    for lead in leads:
        deal = deals.get(lead["lead_id"], {})
        lead["outcome"] = _outcome(lead, deal, has_deals=bool(deals))
        if deal.get("closed_on"):
            lead["closed_on"] = deal["closed_on"]
        if at := lead.get("assigned_at") or lead.get("created_at"):
            lead["allocated_at"] = at
    return leads


def source_study(leads: Rows, policy: Policy, name: str) -> tuple[Study, Rows]:
    """A study of a source's leads: the policy's points beside what leads.csv knows at creation."""
    from allocation.scoring.points import scored
    from allocation.scoring.study import Outcome, ScoreFactor, Sentence, Study, Time
    from allocation.scoring.study import Rows as Place

    factors = policy.scoring.factors
    rows = []
    for lead in leads:
        points = scored(policy.scoring, lead).points
        # Without its id a lead that is there twice is the same row twice.
        kept = {name: value for name, value in lead.items() if name not in ("lead_id", "email")}
        rows.append({**kept, **{f"points:{name}": str(value) for name, value in points.items()}})
    seen = {column for lead in leads for column in lead}
    texts, numbers = [n for n in TEXTS if n in seen], [n for n in NUMBERS if n in seen]
    points_of = [f"points:{factor.id}" for factor in factors]
    study = Study(
        id=name,
        rows=Place(file="leads.csv"),
        outcome=Outcome(column="outcome", won=["won"], lost=["lost"]),
        time=Time(column="allocated_at", outcome="closed_on") if "allocated_at" in seen else None,
        numbers=[*points_of, *numbers],
        features=[*points_of, *numbers, *texts],
        alternatives={"points": points_of},
        known_later={name: Sentence(**why) for name, why in KNOWN_LATER.items()},
        scorecard=[
            ScoreFactor(
                id=factor.id,
                column=f"points:{factor.id}",
                weight_pct=factor.weight_pct,
                points={str(level.points): level.points for level in factor.levels},
            )
            for factor in factors
        ],
    )
    return study, rows


def backtest_leads(leads: Sequence[Mapping[str, str]]) -> list[Lead]:
    """A source's leads as the back-test takes them."""
    from allocation.scoring.backtest import Lead

    ends = {"won": True, "lost": False}
    return [
        Lead(lead["lead_id"], lead.get("created_at", "")[:10], lead, ends.get(lead["outcome"]))
        for lead in leads
    ]


def _outcome(lead: Mapping[str, str], deal: Mapping[str, str], *, has_deals: bool) -> str:
    if deal:
        return deal["stage"] if deal.get("stage") in ("won", "lost") else ""
    if lead.get("status") == "lost":
        return "lost"
    return "won" if lead.get("status") == "converted" and not has_deals else ""
