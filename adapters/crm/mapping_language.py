"""The language of mapping files (fairlead/mapping/1): what a YAML file may say, and its mistakes.

    format: fairlead/mapping/1
    source: maven_crm                # the label its rows land under
    title: …                         # for people
    download: https://…              # where the data can be had
    currency: USD                    # of every money column
    zone: UTC                        # business zone (optional)
    as_of: "2017-12-31"              # the day a run should stand on (optional)
    data: some/folder                # default folder, relative to this file (optional)
    inputs:                          # the files to read
      deals:
        file: deals.csv
        delimiter: ";"               # default ,
        quote: "'"                   # default "
        encoding: utf-8              # default utf-8 with or without a BOM
        corrections: {product: product_names}   # value map put over a column as it is read
    values:                          # value maps; a null target is unknown
      product_names:
        map: {GTXPro: GTX Pro}
        others: keep                 # refuse (default), keep or unknown
    tables:                          # leads, reps, opportunities, … of the plain CSV source
      leads:
        - from: deals                # one row of this table for each row of `deals` …
          where: {stage: [Prospecting]}   # … whose columns have one of these values
          distinct: manager          # … and only the first for each value of this column
          columns:
            lead_id: {column: opportunity_id}
            status: {constant: new}
            employees: {column: account, lookup: accounts.account, take: employees}
            owner_id: {column: agent, id: agent}       # agent-moses-frase from Moses Frase
            opportunity_id: {row_number: deal}         # deal-0001 where a set has no ids
          unknown: {created_at: the set has no creation time}

A cell is made in this order: column, constant or row_number; lookup and take (the row of another
input whose key column equals the value); map; id. An empty value stays empty. A value that a
lookup does not find or a map refuses makes the row bad; so does an input row that no table takes.
Columns that the source does not know are kept as extra columns.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from adapters.crm.columns import BY_NAME
from adapters.crm.extract import Problem, SourceError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Input(_Strict):
    file: str
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    encoding: str = "utf-8-sig"
    corrections: dict[str, str] = {}


class Values(_Strict):
    map: dict[str, str | None]
    others: Literal["refuse", "keep", "unknown"] = "refuse"


class Cell(_Strict):
    """How one cell is made; exactly one of column, constant and row_number."""

    column: str | None = None
    constant: str | None = None
    row_number: str | None = None
    lookup: Annotated[str | None, Field(pattern=r"^[^.]+\..+$")] = None
    take: str | None = None
    map: str | None = None
    id: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "Cell":
        if sum(origin is not None for origin in (self.column, self.constant, self.row_number)) != 1:
            raise ValueError("needs exactly one of column, constant, row_number")
        if (self.lookup is None) != (self.take is None):
            raise ValueError("lookup and take belong together")
        return self


class Section(_Strict):
    """The rows that one input gives to one table."""

    input: Annotated[str, Field(alias="from")]
    where: dict[str, list[str]] = {}
    distinct: str | None = None
    columns: dict[str, Cell]
    unknown: dict[str, str] = {}


class Mapping(_Strict):
    format: Literal["fairlead/mapping/1"]
    source: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,60}$")]
    title: str = ""
    download: str = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    zone: str = ""
    as_of: str = ""
    policy: str = ""
    data: str = ""
    inputs: dict[str, Input]
    values: dict[str, Values] = {}
    tables: dict[str, list[Section]]


def load_mapping(path: Path | str) -> Mapping:
    """Read and check a mapping file. Errors: SourceError with every mistake of the file."""
    path = Path(path)
    try:
        document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        mapping = Mapping.model_validate(document)
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise SourceError([Problem(path.name, "", "bad_mapping", str(error))]) from error
    except ValidationError as error:
        raise SourceError(
            [
                Problem(path.name, "", "bad_mapping", f"{'.'.join(map(str, e['loc']))}: {e['msg']}")
                for e in error.errors()
            ]
        ) from error
    if problems := [Problem(path.name, "", "bad_mapping", text) for text in _mistakes(mapping)]:
        raise SourceError(problems)
    return mapping


def _mistakes(mapping: Mapping) -> list[str]:
    """Names that point at nothing, required tables and columns that are not given."""
    found = [
        f"tables: {name} is not a table of the source"
        for name in mapping.tables
        if name not in BY_NAME
    ]
    found += [
        f"tables: {table.name} is required"
        for table in BY_NAME.values()
        if table.required and not mapping.tables.get(table.name)
    ]
    for name, given in mapping.inputs.items():
        found += [
            f"inputs.{name}.corrections: there is no value map {values}"
            for values in given.corrections.values()
            if values not in mapping.values
        ]
    for name, sections in mapping.tables.items():
        for place, section in enumerate(sections):
            at = f"tables.{name}.{place}"
            if section.input not in mapping.inputs:
                found.append(f"{at}.from: there is no input {section.input}")
            for column, cell in section.columns.items():
                if cell.map is not None and cell.map not in mapping.values:
                    found.append(f"{at}.columns.{column}.map: there is no value map {cell.map}")
                if cell.lookup and cell.lookup.split(".", 1)[0] not in mapping.inputs:
                    found.append(f"{at}.columns.{column}.lookup: there is no such input")
            if name in BY_NAME:
                said = {*section.columns, *section.unknown}
                found += [
                    f"{at}: {column.name} must be under columns or, with a reason, under unknown"
                    for column in BY_NAME[name].columns
                    if column.required and column.name not in said
                ]
    return found
