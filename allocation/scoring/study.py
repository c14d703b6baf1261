"""A study: which columns of a set may be learnt from, and what nobody could have known in time.

format: fairlead/study/1
id: uci_bank
title: …                          # for people
download: https://…               # where the set can be had
rows: {file: bank-full.csv, delimiter: ";"}          # a table of its own, or
rows: {mapping: ../maven_crm.yaml, table: opportunities}   # a table of a mapped source
outcome: {column: y, won: ["yes"], lost: ["no"]}     # rows with another value are still open
time: {column: created_on, outcome: closed_on}       # when allocated, when the outcome was known
time: {order: rows}               # or: the rows stand in time order; or leave it out: no time
numbers: [age, balance]           # features that are numbers; every other one is text
features: [age, balance, job]     # what the fit uses
alternatives: {bant: [job]}       # named choices of other features (--features bant)
derived: {cycle_days: {days: [created_on, closed_on]}}   # columns made from two dates
known_later: {duration: known only after the call}   # refused as a feature, with the reason;
                                  # or in both languages: {duration: {zh: …, en: …}}
planned: [contract_end_on]        # dates ahead that are known early
scorecard:                        # optional: factors of 1-3 points and their hand weights
  - {id: budget, column: Budgt_alloc, weight_pct: 20, points: {"Yes": 3}, otherwise: 1}
  - {id: size, column: employees, weight_pct: 25, at_least: {1000: 3, 100: 2}, otherwise: 1}
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from allocation.policy_text import read


class StudyError(ValueError):
    """A study file cannot be used; the message lists every mistake."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rows(_Part):
    file: str = ""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    mapping: str = ""
    table: str = ""

    @model_validator(mode="after")
    def _one_place(self) -> "Rows":
        if bool(self.file) == bool(self.mapping) or bool(self.mapping) != bool(self.table):
            raise ValueError("needs either file, or mapping and table")
        return self


class Outcome(_Part):
    column: str
    won: list[str] = Field(min_length=1)
    lost: list[str] = Field(min_length=1)


class Time(_Part):
    """column: when the row was allocated; outcome: when won or lost was known; or order: rows."""

    column: str = ""
    outcome: str = ""
    order: Literal["", "rows"] = ""

    @model_validator(mode="after")
    def _one_clock(self) -> "Time":
        if bool(self.column) == bool(self.order):
            raise ValueError("needs either column or order: rows")
        return self


class Days(_Part):
    days: tuple[str, str] = Field(description="From this date column to that one.")


class Sentence(_Part):
    """The study's own words; a plain text stands for both languages."""

    zh: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _one_text(cls, given: object) -> object:
        return {"zh": given, "en": given} if isinstance(given, str) else given


class ScoreFactor(_Part):
    id: str
    column: str
    weight_pct: int = Field(ge=0, le=100)
    points: dict[str, int] = Field(default={}, description="Points by value.")
    at_least: dict[int, int] = Field(default={}, description="Points by smallest number.")
    otherwise: int = 1

    def earned(self, cell: str) -> int:
        if self.at_least and cell:
            reached = [least for least in self.at_least if float(cell) >= least]
            return self.at_least[max(reached)] if reached else self.otherwise
        return self.points.get(cell, self.otherwise)


class Study(_Part):
    format: Literal["fairlead/study/1"] = "fairlead/study/1"
    id: str
    title: str = ""
    download: str = ""
    rows: Rows
    outcome: Outcome
    time: Time | None = None
    numbers: list[str] = []
    features: list[str] = Field(min_length=1)
    alternatives: dict[str, list[str]] = {}
    derived: dict[str, Days] = {}
    known_later: dict[str, Sentence] = {}
    planned: list[str] = []
    scorecard: list[ScoreFactor] = []

    def chosen(self, names: list[str], also: list[str]) -> list[str]:
        """The features: an alternative's or the named columns, else the study's; and `also`."""
        picked: list[str] = []
        for name in names:
            picked += self.alternatives.get(name, [name])
        return list(dict.fromkeys((picked or self.features) + also))


def load_study(text: str) -> Study:
    """The study in a YAML text. Errors: StudyError with every mistake."""
    document = read(text)
    if document.mistakes:
        raise StudyError("; ".join(str(mistake) for mistake in document.mistakes))
    try:
        return Study.model_validate(document.values)
    except ValidationError as error:
        raise StudyError(
            "; ".join(
                f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
                for problem in error.errors(include_url=False)
            )
        ) from error
