"""Two arms of an experiment side by side: differences, intervals, and what could have been found.

Rates: Newcombe's hybrid score interval of a difference (Statistics in Medicine 17, 1998, method
10) and Fisher's exact test. Means: Welch's. Smallest detectable difference: the normal
approximation with the pooled variance under no difference, as R's power.prop.test has it.
Rates are 0 to 1, differences are treated minus control.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from statistics import NormalDist, fmean, variance

from scipy import stats

POWER = 0.8
CONFIDENCE = 0.95
INTERIM_CONFIDENCE = 0.999  # Haybittle-Peto: a look before the end spends next to no evidence


@dataclass(frozen=True, slots=True)
class Difference:
    """An estimate with its two-sided interval; p: of no difference at all."""

    value: float
    low: float
    high: float
    p: float


def rate_interval(events: int, of: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval; (0, 1) where there is nothing."""
    if not of:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate, square = events / of, z * z
    half = z * sqrt(square + 4 * of * rate * (1 - rate))
    base = 2 * of * rate + square
    return (
        max(0.0, (base - half) / (2 * (of + square))),
        min(1.0, (base + half) / (2 * (of + square))),
    )


def rate_difference(
    treated: tuple[int, int], control: tuple[int, int], confidence: float = CONFIDENCE
) -> Difference | None:
    """(events, of) of both arms; None where an arm is empty."""
    (a, m), (b, n) = treated, control
    if not m or not n:
        return None
    (low_a, high_a), (low_b, high_b) = (
        rate_interval(a, m, confidence),
        rate_interval(b, n, confidence),
    )
    rate_a, rate_b = a / m, b / n
    value = rate_a - rate_b
    return Difference(
        value,
        value - sqrt((rate_a - low_a) ** 2 + (high_b - rate_b) ** 2),
        value + sqrt((high_a - rate_a) ** 2 + (rate_b - low_b) ** 2),
        float(stats.fisher_exact([[a, m - a], [b, n - b]]).pvalue),
    )


def mean_difference(
    treated: Sequence[float], control: Sequence[float], confidence: float = CONFIDENCE
) -> Difference | None:
    """Welch's interval and test; None with fewer than two values, or no spread at all."""
    if min(len(treated), len(control)) < 2:
        return None
    parts = [variance(values) / len(values) for values in (treated, control)]
    error = sqrt(sum(parts))
    if not error:
        return None
    value = fmean(treated) - fmean(control)
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, (treated, control), strict=True)
    )
    half = float(stats.t.ppf((1 + confidence) / 2, freedom)) * error
    p = 2 * float(stats.t.sf(abs(value) / error, freedom))
    return Difference(value, value - half, value + half, p)


def mean_interval(
    values: Sequence[float], confidence: float = CONFIDENCE
) -> tuple[float, float] | None:
    """Student's interval of a mean; None with fewer than two values."""
    if len(values) < 2:
        return None
    half = float(stats.t.ppf((1 + confidence) / 2, len(values) - 1)) * sqrt(
        variance(values) / len(values)
    )
    return fmean(values) - half, fmean(values) + half


def sample_needed(base: float, difference: float, power: float = POWER) -> int:
    """Leads in each arm (of equal size) to find a difference of rates; `base`: without it."""
    other = min(1.0, base + difference)
    if other == base:
        raise ValueError("there is no difference to find")
    middle = (base + other) / 2
    z_alpha, z_power = NormalDist().inv_cdf((1 + CONFIDENCE) / 2), NormalDist().inv_cdf(power)
    spread = z_alpha * sqrt(2 * middle * (1 - middle)) + z_power * sqrt(
        base * (1 - base) + other * (1 - other)
    )
    exact = (spread / (other - base)) ** 2
    return int(exact) + (exact > int(exact))


def smallest_rate_difference(
    base: float, treated: int, control: int, power: float = POWER
) -> float | None:
    """The smallest gain over `base` that these arms would find with this power; None for none."""
    if not treated or not control:
        return None
    z_alpha, z_power = NormalDist().inv_cdf((1 + CONFIDENCE) / 2), NormalDist().inv_cdf(power)

    def is_found(difference: float) -> bool:
        other = base + difference
        pooled = (base * control + other * treated) / (treated + control)
        noise = z_alpha * sqrt(pooled * (1 - pooled) * (1 / treated + 1 / control))
        spread = z_power * sqrt(base * (1 - base) / control + other * (1 - other) / treated)
        return difference >= noise + spread

    low, high = 0.0, 1 - base
    if high <= 0 or not is_found(high):
        return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if is_found(middle) else (middle, high)
    return high


def smallest_mean_difference(
    treated: Sequence[float], control: Sequence[float], power: float = POWER
) -> float | None:
    """The same for means, from the spread that was seen; None with fewer than two values."""
    if min(len(treated), len(control)) < 2:
        return None
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) + NormalDist().inv_cdf(power)
    found = z * sqrt(variance(treated) / len(treated) + variance(control) / len(control))
    return found if isfinite(found) and found > 0 else None
