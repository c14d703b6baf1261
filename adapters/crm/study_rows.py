"""The rows that a study file of allocation/scoring names: a table of its own or of a mapping."""

from pathlib import Path

from adapters.crm.extract import Extract, Problem, SourceError
from adapters.crm.mapping import load_source
from adapters.crm.records import records


def table_rows(path: Path, delimiter: str) -> list[dict[str, str]]:
    """Every row of a CSV file as column -> text. Errors: SourceError for a file or row that fails.

    A modelling table is used whole or not at all: one broken row would shift a time order.
    """
    stream = records(path, delimiter=delimiter)
    first = next(stream, None)
    if first is None:
        raise SourceError([Problem(path.name, "", "empty_file", "the file is empty")])
    header = [cell.strip() for cell in first.cells]
    rows, problems = [], []
    for record in stream:
        if record.faults:
            reason = f"line {record.line}: {record.faults[0].reason}"
            problems.append(Problem(path.name, "", record.faults[0].code, reason))
            continue
        rows.append(dict(zip(header, (cell.strip() for cell in record.cells), strict=True)))
    if problems:
        raise SourceError(problems[:20])
    return rows


def mapped_rows(mapping: Path, data: Path | None, table: str) -> list[dict[str, str]]:
    """The good rows of one table of a source, with its extra columns."""
    extract = load_source(mapping, data)
    if table not in extract.files:
        raise SourceError([Problem(mapping.name, "", "missing_table", f"no table {table}")])
    return whole_rows(extract, table)


def whole_rows(extract: Extract, table: str) -> list[dict[str, str]]:
    """Rows of a table with extra columns; empty where the source has no such table."""
    if table not in extract.files:
        return []
    file = extract.files[table]
    return [{**row.extra, **known} for row, known in zip(file.rows, file.dicts(), strict=True)]
