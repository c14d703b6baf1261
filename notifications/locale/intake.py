"""Sentences about runs between the Mondays, in both languages; en.py and zh.py take them in."""

from __future__ import annotations

# fmt: off
EN: dict[str, str] = {
    "policy.intake": "Runs between the Mondays",
    "every.hour": "Every hour",
    "every.day": "Every day",
    "field.every": "every",
    "field.intake": "runs between the Mondays",
    "kind.intake": "intake run",
    "reason.awaits_lottery": "Waits for Monday's lottery",
    "because.awaits_lottery": "A draw put this lead into the lottery's share between two Mondays: it waits in the pool, and the next Monday's ladder decides who gets it.",
    "draw.waited": "Drawn between the Mondays",
    "run.intake": "This is a run between two Mondays, of week {week}: leads whose share goes by rule were given out at once, those drawn for the lottery wait for Monday's ladder.",
    "runs.intake": "{week}, runs between the Mondays: {count}",
}
ZH: dict[str, str] = {
    "policy.intake": "周间运行",
    "every.hour": "每小时",
    "every.day": "每天",
    "field.every": "每",
    "field.intake": "周间运行",
    "kind.intake": "周间运行",
    "reason.awaits_lottery": "等待周一抽签",
    "because.awaits_lottery": "两个周一之间的抽取把这条线索分到抽签份额：它留在池中，由下一个周一的阿弥陀签决定归谁。",
    "draw.waited": "周间已抽入",
    "run.intake": "这是 {week} 周内两个周一之间的运行：按规则分配的线索立即分出，抽入抽签份额的线索等待周一的阿弥陀签。",
    "runs.intake": "{week} 周间运行：{count} 次",
}
