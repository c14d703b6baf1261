"""Writes a made-up sales organisation of document 0's shape as a plain CSV folder.

Everything comes from `random.Random(seed)`: equal arguments give equal bytes. The default folder
has no exceptions, so the policy of document 0 gives exactly 30 + 70, 320 + 80 and 250 + 250.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from adapters.crm import columns
from adapters.crm.columns import Table
from adapters.crm.synthetic_history import History, history
from adapters.crm.synthetic_leads import ZONE, Lead, new_leads
from adapters.crm.synthetic_people import (
    Rep,
    absence_rows,
    capability_rows,
    certification_rows,
    people,
)

AS_OF = date(2026, 11, 23)  # a Monday
PAST_LEADS_A_YEAR = 12  # for each lead of the week: document 0's 1,000 a month
MARK = """# Synthetic data

This organisation was made up by `fairlead synth` (seed {seed}, as of {as_of}, {reps} reps,
{leads} new leads, {years} years of history). No person, company or deal in it exists. Never present
its figures as real.

本目录中的组织由 `fairlead synth` 合成，人员、公司与交易均为虚构，不得作为真实数据使用。
"""


def write_organisation(
    folder: Path | str,
    seed: int,
    *,
    reps: int = 120,
    leads: int = 1000,
    years: int = 3,
    as_of: date = AS_OF,
    with_exceptions: bool = False,
) -> Path:
    """Write the folder (made when missing, its files replaced); returns it.

    reps: without the six managers. leads: 10% enterprise, 40% mid-market, 50% SMB. as_of: the day
    of the run in Asia/Shanghai. with_exceptions: adds leads that leave the bands (named accounts,
    requested reps, referrals, duplicates, do-not-contact, conflicts) on top of `leads`.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(seed)
    monday = datetime.combine(as_of, time(0), ZONE)
    team = people(random, reps, as_of)
    sellers = [rep for rep in team if rep.role != "MANAGER"]
    past = history(random, sellers, leads * PAST_LEADS_A_YEAR * years, years, monday)
    # Numbers and companies go on after those of the past: nothing new is a duplicate.
    first = len(past.leads) + 1
    week = new_leads(random, leads, first, 100_000 + first, monday)
    conflicts: list[dict[str, str]] = []
    if with_exceptions:
        extra, conflicts = _exceptions(random, week, sellers, first + leads, monday)
        week += extra
    files: dict[Table, Iterable[Mapping[str, str]]] = {
        columns.REPS: _rep_rows(random, team, past, as_of),
        columns.LEADS: past.leads + week,
        columns.OPPORTUNITIES: past.opportunities,
        columns.TOUCHES: past.touches,
        columns.CAPABILITY: capability_rows(random, sellers, as_of),
        columns.CERTIFICATIONS: certification_rows(random, sellers, as_of),
        columns.ABSENCES: absence_rows(random, sellers, as_of),
        columns.CONFLICTS: conflicts,
        columns.SURVEYS: _survey_rows(random, sellers, as_of),
        columns.FEEDBACK: _feedback_rows(random, past, as_of),
        columns.GOALS: _goal_rows(random, sellers, as_of),
    }
    for table, rows in files.items():
        _write(folder / table.file, table, rows)
    mark = MARK.format(seed=seed, as_of=as_of.isoformat(), reps=reps, leads=leads, years=years)
    (folder / "SYNTHETIC.md").write_text(mark, encoding="utf-8")
    return folder


def _write(path: Path, table: Table, rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.names)
        writer.writerows([row.get(name, "") for name in table.names] for row in rows)


