"""The console as a row of strips: which are modified and how, which are broken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

# No I, L and O: they look like figures, and bays leave out two of them too.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"


class Bar(NamedTuple):
    """What is modified, and how, across the strips that are. Bars of one `lane` do not overlap."""

    key: str
    what: str
    how: str
    strips: tuple[int, ...]
    lane: int


class Run(NamedTuple):
    """Strips that the same bars hold for."""

    strips: tuple[int, ...]
    keys: tuple[str, ...]


class Strips(NamedTuple):
    """The strips from 1 to `last`.

    `bars` hold for some of them, `everywhere` (key, what) for all. `runs` say the same by strip;
    those that no bar holds for are in none. `broken` are strips with an open fault, `no_way_round`
    those of them that must not be used.
    """

    last: int
    bars: tuple[Bar, ...]
    everywhere: tuple[tuple[str, str], ...]
    runs: tuple[Run, ...]
    broken: tuple[int, ...]
    no_way_round: tuple[int, ...]


def strips_of(places: Iterable[str]) -> tuple[int, ...]:
    """The strips among these places, in order."""
    return tuple(sorted({int(p[3:]) for p in places if p.startswith("ch:") and p[3:].isdecimal()}))


def key(number: int) -> str:
    """The letter of the mod of this number, from 0: a, b, … z, aa, ab, …"""
    more, at = divmod(number, len(_LETTERS))
    return (key(more - 1) if more else "") + _LETTERS[at]


def number_of(key: str) -> int:
    """The number, from 0, of the mod with this letter."""
    number = 0
    for letter in key:
        number = number * len(_LETTERS) + _LETTERS.index(letter) + 1
    return number - 1


def strips(
    last: int,
    mods: Sequence[tuple[str, str, str, tuple[int, ...]]],
    broken: Collection[int],
    no_way_round: Collection[int],
) -> Strips:
    """A console of so many strips with these mods, each (key, what, how, its strips)."""
    bars: list[Bar] = []
    everywhere = []
    lanes: list[set[int]] = []
    for letter, what, how, held in mods:
        if len(held) == last:
            everywhere.append((letter, what))
            continue
        free = [n for n, taken in enumerate(lanes) if taken.isdisjoint(held)]
        lane = free[0] if free else len(lanes)
        if not free:
            lanes.append(set())
        lanes[lane].update(held)
        bars.append(Bar(letter, what, how, held, lane))
    return Strips(
        last,
        tuple(bars),
        tuple(everywhere),
        tuple(_runs(last, bars)),
        tuple(sorted(broken)),
        tuple(sorted(no_way_round)),
    )


def _runs(last: int, bars: Sequence[Bar]) -> Iterator[Run]:
    alike: dict[tuple[str, ...], list[int]] = {}
    for strip in range(1, last + 1):
        alike.setdefault(tuple(bar.key for bar in bars if strip in bar.strips), []).append(strip)
    alike.pop((), None)
    for keys, held in alike.items():
        yield Run(tuple(held), keys)


def spoken(numbers: Sequence[int]) -> str:
    """Numbers in order, runs drawn together: `17–18, 20–23`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] + 1 == number:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
