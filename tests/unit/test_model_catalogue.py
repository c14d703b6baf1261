"""The catalogue of models and dbt's own app: equal models, equal bytes, nothing of the machine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from flows.commands.serve import DBT_DOCS_POLICY, POLICY, policy_of
from flows.dbt_docs import dbt_docs
from flows.model_catalogue import catalogue


def node(name: str, **more: Any) -> dict[str, Any]:
    return {
        "resource_type": "model", "name": name, "alias": name, "path": f"marts/{name}.sql",
        "schema": "marts", "database": "postgres", "unique_id": f"model.fairlead.{name}",
        "description": "One row per rep.", "config": {"materialized": "table"},
        "columns": {"rep_id": {"name": "rep_id", "data_type": "text", "description": "Whose."}},
        "depends_on": {"nodes": ["source.fairlead.raw.reps"]}, "raw_code": "select 1",
        **more,
    }  # fmt: skip


def manifest(folder: Path, *, at: float = 1.0, home: str = "/srv/someone") -> Path:
    source = node("reps", resource_type="source", source_name="raw", columns={})
    test = {
        "resource_type": "test", "name": "not_null_dim_reps_rep_id", "column_name": "rep_id",
        "attached_node": "model.fairlead.dim_reps", "test_metadata": {"name": "not_null"},
        "depends_on": {"nodes": ["model.fairlead.dim_reps"]}, "columns": {},
    }  # fmt: skip
    written = {
        "resource_type": "test", "name": "assert_reps_are_people", "columns": {},
        "attached_node": None, "test_metadata": None,
        "depends_on": {"nodes": ["model.fairlead.dim_reps"]},
    }  # fmt: skip
    value = {
        "metadata": {"project_name": "fairlead", "generated_at": at, "invocation_id": str(at)},
        "sources": {"source.fairlead.raw.reps": source},
        "nodes": {
            "model.fairlead.dim_reps": node(
                "dim_reps",
                description="Ends </script> early.",
                compiled_path=f"{home}/target/dim_reps.sql",
                created_at=at,
            ),
            "test.fairlead.a": test,
            "test.fairlead.b": written,
        },
        "macros": {"macro.dbt.huge": {}, "macro.fairlead.ours": {"root_path": home}},
        "exposures": {}, "docs": {}, "parent_map": {}, "child_map": {},
    }  # fmt: skip
    file = folder / f"manifest-{at}.json"
    file.write_text(json.dumps(value))
    return file


def test_a_models_tests_columns_and_origin_are_in_the_catalogue(tmp_path: Path) -> None:
    models = {row["name"]: row for row in catalogue(manifest(tmp_path))}
    assert models["dim_reps"]["layer"] == "marts"
    assert models["dim_reps"]["depends_on"] == ["raw.reps"]
    assert models["dim_reps"]["tests"] == ["assert_reps_are_people"]
    assert models["dim_reps"]["columns"] == [
        {"name": "rep_id", "type": "text", "description": "Whose.", "tests": ["not_null"]}
    ]
    assert models["raw.reps"]["layer"] == "sources"


def test_where_dbt_wrote_no_manifest_there_is_no_catalogue_and_no_app(tmp_path: Path) -> None:
    assert catalogue(tmp_path / "manifest.json") == []
    assert dbt_docs(tmp_path / "manifest.json") == b""


def test_dbts_app_is_the_same_on_every_machine_at_every_time(tmp_path: Path) -> None:
    first = dbt_docs(manifest(tmp_path, at=1.0, home="/srv/someone"))
    assert dbt_docs(manifest(tmp_path, at=2.0, home="/srv/other")) == first
    assert b"/srv/someone" not in first
    assert b"macro.dbt.huge" not in first
    assert b"cloudfront" not in first


def test_dbts_app_holds_the_models_and_no_description_ends_its_script(tmp_path: Path) -> None:
    page = dbt_docs(manifest(tmp_path)).decode()
    assert "INLINE DATA" not in page
    assert "Ends <\\/script> early." in page
    assert not re.search(r'src="(?:https?:)?//', page)


def test_only_dbts_app_is_served_with_inline_scripts() -> None:
    assert policy_of("/docs/dbt/index.html#!/model") == POLICY  # no browser sends a fragment
    assert policy_of("/docs/dbt/index.html?x=1") == DBT_DOCS_POLICY
    assert policy_of("/docs/dbt/") == DBT_DOCS_POLICY
    for path in ("/", "/zh/index.html", "/docs/dbt/../../zh/index.html", "/docs/dbt/other.html"):
        assert policy_of(path) == POLICY
    assert "connect-src" not in DBT_DOCS_POLICY  # default-src 'none' lets it send nothing
