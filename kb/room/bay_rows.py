"""Two rows of a bay, one over the other, as they stand."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from kb.errors import KbError
from kb.room.bay import Bay, Point, letters_said, row_and_number
from kb.room.jacks import known_room

_ROW = re.compile(
    r"(?:(?P<room>[a-z]\w{0,11}):)?(?:rows?\s)?(?P<letter>[a-z]{1,2})(?:/[a-z]{1,2})?", re.I
)


class Rows(NamedTuple):
    """A row and the one under it, by their letters; `bottom` is empty where there is none.

    `jacks` are those of both by number: (top, bottom), each empty where no page says what is there.
    `points` are all that have a jack in either, those with their top in it first.
    """

    room: str
    top: str
    bottom: str
    jacks: tuple[tuple[str, str], ...]
    points: tuple[Point, ...]


def pair(bay: Bay, letter: str, room: str) -> Rows:
    """The pair of rows that a letter (`C`, `A:C`) belongs to. Raises KbError."""
    match = _ROW.fullmatch(" ".join(letter.split()))
    if not match:
        raise KbError(f"“{letter}” is no row; say its letter: kb patch --row C")
    wanted = match["letter"].upper()
    rooms = [known_room(bay, match["room"] or room)] if match["room"] or room else list(bay.rooms)
    there = [one for one in rooms if wanted in bay.rows(one)]
    if not there:
        rows = "; ".join(f"{one or 'the bay'} has {letters_said(bay.rows(one))}" for one in rooms)
        raise KbError(f"no row {wanted}: {rows or 'there is no bay'}")
    if len(there) > 1:
        raise KbError(f"rooms {' and '.join(there)} have a row {wanted}: say {there[0]}:{wanted}")
    return _rows(bay, there[0], wanted)


def _rows(bay: Bay, room: str, wanted: str) -> Rows:
    under: Counter[tuple[str, str]] = Counter()
    for point in bay.standing:
        if point.room == room and point.top:
            top = row_and_number(point.top)[0]
            for jack in point.bottoms:
                if (bottom := row_and_number(jack)[0]) != top:
                    under[top, bottom] += 1
    pairs = [both for both, _ in under.most_common() if wanted in both]
    top, bottom = pairs[0] if pairs else (wanted, "")
    # Of a row in two pairs the one that it is the top of.
    top, bottom = next((both for both in pairs if both[0] == wanted), (top, bottom))
    numbered: dict[int, list[str]] = {}
    rows = bay.rows(room)
    for side, letter in enumerate((top, bottom)):
        for jack in rows.get(letter, ()):
            numbered.setdefault(row_and_number(jack)[1], ["", ""])[side] = jack
    last = max(numbered)
    jacks = tuple(
        (numbered.get(n, ["", ""])[0], numbered.get(n, ["", ""])[1]) for n in range(1, last + 1)
    )
    named = {jack for both in jacks for jack in both if jack}
    points = [point for point in bay.standing if not named.isdisjoint(point.jacks)]
    points.sort(key=lambda point: point.top not in named)
    return Rows(room, top, bottom, jacks, tuple(points))
