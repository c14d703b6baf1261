"""What a rep's time in the team means: the class, a promotion out of it, the ramp of new hires."""

from collections.abc import Mapping

from allocation.policy import Band, Policy
from allocation.snapshot import Rep


class Tenure:
    """Classes, promotion and ramp of one policy."""

    def __init__(self, policy: Policy) -> None:
        rule = policy.seniority
        self._classes = [(row.from_month, str(row.name)) for row in rule.classes]
        self._mix = {str(row.name): _by_name(row.mix_pct) for row in rule.classes}
        self._mix_weighs = rule.mix == "weights"
        self._ramp = (
            sorted((step.to_month, _by_name(step.mix_pct)) for step in rule.ramp)
            if rule.ramp_on
            else []
        )
        self._promotion = policy.promotion

    def seniority(self, rep: Rep) -> str | None:
        """The class of a rep's tenure or promotion; None while the tenure is unknown."""
        if rep.tenure_months is None:
            return None
        found = [name for month, name in self._classes if month <= rep.tenure_months][-1]
        rule = self._promotion
        if rule is not None and found == rule.class_from and self.is_promoted(rep):
            return rule.class_to
        return found

    def is_promoted(self, rep: Rep) -> bool:
        """Whether a rep has reached everything that the promotion rule asks for."""
        rule = self._promotion
        if rule is None or rep.tenure_months is None or rep.tenure_months < rule.min_months:
            return False
        return all(
            least is None or (figure is not None and figure >= least)
            for least, figure in (
                (rule.min_attainment_bp, rep.attainment_bp),
                (rule.min_conversion_bp, rep.conversion_bp),
            )
        )

    def is_ramping(self, rep: Rep) -> bool:
        """Whether a rep is a new hire under the ramp; month 1 is tenure 0."""
        return self._step(rep) is not None

    def ramp_pct(self, rep: Rep, band: str) -> int | None:
        """A new hire's percent of the band; None for everybody else."""
        step = self._step(rep)
        return None if step is None else step.get(band, 0)

    def mix_pct(self, rep: Rep, band: str) -> int | None:
        """The target for a rep's own intake: the ramp goes before the class; None if unknown."""
        step = self.ramp_pct(rep, band)
        if step is not None:
            return step
        name = self.seniority(rep)
        return None if name is None else self._mix.get(name, {}).get(band)

    def weight_pct(self, rep: Rep, band: str) -> int | None:
        """What the mix makes of a rep's weight in a band; None where it is not in force."""
        if self._mix_weighs:
            return self.mix_pct(rep, band)
        return self.ramp_pct(rep, band)

    @property
    def weighs(self) -> bool:
        """Whether ramp or mix change anybody's weight."""
        return self._mix_weighs or bool(self._ramp)

    def _step(self, rep: Rep) -> dict[str, int] | None:
        if rep.tenure_months is None:
            return None
        for to_month, mix in self._ramp:
            if rep.tenure_months < to_month:
                return mix
        return None


def _by_name(mix: Mapping[Band, int]) -> dict[str, int]:
    return {str(band): pct for band, pct in mix.items()}
