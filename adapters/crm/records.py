"""Reads a delimited file record by record with exact line numbers, and survives what is broken.

A stray quote must not swallow the good rows after it: a record that turns out broken and covers
several lines is given up after its first line, and reading goes on with its second.
"""

import csv
import hashlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from adapters.crm.extract import Fault, Problem, SourceError

# A cell of a CRM is a name, a note or a number. 32,768 characters is the longest cell a
# spreadsheet can hold; above it the row is quarantined.
FIELD_MAX = 32_768
# The parser itself must get past a 10 MB field to reach the row after it.
PARSER_FIELD_MAX = 64 * 1024 * 1024
# An address block or a note has some tens of lines; a record of more is an unclosed quote.
RECORD_LINES_MAX = 200
ROW_TEXT_MAX = 2_000


class Record(NamedTuple):
    """One record, the line it starts on and what is wrong with its bytes; `text` is its lines."""

    line: int
    cells: list[str]
    faults: tuple[Fault, ...]
    text: str


class _RecordTooLongError(Exception):
    pass


class _Lines:
    """The physical lines of a file; those of a broken record can be given back."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self.number = 0
        self.record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.record) >= RECORD_LINES_MAX:
            raise _RecordTooLongError
        line = self._again.popleft() if self._again else next(self._file)
        self.number += 1
        self.record.append(line)
        return line

    def give_back_all_but_the_first(self) -> None:
        self._again.extendleft(reversed(self.record[1:]))
        self.number -= len(self.record) - 1
        del self.record[1:]


def records(
    path: Path, *, delimiter: str = ",", quote: str = '"', encoding: str = "utf-8-sig"
) -> Iterator[Record]:
    """Yield the header and then every record that is not an empty line.

    Bytes that are not in the encoding, NUL, over-long cells and broken quoting become faults of
    the record. A wrong number of cells, measured against the first record, is one too.
    Errors: SourceError where the file cannot be opened.
    """
    csv.field_size_limit(PARSER_FIELD_MAX)  # one setting for the whole process, raised only
    try:
        # surrogateescape keeps undecodable bytes visible, so that only their rows are bad.
        file = path.open(encoding=encoding, errors="surrogateescape", newline="")
    except OSError as error:
        raise SourceError([Problem(path.name, "", "unreadable_file", str(error))]) from error
    with file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
        width = 0
        while True:
            lines.record.clear()
            start = lines.number + 1
            faults: tuple[Fault, ...] = ()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _RecordTooLongError:
                cells, faults = [], (_quoting(f"a quote stays open for {RECORD_LINES_MAX} lines"),)
            except csv.Error as error:
                cells, faults = [], (_csv_fault(error),)
            if not faults:
                if not cells:
                    continue
                width = width or len(cells)
                if len(cells) != width:
                    faults = _width_fault(len(cells), width)
            if faults and len(lines.record) > 1:
                # The quoting is what is broken: see whether the following lines are rows.
                faults = (_quoting("a quote is opened and not closed where the row ends"),)
                cells = []
                lines.give_back_all_but_the_first()
            faults += _cell_faults(cells)
            yield Record(start, cells, faults, "".join(lines.record) if faults else "")


def shown(text: str) -> str:
    """Text as it can be stored and shown: NUL and undecodable bytes spelled out, cut short."""
    rest = f"… ({len(text)} characters)" if len(text) > ROW_TEXT_MAX else ""
    cut = text[:ROW_TEXT_MAX] + rest
    cut = cut.rstrip("\r\n").replace("\0", "\\x00")
    return cut.encode("utf-8", "backslashreplace").decode("utf-8")


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _quoting(reason: str) -> Fault:
    return Fault("", "broken_quotes", reason)


def _csv_fault(error: csv.Error) -> Fault:
    if "field larger than field limit" in str(error):
        return Fault("", "field_too_long", f"a cell has more than {FIELD_MAX} characters")
    return _quoting(f"the quoting is broken: {error}")


def _width_fault(found: int, wanted: int) -> tuple[Fault, ...]:
    return (Fault("", "wrong_cell_count", f"{found} cells where the header has {wanted}"),)


def _cell_faults(cells: list[str]) -> tuple[Fault, ...]:
    joined = "".join(cells)
    faults = []
    if "\0" in joined:
        faults.append(Fault("", "nul_character", "a cell holds a NUL character"))
    try:
        joined.encode("utf-8")
    except UnicodeEncodeError:
        faults.append(Fault("", "bad_encoding", "the bytes are not valid in the file's encoding"))
    if len(joined) > FIELD_MAX and (longest := max(map(len, cells))) > FIELD_MAX:
        reason = f"a cell has {longest} characters, more than {FIELD_MAX}"
        faults.append(Fault("", "field_too_long", reason))
    return tuple(faults)
