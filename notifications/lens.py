"""A run seen by one audience in one language: names or pseudonyms, words, numbers, links."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeGuard

from markupsafe import Markup, escape

from notifications import formats
from notifications.audience import may_read
from notifications.facts import Facts, Rule, safe_name
from notifications.record import Audience, Language
from notifications.words import Words, shown, words

# Attainment is for the rep, the manager and HR; pages for the whole team leave it out.
SENTENCE = 2_000  # characters
# Quota priority says that somebody is below 70% of quota: as private as the figure itself.
PRIVATE_FIGURES = ("attainment_bp", "priority", "quarter_left_bp", "quota", "attained")


@dataclass(slots=True)
class Lens:
    """Names come only from the directory and only for the team; the public sees pseudonyms."""

    facts: Facts
    audience: Audience
    language: Language
    t: Words = field(init=False)
    _links: dict[tuple[str, str], Markup] = field(default_factory=dict)
    _figures: dict[tuple[str, object], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.t = words(self.language)

    @property
    def is_team(self) -> bool:
        return self.audience == "team" and self.facts.record.names is not None

    def shows(self, part: str) -> bool:
        """Whether this audience reads the part (notifications/audience.py)."""
        return may_read("team" if self.is_team else "public", part)

    def rep(self, ref: object) -> str:
        """A rep's name, or the pseudonym."""
        if not ref:
            return self.t.plain("unknown")
        names = self.facts.record.names
        if names is not None and self.shows("names"):
            name = (names.reps.get(str(ref)) or {}).get("name")
            if name:
                return shown(name)
        return shown(str(ref)[:8])

    def lead(self, ref: object) -> str:
        """A lead's company and id, or the pseudonym."""
        if not ref:
            return self.t.plain("unknown")
        names = self.facts.record.names
        if names is not None and self.shows("names"):
            row = names.leads.get(str(ref)) or {}
            name = row.get("company") or row.get("lead_id")
            if name:
                return shown(name)
        return shown(str(ref)[:8])

    def rep_link(self, ref: object, up: str) -> Markup:
        """A rep as a link from a page `up` from the run's folder; plain where no page exists."""
        key = (str(ref), up)
        link = self._links.get(key)
        if link is None:
            href = (
                f"{up}reps/{safe_name(str(ref)[:16])}.html" if ref in self.facts.rep_pages else ""
            )
            link = self._links[key] = self._anchor(self.rep(ref), href)
        return link

    def lead_link(self, ref: object, up: str) -> Markup:
        key = (str(ref), up)
        link = self._links.get(key)
        if link is None:
            known = ref in self.facts.decisions
            href = f"{up}leads/{safe_name(str(ref)[:16])}.html" if known else ""
            link = self._links[key] = self._anchor(self.lead(ref), href)
        return link

    def _anchor(self, label: str, href: str) -> Markup:
        # Pseudonyms are set in the figure face so that eyes compare them digit by digit.
        text = (
            escape(label) if self.is_team else Markup('<span class="ref">{}</span>').format(label)
        )
        return Markup('<a href="{}">{}</a>').format(href, text) if href else Markup(text)  # noqa: S704

    def rule(self, rule_id: object) -> Rule | None:
        return self.facts.rules.get(str(rule_id))

    def factor(self, name: object) -> str:
        """A scoring factor's name as the policy gives it."""
        rule = self.rule(name)
        return self.sentence(rule) if rule else self.t.code("factor", name)

    def sentence(self, rule: Rule) -> str:
        return sentence_text(rule.zh if self.language == "zh" else rule.en)

    def number(self, value: object) -> str:
        return formats.number(value, self.language) if is_count(value) else self._other(value)

    def money(self, value: object) -> str:
        if not is_count(value):
            return self._other(value)
        return formats.money(value, shown(self.facts.record.currency), self.language)

    def moment(self, stamp: object, *, seconds: bool = False) -> str:
        zone = self.facts.record.zone
        text = formats.moment(str(stamp or ""), zone, self.language, seconds=seconds)
        return text or self._other(stamp)

    def percent(self, value: Fraction, places: int = 1) -> str:
        return formats.percent(value, self.language, places)

    def decimal(self, value: Fraction, places: int = 2) -> str:
        return formats.decimal(value, places, self.language)

    def _other(self, value: object) -> str:
        return self.t.plain("unknown") if value is None or value == "" else shown(value)

    def figure(self, name: str, value: object) -> str:
        """One ranking figure; the name's ending says its unit (x100, bp) and p/q is a rational."""
        if not isinstance(value, str | int) or isinstance(value, bool):
            return self._figure(name, value)
        key = (name, value)  # the same few hundred figures stand on thousands of pages
        text = self._figures.get(key)
        if text is None:
            text = self._figures[key] = self._figure(name, value)
        return text

    def figure_name(self, name: str) -> str:
        """What a figure is called; "stars vertical:healthcare" names its skill."""
        if not name.startswith("stars "):
            return self.t.code("figure", name)
        skill = name.removeprefix("stars ")
        industry = skill.removeprefix("vertical:")
        known = (
            self.t.code("skill", skill) if industry == skill else self.t.code("industry", industry)
        )
        return self.t.plain("figure.stars_in", skill=known)

    def _figure(self, name: str, value: object) -> str:
        if is_count(value):
            if name.endswith("_x100"):
                return formats.hundredths(value, self.language)
            if name.endswith("_bp"):
                return self.percent(Fraction(value, 10_000))
            return self.number(value)
        if isinstance(value, str) and "/" in value:
            exact = rational(value)
            if exact is not None and name == "chance":
                return self.percent(exact)
            if exact is not None:
                return formats.decimal(exact, 2, self.language, fixed=True)
        if value in ("yes", "no"):
            return self.t.plain(str(value))
        return self._other(value)


def is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def rational(text: object) -> Fraction | None:
    """ "-3/10" as a Fraction; None when it is no rational."""
    try:
        return Fraction(str(text))
    except (ValueError, ZeroDivisionError):
        return None


def sentence_text(text: str) -> str:
    """A policy's sentence as one inert line; longer than a name may be."""
    return shown(" ".join(text.split()), SENTENCE)
