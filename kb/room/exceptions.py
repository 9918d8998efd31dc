"""Where a bay breaks its own pattern: what somebody who knows the rest of it would get wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from kb.pages.normals import Normal
from kb.room.bay import Point, row_and_number

Why = Literal["normal", "jump", "blank", "setup", "notes"]

_NUMBER = re.compile(r"\d+")


class Deviation(NamedTuple):
    """Points of one patch row that stand side by side and break the pattern alike.

    `normal`: not joined as most of the row are, which is `usual`. `jump`: the signal goes not
    straight down, to two places, or to another number. `blank`: jacks with nothing on them.
    `setup` and `notes`: the page has something to say.
    """

    points: tuple[Point, ...]
    whys: tuple[Why, ...]
    usual: Normal


def exceptions(points: Sequence[Point]) -> list[Deviation]:
    """The points that break the pattern of their bay, in the order of its rows."""
    rows: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        rows.setdefault((point.room, row_and_number(point.jacks[0])[0]), []).append(point)
    found: list[Deviation] = []
    for key in sorted(rows):
        there = sorted(rows[key], key=lambda point: row_and_number(point.jacks[0]))
        usual = Counter(point.normal for point in there).most_common(1)[0][0]
        under = Counter(row_and_number(j)[0] for p in there for j in p.bottoms).most_common(1)
        for point in there:
            whys = tuple(_whys(point, usual, under[0][0] if under else ""))
            last = found[-1] if found else None
            if last and last.points[-1].row is point.row and last.whys == whys:
                found[-1] = last._replace(points=(*last.points, point))
            elif whys:
                found.append(Deviation((point,), whys, usual))
    return found


def _whys(point: Point, usual: Normal, under: str) -> Iterator[Why]:
    blank = not point.out and not any(point.inputs)
    if blank:
        yield "blank"
    elif point.normal != usual:
        yield "normal"
    if point.normal != "parallel" and _jumps(point, under):
        yield "jump"
    if point.setup:
        yield "setup"
    if point.notes:
        yield "notes"


def _jumps(point: Point, under: str) -> bool:
    if not point.top or not point.bottoms:
        return False
    straight = (under, row_and_number(point.top)[1])
    if len(point.bottoms) > 1 or row_and_number(point.bottoms[0]) != straight:
        return True
    # Of a pair the left one tells: Aux 1/2 to Cue 1 L/R steps, Aux 5/6 to Cue 3 L/R jumps.
    _, _, out, _, _, into, _ = point.row.points[0]
    numbers, others = _NUMBER.findall(out), _NUMBER.findall(into)
    return bool(numbers) and bool(others) and numbers != others
