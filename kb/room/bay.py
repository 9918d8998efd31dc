"""The points of every room's bay: what stands over what, and what is wired to what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple, cast

from kb.pages.normals import Normal, normalled
from kb.room.names import DIRECTIONS, about
from kb.terms.ranges import wired_jacks

if TYPE_CHECKING:
    from kb.search.rows import FoundRow

_DESTINATIONS = re.compile(r"\s*[,;]\s+|\s+\+\s+")
_SIDES = {"l": "L", "left": "L", "r": "R", "right": "R"}


class Point(NamedTuple):
    """A vertical pair of a bay: a jack over those that it stands for.

    Jacks have their full name, `A:C17`, or `C17` where the page says no room. `top` is empty for
    a bottom by itself. `inputs` has a name for each of `bottoms`. `places` are those of the index.
    """

    room: str
    top: str
    out: str
    normal: Normal
    bottoms: tuple[str, ...]
    inputs: tuple[str, ...]
    wired_to: str
    places: frozenset[str]
    row: FoundRow

    @property
    def jacks(self) -> tuple[str, ...]:
        """Every jack of the pair, the top first."""
        return (self.top, *self.bottoms) if self.top else self.bottoms

    @property
    def setup(self) -> str:
        """The set-up this row is for; empty where it always holds."""
        return self.row.cells.get("setup", "")

    @property
    def notes(self) -> str:
        """What the page adds."""
        return self.row.cells.get("notes", "")

    @property
    def joined(self) -> tuple[tuple[str, str], ...]:
        """What its normal joins: the top with each bottom."""
        if not self.top or not normalled(self.normal):
            return ()
        return tuple((self.top, bottom) for bottom in self.bottoms)

    def name(self, jack: str) -> str:
        """What a jack of this point is called."""
        return self.out if jack == self.top else self.inputs[self.bottoms.index(jack)]

    def end(self, jack: str) -> str:
        """`top` or `bottom`."""
        return "top" if jack == self.top else "bottom"


class Wire(NamedTuple):
    """Two jacks that a wire joins at the back; `both_ways` where neither is an input or output."""

    source: str
    end: str
    both_ways: bool


class Unit(NamedTuple):
    """A box, tie line or mult: what a signal goes into and comes out of.

    `legs` are pairs of jacks (in, out), left first. Ways in or out that two legs share make it
    mono on that side.
    """

    name: str
    room: str
    legs: tuple[tuple[str, str], ...]
    tie: bool = False

    @property
    def ways_in(self) -> int:
        """How many jacks feed it."""
        return len({leg[0] for leg in self.legs})

    @property
    def ways_out(self) -> int:
        """How many jacks it comes out of."""
        return len({leg[1] for leg in self.legs})


class Bay:
    """All points of all rooms. Where a jack stands for something else in a set-up, the row that
    always holds is the one that counts.
    """

    def __init__(self, rows: Iterable[FoundRow]) -> None:
        """Of patch rows."""
        self.points = tuple(sorted(_points(rows), key=lambda point: point.room))
        self._at: dict[str, list[Point]] = {}
        for point in self.points:
            for jack in point.jacks:
                self._at.setdefault(jack, []).append(point)
        for points in self._at.values():
            points.sort(key=lambda point: bool(point.setup))

    @cached_property
    def standing(self) -> tuple[Point, ...]:
        """The points that hold with no set-up in force."""
        return tuple(p for p in self.points if any(self.at(jack) is p for jack in p.jacks))

    @cached_property
    def rooms(self) -> tuple[str, ...]:
        """The rooms that have a bay, in order; one without a name is empty."""
        return tuple(sorted({point.room for point in self.points}))

    def __contains__(self, jack: str) -> bool:
        return jack in self._at

    def at(self, jack: str) -> Point:
        """The point of a jack that is there."""
        return self._at[jack][0]

    def rows(self, room: str) -> dict[str, list[str]]:
        """The jacks of a room by the letter of their row, both in order."""
        rows: dict[str, list[str]] = {}
        for jack in self._at:
            if self.at(jack).room == room:
                rows.setdefault(row_and_number(jack)[0], []).append(jack)
        return {letter: sorted(rows[letter], key=row_and_number) for letter in sorted(rows)}

    def setups(self, jack: str) -> list[Point]:
        """What else a jack stands for, in set-ups."""
        return self._at[jack][1:]

    def name(self, jack: str) -> str:
        """What a jack that is there is called."""
        return self.at(jack).name(jack)

    @cached_property
    def wires(self) -> tuple[Wire, ...]:
        """Every wire between two jacks, each once, with the way a signal takes through it."""
        found: dict[frozenset[str], Wire] = {}
        for point in self.standing:
            for named in _wired(point.wired_to) if point.wired_to else ():
                far = named if ":" in named else full(point.room, named)
                if far in self._at and far not in point.jacks:
                    wire = self._wire(point, far)
                    found.setdefault(frozenset(wire[:2]), wire)
        return tuple(found.values())

    def wires_of(self, point: Point) -> list[Wire]:
        """The wires that end on a point."""
        return [wire for jack in point.jacks for wire in self._wires_at.get(jack, ())]

    @cached_property
    def _wires_at(self) -> dict[str, list[Wire]]:
        found: dict[str, list[Wire]] = {}
        for wire in self.wires:
            for jack in wire[:2]:
                found.setdefault(jack, []).append(wire)
        return found

    def wired_end(self, point: Point) -> str:
        """The jack of a point that its Wired to is behind: that of a box, else the one whose name
        has most in common with it, else the top.
        """
        if not point.top or not point.bottoms:
            return point.jacks[0]
        ways_in = {leg[0] for unit in self.boxes for leg in unit.legs}
        ways_out = {leg[1] for unit in self.boxes for leg in unit.legs}
        if point.top in ways_out and point.bottoms[0] not in ways_in:
            return point.top
        if point.bottoms[0] in ways_in and point.top not in ways_out:
            return point.bottoms[0]
        said = about(point.wired_to)
        top, bottom = (len(said & about(name)) for name in (point.out, point.inputs[0]))
        return point.bottoms[0] if bottom > top else point.top

    def _wire(self, point: Point, far: str) -> Wire:
        """At the back of a bottom a signal leaves the bay, at the back of a top it comes in."""
        other = self.at(far)
        if far == other.top and point.bottoms:
            return Wire(point.bottoms[0], far, both_ways=False)
        if far != other.top and point.top:
            return Wire(far, point.top, both_ways=False)
        return Wire(point.top or point.bottoms[0], far, both_ways=True)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The boxes whose way in and way out are on a bay, then tie lines and mults."""
        return (*self.boxes, *self._ties(), *self._mults())

    @cached_property
    def boxes(self) -> tuple[Unit, ...]:
        """The boxes alone."""
        return tuple(self._boxes())

    def _boxes(self) -> Iterator[Unit]:
        ins: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
        outs: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
        for point in self.standing:
            if point.normal == "parallel":
                continue
            for jack in point.jacks:
                words, side = stem(point.name(jack))
                if words:
                    ends = outs if jack == point.top else ins
                    ends.setdefault((point.room, words), {}).setdefault(side, jack)
        for key, into in ins.items():
            out = outs.get(key, {})
            sides = [side for side in ("L", "R", "") if side in into or side in out]
            legs = []
            for side in sides:
                way_in, way_out = (ends.get(side, ends.get("")) for ends in (into, out))
                if way_in and way_out and not self._are_joined(way_out, way_in):
                    legs.append((way_in, way_out))
            if legs:
                yield Unit(_without_direction(self.name(legs[0][1])), key[0], tuple(legs))

    def _are_joined(self, top: str, bottom: str) -> bool:
        """Whether out and in are a send and its return, and no box."""
        return (top, bottom) in self.at(top).joined

    def _ties(self) -> Iterator[Unit]:
        for wire in self.wires:
            ways = [wire[:2], (wire.end, wire.source)] if wire.both_ways else [wire[:2]]
            for near, far in ways:
                yield Unit(self.name(near), self.at(near).room, ((near, far),), tie=True)

    def _mults(self) -> Iterator[Unit]:
        for point in self.standing:
            if point.normal == "parallel" and len(point.jacks) > 1:
                first, second = point.jacks[:2]
                yield Unit(point.out or point.inputs[0], point.room, ((first, second),))


