"""Which point of a bay somebody means, by its jack or by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from kb.errors import KbError
from kb.room.bay import Bay, Point, full, letters_said, room_of, short
from kb.room.names import Asked, asked, held, mended, readings, tokens
from kb.terms.glossary import Glossary
from kb.terms.ranges import RangeError, jack_names, spoken

_JACK = re.compile(
    r"(?:(?P<room>[a-z]\w{0,11})[:\s]\s?)?(?P<jacks>[a-z]{1,2}\d{1,3}(?:\W.*)?|[a-z]\s\d{1,3})",
    re.I,
)
_MOST_NEAR = 4


class Meant(NamedTuple):
    """A point, or several of one patch row, and the jacks of them that were named.

    `remarks` say what had to be guessed.
    """

    points: tuple[Point, ...]
    jacks: tuple[str, ...]
    remarks: tuple[str, ...] = ()


class SeveralError(KbError):
    """What was typed fits several points; `fits` are they, those of one row together."""

    def __init__(self, message: str, fits: Sequence[Meant]) -> None:
        """With what to say and what to choose from."""
        super().__init__(message)
        self.fits = tuple(fits)


def find(bay: Bay, where: str, room: str, glossary: Callable[[], Glossary]) -> list[Meant]:
    """The point, or stereo pair, that a jack (`A:C17`) or a signal (`ch 17 insert send`) names.

    A signal that several rooms have once each gives one for each; a jack without its room is half
    a name. `room` narrows, if not empty; a jack needs no `glossary`. Raises SeveralError, and
    KbError that names the nearest.
    """
    text = " ".join(where.split())
    if not text:
        raise KbError("nothing named; say a jack or a signal: kb patch C17, kb patch ch 17 insert")
    room = known_room(bay, room)
    match = _JACK.fullmatch(text)
    jack_room = (match["room"] or room).upper() if match else ""
    is_jack = match is not None and (not jack_room or jack_room in bay.rooms)
    fits = _by_jack(bay, match["jacks"], jack_room) if match and is_jack else []
    remarks: list[str] = []
    if not fits:
        said = asked(text, glossary())  # U47 may yet be a microphone
        fits, remarks = _by_name(bay, said, room, glossary())
        if not fits and match and is_jack:
            raise KbError(_no_jack(bay, match["jacks"], jack_room))
        if not fits:
            raise KbError(_nearest(bay, said, room))
    found = [one._replace(remarks=tuple(remarks)) for one in _by_row(bay, fits)]
    rooms = {one.points[0].room for one in found}
    once_each = len(rooms) == len(found) and all(len(one.points) < 3 for one in found)
    if not once_each or (is_jack and len(rooms) > 1):
        raise SeveralError(_which(text, found), found)
    return found


def _which(text: str, meant: Sequence[Meant]) -> str:
    """What to ask where a text fits several points."""
    rooms = list(dict.fromkeys(one.points[0].room for one in meant))
    fits = f"“{text}” fits {sum(len(one.jacks) for one in meant)} jacks"
    if len(rooms) > 1:
        return f"{fits} in rooms {' and '.join(rooms)}; say one, or --room {rooms[0]}"
    return f"{fits}; say one: kb patch {meant[0].jacks[0]}"


def known_room(bay: Bay, room: str) -> str:
    """A room as its bay has it. Raises KbError where there is no such bay, or none at all."""
    if not bay.points:
        raise KbError("no page has a table with Normal: there is no bay to look at")
    named = [known for known in bay.rooms if known]
    if room and named and room.upper() not in named:
        raise KbError(f"no page has a bay of room {room.upper()}; rooms: {', '.join(named)}")
    return room.upper() if named else ""


def _by_jack(bay: Bay, text: str, room: str) -> list[str]:
    """The jacks that a text lists, in every room that has them all. Raises KbError."""
    try:
        names = jack_names(text.replace(" ", "") if text[1:2] == " " else text)
    except RangeError as error:
        if re.fullmatch(r"\w+\s?\W\s?\w+", text):
            raise KbError(str(error)) from error
        return []
    rooms = [room] if room else bay.rooms
    sets = [[name if room_of(name) else full(one, name) for name in names] for one in rooms]
    return list(
        dict.fromkeys(jack for jacks in sets if all(j in bay for j in jacks) for jack in jacks)
    )


def _by_name(bay: Bay, said: Asked, room: str, glossary: Glossary) -> tuple[list[str], list[str]]:
    """The jacks whose names hold all that was said, slips put right if need be and told."""
    if fits := _as_said(bay, said, room, glossary):
        return fits, []
    vocabulary = frozenset(t for p in bay.standing for j in p.jacks for t in tokens(p.name(j)))
    meant, remarks = mended(said, vocabulary, glossary)
    return (_as_said(bay, meant, room, glossary), remarks) if remarks else ([], [])


def _as_said(bay: Bay, said: Asked, room: str, glossary: Glossary) -> list[str]:
    """The same as typed, in any of its readings; a letter at its end may be a room."""
    if said.room:
        room = known_room(bay, said.room)
    points = [point for point in bay.standing if not room or point.room == room]
    for reading in readings(said, glossary):
        if fits := _hold(points, reading):
            return fits
    letter = said.words[-1].text.upper() if said.words else ""
    if letter not in bay.rooms or room not in ("", letter):
        return []
    return _hold(
        [point for point in points if point.room == letter],
        said._replace(words=said.words[:-1]),
    )


def _hold(points: Sequence[Point], said: Asked) -> list[str]:
    """The jacks of this very name; else those that hold every word; else every word of weight;
    else those of points that hold them in all that is said of them.
    """
    if not said.words:
        return []
    names = [(jack, point.name(jack)) for point in points for jack in point.jacks]
    for word in said.words:
        # What has not even the number is not worth splitting into words: nine names in ten.
        numbers = {place.rpartition(":")[2] for place in word.places}
        if numbers and not word.places[0].startswith("jack:"):
            names = [(j, n) for j, n in names if any(number in n.casefold() for number in numbers)]
    typed = tokens(said.text)
    if fits := [jack for jack, name in names if tokens(name) == typed]:
        return fits
    strong = [word for word in said.words if not word.faint] or said.words
    for words, wide in ((said.words, False), (strong, False), (strong, True)):
        left = names
        for word in sorted(words, key=lambda w: w.plain):  # the number leaves fewest
            left = [(j, n) for j, n in left if held(word, tokens(n), tokens(n), wide)]
        if left:
            return [jack for jack, _ in left]
    left_points = list(points)
    for word in sorted(strong, key=lambda w: w.plain):
        left_points = [p for p in left_points if held(word, _whole(p), _whole(p), wide=True)]
    return [jack for point in left_points for jack in point.jacks]


def _whole(point: Point) -> frozenset[str]:
    return tokens(point.out).union(*map(tokens, (*point.inputs, point.wired_to)))


def _by_row(bay: Bay, jacks: Iterable[str]) -> list[Meant]:
    """The jacks with their points, those of one patch row and room together."""
    rows: dict[tuple[str, str], tuple[list[Point], list[str]]] = {}
    for jack in jacks:
        point = bay.at(jack)
        points, named = rows.setdefault((point.room, point.row.address), ([], []))
        if not any(point is other for other in points):
            points.append(point)
        named.append(jack)
    return [Meant(tuple(points), tuple(named)) for points, named in rows.values()]


def _no_jack(bay: Bay, text: str, room: str) -> str:
    """What to say of a jack that is not there: what its row has, or which rows there are."""
    letter = re.match(r"[A-Za-z]+", text)
    told = []
    for one in [room] if room else bay.rooms:
        rows = bay.rows(one)
        row = rows.get(letter[0].upper()) if letter else None
        has = spoken(f"jack:{short(jack)}" for jack in row) if row else f"rows {letters_said(rows)}"
        told.append(f"{one or 'the bay'} has {has}")
    return f"no jack {text.upper()}: {'; '.join(told)}"


def _nearest(bay: Bay, said: Asked, room: str) -> str:
    """What to say where nothing has such a name: the rows whose names hold most of it."""
    near: list[tuple[float, str]] = []
    rows = {point.row.address: point for point in reversed(bay.standing)}
    for point in reversed(rows.values()):
        row = point.row
        if room not in ("", point.room):
            continue
        for jacks, name in ((row.cells.get("top"), "out"), (row.cells.get("bottom"), "in")):
            text = row.cells.get(name, "")
            if jacks and text:
                score = sum(_likeness(word.text, tokens(text)) for word in said.words)
                near.append((score, f"{full(point.room, jacks)} {text}"))
    best = max((score for score, _ in near), default=0)
    told = [text for score, text in near if score == best][:_MOST_NEAR] if best else []
    nearest = f"nearest: {', '.join(told)}; or " if told else ""
    return f"nothing on a bay is called “{said.text}”; {nearest}search: kb search {said.text}"


def _likeness(word: str, among: frozenset[str]) -> float:
    parts = word.split()
    return sum(part in among for part in parts) / len(parts)
