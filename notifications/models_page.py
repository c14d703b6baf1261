"""The models behind the figures: what each row is, its columns, its tests, what it is made from."""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup

from notifications.evidence_parts import EvidenceView, Section, Table, evidence_view
from notifications.facts import safe_name
from notifications.lens import SENTENCE, Lens
from notifications.locale.models import ZH
from notifications.record import Row
from notifications.words import shown

DBT_DOCS = "docs/dbt/index.html"  # in the team's site
LAYERS = ("marts", "intermediate", "staging", "snapshots", "seeds", "sources")


def models_view(lens: Lens) -> EvidenceView:
    """The catalogue of the models that the run was built with."""
    t, models = lens.t, lens.facts.record.evidence.models
    counts = Counter(str(model.get("layer") or "") for model in models)
    sections = [_overview(lens, counts)]
    used_by: dict[str, list[str]] = {}
    for model in models:
        for name in model.get("depends_on") or ():
            used_by.setdefault(str(name), []).append(str(model.get("name") or ""))
    order = {layer: k for k, layer in enumerate(LAYERS)}
    for model in sorted(
        models, key=lambda m: (order.get(str(m.get("layer")), len(order)), str(m.get("name")))
    ):
        sections.append(_model(lens, model, used_by.get(str(model.get("name") or ""), [])))
    tests = sum(_tests(model) for model in models)
    lede = t.plain("models.lede", count=lens.number(len(models)), tests=lens.number(tests))
    return evidence_view(lens, "models", lede, sections)


def _tests(model: Row) -> int:
    columns = model.get("columns") or ()
    return len(model.get("tests") or ()) + sum(len(column.get("tests") or ()) for column in columns)


def _overview(lens: Lens, counts: Counter[str]) -> Section:
    t = lens.t
    chips = [
        (t.code("layer", layer), lens.number(counts[layer])) for layer in LAYERS if counts[layer]
    ]
    words: list[str | Markup] = [t.plain("models.words")]
    if lens.facts.record.dbt_docs and lens.shows("dbt_docs"):
        link = Markup('<a href="../../../{}">dbt docs</a>').format(DBT_DOCS)
        words.append(t("models.dbt_docs", link=link))
    return Section("overview", t.plain("models.overview"), words, chips=chips)


def _meaning(lens: Lens, model: Row) -> str | Markup:
    """What a row is; a model that has no words here yet keeps those of its code."""
    known = ZH.get(str(model.get("name"))) if lens.language == "zh" else None
    return known or _of_the_code(lens, model)


def _of_the_code(lens: Lens, described: Row) -> str | Markup:
    """A description as the project's code has it: English, and on a 中文 page marked as such."""
    text = shown(" ".join(str(described.get("description") or "").split()), SENTENCE)
    return (
        text
        if lens.language == "en" or not text
        else Markup('<span lang="en">{}</span>').format(text)
    )


def _links(lens: Lens, names: list[str]) -> Markup:
    known = {str(model.get("name") or "") for model in lens.facts.record.evidence.models}
    return Markup(", ").join(
        Markup('<a href="#{}"><code>{}</code></a>').format(_anchor(name), shown(name))
        if name in known
        else Markup("<code>{}</code>").format(shown(name))
        for name in names
    )


def _anchor(name: object) -> str:
    return f"model-{safe_name(name)}"


def _model(lens: Lens, model: Row, used_by: list[str]) -> Section:
    t = lens.t
    words: list[str | Markup] = [_meaning(lens, model)]
    made_from = [str(name) for name in model.get("depends_on") or ()]
    if made_from:
        words.append(t("models.made_from", names=_links(lens, made_from)))
    if used_by:
        words.append(t("models.used_by", names=_links(lens, used_by)))
    if model.get("tests"):
        words.append(t.plain("models.tested", tests=_listed(model["tests"])))
    columns = model.get("columns") or ()
    table = Table(
        t.plain("models.columns"),
        [t.plain(f"models.{head}") for head in ("column", "type", "meaning", "tests")],
        [
            [
                Markup("<code>{}</code>").format(shown(column.get("name") or "")),
                shown(column.get("type") or "–"),
                _of_the_code(lens, column) or "–",
                _listed(column.get("tests") or ()) or "–",
            ]
            for column in columns
        ],
        text=4,
        css="tight",
    )
    layer = t.code("layer", model.get("layer"))
    return Section(
        _anchor(model.get("name")),
        f"{shown(model.get('name') or '')} · {layer}",
        [text for text in words if text],
        table=table if columns else None,
        folded=t.plain("models.columns_count", count=lens.number(len(columns))),
    )


def _listed(names: object) -> str:
    return ", ".join(shown(name) for name in names) if isinstance(names, list | tuple) else ""
