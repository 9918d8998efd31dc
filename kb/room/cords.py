"""What a cord does where it is put in, and which cords take a signal through a box and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from kb.errors import KbError
from kb.pages.normals import breaks, normalled
from kb.room.bay import Bay, Point, Unit, room_of, short
from kb.room.jacks import Meant
from kb.terms.ranges import wired_jacks

Verb = Literal["breaks", "listens", "takes", "feeds", "joins"]
Normals = tuple[tuple[str, str], ...]


class Effect(NamedTuple):
    """What a cord does in a jack: which normals it breaks, each (top, bottom), and which it leaves.

    It `takes` from an open top and `feeds` an open bottom; in a mult it `joins` the others.
    """

    jack: str
    verb: Verb
    broken: Normals = ()
    kept: Normals = ()


class Cord(NamedTuple):
    """One cord to place: out of this jack, into that one."""

    source: Effect
    end: Effect


class OtherRoomError(KbError):
    """A cord that would have to reach into another room."""

    def __init__(self, source: str, end: str) -> None:
        """With the jacks it would join."""
        super().__init__(f"no cord reaches from {source} to {end}, in another room")
        self.rooms = room_of(source), room_of(end)


class Plan(NamedTuple):
    """The cords that take a signal through boxes, in the order to place them.

    `broken` are the normals that are so parted. `remarks` say what to know before.
    """

    start: Meant
    units: tuple[Unit, ...]
    cords: tuple[Cord, ...]
    remarks: tuple[str, ...] = ()

    @property
    def jacks(self) -> tuple[str, ...]:
        """Every jack that gets a plug, in order."""
        return tuple(end.jack for cord in self.cords for end in cord)

    @property
    def broken(self) -> Normals:
        """Each normal that the cords part, once, in the order in which they do."""
        return tuple(
            dict.fromkeys(pair for cord in self.cords for end in cord for pair in end.broken)
        )

    @property
    def way_back(self) -> tuple[str, ...]:
        """The jacks in the order to unplug them: the last cord first, its end before its source."""
        return self.jacks[::-1]


def effect(point: Point, jack: str) -> Effect:
    """What a cord does in a jack of a point."""
    if point.normal == "parallel" or (len(point.jacks) == 1 and wired_jacks(point.wired_to)):
        return Effect(jack, "joins")
    top = jack == point.top
    if not normalled(point.normal):
        return Effect(jack, "takes" if top else "feeds")
    mine = tuple(pair for pair in point.joined if top or pair[1] == jack)
    others = tuple(pair for pair in point.joined if pair not in mine)
    if breaks(point.normal, "top" if top else "bottom"):
        return Effect(jack, "breaks", mine, others)
    return Effect(jack, "listens", (), mine + others)


def plan(bay: Bay, start: Meant, units: Sequence[Unit]) -> Plan:
    """The cords that take the signal of a point out, through each box in turn, and back in.

    Raises KbError where it cannot be done, and says what to do instead.
    """
    remarks = list(start.remarks)
    ways = [(point.top, _back_in(point, start.jacks)) for point in start.points]
    cords: list[Cord] = []
    here = [top for top, _ in ways]
    for unit in units:
        legs = _legs(unit, here, remarks)
        cords += [_cord(bay, out, leg[0]) for out, leg in zip(here, legs, strict=True)]
        here = [leg[1] for leg in legs]
    cords += [_cord(bay, out, bottom) for out, (_, bottom) in zip(here, ways, strict=True)]
    made = Plan(start, tuple(units), tuple(cords), tuple(remarks))
    twice = [jack for n, jack in enumerate(made.jacks) if jack in made.jacks[:n]]
    if twice:
        raise KbError(f"{twice[0]} ({bay.name(twice[0])}) would take two cords; name another box")
    return made


def _back_in(point: Point, named: Iterable[str]) -> str:
    """The bottom where the signal of a point goes in again: the one that was named, if any."""
    if point.normal == "parallel" or not point.top or not point.bottoms:
        jack = point.jacks[0]
        raise KbError(f"{jack} ({point.name(jack)}) has no other end to come back to")
    return next((jack for jack in named if jack in point.bottoms), point.bottoms[0])


def _legs(unit: Unit, here: Sequence[str], remarks: list[str]) -> list[tuple[str, str]]:
    """The legs of a unit that these sources take."""
    if len(here) == 1:
        if unit.ways_out > 1:
            said = "is stereo" if unit.ways_in > 1 else "comes back in stereo"
            left = "/".join(map(short, unit.legs[0]))
            remarks.append(f"{unit.name} {said}: only its left side is used, {left}")
        return [unit.legs[0]]
    if unit.ways_in < len(here) or unit.ways_out < len(here):
        first, *_ = here
        raise KbError(
            f"{unit.name} is mono and {' and '.join(map(short, here))} are a pair; take a stereo "
            f"box, or one side at a time: kb patch {first}"
        )
    return list(unit.legs[: len(here)])


def _cord(bay: Bay, source: str, end: str) -> Cord:
    if room_of(source) != room_of(end):
        raise OtherRoomError(source, end)
    return Cord(effect(bay.at(source), source), effect(bay.at(end), end))
