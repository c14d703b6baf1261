"""Reads a plain CSV folder into an `Extract`.

A rep is known when reps.csv names the id, even in a row that is itself quarantined: one bad row
of a rep must not make every lead and deal of theirs bad as well. The notes say when that happens.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from adapters.crm.checks import Checker, header_problems
from adapters.crm.columns import REPS, TABLES, Table
from adapters.crm.extract import Extract, FileExtract, Problem, SourceError
from adapters.crm.records import Record, file_sha256, records


def read_folder(
    path: Path | str,
    specs: tuple[Table, ...] = TABLES,
    *,
    source: str = "",
    currency: str = "CNY",
) -> Extract:
    """Read every file of the folder that the source knows.

    source: the label rows land under; default the folder's SYNTHETIC.md mark or its name.
    currency: what the money columns are in (ISO 4217).
    Errors: SourceError with all missing files and columns of all files at once.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise SourceError([Problem(str(folder), "", "missing_folder", "there is no such folder")])
    extract = Extract(source or source_label(folder), currency, {})
    problems: list[Problem] = []
    found: list[tuple[Table, Path]] = []
    for table in specs:
        file = folder / table.file
        if file.is_file():
            problems += _header_problems(table, file)
            found.append((table, file))
        elif table.required:
            problems.append(Problem(table.file, "", "missing_file", "the required file is missing"))
        else:
            extract.notes.append(f"{table.file} is missing: what it would tell is unknown")
    if problems:
        raise SourceError(problems)
    reps = known_reps(records(folder / REPS.file)) if (folder / REPS.file).is_file() else None
    for table, file in found:
        add_file(extract, table, str(file), file_sha256(file), records(file), reps)
    note_reps_that_cannot_be_used(extract)
    return extract


def source_label(folder: Path) -> str:
    """`synthetic` for a generated folder (it says so in SYNTHETIC.md), else the folder's name."""
    return "synthetic" if (folder / "SYNTHETIC.md").is_file() else folder.resolve().name or "csv"


def add_file(
    extract: Extract,
    table: Table,
    path: str,
    sha256: str,
    rows: Iterable[Record],
    reps: frozenset[str] | None,
) -> FileExtract:
    """Judge the records of one file (header first) and put them into the extract, with notes."""
    stream = iter(rows)
    header = names(next(stream))
    file = empty_file(extract, table, path, sha256, header)
    Checker(table, header, table.file, reps).judge(stream, file)
    return file


def empty_file(
    extract: Extract, table: Table, path: str, sha256: str, header: list[str]
) -> FileExtract:
    """Put a file without rows into the extract, and notes on what its header lacks and adds."""
    file = FileExtract(
        table.file,
        table.name,
        path,
        sha256,
        table.names,
        unknown_columns=tuple(name for name in header if name not in table.names),
        missing_columns=tuple(name for name in table.names if name not in header),
    )
    extract.files[table.name] = file
    if file.missing_columns:
        extract.notes.append(f"{table.file} has no column {', '.join(file.missing_columns)}")
    if file.unknown_columns:
        listed = ", ".join(file.unknown_columns)
        extract.notes.append(f"{table.file} has columns that are kept and not used: {listed}")
    return file


def names(header: Record) -> list[str]:
    """Column names of a header record; a column without a name is named by its place."""
    return [name.strip() or f"column_{place}" for place, name in enumerate(header.cells, 1)]


def known_reps(rows: Iterable[Record]) -> frozenset[str]:
    """All rep ids that a reps file names, good rows or bad."""
    stream = iter(rows)
    header = names(next(stream))
    at = header.index("rep_id")
    return frozenset(
        record.cells[at].strip() for record in stream if len(record.cells) == len(header)
    )


def note_reps_that_cannot_be_used(extract: Extract) -> None:
    """Say which reps are known only from quarantined rows: they take part in nothing."""
    reps = extract.files.get(REPS.name)
    if not reps or not reps.bad:
        return
    lines = ", ".join(str(bad.line) for bad in reps.bad[:20])
    extract.notes.append(
        f"{reps.file}: {len(reps.bad)} in quarantine (lines {lines}); "
        "a rep whom no other row names gets no leads"
    )


def _header_problems(table: Table, file: Path) -> list[Problem]:
    stream: Iterator[Record] = records(file)
    try:
        header = next(stream, None)
    except SourceError as error:
        return list(error.problems)
    if header is None:
        return [Problem(table.file, "", "empty_file", "the file has no header row")]
    if header.faults and not header.cells:
        return [Problem(table.file, "", fault.code, fault.reason) for fault in header.faults]
    return header_problems(table, names(header), table.file)
