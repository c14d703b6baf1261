"""People of the synthetic organisation: roles, tenure, stars, certificates, absences."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from adapters.crm.synthetic_leads import INDUSTRY_NAMES, REGIONS, person

ROLES = {"SDR": 20, "BDR": 15, "AE": 60, "AM": 25}  # document 0's 120 reps
_MANAGERS = {"SDR": 1, "BDR": 1, "AE": 3, "AM": 1}
_ROLE_TEXT = {
    "AE": ("enterprise", "smb", "new_business", "upsell", "outbound", "inbound"),
    "AM": ("enterprise", "smb", "upsell", "inbound"),
    "SDR": ("smb", "inbound", "outbound"),
    "BDR": ("smb", "outbound", "inbound"),
}
_VERTICALS = INDUSTRY_NAMES[:4]


@dataclass
class Rep:
    """A rep; `favour` is the share of leads they used to get before there was a policy."""

    rep_id: str
    name: str
    role: str
    hired: date
    manager_id: str
    region: str
    remote: bool
    female: bool
    favour: int
    stars: dict[str, int]


def people(random: Random, count: int, today: date) -> list[Rep]:
    """`count` reps in document 0's proportions, then their managers (on top of the count)."""
    sizes = _sizes(count)
    managers = {
        role: [f"M{9 * i + j:02d}" for j in range(_MANAGERS[role])]
        for i, role in enumerate(sizes, 1)
    }
    taken: set[str] = set()
    reps: list[Rep] = []
    for role, size in sizes.items():
        for place in range(size):
            months = _tenure(random, place, size)
            rep_id = f"R{len(reps) + 1:03d}"
            boss = managers[role][place % len(managers[role])]
            rep = _person(
                random, rep_id, role, today - timedelta(days=months * 30 + 8), boss, taken
            )
            rep.stars = _stars(random, role, place, size, months)
            reps.append(rep)
    _favour(random, reps)
    for ids in managers.values():
        for manager_id in ids:
            hired = today - timedelta(days=1500 + int(random.random() * 1500))
            reps.append(_person(random, manager_id, "MANAGER", hired, "", taken))
    return reps


def capability_rows(random: Random, reps: list[Rep], today: date) -> list[dict[str, str]]:
    reviewed = (today - timedelta(days=45)).isoformat()
    rows = []
    for rep in reps:
        for skill, stars in rep.stars.items():
            lean = random.random()
            own = min(3, stars + 1) if lean < 0.25 else max(1, stars - 1) if lean > 0.9 else stars
            rows.append(
                {
                    "rep_id": rep.rep_id,
                    "skill": skill,
                    "self_stars": str(own),
                    "manager_stars": str(stars),
                    "reviewed_by": rep.manager_id,
                    "reviewed_on": reviewed,
                }
            )
    return rows


def certification_rows(random: Random, reps: list[Rep], today: date) -> list[dict[str, str]]:
    """Everyone with two or more stars in a vertical has its certificate, valid for another year.

    In healthcare there are the two besides that document 2 asks for; whoever has been there for two
    years was trained.
    """
    rows = []
    for rep in reps:
        for skill, stars in rep.stars.items():
            if not skill.startswith("vertical:") or stars < 2:
                continue
            start = max(rep.hired, today - timedelta(days=60 + int(random.random() * 500)))
            end = today + timedelta(days=365 + int(random.random() * 700))
            names = [f"合成-{skill.partition(':')[2]}"]
            if skill == "vertical:healthcare":
                names += ["certificate:medical-device"] + ["case:top-hospital"] * (stars == 3)
            rows += [_certificate(rep, skill, name, start, end) for name in names]
        # Filed under a skill whose stars it cannot raise.
        known = next((skill for skill, stars in rep.stars.items() if stars >= 2), None)
        if known and today - rep.hired > timedelta(days=730):
            rows.append(_certificate(rep, known, "training:sfa", rep.hired, None))
    return rows


def _certificate(rep: Rep, skill: str, name: str, start: date, end: date | None) -> dict[str, str]:
    return {
        "rep_id": rep.rep_id,
        "skill": skill,
        "certificate": name,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat() if end else "",
    }


def absence_rows(random: Random, reps: list[Rep], monday: date) -> list[dict[str, str]]:
    """Holidays of a few days, never in the fortnight around the run."""
    rows = []
    for rep in reps:
        if random.random() < 0.3:
            ahead = random.random() < 0.5
            start = monday + timedelta(days=(21 if ahead else -60) + int(random.random() * 30))
            end = start + timedelta(days=1 + int(random.random() * 6))
            rows.append({"rep_id": rep.rep_id, "from": start.isoformat(), "to": end.isoformat()})
    return rows


def _sizes(count: int) -> dict[str, int]:
    """Document 0's proportions for any count: floors, then the largest remainders."""
    total = sum(ROLES.values())
    sizes = {role: count * share // total for role, share in ROLES.items()}
    by_remainder = sorted(ROLES, key=lambda role: -(count * ROLES[role] % total))
    for role in by_remainder[: count - sum(sizes.values())]:
        sizes[role] += 1
    return sizes


def _tenure(random: Random, place: int, size: int) -> int:
    """Months of service. A fifth of every role is junior: 7–11 months, past the ramp of 1–6."""
    if place * 5 < size:
        return 7 + int(random.random() * 4)
    if place * 10 < size * 6:
        return 13 + int(random.random() * 22)
    return 38 + int(random.random() * 80)


def _stars(random: Random, role: str, place: int, size: int, months: int) -> dict[str, int]:
    """Manager's stars: 20 of 60 AEs have enterprise 3, half of these healthcare 2 or 3."""
    stars = {skill: 1 + int(random.random() * 2) for skill in _ROLE_TEXT[role]}
    for vertical in _VERTICALS:
        stars[f"vertical:{vertical}"] = 1 + (random.random() < 0.3)
    if role in ("AE", "AM") and place % 2 == 0:
        stars["vertical:healthcare"] = 2 + (random.random() < 0.4)  # every tenure group has some
    if role == "AE":
        stars["enterprise"] = 3 if place * 3 >= size * 2 else 1 if months < 12 else 2
    if role == "AM":
        stars["upsell"] = 3 if place % 2 == 0 else 2
    if role in ("SDR", "BDR"):
        stars["smb"] = 2 + (random.random() < 0.5)
    return stars


def _favour(random: Random, reps: list[Rep]) -> None:
    """Before the policy the top 20% got 24 leads a month, the middle 9, the bottom 20% 4."""
    order = list(range(len(reps)))
    random.shuffle(order)
    for rank, place in enumerate(order):
        reps[place].favour = 24 if rank * 5 < len(reps) else 9 if rank * 5 < len(reps) * 4 else 4


def _person(
    random: Random, rep_id: str, role: str, hired: date, manager_id: str, taken: set[str]
) -> Rep:
    name = person(random)
    while name in taken:
        name = person(random)
    taken.add(name)
    region = REGIONS[int(random.random() * len(REGIONS))]
    remote, female = random.random() < 0.25, random.random() < 0.48
    return Rep(rep_id, name, role, hired, manager_id, region, remote, female, 9, {})
