"""How the run's leads scored, which score decides, where the weights disagree, what is unknown."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from notifications.charts import Bars, Caption, Rank, Ranks, Series
from notifications.drift_part import drift_section
from notifications.evidence_parts import EvidenceView, Section, Table, evidence_view
from notifications.facts import BANDS
from notifications.lens import Lens, is_count
from notifications.score_disagreements import disagreements
from notifications.words import shown

TONES = {"enterprise": "h0", "mid_market": "h2", "smb": "h3"}


def scoring_view(lens: Lens) -> EvidenceView:
    """The scoring page of the run."""
    t = lens.t
    parts = (
        _distribution(lens), _authority(lens), _views(lens), disagreements(lens), _unknown(lens),
        drift_section(lens),
    )  # fmt: skip
    sections = [part for part in parts if part]
    return evidence_view(
        lens, "scoring", t.plain("scoring.lede", count=lens.number(len(lens.facts.leads))), sections
    )


def _distribution(lens: Lens) -> Section | None:
    t = lens.t
    counts: dict[str, Counter[int]] = {}
    for lead in lens.facts.leads.values():
        if is_count(lead.get("score")):
            counts.setdefault(str(lead.get("band")), Counter())[lead["score"]] += 1
    bands = [band for band in BANDS if band in counts]
    bands += sorted(band for band in counts if band not in BANDS)
    seen = [score for each in counts.values() for score in each]
    if not seen:
        return None
    scores = range(min(seen), max(seen) + 1)
    names = [t.code("band", band) for band in bands]
    desc = t.plain(
        "scoring.chart_desc",
        leads=lens.number(sum(each.total() for each in counts.values())),
        most=lens.number(_commonest(counts)),
    )
    chart = Bars(
        Caption(
            "score-chart",
            t.plain("scoring.distribution"),
            desc,
            t.plain("scoring.sum"),
            t.plain("col.leads"),
        ),
        tuple(lens.number(score) for score in scores),
        tuple(
            Series(name, TONES.get(band, "h5"), tuple(float(counts[band][k]) for k in scores))
            for band, name in zip(bands, names, strict=True)
        ),
    )
    table = Table(
        t.plain("scoring.distribution_caption"),
        [t.plain("scoring.sum"), *names],
        [
            [lens.number(k), *(lens.number(counts[band][k]) or "–" for band in bands)]
            for k in scores
        ],
        css="tight narrow",
    )
    return Section(
        "distribution",
        t.plain("scoring.distribution"),
        (),
        chart,
        table,
        folded=t.plain("chart.table"),
    )


def _commonest(counts: dict[str, Counter[int]]) -> int | None:
    total: Counter[int] = Counter()
    for each in counts.values():
        total += each
    return total.most_common(1)[0][0] if total else None


def _authority(lens: Lens) -> Section:
    t = lens.t
    return Section(
        "authority",
        t.plain("scoring.authority"),
        (t.plain("scoring.authority_sum"), t.plain("scoring.authority_weights")),
        table=Table(
            t.plain("scoring.weights_caption"),
            [t.plain("col.factor"), t.plain("col.weight")],
            [
                [lens.factor(row.get("id")), f"{lens.number(row.get('weight_pct'))}%"]
                for row in lens.facts.factors
            ],
            css="tight narrow",
        ),
    )


def _views(lens: Lens) -> Section | None:
    """The same score as percent of the points within reach, and as a letter.

    The models score every lead that waits in the source; counted are the run's own.
    """
    t = lens.t
    leads = Counter(lead.get("score") for lead in lens.facts.leads.values())
    rows = sorted(
        (row for row in lens.facts.record.evidence.scores if leads.get(row.get("score"))),
        key=lambda row: -row["score"],
    )
    if not rows:
        return None
    grades: Counter[str] = Counter()
    for row in rows:
        grades[shown(row.get("grade") or "")] += leads[row["score"]]
    return Section(
        "views",
        t.plain("scoring.views"),
        (t.plain("scoring.views_words"),),
        chips=[
            (grade or t.plain("unknown"), lens.number(n)) for grade, n in sorted(grades.items())
        ],
        table=Table(
            t.plain("scoring.views_caption"),
            [
                t.plain("scoring.sum"), t.plain("scoring.of_100"), t.plain("scoring.grade"),
                t.plain("col.band"), t.plain("col.leads"),
            ],
            [
                [
                    lens.number(row["score"]), lens.number(row.get("score_100")),
                    lens.number(row.get("grade")), t.code("band", row.get("band")),
                    lens.number(leads[row["score"]]),
                ]
                for row in rows
            ],
            css="tight narrow",
        ),
        folded=t.plain("scoring.views_all"),
    )  # fmt: skip


def unknown_counts(lens: Lens) -> dict[str, int]:
    """{factor: leads that lack it}, in the policy's order."""
    names = {str(row.get("id")): 0 for row in lens.facts.factors}
    for lead in lens.facts.leads.values():
        for name in lead.get("unknown") or ():
            names[str(name)] = names.get(str(name), 0) + 1
    return names


def _unknown(lens: Lens) -> Section | None:
    t, counts = lens.t, unknown_counts(lens)
    total = len(lens.facts.leads)
    if not counts or not total:
        return None
    parts = {name: lens.percent(Fraction(n, total)) for name, n in counts.items()}
    chart = Ranks(
        Caption(
            "unknown-chart",
            t.plain("quality.unknown"),
            t.plain("quality.unknown_words"),
            t.plain("scoring.unknown_axis"),
        ),
        tuple(
            Rank(lens.factor(name), 100 * n / total, "h1", shown=parts[name])
            for name, n in counts.items()
        ),
    )
    table = Table(
        t.plain("quality.unknown_caption"),
        [t.plain("col.factor"), t.plain("col.leads"), t.plain("col.part")],
        [[lens.factor(name), lens.number(n), parts[name]] for name, n in counts.items()],
        css="tight narrow",
    )
    return Section(
        "unknown",
        t.plain("quality.unknown"),
        (t.plain("quality.unknown_words"),),
        chart,
        table,
        folded=t.plain("chart.table"),
    )
