"""Three years before the run: past leads, their deals and touches, as a team without a policy.

High scores convert and close more often, industries follow document 0's benchmarks, and a fifth of
the reps got most of the good leads: what a baseline and a fitted score should be able to find.
"""

from bisect import bisect
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from adapters.crm.synthetic_leads import BANDS, INDUSTRIES, Lead, lead, stamp
from adapters.crm.synthetic_people import Rep

_OPEN_STAGES = ("discovery", "demo", "proposal", "negotiation")
_KINDS = ("call", "email", "meeting", "demo", "message")
_COMPANIES = 20_000  # past leads come back from the same companies; open ones have their own
_CLOSING = {"enterprise": 1.3, "mid_market": 1.0, "smb": 0.8}  # close rate against the industry's


@dataclass
class History:
    leads: list[Lead] = field(default_factory=list)
    opportunities: list[dict[str, str]] = field(default_factory=list)
    touches: list[dict[str, str]] = field(default_factory=list)
    won: dict[str, int] = field(default_factory=dict)  # rep → amount won in the current quarter


class _Owners:
    """Who got a lead: by favour, among those of some roles who had been hired."""

    def __init__(self, random: Random, reps: list[Rep], roles: tuple[str, ...]) -> None:
        self._random = random
        self._reps = [rep for rep in reps if rep.role in roles]
        self._sums = list(accumulate(rep.favour for rep in self._reps))

    def one(self, day: date) -> Rep:
        for _ in range(20):
            rep = self._reps[bisect(self._sums, self._random.random() * self._sums[-1])]
            if rep.hired <= day:
                return rep
        return min(self._reps, key=lambda rep: (rep.hired, rep.rep_id))


def history(random: Random, reps: list[Rep], count: int, years: int, monday: datetime) -> History:
    """`count` closed leads over the years, a quarter of them with deals; then what is open."""
    past = History()
    sellers = _Owners(random, reps, ("AE", "AM"))
    everyone = _Owners(random, reps, ("SDR", "BDR", "AE", "AM"))
    # Nothing closed was created in the last four weeks: its outcome could not be known yet.
    start, minutes = monday - timedelta(days=365 * years), (365 * years - 28) * 24 * 60
    bands = random.choices(tuple(BANDS), (10, 40, 50), k=count)
    for number, minute in enumerate(sorted(int(random.random() * minutes) for _ in bands), 1):
        band = bands[number - 1]
        created = start + timedelta(minutes=minute)
        row = lead(random, number, band, int(random.random() * _COMPANIES), created)
        owner = (everyone if band == "smb" else sellers).one(created.date())
        row["status"] = "converted" if random.random() < _converts(band) else "lost"
        _follow(random, past, row, owner, created, monday)
        if row["status"] == "converted":
            deal_owner = owner if owner.role in ("AE", "AM") else sellers.one(created.date())
            _deal(random, past, row, band, deal_owner, created, monday)
        past.leads.append(row)
    _open_work(random, past, reps, count, monday)
    return past


def _converts(band: str) -> float:
    return {"enterprise": 0.45, "mid_market": 0.30, "smb": 0.13}[
        band
    ]  # 23% over all: about 8,400 deals


def _follow(
    random: Random, past: History, row: Lead, owner: Rep, created: datetime, before: datetime
) -> None:
    """Owner, assignment and one to three touches, none of them after the run."""
    row["owner_id"] = owner.rep_id
    at = created + timedelta(minutes=5 + int(random.random() * 600))
    row["assigned_at"] = stamp(at)
    many = random.random()
    for touch in range(1 if many < 0.5 else 2 if many < 0.83 else 3):
        at += timedelta(minutes=20 + int(random.random() * 2_000))
        if at >= before:
            return
        if touch == 0:
            row["first_touch_at"] = stamp(at)
        past.touches.append(
            {
                "touch_id": f"T{len(past.touches) + 1:06d}",
                "lead_id": row["lead_id"],
                "rep_id": owner.rep_id,
                "at": stamp(at),
                "kind": _KINDS[int(random.random() * len(_KINDS))],
                "key_action": "yes" if random.random() < 0.3 else "",
            }
        )


