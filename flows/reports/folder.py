"""A report's folder: its figures as JSON, and the pages made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.errors import UsageError


def write_report(
    folder: Path, name: str, result: dict[str, Any], pages: Mapping[str, bytes]
) -> None:
    """Write NAME.json and the pages beside it. Errors: UsageError where that cannot be."""
    figures = json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, body in {f"{name}.json": figures.encode(), **pages}.items():
            (folder / file).write_bytes(body)
    except OSError as error:
        raise UsageError(f"--report {folder} cannot be written: {error.strerror}") from error
