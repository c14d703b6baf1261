"""The landing door: what came in is whole enough to build on.

Raw is read as the run sees it: the latest version of each row that had landed by then, from the
run's source. Row rules (dates, enums, references) are the extractor's, which quarantines; this
door judges the batch as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from expectations.suites import model
from expectations.suites.model import ALLOCATING_ROLES, ROLES, Rule, Suite, Why

STATUSES = ("new", "assigned", "working", "converted", "lost", "recycled")

# A factor has three levels, so an even spread puts a third of the leads on the lowest. Where twice
# as many are there because the fact is unknown, the factor scores the data's gaps, not the leads.
KNOWN_AT_LEAST = 1 / 3
KNOWN_WHY = Why(
    "超过三分之二未知时，该因素评的是数据缺口而不是线索",
    "with more than two thirds unknown, the factor scores the data's gaps, not the leads",
)
COMPANY_WHY = Why("没有公司名称就找不到重复线索", "without it duplicates cannot be found")


def suites(context: Mapping[str, Any]) -> tuple[Suite, ...]:
    """The suites of the door.

    Context: source; landed_until, an aware time (or its ISO text): loads up to then count;
    bad_row_pct, the policy's limit (default 5); as_of (optional): the run's moment, without which
    nothing is said of how fresh the leads are. Errors: KeyError for a missing one.
    """
    seen = Seen(str(context["source"]), str(context["landed_until"]))
    pct = float(context.get("bad_row_pct", 5))
    as_of = context.get("as_of")
    return (
        _loads(seen, pct),
        _leads(seen, None if as_of is None else str(as_of)),
        _reps(seen),
        _opportunities(seen),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """Which rows of raw a run sees."""

    source: str
    landed_until: str

    def condition(self, row: str) -> str:
        """SQL: the row is from the source and had landed."""
        return (
            f"{row}.source = {literal(self.source)}"
            f" and {row}.landed_at <= {literal(self.landed_until)}::timestamptz"
        )

    def rows(self, table: str, columns: tuple[str, ...], derived: str = "") -> str:
        """SQL: the latest version of every row of raw.<table>, without those deleted.

        Only the columns that rules look at: whole rows made the door about three times slower.
        `derived`: further select items over v.
        """
        taken = ", ".join(f"r.{column}" for column in columns)
        return (
            f"select v.*{derived} from (select distinct on (r.row_key) r.is_deleted, {taken}"
            f" from raw.{table} r where {self.condition('r')} order by r.row_key, r.load_id desc) v"
            " where not v.is_deleted"
        )


def literal(text: str) -> str:
    """A text as an SQL literal of letters, digits and escapes only.

    Query assets take no parameters, and a quote, colon, brace or per cent sign would mean
    something to PostgreSQL, SQLAlchemy or Great Expectations.
    """
    return (
        "U&'"
        + "".join(c if c.isascii() and c.isalnum() else rf"\+{ord(c):06X}" for c in text)
        + "'"
    )


def _loads(seen: Seen, pct: float) -> Suite:
    return Suite(
        "raw.loads",
        ("file",),
        (
            model.no_rows(
                "bad_rows",
                f"每个文件的坏行不超过 {pct:g}%。",
                f"In every file at most {pct:g}% of the rows are bad.",
                # Per file, so that a broken small file cannot hide behind a large one.
                f"""select file, rows_bad || ' / ' || rows_read as value from {{batch}}
                    where rows_bad * 100 > rows_read * {pct!r}""",
                why=Why("政策规定的上限 limits.bad_row_pct", "the policy's limits.bad_row_pct"),
            ),
            model.no_rows(
                "bad_rows_listed",
                "每个坏行都在隔离区列出。",
                "Every bad row is listed in quarantine.",
                """with l as (select * from {batch})
                   select l.file, l.rows_bad || ' bad, ' || count(q.quarantine_id) || ' listed'
                     as value
                   from l left join raw.quarantine q on q.load_id = l.load_id
                   group by l.load_id, l.file, l.rows_bad
                   having count(q.quarantine_id) < l.rows_bad""",
            ),
        ),
        required=("file", "rows_read", "rows_bad"),
        query="select distinct on (l.file) l.* from raw.loads l"
        f" where {seen.condition('l')} order by l.file, l.load_id desc",
    )


def _leads(seen: Seen, as_of: str | None) -> Suite:
    # Facts count only where they still matter: leads waiting to be allocated. Null elsewhere, and
    # Great Expectations leaves nulls out of a share.
    waiting = "v.status in ('new', 'recycled', 'assigned') and v.owner_id is null"
    facts = {
        "budget_status": ("预算", "budget"),
        "authority": ("决策权", "authority"),
        "need": ("需求", "need"),
        "timing": ("时间", "timing"),
        "company": ("公司名称", "company"),
    }
    derived = "".join(
        f", case when {waiting} then coalesce(nullif(btrim(v.{fact}), ''), 'unknown') end"
        f" as waiting_{fact}"
        for fact in facts
    )
    shares = tuple(
        model.mostly_not(
            f"waiting_{fact}",
            "unknown",
            KNOWN_AT_LEAST,
            f"待分配线索中至少三分之一已知{zh}。",
            f"Of the leads waiting to be allocated, at least a third have a known {en}.",
            KNOWN_WHY if fact != "company" else COMPANY_WHY,
        )
        for fact, (zh, en) in facts.items()
    )
    fresh = () if as_of is None else (_fresh(as_of),)
    return Suite(
        "raw.leads",
        ("lead_id",),
        (
            model.unique("lead_id", zh="线索编号不重复。", en="No lead id occurs twice."),
            model.known("lead_id", "每条线索都有编号。", "Every lead has an id."),
            model.known("status", "每条线索都有状态。", "Every lead has a status."),
            model.one_of(
                "status",
                STATUSES,
                "线索状态在允许之列。",
                "Every lead status is known.",
            ),
            *shares,
            *fresh,
        ),
        # created_at is not required: some sources do not know it, and it may then be unknown.
        required=("lead_id", "status"),
        query=seen.rows("leads", ("lead_id", "status", "owner_id", "created_at", *facts), derived),
    )


def _fresh(as_of: str) -> Rule:
    return model.no_rows(
        "fresh",
        "最新线索距运行时间不超过 14 天。",
        "The newest lead is at most 14 days older than the run.",
        f"""with b as (select * from {{batch}})
            select 'newest' as lead_id, max(created_at::timestamptz)::text as value from b
            having max(created_at::timestamptz)
                 < {literal(as_of)}::timestamptz - interval '14 days'""",
        "warning",
        Why(
            "连续两个周一没有新线索，多半是导出停了",
            "two Mondays without any new lead: the export has probably stopped",
        ),
    )


def _reps(seen: Seen) -> Suite:
    roles = ", ".join(f"'{role}'" for role in ALLOCATING_ROLES)
    return Suite(
        "raw.reps",
        ("rep_id",),
        (
            model.unique("rep_id", zh="销售编号不重复。", en="No rep id occurs twice."),
            model.known("rep_id", "每位销售都有编号。", "Every rep has an id."),
            model.known("role", "每位销售都有岗位。", "Every rep has a role."),
            model.one_of("role", ROLES, "销售岗位在允许之列。", "Every rep's role is known."),
            model.no_rows(
                "someone_receives",
                "至少有一位在职销售的岗位可以接收线索。",
                "At least one active rep has a role that receives leads.",
                f"""with b as (select * from {{batch}})
                    select 'nobody' as rep_id, count(*) || ' reps' as value from b
                    having count(*) filter (where role in ({roles})
                        and lower(coalesce(active, 'true')) <> 'false') = 0""",
            ),
            Rule(
                "hired_on_mostly_known",
                "至少 90% 的销售已知入职日期。",
                "At least 90% of the reps have a known hire date.",
                "ExpectColumnValuesToNotBeNull",
                {"column": "hired_on", "mostly": 0.9},
                "warning",
                Why(
                    "资历由此计算；十分之一约为成长中团队一个月的新人",
                    "seniority rests on it; one in ten is a month's joiners in a growing team",
                ),
            ),
        ),
        required=("rep_id", "role"),
        query=seen.rows("reps", ("rep_id", "role", "active", "hired_on")),
    )


def _opportunities(seen: Seen) -> Suite:
    return Suite(
        "raw.opportunities",
        ("opportunity_id",),
        (
            Rule(
                "some_known",
                "至少有一个商机，负载才可计算。",
                "At least one opportunity is known, so that loads can be computed.",
                "ExpectTableRowCountToBeBetween",
                {"min_value": 1},
                "warning",
                Why(
                    "该文件可缺；缺少时所有人的负载为零",
                    "the file is optional; without it everybody's load is zero",
                ),
            ),
            model.unique(
                "opportunity_id",
                zh="商机编号不重复。",
                en="No opportunity id occurs twice.",
            ),
        ),
        requires_rows=False,
        required=("opportunity_id", "stage"),
        query=seen.rows("opportunities", ("opportunity_id", "stage")),
    )
