"""Which mods and faults are about a point of a bay, and where phantom may be up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kb.room.bay import Bay, Point, short, stem
from kb.room.names import about, tokens
from kb.terms.ranges import spoken
from kb.terms.words import analysed, chunks, fold

if TYPE_CHECKING:
    from kb.search.rows import FoundRow

# `A, B and C` at the end of a name: one name for each.
_LETTERS = re.compile(
    r"(?P<base>.+?),?\s(?:in\s)?(?P<letters>[a-z](?:\s?(?:,|/|&|\band\b)\s?[a-z])*)"
)
_RUN = re.compile(r"(?<![\w.])(\d{1,3})-(\d{1,3})(?![\w.])")
_BETWEEN = re.compile(r"[\s-]+")
_PHANTOM = frozenset({"48v", "phantom"})
_MIC = re.compile(r"\b(?:mic|mics|microphone)(?: lines?)? \d")

_Key = tuple[str, ...]


class Concern(NamedTuple):
    """A mod or fault of a point: of the point itself, or of the strip or box it is part of.

    `at` is what that is called: `ch 17`, `EMT 140`.
    """

    row: FoundRow
    itself: bool
    at: str


def concerns(bay: Bay, point: Point, rows: Iterable[FoundRow]) -> list[Concern]:
    """What these rows, of mods or faults that still hold, have to say of a point.

    What is about the point itself comes first, then what is about the fewest places.
    """
    found = []
    far = {bay.at(jack).room for wire in bay.wires_of(point) for jack in wire[:2]}
    rooms = {room.casefold() for room in (point.room, *far)}
    for row in rows:
        if row.closed or (row.rooms and rooms.isdisjoint(row.rooms)):
            continue
        if (itself := _concerns(bay, point, row)) is not None:
            found.append(Concern(row, itself, _at(point, row)))
    return sorted(found, key=lambda one: (not one.itself, len(one.row.places)))


def jacks_of(bay: Bay, point: Point, row: FoundRow) -> tuple[str, ...]:
    """The jacks of a point that a fault of its own is on."""
    room = point.room.casefold()
    placed = {
        jack: {f"jack:{short(jack)}".casefold(), f"jack:{room}:{short(jack)}".casefold()}
        for jack in point.jacks
    }
    found = [jack for jack, names in placed.items() if not names.isdisjoint(row.places)]
    where, said = row.cells["where"], about(row.cells.get("symptom", ""))
    found = found or [
        jack
        for jack in point.jacks
        if _is_named(bay, where, _called(point.room, (point.name(jack),)))
    ]
    found = found or [jack for jack in point.jacks if about(point.name(jack)) & said]
    return tuple(found) or point.jacks


def _at(point: Point, row: FoundRow) -> str:
    shared = [p for p in row.places if p in point.places and not p.startswith("jack:")]
    return spoken(shared[:1]) or row.cells["where"]


def phantom(point: Point) -> bool:
    """Whether 48 V may be up on a point: a mic line, or a row that says so.

    A line into the mic input of a strip is one; a listen mic is not.
    """
    said = [point.out, *point.inputs, point.wired_to, point.notes, point.setup]
    if any(not _PHANTOM.isdisjoint(tokens(text)) for text in said):
        return True
    if any(place.startswith("micline:") for place in point.places):
        return True
    if any(_MIC.search(fold(name)) for name in (point.out, *point.inputs)):
        return True
    return any(
        "mic" in tokens(name) and any(token.startswith("ch:") for token in tokens(name))
        for name in point.inputs
    )


def _concerns(bay: Bay, point: Point, row: FoundRow) -> bool | None:
    """Whether a row is about the point itself (True), its strip or box (False), or neither."""
    where = row.cells["where"]
    shared = point.places.intersection(row.places)
    if row.places and not shared:
        return None  # it says where, and that is not here
    here = not row.rooms or point.room.casefold() in row.rooms
    if any(place.startswith("jack:") and (here or place.count(":") > 1) for place in shared):
        return True
    names = [name for name in (point.out, *point.inputs) if name]
    if here and _is_named(bay, where, _called(point.room, tuple(names))):
        return True
    if here and _is_named(bay, where, _behind(point.wired_to)):
        return False
    # Of another room only what is about the wire that both ends share.
    shared = frozenset(
        place
        for place in shared
        if not place.startswith("jack:") and (here or _alone(place, names))
    )
    if not shared or not _of_this_room(bay, point, where) or _elsewhere(point, row):
        return None
    whole = tokens(point.wired_to).union(*map(tokens, names))
    if not about(where) <= whole:
        return None
    text = " ".join(row.cells.get(column, "") for column in ("part", "symptom"))
    if phantom(point) and not _PHANTOM.isdisjoint(tokens(f"{text} {row.cells.get('here', '')}")):
        return True
    at = [name for name in names if not shared.isdisjoint(tokens(name))]
    return any(not about(name) or about(name) & about(text) for name in at)


def _alone(place: str, names: Sequence[str]) -> bool:
    """Whether a name says this place and nothing more."""
    return any(place in tokens(name) and not about(name) for name in names)


def _elsewhere(point: Point, row: FoundRow) -> bool:
    """Whether a row is about another place of a kind that this point has: Box W, and here S."""
    for noun in {place.partition(":")[0] for place in row.places} - {"jack"}:
        mine = {place for place in point.places if place.startswith(f"{noun}:")}
        if mine and mine.isdisjoint(row.places):
            return True
    return False


def _of_this_room(bay: Bay, point: Point, where: str) -> bool:
    """`Cue 2 in B` is not that of A."""
    said = re.search(r"(?:\bin|,) ([A-Za-z])$", where)
    return not said or said[1].upper() not in bay.rooms or said[1].upper() == point.room


def _is_named(bay: Bay, where: str, called: frozenset[_Key]) -> bool:
    """Whether a Where is one of these names, or what several of a kind have in common."""
    bare = _BETWEEN.sub("", where.casefold())
    if not any(name[0] in bare for name in called if name):
        return False  # most are about something else, and this is soon seen
    # A mod of 1176 is one of each, unless there is a box that is called just that.
    kinds = {one[:-1] for one in called if one and len(one[-1]) == 1} - _boxes(bay)
    return any(name in called or name in kinds for name in _listed(where))


@lru_cache(maxsize=2)
def _boxes(bay: Bay) -> frozenset[_Key]:
    return frozenset(_key(unit.name) for unit in bay.boxes)


@lru_cache(maxsize=4096)
def _called(room: str, names: tuple[str, ...]) -> frozenset[_Key]:
    """What the jacks of a point are called, and the box they belong to, also with its room."""
    found = {_key(name) for name in names}
    for name in names:
        if words := stem(name)[0]:
            key = _key(" ".join(words))
            found.add(key)
            if room and len(key[-1]) > 1:
                found.add((*key, room.casefold()))
    return frozenset(found)


@lru_cache(maxsize=1024)
def _behind(wired_to: str) -> frozenset[_Key]:
    """What is at the other end of the wire: `chamber, basement` is the chamber."""
    return frozenset(_key(name) for name in (wired_to, wired_to.partition(",")[0]) if name)


@lru_cache(maxsize=4096)
def _listed(where: str) -> tuple[_Key, ...]:
    """The things that a Where names: `LA-2A A, B and C` is three, `DAW in 1–48` 48."""
    return tuple(map(_key, _spread(fold(where))))


def _spread(text: str) -> Iterator[str]:
    if letters := _LETTERS.fullmatch(text):
        for letter in re.findall(r"\b[a-z]\b", letters["letters"]):
            yield f"{letters['base']} {letter}"
    elif run := _RUN.search(text):
        for number in range(int(run[1]), int(run[2]) + 1):
            yield f"{text[: run.start()]}{number}{text[run.end() :]}"
    else:
        yield text


def _key(name: str) -> _Key:
    """A name in the spelling of its words that is the same for all."""
    return tuple(spelled[0] for _, spelled, _ in map(analysed, chunks(fold(name))) if spelled)
