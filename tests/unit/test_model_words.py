"""The evidence pages speak the reader's language: every model has 中文 words for its rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from notifications.locale.models import ZH
from notifications.site import render_site
from tests.english import english_sentences
from tests.evidence_builder import evidence_record
from tests.record_builder import RUN

PROJECT = Path(__file__).parents[2] / "dbt_project"


def described() -> Iterator[str]:
    """Names of the models, seeds, snapshots and source tables that the project describes."""
    for file in PROJECT.rglob("*.yml"):
        found = YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}
        for kind in ("models", "seeds", "snapshots"):
            yield from (row["name"] for row in found.get(kind) or () if isinstance(row, dict))
        for source in found.get("sources") or ():
            yield from (f"{source['name']}.{table['name']}" for table in source["tables"])


def test_every_model_of_the_project_has_words_for_its_rows() -> None:
    names = set(described())
    assert len(names) > 50
    assert sorted(names - ZH.keys()) == []
    assert sorted(ZH.keys() - names) == []


@pytest.mark.parametrize("page", ["scoring", "capability", "capacity", "segments", "models"])
def test_an_evidence_page_in_chinese_holds_no_english_sentence(page: str) -> None:
    site = render_site(evidence_record(), "team", [])
    body = site[f"zh/runs/{RUN}/{page}.html"].decode()
    assert english_sentences(body) == []
    assert english_sentences(site[f"en/runs/{RUN}/{page}.html"].decode())
