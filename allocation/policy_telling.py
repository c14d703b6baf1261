"""Whether a policy's delay leaves time to send a closing to every entrant before the chance."""

from dataclasses import dataclass

from allocation.policy_check import items_of, section_of
from allocation.policy_text import Mistake, read

MOST_ENTRANTS = 299  # assumed where nobody said how many: the largest team of the specification
MAILS_PER_MINUTE = 60  # assumed of a mail server whose limit nobody said: one mail a second
# From the closing to the first mail: a stage of its own may start 15 s late, takes 10 s to be up,
# and logs and publishes within 10 s. draw.md asks for all of it inside the delay.
START_S = 60
PUBLIC_S = 3600  # draw.md: from a closing to the first moment that a public value may be known


@dataclass(frozen=True, slots=True)
class Telling:
    """How a closing reaches people: how many, and how many messages a minute each way takes.

    mails_per_minute, robots_per_minute: 0 is no limit known, and no robot.
    """

    entrants: int = MOST_ENTRANTS
    mails_per_minute: int = 0
    robots_per_minute: int = 0

    def slowest(self) -> tuple[int, str]:
        """Seconds from closing until everybody is told, and in words by what; ways run at once."""
        mails = self.mails_per_minute or MAILS_PER_MINUTE
        ways = [(self._seconds(mails), f"{self.entrants} mails at {mails} a minute")]
        if robots := self.robots_per_minute:
            words = f"{self.entrants} messages by robot at {robots} a minute"
            ways.append((self._seconds(robots), words))
        return max(ways)

    def _seconds(self, per_minute: int) -> int:
        return START_S + -(-self.entrants * 60 // per_minute)


def untold(text: str, telling: Telling) -> list[Mistake]:
    """The mistake of a policy whose chance comes before all entrants have its closing, if so.

    An operator's secret has no such time, and a policy without a lottery tells nobody.
    Errors: PolicyError for what cannot be read.
    """
    document = read(text)
    found = _delay(section_of(document.values, "source"))
    if found is None or not _has_lottery(document.values):
        return []
    delay, field = found
    needed, words = telling.slowest()
    if needed <= delay:
        return []
    message = (
        f"{words} and {START_S} s to log and publish take {needed} s, and the chance comes "
        f"{delay} s after closing: {_remedy(field, needed)}"
    )
    return [document.mistake(("source", field), message)]


def _delay(source: dict[str, object]) -> tuple[int, str] | None:
    """Seconds from closing to the chance, and the field that says so."""
    delay = source.get("delay_s")
    if source.get("kind") == "drand" and isinstance(delay, int):
        return delay, "delay_s"
    return (PUBLIC_S, "values") if source.get("kind") == "public" else None


def _remedy(field: str, needed: int) -> str:
    faster = "send fewer single messages, or use a way that takes more of them"
    return f"give at least {needed}, {faster}" if field == "delay_s" else faster


def _has_lottery(values: dict[str, object]) -> bool:
    return any(
        share.get("method") == "lottery"
        for _, band in items_of(values.get("bands"))
        for _, share in items_of(band.get("shares"))
    )
