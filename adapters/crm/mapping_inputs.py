"""Reads the files that a mapping names, with the corrections it makes to their cells."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.crm.csv_folder import names
from adapters.crm.extract import Fault, Problem, SourceError
from adapters.crm.mapping_language import Input, Mapping, Values
from adapters.crm.records import Record, file_sha256, records, shown


@dataclass
class ReadInput:
    """An input in memory: records with its corrections made, and where each column stands."""

    given: Input
    path: Path
    sha256: str
    at: dict[str, int]
    rows: list[Record]


def read_inputs(mapping: Mapping, folder: Path) -> dict[str, ReadInput]:
    """Every input of the mapping. Errors: SourceError with all that is missing or unreadable."""
    needed = _columns_needed(mapping)
    inputs: dict[str, ReadInput] = {}
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
            inputs[name] = ReadInput(given, path, file_sha256(path), at, rows)
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
                cells[at[column]] = mapped(column, values[name], value, faults)
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


def mapped(name: str, values: Values, value: str, faults: list[Fault]) -> str:
    """The value as its map says; appends a fault where the map refuses it."""
    if value in values.map:
        return values.map[value] or ""
    if values.others == "refuse":
        faults.append(Fault(name, "unmapped_value", f"{shown(value)} is not in the value map"))
    return value if values.others == "keep" else ""
