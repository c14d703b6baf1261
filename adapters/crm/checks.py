"""What makes one row good or bad: the rules of the plain CSV source, for rows from any source.

Text is kept as given but for the white space around it; nothing is repaired. Every row is judged
once and all its faults are told.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime

from adapters.crm.columns import MONEY_MAX, SKILLS, Column, Table
from adapters.crm.extract import (
    BadRow,
    Fault,
    FileExtract,
    Problem,
    Row,
    hash_prefix,
    row_hash,
    row_key,
)
from adapters.crm.records import Record, shown

ID_MAX = 200
KEY_MAX = 600  # PostgreSQL refuses index entries above 2,704 bytes; a character takes up to 4
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-](0[0-9]|1[0-5]):?[0-5][0-9])?"
)
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
# Outside these years a date is a slip, and PostgreSQL and Python disagree on the extremes.
_YEARS = range(1900, 2200)

Check = Callable[[str], tuple[str, str] | None]  # text → (code, reason) of the fault


class Checker:
    """Judges the records of one table.

    reps: all ids that reps.csv names; None where reps are not to be checked.
    """

    def __init__(
        self, table: Table, header: Sequence[str], file: str, reps: frozenset[str] | None
    ) -> None:
        self.table, self.file = table, file
        self.header = tuple(header)
        self._at = {name: index for index, name in enumerate(self.header)}
        # A column that the file lacks is read from the empty cell put behind the last one.
        self._places = [self._at.get(name, len(self.header)) for name in table.names]
        self._unknown = [
            (index, name) for name, index in self._at.items() if name not in table.names
        ]
        self._keys = [self._at[name] for name in table.key if name in self._at]
        self._seen: dict[str, tuple[int, str]] = {}
        self._protected = [self._at[n] for n in table.protected_names if n in self._at]
        self._checks: list[tuple[int, Column, Check, set[str]]] = [
            (self._at[column.name], column, check, {""})
            for column in table.columns
            if column.name in self._at and (check := _check_of(column, reps))
        ]
        hashed = sorted((name, i) for name, i in self._at.items() if i not in self._protected)
        self._hashed = [(hash_prefix(name), index) for name, index in hashed]
        self._filled = [
            (self._at[c.name], c.name) for c in table.columns if c.filled and c.name in self._at
        ]

    def judge(self, records: Iterable[Record], into: FileExtract, file: str = "") -> None:
        """Append every record to `into`, good or bad; `file` is where it was read."""
        file = file or self.file
        for record in records:
            cells = list(map(str.strip, record.cells))
            faults = list(record.faults)
            if len(cells) == len(self.header):
                faults += self._cell_faults(cells)
                key, digest = self._identity(cells)
                faults += self._duplicate(key, digest, record.line)
                if not faults:
                    into.rows.append(self._row(record.line, cells, key, digest))
                    continue
            elif not faults:
                found = f"{len(cells)} cells where the header has {len(self.header)}"
                faults.append(Fault("", "wrong_cell_count", found))
            into.bad.append(BadRow(file, record.line, tuple(faults), self._text(record)))

    def _cell_faults(self, cells: list[str]) -> Iterator[Fault]:
        for index, name in self._filled:
            if not cells[index]:
                yield Fault(name, "missing_value", "is empty and is needed to tell rows apart")
        for index, column, check, good in self._checks:
            value = cells[index]
            if value in good:  # most cells repeat: each distinct value is judged once
                continue
            if fault := check(value):
                yield Fault(column.name, *fault)
            elif len(good) < 100_000:
                good.add(value)
        for first, last in self.table.ordered:
            begin, end = self._date(cells, first), self._date(cells, last)
            if begin and end and end < begin:
                yield Fault(last, "dates_reversed", f"is before {first}")

    def _date(self, cells: list[str], name: str) -> str | None:
        """The ISO date, which orders as text; None where there is none."""
        value = cells[self._at[name]] if name in self._at else ""
        return value if _DATE.fullmatch(value) else None

    def _identity(self, cells: list[str]) -> tuple[str, str]:
        try:
            digest = row_hash([(prefix, cells[index]) for prefix, index in self._hashed])
        except UnicodeEncodeError:  # bytes that are not text: the row is bad already
            digest = ""
        if len(self._keys) == 1:
            return cells[self._keys[0]], digest
        return row_key(tuple(cells[index] for index in self._keys)), digest

    def _duplicate(self, key: str, digest: str, line: int) -> Iterator[Fault]:
        """The first row with a key stays, later ones are bad: nobody here knows which is true."""
        if len(key) > KEY_MAX:
            yield Fault(", ".join(self.table.key), "bad_id", f"is longer than {KEY_MAX} characters")
        mine = (line, digest)
        first = self._seen.setdefault(key, mine)
        if first is mine or not key.strip('[]", '):  # a missing id is a fault of its own
            return
        column = ", ".join(self.table.key)
        if first[1] == digest:
            yield Fault(column, "repeated_row", f"the row repeats line {first[0]} exactly")
        else:
            yield Fault(column, "duplicate_id", f"line {first[0]} has the same {column}")

    def _row(self, line: int, cells: list[str], key: str, digest: str) -> Row:
        cells.append("")
        values = tuple([cells[place] or None for place in self._places])
        extra = {name: cells[index] for index, name in self._unknown if cells[index]}
        return Row(line, key, digest, values, extra)

    def _text(self, record: Record) -> str:
        """The row as messages show it, without protected values."""
        if self._protected:
            if len(record.cells) != len(self.header):
                return "(withheld: the file has protected columns)"
            cells = ["…" if i in self._protected else cell for i, cell in enumerate(record.cells)]
            return shown(",".join(cells))
        return shown(record.text or ",".join(record.cells))


def header_problems(table: Table, header: Sequence[str], file: str) -> list[Problem]:
    """All that is wrong with a header: not text, names twice, required columns missing."""
    problems = []
    joined = "".join(header)
    if "\0" in joined or (not joined.isascii() and any("\udc80" <= c <= "\udcff" for c in joined)):
        problems.append(Problem(file, "", "bad_encoding", "the header row is not UTF-8 text"))
    repeated = dict.fromkeys(name for name in header if list(header).count(name) > 1)
    problems += [
        Problem(file, name, "repeated_column", f"column {shown(name)} appears twice")
        for name in repeated
    ]
    for column in table.columns:
        if column.required and column.name not in header:
            reason = f"required column {column.name} is missing"
            problems.append(Problem(file, column.name, "missing_column", reason))
    return problems


def _check_of(column: Column, reps: frozenset[str] | None) -> Check | None:
    if column.refers == "rep":
        return lambda value: _id(value) or _known_rep(value, reps)
    if column.refers == "reps":
        return lambda value: _reps(value, reps)
    checks: dict[str, Check] = {
        "id": _id,
        "date": _date,
        "timestamp": _timestamp,
        "money": _money,
        "number": lambda value: _number(value, column.high),
        "integer": lambda value: _integer(value, column.low, column.high),
        "boolean": lambda value: _enum(value, ("true", "false")),
        "enum": lambda value: _enum(value, column.choices),
        "skill": _skill,
    }
    return checks.get(column.kind)


def _id(value: str) -> tuple[str, str] | None:
    if len(value) > ID_MAX:
        return "bad_id", f"is longer than {ID_MAX} characters"
    # Line breaks, direction marks, zero-width characters: two ids could look alike.
    if not value.isprintable():
        return "bad_id", "holds characters that cannot be seen"
    return None


def _known_rep(value: str, reps: frozenset[str] | None) -> tuple[str, str] | None:
    if reps is not None and value not in reps:
        return "unknown_rep", "names a rep that reps.csv does not have"
    return None


def _reps(value: str, reps: frozenset[str] | None) -> tuple[str, str] | None:
    for part in value.split(";"):
        if fault := _id(part.strip()) or _known_rep(part.strip(), reps):
            return fault
    return None


def _date(value: str) -> tuple[str, str] | None:
    if not _DATE.fullmatch(value):
        return "bad_date", "is not a date like 2026-11-23"
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        return "bad_date", "is not a day of the calendar"
    return None if parsed.year in _YEARS else ("bad_date", "is a date outside 1900–2199")


def _timestamp(value: str) -> tuple[str, str] | None:
    match = _TIMESTAMP.fullmatch(value)
    if not match:
        return "bad_timestamp", "is not a time like 2026-11-23T08:40:00+08:00"
    if not match.group(3):
        return "bad_timestamp", "has no offset from UTC (+08:00 or Z)"
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return "bad_timestamp", "is not a moment of the calendar"
    return None if parsed.year in _YEARS else ("bad_timestamp", "is a time outside 1900–2199")


def _money(value: str) -> tuple[str, str] | None:
    if not _NUMBER.fullmatch(value):
        return "bad_amount", "is not an amount in whole units like 120000"
    if value.startswith("-") and float(value):
        return "negative_amount", "is below zero"
    return None if float(value) <= MONEY_MAX else ("absurd_amount", f"is above {MONEY_MAX}")


def _number(value: str, high: int) -> tuple[str, str] | None:
    if not _NUMBER.fullmatch(value):
        return "bad_number", "is not a number"
    return None if 0 <= float(value) <= high else ("out_of_range", f"is not within 0–{high}")


def _integer(value: str, low: int, high: int) -> tuple[str, str] | None:
    if not _INTEGER.fullmatch(value):
        return "bad_integer", "is not a whole number"
    return None if low <= int(value) <= high else ("out_of_range", f"is not within {low}–{high}")


def _enum(value: str, choices: tuple[str, ...]) -> tuple[str, str] | None:
    return None if value in choices else ("bad_enum", f"is not one of {', '.join(choices)}")


def _skill(value: str) -> tuple[str, str] | None:
    if value in SKILLS or (value.startswith("vertical:") and len(value) > len("vertical:")):
        return None
    return "bad_enum", f"is not one of {', '.join(SKILLS)}, vertical:<industry>"