@lru_cache(maxsize=1024)
def _wired(text: str) -> tuple[str, ...]:
    return tuple(wired_jacks(text))


def stem(name: str) -> tuple[tuple[str, ...], str]:
    """What a way in and a way out of one box share, and its side: `Plate out L` is `plate`, `L`.

    Nothing for a name that says no direction.
    """
    words = name.casefold().split()
    side = ""
    if len(words) > 2 and words[-1] in _SIDES and words[-2] in DIRECTIONS:
        side = _SIDES[words.pop()]
    if len(words) > 1 and words[-1] in DIRECTIONS:
        return tuple(words[:-1]), side
    return (), ""


def _without_direction(name: str) -> str:
    words, _ = stem(name)
    return " ".join(name.split()[: len(words)])


def full(room: str, jack: str) -> str:
    """A jack's full name."""
    return f"{room}:{jack}" if room else jack


def short(jack: str) -> str:
    """A jack without its room."""
    return jack.rpartition(":")[2]


def room_of(jack: str) -> str:
    """The room of a jack, empty where it names none."""
    return jack.rpartition(":")[0]


def letters_said(letters: Iterable[str]) -> str:
    """Letters of rows with runs drawn together: `A–H, J–N, P`."""
    runs: list[list[str]] = []
    for letter in letters:
        if runs and len(letter) == 1 and ord(runs[-1][-1][-1]) + 1 == ord(letter):
            runs[-1].append(letter)
        else:
            runs.append([letter])
    return ", ".join(run[0] + (f"–{run[-1]}" if run[1:] else "") for run in runs)


def row_and_number(jack: str) -> tuple[str, int]:
    """`A:C17` is number 17 of row C."""
    name = short(jack)
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :])


def _points(rows: Iterable[FoundRow]) -> Iterator[Point]:
    for row in rows:
        own = row.rooms[0].upper() if len(row.rooms) == 1 else ""
        for names, top, out, normal, bottoms, input_, wired_to in row.points:
            far = room_of(top or bottoms[0])
            room = far or own
            yield Point(
                room=room,
                top=full("" if far else room, top) if top else "",
                out=out,
                normal=cast(Normal, normal),
                bottoms=tuple(full("" if room_of(one) else room, one) for one in bottoms),
                inputs=_inputs(input_, len(bottoms)),
                wired_to=wired_to,
                places=frozenset(names),
                row=row,
            )


def _inputs(text: str, count: int) -> tuple[str, ...]:
    """The names of the bottoms: one for each where so many are listed, else the same for all."""
    listed = _DESTINATIONS.split(text)
    return tuple(listed) if len(listed) == count else (text,) * count
