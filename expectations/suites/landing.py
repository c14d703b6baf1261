"""The landing door: what came in is whole enough to build on. Runs after raw.run_context is set.

Raw is read as the run sees it: the latest version of each row that had landed by then, from the
run's source. Row rules (dates, enums, references) are the extractor's, which quarantines; this
door judges the batch as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from expectations.suites import model
from expectations.suites.model import ALLOCATING_ROLES, ROLES, Rule, Suite

STATUSES = ("new", "assigned", "working", "converted", "lost", "recycled")

# Half of the new leads without a fact is where a factor stops telling leads apart: more rows sit
# on its lowest points than on all others together.
UNKNOWN_LIMIT_WHY = "above half, the factor gives most leads its lowest points"


def suites(run: str, context: Mapping[str, Any]) -> tuple[Suite, ...]:
    """The suites of the door. Context: bad_row_pct, the policy's limit (default 5)."""
    pct = float(context.get("bad_row_pct", 5))
    return (_run_context(run), _loads(pct), _leads(), _reps(), _opportunities())


def visible(table: str, columns: str = "v.*") -> str:
    """SQL of the rows of raw.<table> that this run sees."""
    return (
        f"select {columns} from (select distinct on (r.row_key) r.* from raw.{table} r"
        " join raw.run_context c on c.source = r.source and r.landed_at <= c.landed_until"
        " order by r.row_key, r.load_id desc) v where not v.is_deleted"
    )


def _run_context(run: str) -> Suite:
    return Suite(
        "raw.run_context",
        ("run_key",),
        (
            model.of_this_run(run),
            Rule(
                "one_row",
                "恰好有一个运行上下文。",
                "There is exactly one run context.",
                "ExpectTableRowCountToEqual",
                {"value": 1},
            ),
        ),
        required=(
            "run_key",
            "as_of",
            "landed_until",
            "zone",
            "policy_sha256",
            "source",
        ),
    )


def _loads(pct: float) -> Suite:
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
                    where rows_bad > rows_read * {pct!r} / 100
                      and (rows_bad > 1 or file ~* '(^|/)(leads|reps)[.]csv$')""",
                why="the limit is the policy's limits.bad_row_pct; in other files than leads and "
                "reps a single bad row is let through, since one of 19 is already above 5%",
            ),
            model.no_rows(
                "bad_rows_listed",
                "每个坏行都在隔离区列出。",
                "Every bad row is listed in quarantine.",
                """with l as (select * from {batch})
                   select l.file, l.rows_bad || ' bad, ' || count(distinct q.line) || ' listed'
                     as value
                   from l left join raw.quarantine q on q.load_id = l.load_id
                   group by l.load_id, l.file, l.rows_bad
                   having count(distinct q.line) < l.rows_bad""",
            ),
        ),
        required=("file", "rows_read", "rows_bad"),
        query="select distinct on (l.file) l.* from raw.loads l join raw.run_context c"
        " on c.source = l.source and l.landed_at <= c.landed_until"
        " order by l.file, l.load_id desc",
    )


def _leads() -> Suite:
    # Facts count only where they still matter: leads waiting to be allocated. Null elsewhere, and
    # Great Expectations leaves nulls out of a share.
    waiting = "v.status in ('new', 'recycled') or (v.status = 'assigned' and v.owner_id is null)"
    facts = {
        "budget_status": ("预算", "budget"),
        "authority": ("决策权", "authority"),
        "need": ("需求", "need"),
        "timing": ("时间", "timing"),
        "company": ("公司名称", "company"),
    }
    columns = "v.*, " + ", ".join(
        f"case when {waiting} then coalesce(nullif(btrim(v.{fact}), ''), 'unknown') end"
        f" as waiting_{fact}"
        for fact in facts
    )
    shares = tuple(
        model.mostly_not(
            f"waiting_{fact}",
            "unknown",
            0.5,
            f"待分配线索中至少一半已知{zh}。",
            f"Of the leads waiting to be allocated, at least half have a known {en}.",
            UNKNOWN_LIMIT_WHY
            if fact != "company"
            else "without it duplicates cannot be found",
        )
        for fact, (zh, en) in facts.items()
    )
    return Suite(
        "raw.leads",
        ("lead_id",),
        (
            model.unique(
                "lead_id", zh="线索编号不重复。", en="No lead id occurs twice."
            ),
            model.known("lead_id", "每条线索都有编号。", "Every lead has an id."),
            model.known("status", "每条线索都有状态。", "Every lead has a status."),
            model.one_of(
                "status",
                STATUSES,
                "线索状态在允许之列。",
                "Every lead status is known.",
            ),
            *shares,
            model.no_rows(
                "fresh",
                "最新线索距运行时间不超过 14 天。",
                "The newest lead is at most 14 days older than the run.",
                """with b as (select * from {batch})
                   select 'newest' as lead_id, max(created_at::timestamptz)::text as value from b
                   having max(created_at::timestamptz)
                        < (select as_of from raw.run_context) - interval '14 days'""",
                "warning",
                "two Mondays without any new lead: the export has probably stopped",
            ),
        ),
        # created_at is not required: some sources do not know it, and it may then be unknown.
        required=("lead_id", "status"),
        query=visible("leads", columns),
    )


def _reps() -> Suite:
    roles = ", ".join(f"'{role}'" for role in ALLOCATING_ROLES)
    return Suite(
        "raw.reps",
        ("rep_id",),
        (
            model.unique("rep_id", zh="销售编号不重复。", en="No rep id occurs twice."),
            model.known("rep_id", "每位销售都有编号。", "Every rep has an id."),
            model.known("role", "每位销售都有岗位。", "Every rep has a role."),
            model.one_of(
                "role", ROLES, "销售岗位在允许之列。", "Every rep's role is known."
            ),
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
                "seniority rests on it; one in ten is about a month's joiners in a growing team",
            ),
        ),
        required=("rep_id", "role"),
        query=visible("reps"),
    )


def _opportunities() -> Suite:
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
                "the file is optional; without it everybody's load is zero",
            ),
            model.unique(
                "opportunity_id",
                zh="商机编号不重复。",
                en="No opportunity id occurs twice.",
            ),
        ),
        requires_rows=False,
        required=("opportunity_id", "stage"),
        query=visible("opportunities"),
    )
