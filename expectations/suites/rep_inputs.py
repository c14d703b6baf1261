"""The allocation-inputs door's suites about reps: who they are, what they carry, what they can."""

from __future__ import annotations

from expectations.suites import model
from expectations.suites.model import ROLES, Rule, Suite, Why


def reps(run: str) -> Suite:
    return Suite(
        "marts.dim_reps",
        ("rep_id",),
        (
            model.unique("rep_id", zh="每位销售一行。", en="There is one row per rep."),
            model.known("rep_id", "每行都有销售编号。", "Every row has a rep id."),
            model.of_this_run(run),
            model.known("run_key", "每行都注明运行。", "Every row names its run."),
            model.known("role", "每位销售都有岗位。", "Every rep has a role."),
            model.one_of("role", ROLES, "销售岗位在允许之列。", "Every rep's role is known."),
            model.known("is_active", "在职与否已知。", "Whether a rep is active is known."),
            model.known("is_away", "请假与否已知。", "Whether a rep is away is known."),
            model.between(
                "fte_pct",
                0,
                100,
                "工时比例在 0 至 100 之间。",
                "Every share of full time lies between 0 and 100.",
                Why("100 即全职", "100 is full time"),
            ),
            model.no_rows(
                "someone_present",
                "至少有一位在职且未请假的销售。",
                "At least one rep is active and not away.",
                """with b as (select * from {batch})
                   select 'nobody' as rep_id, count(*) || ' reps' as value from b
                   having count(*) filter (where is_active and not is_away
                                           and role <> 'MANAGER') = 0""",
                "warning",
                Why(
                    "无人时线索以此原因留存，节假日正应如此",
                    "all leads are then held with that reason, which is right on a holiday",
                ),
            ),
            model.no_rows(
                "managers_known",
                "每位销售的经理都在名单上。",
                "Every rep's manager is on the list.",
                """with b as (select * from {batch})
                   select b.rep_id, b.manager_id as value from b where b.manager_id is not null
                   and not exists (select 1 from b m where m.rep_id = b.manager_id)""",
                "warning",
                Why(
                    "仅协作人和经理邮件需要",
                    "only co-owners and the manager's digest need it",
                ),
            ),
        ),
        required=("rep_id", "run_key", "role", "is_active", "is_away"),
    )


def capacity(run: str) -> Suite:
    counts = (
        ("load_x100", "负载", "load"),
        ("open_opportunities", "开放商机数", "count of open opportunities"),
        ("open_discovery_demo", "发现与演示阶段数", "count in discovery and demo"),
        (
            "open_proposal_negotiation",
            "方案与谈判阶段数",
            "count in proposal and negotiation",
        ),
        ("open_leads", "开放线索数", "count of open leads"),
        (
            "high_value_this_month",
            "本月高价值线索数",
            "count of high-value leads this month",
        ),
    )
    whole = (
        rule
        for column, zh, en in counts
        for rule in (
            model.known(column, f"{zh}已知。", f"Every rep's {en} is known."),
            model.between(column, 0, None, f"{zh}不为负。", f"No rep's {en} is negative."),
        )
    )
    return Suite(
        "marts.fct_rep_capacity",
        ("rep_id",),
        (
            model.unique("rep_id", zh="每位销售一行。", en="There is one row per rep."),
            model.known("rep_id", "每行都有销售编号。", "Every row has a rep id."),
            model.of_this_run(run),
            model.known("run_key", "每行都注明运行。", "Every row names its run."),
            model.no_rows(
                "every_active_rep",
                "每位在职销售都有容量记录。",
                "Every active rep has a capacity row.",
                """with b as (select * from {batch})
                   select r.rep_id, r.role as value from marts.dim_reps r where r.is_active
                     and not exists (select 1 from b where b.rep_id = r.rep_id)""",
            ),
            *whole,
            model.between(
                "attainment_bp",
                0,
                None,
                "配额完成率不为负。",
                "No quota attainment is negative.",
            ),
            model.between(
                "quarter_left_bp",
                0,
                10_000,
                "季度剩余在 0 至 100% 之间。",
                "The rest of the quarter lies between 0 and 100%.",
                Why("以万分之一计的比例", "a share, in ten thousandths"),
            ),
        ),
        required=("rep_id", "run_key", *(column for column, _, _ in counts)),
    )


def capability(run: str) -> Suite:
    return Suite(
        "marts.fct_rep_capability",
        ("rep_id", "skill"),
        (
            Rule(
                "some_known",
                "至少有一项能力评级。",
                "At least one capability rating is known.",
                "ExpectTableRowCountToBeBetween",
                {"min_value": 1},
                "warning",
                Why(
                    "没有评级的数据也合法，只是无人满足星级规则",
                    "a data set without ratings is legitimate; nobody then meets a star rule",
                ),
            ),
            model.unique(
                "rep_id",
                "skill",
                zh="每位销售每项能力一行。",
                en="There is one row per rep and skill.",
            ),
            model.of_this_run(run),
            model.known("stars", "每项能力都有星级。", "Every rating has stars."),
            model.between(
                "stars",
                1,
                3,
                "星级为 1 至 3。",
                "Stars are 1 to 3.",
                Why("能力矩阵只有三级", "the capability matrix knows three levels"),
            ),
            model.no_rows(
                "reps_known",
                "评级的销售都在名单上。",
                "Every rated rep is on the list of reps.",
                """with b as (select * from {batch})
                   select b.rep_id, b.skill, b.stars::text as value from b
                   where not exists (select 1 from marts.dim_reps r where r.rep_id = b.rep_id)""",
                "warning",
                Why("离职者的评级无害", "ratings of people who left do no harm"),
            ),
        ),
        requires_rows=False,
        required=("rep_id", "skill", "run_key", "stars"),
    )
