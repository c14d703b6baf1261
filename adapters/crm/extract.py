"""What a source gives back: good rows, bad rows and what it lacks.

SourceError            the source as a whole cannot be used; lists every problem found
  (a bad row is never an exception: it becomes a `BadRow` and the reading goes on)
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from json.encoder import encode_basestring as _quoted
from typing import NamedTuple


class Problem(NamedTuple):
    """Why a source cannot be used; `column` is empty where the whole file is meant."""

    file: str
    column: str
    code: str
    reason: str


class SourceError(Exception):
    """The source cannot be used; `problems` lists all that is wrong, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{p.file}: {p.reason} [{p.code}]" for p in self.problems))


class Fault(NamedTuple):
    """One thing wrong with one row; `column` is empty where the whole row is meant."""

    column: str
    code: str
    reason: str


class Row(NamedTuple):
    """A good row: `values` in the order of the table's columns, None where unknown."""

    line: int
    row_key: str
    row_hash: str
    values: tuple[str | None, ...]
    extra: dict[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A quarantined row, once, with all its faults. `row_text` is cut short and has no NUL."""

    file: str
    line: int
    faults: tuple[Fault, ...]
    row_text: str

    @property
    def column(self) -> str:
        return ", ".join(dict.fromkeys(fault.column for fault in self.faults if fault.column))

    @property
    def code(self) -> str:
        return ", ".join(dict.fromkeys(fault.code for fault in self.faults))

    @property
    def reason(self) -> str:
        return "; ".join(
            f"{fault.column}: {fault.reason}" if fault.column else fault.reason
            for fault in self.faults
        )


@dataclass(slots=True)
class FileExtract:
    """One file as read; `missing_columns` are the optional columns that it lacks."""

    file: str
    table: str
    path: str
    sha256: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    unknown_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()

    @property
    def rows_read(self) -> int:
        return len(self.rows) + len(self.bad)

    @property
    def bad_share(self) -> float:
        """Share of bad rows, 0–1; 0 for an empty file."""
        return len(self.bad) / self.rows_read if self.rows_read else 0.0

    def dicts(self) -> list[dict[str, str]]:
        """The good rows as column → text; unknown cells are left out."""
        return [
            {
                name: value
                for name, value in zip(self.columns, row.values, strict=True)
                if value is not None
            }
            for row in self.rows
        ]


@dataclass(slots=True)
class Extract:
    """All that one reading of a source gave. `files` is keyed by table name (`leads`, `reps`, …).

    full: the source shows everything it has, so a key that is missing has been deleted there.
    settings: what a mapping says about the source (zone, as_of).
    """

    source: str
    currency: str
    files: dict[str, FileExtract]
    notes: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    full: bool = True

    @property
    def rows_read(self) -> int:
        return sum(file.rows_read for file in self.files.values())

    @property
    def rows_bad(self) -> int:
        return sum(len(file.bad) for file in self.files.values())

    @property
    def bad_share(self) -> float:
        return self.rows_bad / self.rows_read if self.rows_read else 0.0


def hash_prefix(name: str) -> str:
    """A column's name as `row_hash` wants it."""
    return f"{_quoted(name)}:"


def row_hash(values: Iterable[tuple[str, str | None]]) -> str:
    """sha256 over the JSON object of the known values; takes (hash_prefix, value), sorted by name.

    Unknown cells do not count, so a column that a source adds and leaves empty does not make
    every row a new version. Same bytes as json.dumps(…, sort_keys=True, ensure_ascii=False,
    separators=(",", ":")), in a third of its time.
    """
    text = ",".join([prefix + _quoted(value) for prefix, value in values if value])
    return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()


def row_key(parts: tuple[str, ...]) -> str:
    """The natural key as text: the id itself, or a JSON list where several columns make the key."""
    return (
        parts[0]
        if len(parts) == 1
        else json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    )
