"""From the words for a signal and some boxes to the cords that take it through them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kb.errors import KbError
from kb.room.bay import Bay, Unit, room_of, short
from kb.room.concerns import concerns
from kb.room.cords import OtherRoomError, Plan, plan
from kb.room.jacks import Meant, SeveralError, find, known_room
from kb.room.names import Asked, asked, held, mended, readings, tokens
from kb.terms.glossary import Glossary
from kb.terms.query import Word

if TYPE_CHECKING:
    from kb.search.rows import FoundRow

_NUMBERED = re.compile(r"(?P<name>.+?)[\s#]+(?P<number>\d{1,2})")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_MOST = 8


def plans(
    bay: Bay,
    where: str,
    boxes: Sequence[str],
    room: str,
    glossary: Glossary,
    faults: Sequence[FoundRow] = (),
) -> list[Plan]:
    """How to take a signal through boxes, in a room or in each one where it can be done.

    A room where several things fit is told of in the remarks of the others. Tie lines with one of
    these faults are not proposed. Raises KbError where there is no way.
    """
    room = known_room(bay, room)
    found: list[Plan] = []
    failed: list[KbError] = []
    unclear: list[str] = []
    for one in [room] if room else bay.rooms:
        try:
            made = _plan(bay, where, boxes, one, glossary, faults)
            if all(made.cords != other.cords for other in found):  # A:C17 is the same from B
                found.append(made)
        except KbError as error:
            failed.append(error)
            if isinstance(error, SeveralError | _WhichBoxError):
                unclear.append(f"in {one} {error}")
    if found:
        return [made._replace(remarks=(*unclear, *made.remarks)) for made in found]
    raise max(failed, key=lambda error: isinstance(error, SeveralError | _BoxError))


class _BoxError(KbError):
    """The signal is there, and the box is not."""


class _WhichBoxError(_BoxError):
    """Several boxes are called that."""


def _plan(
    bay: Bay,
    where: str,
    boxes: Sequence[str],
    room: str,
    glossary: Glossary,
    faults: Sequence[FoundRow],
) -> Plan:
    start = _start(bay, where, room, glossary)
    units: list[Unit] = []
    remarks: list[str] = []
    here = start.points[0].room
    for name in boxes:
        unit, guessed = _unit(bay, name, here, len(start.points) > 1, glossary, faults)
        units.append(unit)
        remarks += guessed
        here = room_of(unit.legs[0][1])
    try:
        made = plan(bay, start, units)
    except OtherRoomError as error:
        used = {jack for unit in units for leg in unit.legs for jack in leg}
        ties = [tie for tie in _ties(bay, *error.rooms, faults) if used.isdisjoint(tie.legs[0])]
        told = f"; put a tie line between: --via '{ties[0].name}'" if ties else ""
        raise _BoxError(f"{error}{told}") from error
    return made._replace(remarks=(*remarks, *made.remarks))


def _start(bay: Bay, where: str, room: str, glossary: Glossary) -> Meant:
    """The point to take the signal from; where a strip is named, that is its insert."""
    try:
        found = find(bay, where, room, lambda: glossary)
    except SeveralError as error:
        inserts = [one for one in error.fits if all(_is_insert(name) for name in _names(one))]
        if len(inserts) == 1 and len(inserts[0].points) < 3:
            return inserts[0]
        raise
    return found[0]


def _names(meant: Meant) -> list[str]:
    return [name for point in meant.points for name in (point.out, *point.inputs)]


def _is_insert(name: str) -> bool:
    return "insert" in tokens(name)


def _unit(
    bay: Bay, name: str, room: str, pair: bool, glossary: Glossary, faults: Sequence[FoundRow]
) -> tuple[Unit, list[str]]:
    """The box of this name in a room. Raises KbError that names those there are."""
    there = [unit for unit in bay.units if unit.room == room]
    said = asked(name, glossary)
    fits, remarks = _called(there, said, glossary)
    numbered = _NUMBERED.fullmatch(said.text)
    if not fits and numbered:
        kind, _ = _called(there, asked(numbered["name"], glossary), glossary)
        number = int(numbered["number"])
        if 0 < number <= min(len(kind), len(_ORDINALS)):
            unit, nth = kind[number - 1], _ORDINALS[number - 1]
            return unit, [f"no “{said.text}” in {room}; took the {nth}: {unit.name}"]
        if kind:
            raise _BoxError(f"no “{said.text}” in {room}; there are {_listed(kind)}")
    if pair and len(fits) == 2:
        left, right = fits
        if left.name[:-1] == right.name[:-1] and (left.name[-1], right.name[-1]) == ("L", "R"):
            return Unit(f"{left.name}/R", room, (left.legs[0], right.legs[0])), remarks
    if len(fits) == 1:
        return fits[0], remarks
    if fits:
        raise _WhichBoxError(f"“{said.text}” fits {_listed(fits)}; say one")
    elsewhere = [u for u in _called(bay.units, said, glossary)[0] if u.room != room]
    if elsewhere:
        other = elsewhere[0]
        there_and_back = [tie.name for tie in _ties(bay, room, other.room, faults)[:2]]
        told = f"no “{said.text}” in {room}; {other.name} is in {other.room}"
        if len(there_and_back) == 2:
            via = (there_and_back[0], other.name, there_and_back[1])
            told += ": " + " ".join(f"--via '{name}'" for name in via)
        raise _BoxError(told)
    alone = [u for u in there if not u.tie and not bay.at(u.legs[0][0]).joined]
    raise _BoxError(f"no box in {room} is called “{said.text}”; there are {_listed(alone)}")


def _called(units: Sequence[Unit], said: Asked, glossary: Glossary) -> tuple[list[Unit], list[str]]:
    """The boxes that words or a jack name, slips put right if need be and told."""
    if fits := _as_said(units, said, glossary):
        return fits, []
    vocabulary = frozenset(token for unit in units for token in tokens(unit.name))
    meant, remarks = mended(said, vocabulary, glossary)
    return (_as_said(units, meant, glossary), remarks) if remarks else ([], [])


def _as_said(units: Sequence[Unit], said: Asked, glossary: Glossary) -> list[Unit]:
    jack = said.text.upper()
    if fits := [u for u in units if any(jack in (j, short(j)) for leg in u.legs for j in leg)]:
        return fits
    if fits := [unit for unit in units if tokens(unit.name) == tokens(said.text)]:
        return fits
    if fits := [unit for unit in units if _joined(unit.name) == _joined(said.text)]:
        return fits
    for reading in readings(said, glossary):
        for wide in (False, True):
            fits = [u for u in units if all(_says(word, u, wide) for word in reading.words)]
            if fits and reading.words:
                return fits
    return []


def _joined(name: str) -> str:
    """A name as some type it: 1176b."""
    return re.sub(r"\W", "", name).casefold()


def _says(word: Word, unit: Unit, wide: bool) -> bool:
    named = tokens(unit.name)
    return held(word, named, named, wide)


def _ties(bay: Bay, one: str, other: str, faults: Sequence[FoundRow]) -> list[Unit]:
    """The tie lines from one room to another that have no fault."""
    ties = [u for u in bay.units if u.tie and u.room == one and room_of(u.legs[0][1]) == other]
    return [
        tie
        for tie in ties
        if not any(fault.itself for fault in concerns(bay, bay.at(tie.legs[0][0]), faults))
    ]


def _listed(units: Sequence[Unit]) -> str:
    named = [f"{unit.name} ({'/'.join(map(short, unit.legs[0]))})" for unit in units[:_MOST]]
    more = f" and {len(units) - _MOST} more" if len(units) > _MOST else ""
    return f"{', '.join(named)}{more}" if named else "none"
