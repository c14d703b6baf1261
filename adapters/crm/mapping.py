"""Brings another data set into the plain CSV source, as its mapping file says.

Mapped rows go through the same checks as rows of a CSV folder; messages name the file and the line
that a row was read from.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.crm.checks import Checker
from adapters.crm.columns import REPS, TABLES, Table
from adapters.crm.csv_folder import empty_file, names, note_reps_that_cannot_be_used, read_folder
from adapters.crm.extract import BadRow, Extract, Fault, Problem, SourceError
from adapters.crm.mapping_language import Cell, Input, Mapping, Section, Values, load_mapping
from adapters.crm.records import Record, file_sha256, records, shown


@dataclass
class _Read:
    """An input in memory: records with its corrections made, and where each column stands."""

    given: Input
    path: Path
    sha256: str
    at: dict[str, int]
    rows: list[Record]


def load_source(
    path: Path | str, data_dir: Path | str | None = None, *, source: str = ""
) -> Extract:
    """The extract of a plain CSV folder, or of the data that a mapping file (.yaml) describes.

    data_dir: the folder of the mapping's files; default what the mapping says. source: the label of
    a plain folder. Errors: SourceError with every problem found.
    """
    path = Path(path)
    if path.suffix.lower() not in (".yaml", ".yml"):
        return read_folder(path, source=source)
    mapping = load_mapping(path)
    folder = Path(data_dir) if data_dir else path.parent / mapping.data if mapping.data else None
    if folder is None or not folder.is_dir():
        where = f" (to be had from {mapping.download})" if mapping.download else ""
        given = folder or "none given"
        reason = f"the folder with the files of {mapping.source} is missing{where}: {given}"
        raise SourceError([Problem(path.name, "", "missing_folder", reason)])
    return apply_mapping(mapping, folder, file_sha256(path))


def apply_mapping(mapping: Mapping, folder: Path, mapping_sha256: str) -> Extract:
    """Read the inputs and make every table; a table's hash covers the mapping and its inputs."""
    inputs = _read_inputs(mapping, folder)
    settings = {"zone": mapping.zone, "as_of": mapping.as_of, "title": mapping.title}
    extract = Extract(
        mapping.source, mapping.currency, {}, settings={k: v for k, v in settings.items() if v}
    )
    made = _Maker(mapping, inputs)
    reps: frozenset[str] | None = None
    for table in TABLES:  # reps first
        sections = mapping.tables.get(table.name)
        if not sections:
            extract.notes.append(f"{table.file} is not in this set: what it would tell is unknown")
            continue
        header = list(dict.fromkeys(name for section in sections for name in section.columns))
        used = sorted({name for section in sections for name in _inputs_of(section)})
        digest = "\n".join([mapping_sha256, *(inputs[name].sha256 for name in used)])
        file = empty_file(
            extract, table, str(folder), hashlib.sha256(digest.encode()).hexdigest(), header
        )
        batches = [(s, list(made.records_of(s, header))) for s in sections]
        if table is REPS:
            at = header.index("rep_id")
            reps = frozenset(r.cells[at] for _, rows in batches for r in rows if r.cells)
        checker = Checker(table, header, table.file, reps)
        for section, rows in batches:
            checker.judge(rows, file, inputs[section.input].given.file)
            for column, reason in section.unknown.items():
                extract.notes.append(f"{table.file}: {column} is unknown: {reason}")
    _quarantine_rows_nobody_took(mapping, inputs, extract)
    note_reps_that_cannot_be_used(extract)
    return extract


class _Maker:
    """Makes the cells of mapped rows; remembers which ids stand for which names."""

    def __init__(self, mapping: Mapping, inputs: dict[str, _Read]) -> None:
        self._values = mapping.values
        self._inputs = inputs
        self._indexes: dict[str, dict[str, Record]] = {}
        self._names: dict[str, str] = {}

    def records_of(self, section: Section, header: list[str]) -> Iterator[Record]:
        read = self._inputs[section.input]
        seen: set[str] = set()
        for number, record in enumerate(read.rows, 1):
            if record.faults or not _takes(section, read, record):
                continue
            if section.distinct is not None:
                value = record.cells[read.at[section.distinct]].strip()
                if value in seen:
                    continue
                seen.add(value)
            faults: list[Fault] = []
            cells = {
                name: self._cell(name, cell, read, record, number, faults)
                for name, cell in section.columns.items()
            }
            text = record.text or read.given.delimiter.join(record.cells)
            yield Record(record.line, [cells.get(n, "") for n in header], tuple(faults), text)

    def _cell(
        self, name: str, cell: Cell, read: _Read, record: Record, number: int, faults: list[Fault]
    ) -> str:
        if cell.column is not None:
            value = record.cells[read.at[cell.column]].strip()
        elif cell.row_number is not None:
            value = f"{cell.row_number}-{number:04d}"
        else:
            value = cell.constant or ""
        if cell.lookup and cell.take and value:
            value = self._look_up(name, cell.lookup, cell.take, value, faults)
        if cell.map and value:
            value = _mapped(name, self._values[cell.map], value, faults)
        if cell.id is not None and value:
            value = self._id(name, cell.id, value, faults)
        return value

    def _look_up(self, name: str, lookup: str, take: str, value: str, faults: list[Fault]) -> str:
        other, key = lookup.split(".", 1)
        read = self._inputs[other]
        if lookup not in self._indexes:
            at = read.at[key]
            good = (record for record in reversed(read.rows) if not record.faults)
            self._indexes[lookup] = {record.cells[at].strip(): record for record in good}
        row = self._indexes[lookup].get(value)
        if row is None:
            reason = f"{shown(value)} is not in column {key} of {read.given.file}"
            faults.append(Fault(name, "lookup_miss", reason))
            return ""
        return row.cells[read.at[take]].strip()

    def _id(self, name: str, prefix: str, value: str, faults: list[Fault]) -> str:
        made = f"{prefix}-{slug(value)}"
        other = self._names.setdefault(made, value)
        if other != value:
            reason = f"{shown(value)} and {shown(other)} would get the same id {made}"
            faults.append(Fault(name, "ambiguous_name", reason))
        return made


