"""The record behind each entry: there, canonical, with its hash, of the shape of its type."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allocation.approvals import approved_sha256
from audit.log import Log
from audit.report import Findings
from audit.site import Refused, Site, is_safe, read_value
from ledger.canonical import sha256_hex
from ledger.times import parse_time

_HEX64 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry with its record. `at` is in Unix seconds."""

    index: int
    type: str
    at: int
    run: str
    value: dict[str, Any]
    path: str


def record_path(record: str) -> str:
    return f"records/{record}.json"


def read_records(site: Site, log: Log, findings: Findings) -> list[Logged]:
    """Every entry whose record is as it must be, in order; the others are findings."""
    logged: list[Logged] = []
    bodies: dict[str, dict[str, Any]] = {}
    for index, entry in enumerate(log.entries):
        path = record_path(entry.record)
        try:
            if path not in bodies:
                bodies[path] = _body(site, path, entry.record)
            _check_shape(entry.type, bodies[path], entry.run, path)
        except Refused as refusal:
            findings.failed(str(refusal))
            continue
        at = int(parse_time(entry.at).timestamp())
        logged.append(Logged(index, entry.type, at, entry.run, bodies[path], path))
    known = {record_path(entry.record) for entry in log.entries}
    for path in sorted(site.paths() or ()):
        if path.startswith("records/") and path not in known:
            findings.failed(f"{path}: no entry of the log refers to it")
    return logged


def first_of(logged: list[Logged], type: str) -> dict[str, Logged]:
    """The first entry of a type, by run; a second one is a failure of its own."""
    first: dict[str, Logged] = {}
    for one in logged:
        if one.type == type:
            first.setdefault(one.run, one)
    return first


def is_hex64(value: object) -> bool:
    return isinstance(value, str) and _HEX64.fullmatch(value) is not None


def is_count(value: object) -> bool:
    return type(value) is int


def is_counts(value: object) -> bool:
    """{band: {method: n}}"""
    return isinstance(value, dict) and all(
        isinstance(methods, dict) and all(map(is_count, methods.values()))
        for methods in value.values()
    )


def _body(site: Site, path: str, record: str) -> dict[str, Any]:
    data = site.read(path)
    if sha256_hex(data) != record:
        raise Refused(path, "is not the record that was logged: its hash differs")
    return read_value(data, path)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _listed(value: object) -> bool:
    return isinstance(value, list)


# Draw records are checked by the lottery package; what is not listed here is free.
_SHAPES: dict[str, dict[str, Callable[[object], bool]]] = {
    "policy": {
        "id": _text, "version": _text, "sha256": is_hex64, "text": _text,
        "approvals": _listed, "effective_from": _text,
    },
    "snapshot": {
        "run": _text, "snapshot": is_hex64, "policy_sha256": is_hex64, "as_of": _text,
        "leads": is_count, "reps": is_count, "loads": _listed, "reconstructed": _text,
    },
    "allocation": {
        "run": _text, "snapshot": is_hex64, "policy_sha256": is_hex64, "decisions": is_hex64,
        "bundle": is_hex64, "counts": is_counts, "owned": is_count, "held": is_count,
    },
    "publication": {"run": _text, "audience": _text},
}  # fmt: skip


def _check_shape(type: str, value: dict[str, Any], run: str, path: str) -> None:
    for key, is_right in _SHAPES.get(type, {}).items():
        if key not in value:
            raise Refused(path, f"lacks {key!r}")
        if not is_right(value[key]):
            raise Refused(path, f"has a wrong {key!r}")
    if type in ("snapshot", "allocation", "publication") and value["run"] != run:
        raise Refused(path, f"is of run {value['run']!r} in an entry of run {run!r}")
    if type == "policy" and sha256_hex(value["text"].encode()) != value["sha256"]:
        raise Refused(path, "its text does not hash to its sha256")
    if type == "policy":
        _check_approvals(value, path)
    if type == "publication":
        _check_publication(value, path)


def _check_approvals(value: dict[str, Any], path: str) -> None:
    """Each approval stands for this text; those of older logs do not say which they stand for."""
    approved = approved_sha256(value["text"])
    for one in value["approvals"]:
        if isinstance(one, dict) and "approves" in one and one["approves"] != (approved or None):
            raise Refused(path, "holds an approval of another text")


def _check_publication(value: dict[str, Any], path: str) -> None:
    if value["audience"] == "team":
        if not is_hex64(value.get("manifest")):
            raise Refused(path, "names no manifest")
    elif value["audience"] == "public":
        check_files(value.get("files"), path)
    else:
        raise Refused(path, "is for an unknown audience")


def check_files(files: object, path: str) -> dict[str, str]:
    """{path: sha256} as a manifest may hold it."""
    if not isinstance(files, dict):
        raise Refused(path, "lists no files")
    for name, digest in files.items():
        if not is_safe(name):
            raise Refused(path, f"lists a path that is not allowed: {name[:80]!r}")
        if not is_hex64(digest):
            raise Refused(path, f"has no SHA-256 for {name}")
    return files