def _deal(
    random: Random,
    past: History,
    row: Lead,
    band: str,
    owner: Rep,
    created: datetime,
    monday: datetime,
) -> None:
    """A closed deal; one that would close after the run is closed the week before it."""
    _, rate, value, days = INDUSTRIES[row["industry"]]
    is_won = random.random() * 100 < rate * _CLOSING[band]
    opened = created.date() + timedelta(days=1 + int(random.random() * 10))
    closed = opened + timedelta(days=int(days * (0.4 + 1.2 * random.random())))
    closed = min(closed, monday.date() - timedelta(days=1 + int(random.random() * 14)))
    closed = max(closed, opened)
    amount = 1000 * int(value * (0.4 + 1.2 * random.random()) / 1000)
    opportunity = _opportunity(past, row, owner, "won" if is_won else "lost", amount, opened)
    opportunity["stage_entered_on"] = opportunity["closed_on"] = closed.isoformat()
    quarter = date(monday.year, (monday.month - 1) // 3 * 3 + 1, 1)
    if is_won and closed >= quarter:
        past.won[owner.rep_id] = past.won.get(owner.rep_id, 0) + amount


def _open_work(
    random: Random, past: History, reps: list[Rep], count: int, monday: datetime
) -> None:
    """What is open at the run: far from every cap, also after a Monday's 1,000 leads.

    AE and AM hold 3–9 deals (cap 30), at most 23 days in their stage (30 is stalled);
    SDR and BDR hold 6–17 leads (cap 50). None came in the last four weeks: their mix of bands is
    another one, and would look like drift beside the week's new leads.
    """
    number = count
    for rep in reps:
        if rep.role in ("AE", "AM"):
            for _ in range(3 + int(random.random() * 7)):
                number += 1
                opened = monday - timedelta(
                    days=29 + int(random.random() * 60), minutes=number % 1440
                )
                band = random.choices(("enterprise", "mid_market", "smb"), (20, 60, 20))[0]
                row = lead(random, number, band, _COMPANIES + number, opened)
                row["status"] = "converted"
                _follow(random, past, row, rep, opened, monday)
                stage = random.choices(_OPEN_STAGES, (40, 25, 20, 15))[0]
                amount = int(row["expected_acv_cny"])
                deal = _opportunity(past, row, rep, stage, amount, opened.date())
                entered = monday.date() - timedelta(days=2 + int(random.random() * 22))
                deal["stage_entered_on"] = entered.isoformat()
                past.leads.append(row)
        elif rep.role in ("SDR", "BDR"):
            for _ in range(6 + int(random.random() * 12)):
                number += 1
                created = monday - timedelta(
                    days=29 + int(random.random() * 18), minutes=number % 1440
                )
                band = random.choices(("mid_market", "smb"), (20, 80))[0]
                row = lead(random, number, band, _COMPANIES + number, created)
                row["status"] = "working"
                _follow(random, past, row, rep, created, monday)
                past.leads.append(row)


def _opportunity(
    past: History, row: Lead, owner: Rep, stage: str, amount: int, opened: date
) -> dict[str, str]:
    opportunity = {
        "opportunity_id": f"O{len(past.opportunities) + 1:06d}",
        "lead_id": row["lead_id"],
        "account": row["company"],
        "owner_id": owner.rep_id,
        "stage": stage,
        "amount_cny": str(amount),
        "created_on": opened.isoformat(),
        "employees": row["employees"],
        "industry": row["industry"],
        "region": row["region"],
        "lead_type": row["lead_type"],
        "lead_source": row["source"],
    }
    past.opportunities.append(opportunity)
    return opportunity
