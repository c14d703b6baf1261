"""The allocation-inputs door: the marts are this run's, whole and possible."""

from __future__ import annotations

from expectations.suites import model, rep_inputs
from expectations.suites.model import BANDS, Rule, Suite, Why

# What the points table of the run's policy allows, read from the rows the models were built with.
POINTS = (
    "select sum(low) as low, sum(high) as high from (select min(f.points) as low,"
    " max(f.points) as high from raw.policy_factor_levels f"
    " join raw.run_context c on c.policy_sha256 = f.policy_sha256 group by f.factor) levels"
)


def suites(run: str) -> tuple[Suite, ...]:
    """The suites of the door; the policy's limits are read from raw.policy_*."""
    return (
        _run_context(run),
        _lead_scores(run),
        _allocation_leads(run),
        rep_inputs.reps(run),
        rep_inputs.capacity(run),
        rep_inputs.capability(run),
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
                why=Why("一次只构建一个运行", "one run is built at a time"),
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


def _score_possible() -> Rule:
    return model.no_rows(
        "score_possible",
        "每个分数都在政策评分表的范围内。",
        "Every score is possible under the policy's points table.",
        f"""with b as (select * from {{batch}})
            select b.lead_id, b.score::text as value from b cross join ({POINTS}) p
            where b.score is null or p.low is null or b.score not between p.low and p.high""",
    )


def _lead_scores(run: str) -> Suite:
    return Suite(
        "marts.fct_lead_scores",
        ("lead_id",),
        (
            model.unique("lead_id", zh="每条线索一行。", en="There is one row per lead."),
            model.known("lead_id", "每行都有线索编号。", "Every row has a lead id."),
            model.of_this_run(run),
        ),
        required=("lead_id", "run_key", "score", "band"),
    )


def _allocation_leads(run: str) -> Suite:
    return Suite(
        "marts.fct_allocation_leads",
        ("lead_id",),
        (
            Rule(
                "something_to_allocate",
                "有待分配的线索。",
                "There are leads to allocate.",
                "ExpectTableRowCountToBeBetween",
                {"min_value": 1},
                "warning",
                Why(
                    "一周没有新线索是可能的；线索丢失则属严重，见 nobody_dropped",
                    "a week without new leads is possible; leads that went missing are critical: "
                    "see nobody_dropped",
                ),
            ),
            model.no_rows(
                "nobody_dropped",
                "所有开放线索都进入了分配。",
                "Every lead that is open for allocation is here.",
                """with b as (select * from {batch})
                   select s.lead_id, s.band as value from marts.fct_lead_scores s
                   where s.is_open_for_allocation
                     and not exists (select 1 from b where b.lead_id = s.lead_id)""",
            ),
            model.unique("lead_id", zh="每条线索一行。", en="There is one row per lead."),
            model.known("lead_id", "每行都有线索编号。", "Every row has a lead id."),
            model.of_this_run(run),
            model.known("run_key", "每行都注明运行。", "Every row names its run."),
            model.known("band", "没有线索缺少等级。", "No lead lacks a band."),
            model.one_of("band", BANDS, "等级在允许之列。", "Every band is known."),
            _score_possible(),
            model.between(
                "weighted_x100",
                100,
                300,
                "加权分在 1.00 至 3.00 之间。",
                "Every weighted score lies between 1.00 and 3.00.",
                Why(
                    "权重合计 100%，每个因素 1 至 3 分，不可能超出",
                    "weights sum to 100% and a factor earns 1 to 3 points: no more is possible",
                ),
            ),
            model.between(
                "expected_value",
                0,
                None,
                "预期金额不为负。",
                "No expected value is negative.",
            ),
            model.between(
                "existing_arr",
                0,
                None,
                "现有年收入不为负。",
                "No existing revenue is negative.",
            ),
            model.no_rows(
                "not_from_the_future",
                "没有线索晚于运行时间产生。",
                "No lead was created after the run's moment.",
                """with b as (select * from {batch})
                   select b.lead_id, b.created_at::text as value from b
                   where b.created_at > (select as_of from raw.run_context)""",
            ),
            model.no_rows(
                "requested_reps_known",
                "被指定的销售都在名单上。",
                "Every requested rep, account owner and referral rep is on the list of reps.",
                """with b as (select * from {batch})
                   select b.lead_id, w.rep_id as value from b
                   cross join lateral (values (b.requested_rep_id), (b.account_owner_id),
                                              (b.referral_rep_id)) w (rep_id)
                   where w.rep_id is not null
                     and not exists (select 1 from marts.dim_reps r where r.rep_id = w.rep_id)""",
                "warning",
                Why(
                    "对方可能已离职；线索按一般规则分配",
                    "they may have left; the lead then follows the ordinary rules",
                ),
            ),
        ),
        requires_rows=False,
        required=("lead_id", "run_key", "band", "score", "weighted_x100", "points"),
    )
