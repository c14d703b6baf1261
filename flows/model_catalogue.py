"""The catalogue of models, from the manifest that dbt wrote when it built them."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

KINDS = ("model", "snapshot", "seed")


def catalogue(manifest: Path) -> list[dict[str, Any]]:
    """Every model as `notifications.record.Evidence.models` has it; [] where none was written.

    Only names, types and descriptions: no code, paths or times, so that building the same models
    again gives the same catalogue.
    """
    if not manifest.is_file():
        return []
    value = json.loads(manifest.read_text(encoding="utf-8"))
    nodes: dict[str, dict[str, Any]] = {**value["sources"], **value["nodes"]}
    tests: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for node in nodes.values():
        if node["resource_type"] == "test":
            for target in _tested(node):
                tests[target].append((node.get("column_name") or "", _test_name(node)))
    return [
        _entry(node, tests[id_], nodes)
        for id_, node in sorted(nodes.items(), key=lambda item: _name(item[1]))
        if node["resource_type"] in (*KINDS, "source")
    ]


def _tested(node: dict[str, Any]) -> list[str]:
    """What a test is about: the model it hangs on, or all that a written test reads."""
    attached = node.get("attached_node")
    return [attached] if attached else list(node["depends_on"]["nodes"])


def _test_name(node: dict[str, Any]) -> str:
    metadata = node.get("test_metadata")
    return str(metadata["name"] if metadata else node["name"])


def _name(node: dict[str, Any]) -> str:
    if node["resource_type"] == "source":
        return f"{node['source_name']}.{node['name']}"
    return str(node["name"])


def _layer(node: dict[str, Any]) -> str:
    kind = node["resource_type"]
    return str(node["path"]).split("/", 1)[0] if kind == "model" else f"{kind}s"


def _entry(
    node: dict[str, Any], tests: list[tuple[str, str]], nodes: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    return {
        "name": _name(node),
        "layer": _layer(node),
        "description": node.get("description") or "",
        "materialized": (node.get("config") or {}).get("materialized") or "",
        "depends_on": sorted(
            _name(nodes[id_])
            for id_ in (node.get("depends_on") or {}).get("nodes", ())
            if id_ in nodes
        ),
        "columns": [
            {
                "name": column["name"],
                "type": column.get("data_type") or "",
                "description": column.get("description") or "",
                "tests": sorted({name for of, name in tests if of == column["name"]}),
            }
            for column in node["columns"].values()
        ],
        "tests": sorted({name for of, name in tests if not of}),
    }
