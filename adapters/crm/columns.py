"""The tables of the plain CSV source, as data.

One `Table` per file of the CSV source: its columns in order, what each cell must look like, and the
natural key that tells whether two rows are versions of the same thing. Reading, checking, mapping
and landing all work from this list, so a column is added in one place only (and in raw's DDL).
"""

from dataclasses import dataclass
from functools import cached_property

MONEY_LIMIT = 10**12  # a thousand billion, and more, is a slip of the keyboard in any currency
COUNT_MAX = 10**9  # employees and scores: fits PostgreSQL's integer


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `kind` is text, id, date, timestamp, money, number, integer, boolean, enum or
    skill.

    required: the header must have it. filled: an empty cell makes the row bad (elsewhere it means
    unknown). refers: the cell names a rep of reps.csv (`rep`) or several, `;` between (`reps`).
    protected: lands in the restricted schema only and never in hashes or messages.
    """

    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False
    refers: str = ""
    low: int = 0
    high: int = COUNT_MAX
    protected: bool = False


@dataclass(frozen=True)
class Table:
    """One file: `key` is its natural key, `ordered` pairs of dates must not run backwards."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False
    ordered: tuple[tuple[str, str], ...] = ()

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def open_names(self) -> tuple[str, ...]:
        """The columns anyone on the team may read: all but the protected ones."""
        return tuple(column.name for column in self.columns if not column.protected)

    @cached_property
    def protected_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.protected)


def _key(name: str) -> Column:
    return Column(name, "id", required=True, filled=True)


def _rep(name: str, *, key: bool = False, required: bool = False) -> Column:
    return Column(name, "id", required=required or key, filled=key, refers="rep")


def _enum(name: str, *choices: str, required: bool = False, filled: bool = False) -> Column:
    return Column(name, "enum", choices=choices, required=required, filled=filled)


