"""Where something is, as people type it in a hurry: `ch 22`, `C17`, `belt pack 3`, `the desk`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kb.errors import KbError
from kb.search.rows import FoundRow
from kb.terms.glossary import key_of
from kb.terms.nouns import NOUN_OF
from kb.terms.ranges import RangeError, at_front, places, spoken
from kb.terms.text import rooms_in
from kb.terms.words import FAINT, STOP, analysed, chunks, fold

# The columns of any table that name a piece of gear, beside the first one of mods and faults.
_GEAR = ("unit", "mic", "box")
_TAG = re.compile(r"[A-Z]+-[A-Z]-\d+")
_MOST_WORDS = 7
# What a page knows of a place: a mod or a fault of it says more than a table that mentions it.
_WORTH = {"mod": 3, "fault": 3, "table": 2, "patch": 1}
_JACK_WORTH = 4
_ROOM = re.compile(r"(?:studio|room)\s+(?P<said>\w)\b|(?P<alone>\w)(?=\s+\S)", re.I)
_ROOM_BEHIND = re.compile(
    r"(?:in\s+)?(?:studio|room)\s+(?P<said>\w)\b|in\s+(?!a\b)(?P<in>\w)\b", re.I
)
_NUMBERED = re.compile(r"(?P<noun>[A-Za-z]{4,})(?=\s?\d)")
_CLOSE = 0.8
_BETWEEN = " \t,;:-–—"


class Home(NamedTuple):
    """A page that knows a thing, the rooms that page is for, and how much it says of it."""

    page: str
    rooms: tuple[str, ...]
    worth: int


class Where(NamedTuple):
    """A place or a piece of gear that was meant; one that no page knows is as good.

    `rooms` are those it may be in: with more than one somebody has to say which.
    """

    text: str
    places: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    homes: tuple[Home, ...] = ()
    known: bool = True

    def page(self, room: str) -> str:
        """The page that says most of it, in this room; nothing where none or several do."""
        worth: dict[str, int] = {}
        for home in self.homes:
            if not home.rooms or not room or room in home.rooms:
                worth[home.page] = worth.get(home.page, 0) + home.worth
        best = [page for page, sum_ in worth.items() if sum_ == max(worth.values())]
        return best[0] if len(best) == 1 else ""


class Map:
    """Every place and every name that the pages know."""

    def __init__(self, pages: Iterable[Mapping[str, Any]], rows: Iterable[FoundRow]) -> None:
        self._names: dict[str, tuple[str, list[Home]]] = {}  # as the pages write it
        self._places: dict[str, list[Home]] = {}
        self.letters: set[str] = set()
        for page in pages:
            self._page(page)
        for row in rows:
            self._row(row)

    def _page(self, page: Mapping[str, Any]) -> None:
        address, title = page["address"], page["title"]
        rooms = rooms_in(page.get("room", "").casefold())
        self.letters.update(rooms)
        if address.startswith("equipment/"):
            home = Home(address, rooms, _WORTH["mod"])
            for name in (title, title.partition(",")[0], *page.get("also", ())):
                self._name(name, home)
            self._name(address.rpartition("/")[2].replace("-", " "), home, title)

    def _row(self, row: FoundRow) -> None:
        if not row.path.startswith("equipment/"):
            return
        for place in row.places:
            worth = _JACK_WORTH if place.startswith("jack:") else _WORTH[row.kind]
            self._places.setdefault(place, []).append(Home(row.page, row.rooms, worth))
        columns = list(row.cells.items())
        first = columns[0][0] if columns else ""
        for column, cell in columns:
            names_gear = row.kind in ("mod", "fault") or first in _GEAR
            if (names_gear and column == first) or _TAG.fullmatch(cell):
                self._name(cell, Home(row.page, row.rooms, _WORTH[row.kind]))

    def _name(self, name: str, home: Home, spelled: str = "") -> None:
        if len(key := _key(name)) > 1:
            self._names.setdefault(key, (spelled or name, []))[1].append(home)

    def read(self, words: Sequence[str]) -> tuple[Where, str]:
        """What the first of these words mean as a place, and the text that comes after it.

        A first word that holds blanks was quoted: it is the place, whatever it says. Else as much
        as names a place or a thing; nothing of the kind: the first word. Raises KbError where
        there is nothing to go by.
        """
        first, *rest = words
        if rest and len(first.split()) > 1:
            where, after = self._front(first)
            if where is None or after:
                where = where or Where("", known=False)
                where = where._replace(text=_capital(" ".join(first.split())))
            return where, " ".join(rest).strip()
        text = " ".join(words).strip()
        where, after = self._front(text)
        if where is not None:
            return where, after
        word, _, after = text.partition(" ")
        if word.isdecimal():
            raise KbError(f"{word} of what? ch {word}, cue {word}; or quote the place")
        if not after or word.casefold() in STOP | FAINT:
            raise KbError('say where first, quoted if kb cannot know it: "boiler room" TEXT')
        return Where(_capital(word.rstrip(_BETWEEN)), known=False), after.strip()

    def _front(self, text: str) -> tuple[Where | None, str]:
        """The longest thing that a text begins with, its room said before or behind; the rest."""
        room, alone, rest = self._room(_ROOM.match(text.lstrip()), text)
        where, after = self._thing(rest)
        if where is None and (mended := _mended(rest)):
            meant, beyond = self._thing(mended)
            where, after = (meant, beyond) if meant and meant.known else (where, after)
        if where is None:
            if room and not alone:
                return Where(f"Room {room.upper()}", (f"room:{room}",), (room,)), rest
            return self._thing(text) if room else (None, text)
        if not room:
            room, _, after = self._room(_ROOM_BEHIND.match(after), after)
        return (where._replace(rooms=(room,)) if room else where), after

    def _room(self, match: re.Match[str] | None, text: str) -> tuple[str, bool, str]:
        """A room that is named there, whether by its letter alone, and the rest of the text."""
        letter = match[match.lastgroup or 0].casefold() if match else ""
        if match is None or letter not in self.letters:
            return "", False, text
        return letter, match.lastgroup == "alone", match.string[match.end() :].lstrip(_BETWEEN)

    def _thing(self, text: str) -> tuple[Where | None, str]:
        """The place or name that reaches further, and the rest; `desk ch 22` is that desk's."""
        named, after = self._named(text)
        place, further = self._place(text)
        if named is None or len(further) <= len(after):
            return place, further
        strip, beyond = self._place(after)
        pages = {home.page for home in named.homes}
        homes = tuple(home for home in strip.homes if home.page in pages) if strip else ()
        if strip and homes:
            return strip._replace(rooms=named.rooms or strip.rooms, homes=homes), beyond
        return named, after

    def _named(self, text: str) -> tuple[Where | None, str]:
        words = list(re.finditer(r"\S+", text))[:_MOST_WORDS]
        if words and words[0][0].casefold() == "the":
            words = words[1:]
        for last in reversed(words):
            said = text[words[0].start() : last.end()].rstrip(_BETWEEN)
            if known := self._names.get(_key(said)):
                rest = text[words[0].start() + len(said) :]
                return _where(_capital(known[0]), (), known[1]), rest.lstrip(_BETWEEN)
        return None, text

    def _place(self, text: str) -> tuple[Where | None, str]:
        end = at_front(text)
        said = text[:end]
        try:
            named = places(said)
        except RangeError as error:
            raise KbError(str(error)) from error
        homes = [home for place in named for home in self._places.get(place, ())]
        if not named or (named[0].startswith("jack:") and not homes):
            return None, text  # `x99` may be anything
        if named[0].startswith(("ch:", "jack:")):
            said = spoken(named)
        where = _where(_capital(said), named, homes)
        if rooms := tuple({place.split(":")[1] for place in named if place.count(":") == 2}):
            where = where._replace(rooms=rooms)
        return where, text[end:].lstrip(_BETWEEN)


def _where(text: str, named: tuple[str, ...], homes: Sequence[Home]) -> Where:
    """A page for one room says where its things are; one for both rooms leaves it open."""
    alone = dict.fromkeys(home.rooms[0] for home in homes if len(home.rooms) == 1)
    return Where(text, named, tuple(sorted(alone)), tuple(homes), bool(homes))


def _mended(text: str) -> str:
    """`chanel 12 dead` with its noun put right; nothing where no noun is close."""
    match = _NUMBERED.match(text)
    word = match["noun"].casefold() if match else ""
    nouns = [noun for noun in NOUN_OF if len(noun) > 3 and noun[0] == word[:1]]
    close = difflib.get_close_matches(word, nouns, 1, _CLOSE)
    return close[0] + text[len(word) :] if close and word not in NOUN_OF else ""


def _key(text: str) -> str:
    return key_of(core for core, _, _ in map(analysed, chunks(fold(text))) if core)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