def _rep_rows(random: Random, team: list[Rep], past: History, today: date) -> list[dict[str, str]]:
    """Attainment is the sum of a seller's deals won this quarter; quotas are set around it."""
    quarter = f"{today.year}-Q{(today.month - 1) // 3 + 1}"
    rows = []
    for rep in team:
        row = {
            "rep_id": rep.rep_id,
            "name": rep.name,
            "email": f"{rep.rep_id.lower()}@synthetic.invalid",
            "role": rep.role,
            "hired_on": rep.hired.isoformat(),
            "manager_id": rep.manager_id,
            "region": rep.region,
            "office": "remote" if rep.remote else "office",
            "active": "true",
            "gender": "female" if rep.female else "male",
            "wecom_id": f"synthetic-{rep.rep_id.lower()}",
            "fte": "1",
            "timezone": "Asia/Shanghai",
        }
        if rep.role in ("AE", "AM"):
            won = past.won.get(rep.rep_id, 0)
            reached = 0.35 + random.random()  # 35–135% of the quota
            quota = max(2_000_000, int(won / reached) // 10_000 * 10_000)
            row |= {"quarter": quarter, "quota_cny": str(quota), "attained_cny": str(won)}
        rows.append(row)
    return rows


def _survey_rows(random: Random, reps: list[Rep], today: date) -> list[dict[str, str]]:
    asked = (today - timedelta(days=30)).isoformat()
    return [
        {
            "rep_id": rep.rep_id,
            "asked_on": asked,
            "question": question,
            "score": str(min(5, 1 + rep.favour // 9 + int(random.random() * 3))),
            "scale": "5",
        }
        for rep in reps
        for question in ("fair", "chance", "trust", "satisfied")
    ]


def _feedback_rows(random: Random, past: History, today: date) -> list[dict[str, str]]:
    """Customers of won deals of the last year who answered: a quarter of them."""
    since = (today - timedelta(days=365)).isoformat()
    rows, seen = [], set()
    for deal in past.opportunities:
        key = (deal["owner_id"], deal["account"], deal.get("closed_on", ""))
        if (
            deal["stage"] == "won"
            and key[2] >= since
            and key not in seen
            and random.random() < 0.25
        ):
            seen.add(key)
            score = str(5 + int(random.random() * 6))
            rows.append({"rep_id": key[0], "account": key[1], "on": key[2], "score_0_10": score})
    return rows


def _goal_rows(random: Random, reps: list[Rep], today: date) -> list[dict[str, str]]:
    asked = (today - timedelta(days=40)).isoformat()
    return [
        {
            "rep_id": rep.rep_id,
            "skill": "enterprise",
            "asked_on": asked,
            "note": "合成: 希望参与大客户",
        }
        for rep in reps
        if rep.role == "AE" and rep.stars["enterprise"] < 3 and random.random() < 0.3
    ]


def _exceptions(
    random: Random, week: list[Lead], reps: list[Rep], first: int, monday: datetime
) -> tuple[list[Lead], list[dict[str, str]]]:
    """Leads outside the bands, and two conflicts of interest with leads inside them."""
    sellers = [rep.rep_id for rep in reps if rep.role == "AE"]
    kinds: list[dict[str, str]] = []
    kinds += [{"account_owner_id": random.choice(sellers)} for _ in range(5)]
    kinds += [{"requested_rep_id": random.choice(sellers)} for _ in range(5)]
    kinds += [{"referrer": "c_level", "referral_rep_id": random.choice(sellers)} for _ in range(3)]
    kinds += [{"referrer": "c_level"}, {"referrer": "c_level"}]
    kinds += [{"referrer": "board"}, {"referrer": "board"}, {"referrer": "investor"}]
    kinds += [{"do_not_contact": "true"} for _ in range(3)]
    extra = new_leads(random, len(kinds), first, 200_000 + first, monday)
    for row, kind in zip(extra, kinds, strict=True):
        row.update(kind)
    for number, twin in enumerate(random.sample(week, 6), first + len(extra)):
        later = datetime.fromisoformat(twin["created_at"]) + timedelta(minutes=1)
        extra.append(
            twin | {"lead_id": f"L{number:06d}", "source": "event", "created_at": later.isoformat()}
        )
    conflicts = [
        {"rep_id": random.choice(sellers), "company": row["company"], "reason": "合成: 亲属任职"}
        for row in random.sample(week, 2)
    ]
    return extra, conflicts
