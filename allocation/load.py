"""What work weighs on a desk: size weight times stage multiplier; and what counts as high-value.

The models weigh a rep's open work in SQL (int_rep_loads_weighed); a lead that is given, or that a
simulation moves, must weigh the same here.
"""

from allocation.policy import Policy

COUNTS = (  # what a desk holds, by the names of a snapshot's Rep
    "load_x100",
    "open_opportunities",
    "open_discovery_demo",
    "open_proposal_negotiation",
    "open_leads",
    "high_value_this_month",
)


class Weights:
    """A policy's weights of open work."""

    def __init__(self, policy: Policy) -> None:
        capacity = policy.capacity
        self._sizes = [(size.min_amount, size.weight_x100) for size in capacity.size_bands]
        self._stages = {str(stage): x100 for stage, x100 in capacity.stage_multipliers_x100.items()}
        self._high_value = capacity.high_value_min_amount

    def load_x100(self, stage: str, amount: int | None) -> int:
        """The load of one opportunity; one that is not open has none, an unknown amount is 0."""
        known = max(0, amount or 0)
        size = [weight for least, weight in self._sizes if least <= known][-1]
        return self._stages.get(stage, 0) * size // 100

    def is_high_value(self, amount: int | None) -> bool:
        """Whether a lead counts on the cap for high-value leads; an unknown value does not."""
        return amount is not None and amount >= self._high_value
