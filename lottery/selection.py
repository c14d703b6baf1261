"""Which leads of a band go to which share. Source: draw.md, *select*."""

from collections.abc import Sequence

from lottery.chance import Stream


def selected(
    candidates: Sequence[str], shares: Sequence[tuple[str, int]], seed: bytes
) -> dict[str, list[str]]:
    """Each share's leads, in candidate order; what no share picks is the band's last share.

    Needs sorted, unique candidates and counts whose sum is at most their number. The picks are
    the first steps of a Fisher-Yates shuffle, so every choice of leads is equally likely.
    """
    stream = Stream(seed, "select")
    order = list(range(len(candidates)))
    for i in range(sum(count for _, count in shares)):
        j = i + stream.uniform(len(order) - i)
        order[i], order[j] = order[j], order[i]

    given: dict[str, list[str]] = {}
    start = 0
    for share, count in shares:
        given[share] = [candidates[index] for index in sorted(order[start : start + count])]
        start += count
    return given
