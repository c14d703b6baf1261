"""Sentences about the claim pool, intake warnings and support mode: {key: (en, zh)}."""

from __future__ import annotations

# fmt: off
POOL: dict[str, tuple[str, str]] = {
    "pool.heading": ("Open for claiming", "可认领的线索"),
    "pool.words": ("Whoever comes first has the lead; what nobody claims is given out in the next run. As it stood when the run was decided; claims made since then are not shown here.", "先到先得；无人认领的下次运行直接分配。以下为本次决定时的情况，之后的认领不在此显示。"),
    "pool.group": ("{leads} leads · {reps} reps may claim", "{leads} 条线索 · {reps} 人可认领"),
    "pool.leads": ("Leads", "线索"),
    "pool.reps": ("Who may claim, with the claims left this month", "谁可以认领，以及本月剩余次数"),
    "pool.more": ("and {count} more", "另有 {count} 条"),
    "pool.yours": ("{rep} may claim {left} of these {leads} leads this month.", "{rep} 本月可从这 {leads} 条线索中认领 {left} 条。"),
    "pool.decision_caption": ("Who may claim this lead, with the claims left this month when the run was decided", "谁可以认领这条线索，以及决定时本月剩余次数"),
    "pool.how": ("Claim in the team's portal, or ask for: fairlead request claim LEAD --rep REP", "在团队门户认领，或使用：fairlead request claim LEAD --rep REP"),
    "pool.mail": ("You may claim {left} of {leads} leads in the pool: first come, first served.", "线索池中有 {leads} 条您可以认领，本月还可认领 {left} 条，先到先得。"),
    "warn.heading": ("Intake far off the others", "领取数明显偏离"),
    "warn.words": ("Measured by the policy against the median of the same role: a reason to look, not a verdict.", "按政策与同角色中位数比较：值得查看，但不是结论。"),
    "warn.above": ("{rep} received {count}, the median of {role} is {median}", "{rep} 收到 {count} 条，{role} 的中位数为 {median}"),
    "warn.below": ("{rep} received only {count}, the median of {role} is {median}", "{rep} 仅收到 {count} 条，{role} 的中位数为 {median}"),
    "mix.heading": ("Intake by seniority", "各资历的领取构成"),
    "mix.words": ("Shares of the bands decide how many leads there are; the targets say what a rep's own intake should tend to.", "线索数量由各档份额决定；目标只表示个人领取构成的方向。"),
    "mix.caption": ("Leads of this run by class, and the policy's soft targets", "本次各资历领取的线索与政策的软目标"),
    "mix.class": ("Class", "资历"),
    "mix.reps": ("Reps", "人数"),
    "mix.target": ("target {pct}%", "目标 {pct}%"),
    "seniority.ramp": ("Ramp", "新人爬坡"),
    "seniority.unknown": ("Tenure unknown", "入职时间未知"),
    "action.intake_above": ("{rep} received {count} leads in this run, the median of the role is {median}: look at why, and who goes short.", "{rep} 本次收到 {count} 条线索，同角色中位数为 {median}：请查明原因，以及谁因此偏少。"),
    "action.intake_below": ("{rep} received {count} leads in this run, the median of the role is {median}: look at what keeps them out.", "{rep} 本次收到 {count} 条线索，同角色中位数为 {median}：请查看是什么把其排除在外。"),
    "support.heading": ("Support mode", "支持模式"),
    "support.yours": ("You are in support mode. Only you, your manager and HR read this.", "您处于支持模式。只有您、您的经理和人力资源看得到。"),
    "support.hr": ("In support mode. This is for the rep, their manager and HR only.", "处于支持模式。此项仅供本人、其经理和人力资源知悉。"),
    "support.team": ("In support mode: {reps}. Only they, you and HR read this.", "处于支持模式：{reps}。只有本人、您和人力资源看得到。"),
}
# fmt: on

EN = {key: en for key, (en, _) in POOL.items()}
ZH = {key: zh for key, (_, zh) in POOL.items()}
