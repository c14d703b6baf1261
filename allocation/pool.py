"""The reps of one share, kept so that the next one is found without looking at all of them.

Reps who pass exactly the same gates form a group with one heap; a lead looks at the tops of the
groups that pass its gate. That is O((leads + reps) log reps) for a fixed number of gates
(measured: one heap per disjoint group is 10 to 20 times faster than one per class of leads).
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from allocation.balances import UNIT, Balances
from allocation.eligibility import Figures, Gate, Roster
from allocation.rotation import Key, Order
from allocation.snapshot import Lead

Entry = tuple[Key, int, str]  # key, version, rep: stale when the rep has a newer version


class Group:
    """Reps who pass the same gates: who is ready, who still waits, what each weight is owed."""

    __slots__ = ("members", "offset", "passes", "ready", "waiting", "weight")

    def __init__(self, passes: frozenset[Gate]) -> None:
        self.passes = passes
        self.offset = 0
        self.weight = 0
        self.members: set[str] = set()
        self.ready: list[Entry] = []
        self.waiting: list[Entry] = []


class Pool:
    """Serves the leads of one share, one after another."""

    def __init__(
        self,
        roster: Roster,
        balances: Balances,
        gates: Iterable[Gate],
        order: Order,
        ceiling: int | None = None,
        *,
        credit_absent: bool = False,
    ) -> None:
        self._roster, self._balances, self._order, self._ceiling = roster, balances, order, ceiling
        self._taken: dict[str, int] = {}
        self._short: dict[str, int] = {}
        self._version: dict[str, int] = {}
        self._group: dict[str, Group] = {}
        self._groups: dict[frozenset[Gate], Group] = {}
        self._by_gate: dict[Gate, list[Group]] = {}
        self._spare: dict[int, int] = {}  # total weight -> what its last division left
        gates = tuple(dict.fromkeys(gates))
        self._standing = {
            ref: frozenset(g for g in gates if roster.standing_exclusion(desk.rep, g) is None)
            for ref, desk in roster.desks.items()
        }
        for ref, passes in self._standing.items():
            if passes:
                self._short[ref] = balances.short(ref)
                self._version[ref] = 0
                self._join(ref)
        self._absent: dict[str, frozenset[Gate]] = {}
        self._missed: dict[frozenset[Gate], int] = {}  # what a unit of weight was owed meanwhile
        if credit_absent:
            self._note_absent(gates)

    def first(self, gate: Gate, barred: frozenset[str]) -> str | None:
        """The rep whose turn it is for a lead, or None if nobody may take it."""
        groups = self._admitting(gate)
        if not groups:
            return None
        step = self._step(groups, barred)[0]
        ready = [head for group in groups if (head := self._head(group, group.ready, step, barred))]
        if not ready:
            ready = [h for group in groups if (h := self._head(group, group.waiting, step, barred))]
        return min(ready)[1] if ready else None

    def take(self, ref: str, gate: Gate, lead: Lead) -> None:
        """Gives a lead to a rep: everybody eligible is owed a part, the rep has received one."""
        groups = self._admitting(gate)
        barred = lead.barred
        step, total, spare = self._step(groups, barred)
        self._spare[total] = spare
        for group in groups:
            group.offset += step
        for other in sorted(barred & self._short.keys()):
            if self._group.get(other) in groups:  # not eligible: owed nothing for this lead
                self._short[other] += step * self._order.weight(other)
                self._enter(other, self._group[other])
        for passes in self._missed:
            if gate in passes:
                self._missed[passes] += step
        for other in barred & self._absent.keys():
            if gate in self._absent[other]:  # they could not have had this lead either
                self._credit(other, -step)
        self._short[ref] += UNIT
        self._balances.received[ref] = self._balances.received.get(ref, 0) + 1
        self._balances.value[ref] = self._balances.value.get(ref, 0) + (lead.expected_value or 0)
        self._taken[ref] = self._taken.get(ref, 0) + 1
        self._roster.give(ref, lead)
        if self._passes(ref) == self._group[ref].passes:
            self._enter(ref, self._group[ref])
        else:
            self._leave(ref)
            self._join(ref)

    def ranked(self, gate: Gate, barred: frozenset[str]) -> list[tuple[str, int, Figures]]:
        """Everybody who may take a lead, the next first.

        With owed - received in 1/UNIT lead, and what else the order ranked them by.
        """
        groups = self._admitting(gate)
        step = self._step(groups, barred)[0]
        rows = []
        for group in groups:
            offset = group.offset + step
            for ref in group.members - barred:
                short = self._short[ref]
                release = self._order.release(ref, short)
                waits = release is not None and release > offset
                key = (
                    (release - offset,)
                    if release is not None and waits
                    else self._order.now(self._order.key(ref, short), offset)
                )
                owed = self._order.weight(ref) * group.offset - short
                figures = self._order.figures(ref, short, offset, step)
                rows.append((waits, key, ref, owed, figures))
        rows.sort(key=lambda row: row[:3])
        return [(ref, owed, figures) for _, _, ref, owed, figures in rows]

    def close(self) -> None:
        """Writes what the reps are owed back into the band's balances."""
        for ref in list(self._group):
            self._leave(ref)
        for ref, short in self._short.items():
            self._balances.owed[ref] = self._balances.received.get(ref, 0) * UNIT - short
        for ref, passes in self._absent.items():
            self._credit(ref, self._missed[passes])

    def _note_absent(self, gates: Iterable[Gate]) -> None:
        """Who would take part if they were not away: they are credited what they miss."""
        for ref, desk in self._roster.desks.items():
            if desk.rep.away != "yes" or self._roster.cap_reached(desk, high_value=False):
                continue
            here = replace(desk.rep, away="no")
            passes = frozenset(g for g in gates if not self._roster.standing_exclusion(here, g))
            if passes:
                self._absent[ref] = passes
                self._missed[passes] = 0

    def _credit(self, ref: str, step: int) -> None:
        credit = self._balances.credit
        credit[ref] = credit.get(ref, 0) + step * self._order.weight(ref)

    def _admitting(self, gate: Gate) -> list[Group]:
        """The groups whose members pass a gate, without the empty ones."""
        if gate not in self._by_gate:
            self._by_gate[gate] = [g for g in self._groups.values() if gate in g.passes]
        return [group for group in self._by_gate[gate] if group.members]

    def _step(self, groups: Sequence[Group], barred: frozenset[str]) -> tuple[int, int, int]:
        """What a lead adds per unit of weight, the total weight, and what division leaves."""
        total = sum(group.weight for group in groups)
        for ref in barred:
            if self._group.get(ref) in groups:
                total -= self._order.weight(ref)
        if total <= 0:
            return 0, 0, 0
        step, spare = divmod(UNIT + self._spare.get(total, 0), total)
        return step, total, spare

    def _passes(self, ref: str) -> frozenset[Gate]:
        """The gates that a rep passes now: standing ones, less those closed by caps and ceiling."""
        if self._ceiling is not None and self._taken.get(ref, 0) >= self._ceiling:
            return frozenset()
        standing, desk = self._standing[ref], self._roster.desks[ref]
        if self._roster.cap_reached(desk, high_value=False):
            return frozenset()
        if any(g.high_value for g in standing) and self._roster.cap_reached(desk, high_value=True):
            return frozenset(g for g in standing if not g.high_value)
        return standing

    def _join(self, ref: str) -> None:
        passes = self._passes(ref)
        if not passes:
            return
        group = self._groups.get(passes)
        if group is None:
            group = self._groups[passes] = Group(passes)
            self._by_gate.clear()
        weight = self._order.weight(ref)
        self._short[ref] += weight * group.offset
        group.weight += weight
        group.members.add(ref)
        self._group[ref] = group
        self._enter(ref, group)

    def _leave(self, ref: str) -> None:
        group = self._group.pop(ref)
        weight = self._order.weight(ref)
        self._short[ref] -= weight * group.offset
        group.weight -= weight
        group.members.discard(ref)
        self._version[ref] += 1

    def _enter(self, ref: str, group: Group) -> None:
        """(Re-)enters a rep in the group's heap under the present key."""
        self._version[ref] += 1
        short = self._short[ref]
        release = self._order.release(ref, short)
        if release is None:
            heapq.heappush(group.ready, (self._order.key(ref, short), self._version[ref], ref))
        else:
            heapq.heappush(group.waiting, ((release,), self._version[ref], ref))

    def _head(
        self, group: Group, heap: list[Entry], step: int, barred: frozenset[str]
    ) -> tuple[Key, str] | None:
        """The first rep of one of a group's heaps who is not barred, with a comparable key."""
        offset = group.offset + step
        if heap is group.ready:
            for entry in self._released(group, offset):
                heapq.heappush(group.ready, entry)
        aside: list[Entry] = []
        found = None
        while heap and found is None:
            key, version, ref = heap[0]
            if self._version[ref] != version or ref in barred:
                entry = heapq.heappop(heap)
                if self._version[ref] == version:
                    aside.append(entry)
            elif heap is group.ready:
                found = (self._order.now(key, offset), ref)
            else:
                found = ((key[0] - offset,), ref)
        for entry in aside:
            heapq.heappush(heap, entry)
        return found

    def _released(self, group: Group, offset: int) -> Iterator[Entry]:
        """Takes those whose waiting is over out of the waiting heap."""
        while group.waiting and group.waiting[0][0][0] <= offset:
            _, version, ref = heapq.heappop(group.waiting)
            if self._version[ref] == version:
                yield (self._order.key(ref, self._short[ref]), version, ref)
