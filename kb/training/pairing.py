"""Which item of an older wording became which of the present: the one function that says so."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

SIMILAR = 0.6  # difflib's ratio from which two steps read as one step reworded
_MOST = 4000  # comparisons in one gap: beyond, a rewritten page is removed and added


@dataclass(frozen=True, slots=True)
class Wording:
    """One item as it was worded at some time; `sign_off` as in the page's Item."""

    address: str
    number: str
    fingerprint: str
    text: str
    critical: bool = False
    sign_off: str | None = None

    @property
    def marked(self) -> str:
        """The step with its marks: that it stops the run, that somebody must watch."""
        role = f" {self.sign_off}" if self.sign_off else ""
        sign = "" if self.sign_off is None else f" (sign-off{role})"
        first, end, notes = self.text.partition("\n")
        return first + " (!)" * self.critical + sign + end + notes


@dataclass(frozen=True, slots=True)
class Pair:
    """An item before and after: reworded or the same, or, one side missing, added or removed."""

    was: Wording | None
    now: Wording | None

    @property
    def same(self) -> bool:
        """Whether the meaning is the same."""
        return bool(self.was and self.now and self.was.fingerprint == self.now.fingerprint)


def pair(was: Sequence[Wording], now: Sequence[Wording]) -> list[Pair]:
    """Each item of both once: equal ones first, then similar ones between neighbours so paired.

    In the order of `now`; what was removed stands where it stood.
    """
    to: dict[int, int] = {}
    _match_equal(was, now, to, lambda item: item.fingerprint)
    _match_equal(was, now, to, lambda item: item.address)
    for olds, news in _gaps(to, len(was), len(now)):
        free_olds = [i for i in olds if i not in to]
        taken = set(to.values())
        free_news = [j for j in news if j not in taken]
        to |= _similar(was, now, free_olds, free_news)
    return _in_order(was, now, to)


def _match_equal(
    was: Sequence[Wording],
    now: Sequence[Wording],
    to: dict[int, int],
    key: Callable[[Wording], str],
) -> None:
    places = defaultdict(list)
    taken = set(to.values())
    for j, item in enumerate(now):
        if j not in taken:
            places[key(item)].append(j)
    for i, item in enumerate(was):
        if i not in to and places[key(item)]:
            to[i] = places[key(item)].pop(0)


def _gaps(to: dict[int, int], olds: int, news: int) -> Iterator[tuple[range, range]]:
    """The stretches between neighbours that kept their order; a moved item is no neighbour."""
    i = j = 0
    for old, new in [*rising(sorted(to.items())), (olds, news)]:
        yield range(i, old), range(j, new)
        i, j = old + 1, new + 1


def rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs in which both sides go up."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for at, (_, new) in enumerate(pairs):
        length = bisect_left(tails, new)
        before.append(ends[length - 1] if length else None)
        if length == len(tails):
            tails.append(new)
            ends.append(at)
        else:
            tails[length] = new
            ends[length] = at
    found = []
    last = ends[-1] if ends else None
    while last is not None:
        found.append(pairs[last])
        last = before[last]
    return found[::-1]


def _similar(
    was: Sequence[Wording], now: Sequence[Wording], olds: list[int], news: list[int]
) -> dict[int, int]:
    """The pairs, none crossing another, that are together the most alike."""
    if not olds or not news or len(olds) * len(news) > _MOST:
        return {}
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    like = [[_likeness(was[i].text, now[j].text) for j in news] for i in olds]
    for i in range(len(olds) - 1, -1, -1):
        for j in range(len(news) - 1, -1, -1):
            joined = like[i][j] + best[i + 1][j + 1] if like[i][j] else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], joined)
    found = {}
    i = j = 0
    while i < len(olds) and j < len(news):
        if like[i][j] and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            found[olds[i]] = news[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(was: str, now: str) -> float:
    matcher = difflib.SequenceMatcher(None, was.casefold(), now.casefold(), autojunk=False)
    if matcher.real_quick_ratio() < SIMILAR or matcher.quick_ratio() < SIMILAR:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= SIMILAR else 0.0


def _in_order(was: Sequence[Wording], now: Sequence[Wording], to: dict[int, int]) -> list[Pair]:
    back = {j: i for i, j in to.items()}
    gone = [i for i in range(len(was)) if i not in to]
    found = []
    for j, item in enumerate(now):
        old = back.get(j)
        while old is not None and gone and gone[0] < old:
            found.append(Pair(was[gone.pop(0)], None))
        found.append(Pair(was[old] if old is not None else None, item))
    return found + [Pair(was[i], None) for i in gone]
