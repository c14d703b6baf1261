"""dbt's own documentation app as one file for the team site: search, code and lineage graph.

The same file that `dbt docs generate --static` writes, made from the manifest of the build, but
without this machine's paths and times: the same models give the same bytes. The app runs inline
scripts and no others, and fetches nothing (docs/decisions/0007).
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

# What differs between machines or builds of the same models.
_OURS = frozenset(
    ("build_path", "compiled_path", "root_path", "created_at", "compiled_code", "checksum")
)
_METADATA = frozenset(("adapter_type", "dbt_schema_version", "dbt_version", "project_name"))
_LEFT_OUT = ("disabled", "selectors", "group_map", "parent_map_full")
_TRACKER = "//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js"  # loaded only for dbt's hosted pages


def dbt_docs(manifest: Path) -> bytes:
    """The app with this project's models in it; b"" where no manifest was written."""
    if not manifest.is_file():
        return b""
    value = json.loads(manifest.read_text(encoding="utf-8"))
    page = (files("dbt") / "task" / "docs" / "index.html").read_text(encoding="utf-8")
    nodes = {**value["sources"], **value["nodes"]}
    catalog = {
        "metadata": {},
        "nodes": {id_: _catalogued(nodes[id_]) for id_ in value["nodes"] if _is_table(nodes[id_])},
        "sources": {id_: _catalogued(nodes[id_]) for id_ in value["sources"]},
        "errors": None,
    }
    for mark, data in (("MANIFEST", _cleaned_manifest(value)), ("CATALOG", catalog)):
        page = page.replace(f'"{mark}.JSON INLINE DATA"', _inline(data))
    return page.replace(_TRACKER, "").encode()


def _inline(data: Any) -> str:
    # Inside a script element: no "</script>" may come from a description.
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("</", "<\\/")


def _cleaned_manifest(value: dict[str, Any]) -> dict[str, Any]:
    kept = {key: part for key, part in value.items() if key not in _LEFT_OUT}
    # Macros of dbt itself are two thirds of the manifest and nobody's here.
    own = f"macro.{value['metadata'].get('project_name')}."
    kept["macros"] = {id_: m for id_, m in value["macros"].items() if id_.startswith(own)}
    kept["metadata"] = {k: v for k, v in value["metadata"].items() if k in _METADATA}
    kept["disabled"] = {}
    cleaned: dict[str, Any] = _without_places(kept)
    return cleaned


def _without_places(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_places(each) for key, each in part.items() if key not in _OURS}
    if isinstance(part, list):
        return [_without_places(each) for each in part]
    return part


def _is_table(node: dict[str, Any]) -> bool:
    return node["resource_type"] in ("model", "seed", "snapshot")


def _catalogued(node: dict[str, Any]) -> dict[str, Any]:
    """What dbt would ask the database for: the columns, as the contract has them."""
    columns = {
        name: {"type": column.get("data_type") or "", "index": k, "name": name, "comment": None}
        for k, (name, column) in enumerate(node["columns"].items(), 1)
    }
    return {
        "metadata": {
            "type": str((node.get("config") or {}).get("materialized") or "table").upper(),
            "schema": node["schema"],
            "name": node.get("alias") or node["name"],
            "database": node["database"],
            "comment": None,
            "owner": None,
        },
        "columns": columns,
        "stats": {},
        "unique_id": node["unique_id"],
    }
