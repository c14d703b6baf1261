"""Whether a policy may decide on a day: approved by all three offices, and in force by then.

ForceError             no policy may decide, or two would; says what is missing
"""

from collections.abc import Sequence
from datetime import date

from allocation.approvals import fallen, refusal
from allocation.policy_model import Policy

OFFICES = ("sales_lead", "hr", "legal")


class ForceError(ValueError):
    """No single policy may decide on the day asked for; says what stands in the way."""


def lacking(policy: Policy, on: date) -> list[str]:
    """What keeps a policy from deciding on a day, in words; nothing if it is in force."""
    fell = fallen(policy)
    approved: dict[str, date] = {one.role: one.on for one in policy.approvals if one not in fell}
    missing = set(OFFICES) - {one.role for one in policy.approvals}
    found = [f"it is not approved by {office}" for office in OFFICES if office in missing]
    found += [refusal(one) for one in fell]
    found += [
        f"{office} approved it only on {approved[office]}"
        for office in OFFICES
        if office in approved and approved[office] > on
    ]
    if policy.effective_from > on:
        found.append(f"it takes effect on {policy.effective_from}")
    return found


def in_force(policies: Sequence[Policy], on: date) -> Policy:
    """The one policy of these that decides on a day: the newest in force, all of one id.

    Errors: ForceError for none, for two of one id that began on the same day, for several ids.
    """
    able = [policy for policy in policies if not lacking(policy, on)]
    if not able:
        reasons = [
            f"{policy.id} {policy.version}: {'; '.join(lacking(policy, on))}" for policy in policies
        ]
        raise ForceError(f"no policy is in force on {on}" + "".join(f"\n  {r}" for r in reasons))
    ids = sorted({policy.id for policy in able})
    if len(ids) > 1:
        raise ForceError(f"several policies are in force on {on} ({', '.join(ids)}): name one file")
    newest = max(policy.effective_from for policy in able)
    last = {policy.sha256: policy for policy in able if policy.effective_from == newest}
    if len(last) > 1:
        versions = ", ".join(sorted(policy.version for policy in last.values()))
        raise ForceError(
            f"two texts of policy {ids[0]} are in force at once since {newest} "
            f"(versions {versions}): give the newer one a later effective_from"
        )
    return next(iter(last.values()))
