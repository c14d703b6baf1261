"""What makes one row good or bad: the rules of the plain CSV source, for rows from any source.

Text is kept as given but for the white space around it; nothing is repaired. Every row is judged
once and all its faults are told.
"""

from collections.abc import Iterable, Iterator, Sequence

from adapters.crm.cells import DATE, Check, check_of
from adapters.crm.columns import Column, Table
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

KEY_MAX = 600  # PostgreSQL refuses index entries above 2,704 bytes; a character takes up to 4


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
            if column.name in self._at and (check := check_of(column, reps))
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
                faults += self._cell_faults(cells, {fault.column for fault in faults})
                key, digest = self._identity(cells)
                faults += self._duplicate(key, digest, record.line)
                if not faults:
                    into.rows.append(self._row(record.line, cells, key, digest))
                    continue
            elif not faults:
                found = f"{len(cells)} cells where the header has {len(self.header)}"
                faults.append(Fault("", "wrong_cell_count", found))
            into.bad.append(BadRow(file, record.line, tuple(faults), self._text(record)))

    def _cell_faults(self, cells: list[str], faulty: set[str]) -> Iterator[Fault]:
        """Faults of the cells; an empty one that a mapping refused already is told once."""
        for index, name in self._filled:
            if not cells[index] and name not in faulty:
                yield Fault(name, "missing_value", "is empty, and the row says nothing without it")
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
        return value if DATE.fullmatch(value) else None

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