def _plain(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


SKILLS = (
    "enterprise",
    "smb",
    "new_business",
    "upsell",
    "outbound",
    "inbound",
)  # or vertical:<industry>
STAGES = ("discovery", "demo", "proposal", "negotiation", "won", "lost")
_SKILL = Column("skill", "skill", required=True, filled=True)
_LEAD_TYPE = _enum("lead_type", "new", "upsell", "cross_sell")

LEADS = Table(
    "leads",
    (
        _key("lead_id"),
        Column("created_at", "timestamp", required=True),
        *_plain("source", "channel", "company"),
        Column("employees", "integer"),
        *_plain("industry", "region", "contact_name", "contact_title", "email", "phone"),
        _enum("budget_status", "explicit", "implied", "unknown"),
        Column("budget_cny", "money"),
        _enum("authority", "economic_buyer", "influencer", "end_user", "unknown"),
        _enum("need", "urgent", "active", "exploratory", "unknown"),
        _enum("timing", "explicit", "estimate", "open", "unknown"),
        _enum("engagement", "demo", "download", "visit", "none"),
        _LEAD_TYPE,
        Column("existing_arr_cny", "money"),
        Column("product"),
        Column("expected_acv_cny", "money"),
        _rep("requested_rep_id"),
        _rep("account_owner_id"),
        _enum("referrer", "c_level", "board", "investor", "partner", "none"),
        _rep("referral_rep_id"),
        _enum(
            "status", "new", "assigned", "working", "converted", "lost", "recycled", required=True
        ),
        _rep("owner_id"),
        Column("assigned_at", "timestamp"),
        Column("first_touch_at", "timestamp"),
        # extra columns of the source
        Column("manual_stars", "integer", low=1, high=3),
        Column("do_not_contact", "boolean"),
        Column("co_owner_ids", refers="reps"),
    ),
    key=("lead_id",),
    required=True,
)

REPS = Table(
    "reps",
    (
        _key("rep_id"),
        *_plain("name", "email"),
        _enum("role", "SDR", "BDR", "AE", "AM", "MANAGER", required=True),
        Column("hired_on", "date"),
        _rep("manager_id"),
        Column("region"),
        _enum("office", "office", "remote"),
        Column("active", "boolean"),
        Column("away_from", "date"),
        Column("away_to", "date"),
        Column("quota_cny", "money"),
        Column("attained_cny", "money"),
        Column("quarter"),
        Column("gender", protected=True),
        Column("ethnicity", protected=True),
        *_plain("wecom_id", "dingtalk_id", "feishu_id"),
        # extra columns of the source
        Column("fte", "number", high=1),  # 1 is full time, 0.5 half
        Column("left_on", "date"),
        Column("timezone"),
        _rep("delegate_id"),
    ),
    key=("rep_id",),
    required=True,
    ordered=(("away_from", "away_to"),),
)

OPPORTUNITIES = Table(
    "opportunities",
    (
        _key("opportunity_id"),
        Column("lead_id", "id"),
        Column("account"),
        _rep("owner_id", required=True),
        # Without its stage nobody could say whether a deal is work, a win or a loss.
        _enum("stage", *STAGES, required=True, filled=True),
        Column("amount_cny", "money"),
        Column("created_on", "date"),
        Column("stage_entered_on", "date"),
        Column("closed_on", "date"),
        Column("employees", "integer"),
        *_plain("industry", "region"),
        _LEAD_TYPE,
        Column("lead_source"),
    ),
    key=("opportunity_id",),
)

TOUCHES = Table(
    "touches",
    (
        _key("touch_id"),
        Column("lead_id", "id", required=True),
        _rep("rep_id", required=True),
        Column("at", "timestamp", required=True),
        _enum("kind", "call", "email", "meeting", "demo", "message"),
        Column("key_action"),
    ),
    key=("touch_id",),
)

CAPABILITY = Table(
    "capability",
    (
        _rep("rep_id", key=True),
        _SKILL,
        Column("self_stars", "integer", low=1, high=3),
        Column("manager_stars", "integer", low=1, high=3),
        Column("reviewed_by"),  # a person or an office, not always a rep of the list
        Column("reviewed_on", "date"),
        Column("note"),
    ),
    # A source may keep earlier reviews in the file; which of them counts is decided downstream.
    key=("rep_id", "skill", "reviewed_by", "reviewed_on"),
)

CERTIFICATIONS = Table(
    "certifications",
    (
        _rep("rep_id", key=True),
        _SKILL,
        Column("certificate"),
        Column("valid_from", "date"),
        Column("valid_to", "date"),
    ),
    key=("rep_id", "skill", "certificate", "valid_from"),  # a renewal is a row of its own
    ordered=(("valid_from", "valid_to"),),
)

ABSENCES = Table(
    "absences",
    (
        _rep("rep_id", key=True),
        Column("from", "date", required=True, filled=True),
        Column("to", "date", required=True),
    ),
    key=("rep_id", "from"),
    ordered=(("from", "to"),),
)

CONFLICTS = Table(
    "conflicts",
    (_rep("rep_id", key=True), Column("company", required=True, filled=True), Column("reason")),
    key=("rep_id", "company"),
)

SURVEYS = Table(
    "surveys",
    (
        _rep("rep_id", key=True),
        Column("asked_on", "date", required=True, filled=True),
        _enum("question", "fair", "chance", "trust", "satisfied", required=True),
        Column("score", "integer", required=True, high=10),
        _enum("scale", "5", "10"),
    ),
    key=("rep_id", "asked_on", "question"),
)

FEEDBACK = Table(
    "feedback",
    (
        _rep("rep_id", key=True),
        Column("account"),
        Column("on", "date"),
        Column("score_0_10", "integer", required=True, high=10),
    ),
    key=("rep_id", "account", "on"),
)

GOALS = Table(
    "goals",
    (_rep("rep_id", key=True), _SKILL, Column("asked_on", "date"), Column("note")),
    key=("rep_id", "skill", "asked_on"),
)

# reps first: every other file is checked against the ids it names.
TABLES: tuple[Table, ...] = (
    REPS,
    LEADS,
    OPPORTUNITIES,
    TOUCHES,
    CAPABILITY,
    CERTIFICATIONS,
    ABSENCES,
    CONFLICTS,
    SURVEYS,
    FEEDBACK,
    GOALS,
)
BY_NAME = {table.name: table for table in TABLES}