def slug(name: str) -> str:
    """A name as a stable id: lower case, letters and digits of any script, `-` for all between."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "-".join("".join(c if c.isalnum() else " " for c in text).split())


def _mapped(name: str, values: Values, value: str, faults: list[Fault]) -> str:
    if value in values.map:
        return values.map[value] or ""
    if values.others == "refuse":
        faults.append(Fault(name, "unmapped_value", f"{shown(value)} is not in the value map"))
    return value if values.others == "keep" else ""


def _takes(section: Section, read: _Read, record: Record) -> bool:
    return all(record.cells[read.at[n]].strip() in wanted for n, wanted in section.where.items())


def _inputs_of(section: Section) -> set[str]:
    lookups = {cell.lookup.split(".", 1)[0] for cell in section.columns.values() if cell.lookup}
    return {section.input} | lookups


def _read_inputs(mapping: Mapping, folder: Path) -> dict[str, _Read]:
    needed = _columns_needed(mapping)
    inputs: dict[str, _Read] = {}
    problems: list[Problem] = []
    for name, given in mapping.inputs.items():
        path = folder / given.file
        if not path.is_file():
            problems.append(Problem(given.file, "", "missing_file", "the file is missing"))
            continue
        stream = records(
            path, delimiter=given.delimiter, quote=given.quote, encoding=given.encoding
        )
        try:
            first = next(stream, None)
        except (SourceError, LookupError) as error:
            problems.append(Problem(given.file, "", "unreadable_file", str(error)))
            continue
        header = names(first) if first else []
        absent = [column for column in needed[name] if column not in header]
        problems += [
            Problem(given.file, column, "missing_column", f"column {column} is missing")
            for column in absent
        ]
        if not absent:
            at = {column: place for place, column in enumerate(header)}
            rows = list(_corrected(stream, given, at, mapping.values))
            inputs[name] = _Read(given, path, file_sha256(path), at, rows)
    if problems:
        raise SourceError(problems)
    return inputs


def _corrected(
    stream: Iterable[Record], given: Input, at: dict[str, int], values: dict[str, Values]
) -> Iterator[Record]:
    for record in stream:
        if record.faults or not given.corrections:
            yield record
            continue
        cells, faults = list(record.cells), list(record.faults)
        for column, name in given.corrections.items():
            if value := cells[at[column]].strip():
                cells[at[column]] = _mapped(column, values[name], value, faults)
        yield record._replace(cells=cells, faults=tuple(faults))


def _columns_needed(mapping: Mapping) -> dict[str, list[str]]:
    needed: dict[str, dict[str, None]] = {
        name: dict.fromkeys(given.corrections) for name, given in mapping.inputs.items()
    }
    for section in (section for sections in mapping.tables.values() for section in sections):
        own = needed[section.input]
        own.update(
            dict.fromkeys([*section.where, *([section.distinct] if section.distinct else [])])
        )
        for cell in section.columns.values():
            if cell.column is not None:
                own[cell.column] = None
            if cell.lookup and cell.take:
                other, key = cell.lookup.split(".", 1)
                needed[other].update({key: None, cell.take: None})
    return {name: list(columns) for name, columns in needed.items()}


def _quarantine_rows_nobody_took(
    mapping: Mapping, inputs: dict[str, _Read], extract: Extract
) -> None:
    """Rows that cannot be read or that no `where` takes are bad rows of the first table."""
    for name, read in inputs.items():
        takers = [
            (table, section)
            for table in TABLES
            for section in mapping.tables.get(table.name, [])
            if section.input == name
        ]
        home: Table | None = takers[0][0] if takers else None
        for record in read.rows:
            faults = record.faults
            if not faults and takers and not any(_takes(s, read, record) for _, s in takers):
                faults = (Fault("", "unmapped_row", "no table of the mapping takes this row"),)
            if faults and home is not None:
                text = shown(record.text or read.given.delimiter.join(record.cells))
                extract.files[home.name].bad.append(
                    BadRow(read.given.file, record.line, faults, text)
                )
            elif faults:
                extract.notes.append(f"{read.given.file} line {record.line}: {faults[0].reason}")
