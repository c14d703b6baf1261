"""Brings another data set into the plain CSV source, as its mapping file says.

Mapped rows go through the same checks as rows of a CSV folder; messages name the file and the line
that a row was read from.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from adapters.crm.checks import Checker
from adapters.crm.columns import REPS, TABLES, Table
from adapters.crm.csv_folder import empty_file, note_reps_that_cannot_be_used, read_folder
from adapters.crm.extract import BadRow, Extract, Fault, Problem, SourceError
from adapters.crm.mapping_inputs import ReadInput, mapped, read_inputs
from adapters.crm.mapping_language import Cell, Mapping, Section, load_mapping
from adapters.crm.records import Record, file_sha256, shown


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
    inputs = read_inputs(mapping, folder)
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

    def __init__(self, mapping: Mapping, inputs: dict[str, ReadInput]) -> None:
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
        self,
        name: str,
        cell: Cell,
        read: ReadInput,
        record: Record,
        number: int,
        faults: list[Fault],
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
            value = mapped(name, self._values[cell.map], value, faults)
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


def _takes(section: Section, read: ReadInput, record: Record) -> bool:
    return all(record.cells[read.at[n]].strip() in wanted for n, wanted in section.where.items())


def _inputs_of(section: Section) -> set[str]:
    lookups = {cell.lookup.split(".", 1)[0] for cell in section.columns.values() if cell.lookup}
    return {section.input} | lookups


def _quarantine_rows_nobody_took(
    mapping: Mapping, inputs: dict[str, ReadInput], extract: Extract
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
