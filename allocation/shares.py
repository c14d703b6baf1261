"""How many of a band's leads each share gets, exact over the weeks."""

from collections.abc import Mapping, Sequence
from fractions import Fraction


def share_counts(
    leads: int, percents: Sequence[tuple[str, int]], carried: Mapping[str, Fraction]
) -> tuple[dict[str, int], dict[str, Fraction]]:
    """Counts of the shares before the last, and the fractions they carry to the next run.

    A share gets floor(carried + percent of the band's leads) and keeps the rest, so its total is
    within one lead of exact after any number of runs. Where several shares carry so much that
    together they ask for more leads than there are, those with the smallest fraction left wait.
    """
    quotas = {
        name: carried.get(name, Fraction(0)) + Fraction(pct * leads, 100) for name, pct in percents
    }
    counts = {name: max(0, quota.numerator // quota.denominator) for name, quota in quotas.items()}
    while sum(counts.values()) > leads:
        name = min((n for n in counts if counts[n] > 0), key=lambda n: (quotas[n] - counts[n], n))
        counts[name] -= 1
    return counts, {name: quotas[name] - counts[name] for name in quotas}
