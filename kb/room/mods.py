"""Which customisations somebody asks for, and in which order they are worth reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from kb.errors import KbError
from kb.room.names import Asked, asked, held, mended, readings, tokens
from kb.terms.glossary import Glossary
from kb.terms.nouns import NOUNS
from kb.terms.text import slug

if TYPE_CHECKING:
    from kb.search.rows import FoundRow

# What a mod says, as the columns of its table are called.
COLUMNS = "where part stock here do since by why mark revert drawing removed".split()

_BARE = re.compile(r"(\d{1,4})(?:\s?(?:-|–|—|−|to|\.\.|/)\s?(\d{1,4}))?")
_AT_LINE = re.compile(r"(?P<page>[^:]+)\.md(?::(?P<line>\d+))?")
_RUN = re.compile(r"(?<![\w.])(\d{1,3})\s?[-–—]\s?(\d{1,3})(?![\w.])")
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_FEW = 3
_MOST_NOUNS = 5


class Selection(NamedTuple):
    """The mods that were asked for. `full` where so few that each is worth reading whole.

    `remarks` say what had to be guessed.
    """

    rows: tuple[FoundRow, ...]
    full: bool = False
    remarks: tuple[str, ...] = ()


def rooms_of(rows: Iterable[FoundRow]) -> list[str]:
    """The rooms that these rows speak of, in lower case."""
    return sorted({room for row in rows for room in row.rooms})


def of_room(rows: Sequence[FoundRow], room: str) -> list[FoundRow]:
    """The rows that hold in a room, or in all if it is empty; what names no room holds in each."""
    wanted = room.casefold()
    return [row for row in rows if not wanted or not row.rooms or wanted in row.rooms]


def newest_first(rows: Iterable[FoundRow]) -> list[FoundRow]:
    """By Since; rows that name no day come last."""
    return sorted(rows, key=_since, reverse=True)


def _since(row: FoundRow) -> str:
    day = _DAY.match(row.cells.get("since", ""))
    return day[0] if day else ""


def select(rows: Sequence[FoundRow], where: str, glossary: Glossary) -> Selection:
    """The mods of a page, section, room, place or thing; of a place narrowest first.

    Raises KbError for numbers of nothing, and for ranges that cannot be meant.
    """
    text = " ".join(where.split())
    if not text:
        return Selection(tuple(rows))
    if number := _BARE.fullmatch(text):
        raise KbError(_of_what(number, rows))
    if addressed := _addressed(rows, text):
        return Selection(tuple(addressed), len(addressed) <= _FEW)
    if text.casefold() in rooms_of(rows):
        return Selection(tuple(of_room(rows, text)))
    said = asked(text, glossary)
    rows = of_room(rows, said.room)
    if not said.words:
        return Selection(tuple(rows))
    found, remarks = _found(rows, said, glossary)
    places = said.places
    if places:
        found.sort(key=lambda row: _breadth(row, places))
    return Selection(tuple(found), len(found) <= _FEW or len(places) == 1, tuple(remarks))


def _found(
    rows: Sequence[FoundRow], said: Asked, glossary: Glossary
) -> tuple[list[FoundRow], list[str]]:
    """The mods that words mean, slips put right if need be and told."""
    found, remarks = _as_said(rows, said, glossary)
    if found:
        return found, remarks
    vocabulary = frozenset(token for row in rows for token in _everything(row))
    meant, mends = mended(said, vocabulary, glossary)
    if not mends:
        return [], []
    found, remarks = _as_said(rows, meant, glossary)
    return found, [*mends, *remarks]


def _as_said(
    rows: Sequence[FoundRow], said: Asked, glossary: Glossary
) -> tuple[list[FoundRow], list[str]]:
    """The mods about what was typed, in any of its readings; else those that mention it."""
    for reading in readings(said, glossary):
        if found := _named(rows, reading):
            return found, []
    for reading in readings(said, glossary):
        if found := [row for row in rows if _fits(reading, row, _everything(row))]:
            return found, [f"no Where or Part says “{said.text}”; these mention it"]
    return [], []


def _named(rows: Sequence[FoundRow], said: Asked) -> list[FoundRow]:
    """The mods of a page or section of this name, and all others whose Where and Part hold it."""
    pages = set() if said.places else _pages(rows, said)
    heading = slug(said.text)
    # The page has what its name stands for: beside it only what says the very word.
    own = said._replace(words=tuple(replace(w, synonyms=()) for w in said.words)) if pages else said
    first, others = [], []
    for row in rows:
        if row.page in pages or slug(row.section) == heading:
            first.append(row)
        elif _fits(own, row, _subject(row)):
            others.append(row)
    return first + others


def _pages(rows: Iterable[FoundRow], said: Asked) -> set[str]:
    """The pages that a text names: `console` is that of every room, `console-b` one."""
    names = {slug(said.text)}
    if len(said.words) == 1:
        names |= {slug(" ".join(phrase)) for phrase in said.words[0].synonyms}
    titles = {row.page: row.title for row in rows}
    exact = {
        page
        for page, title in titles.items()
        if not names.isdisjoint(
            (page.rpartition("/")[2], slug(title), slug(title.partition(",")[0]))
        )
    }
    part = [page for page in titles if slug(said.text) in page.rpartition("/")[2]]
    return exact or (set(part) if len(part) == 1 and len(said.text) > _FEW else set())


def _subject(row: FoundRow) -> frozenset[str]:
    """What a mod is about. `DAW in 1–48` is no place, but DAW in 17 is one of them."""
    where = row.cells["where"]
    runs = _RUN.findall(where)
    members = {str(n) for first, last in runs for n in range(int(first), int(last) + 1)}
    return tokens(where) | tokens(row.cells.get("part", "")) | members


def _fits(said: Asked, row: FoundRow, among: frozenset[str]) -> bool:
    at = frozenset(row.places)
    return all(held(word, among, at, wide=True) for word in said.words if not word.faint)


def _everything(row: FoundRow) -> frozenset[str]:
    return frozenset().union(*(tokens(row.cells.get(column, "")) for column in COLUMNS))


def _breadth(row: FoundRow, places: frozenset[str]) -> int:
    """How many places of the kind asked for a row is about."""
    nouns = {place.rpartition(":")[0] for place in places}
    return sum(place.rpartition(":")[0] in nouns for place in row.places)


def _addressed(rows: Sequence[FoundRow], text: str) -> list[FoundRow]:
    """The mods of an address (`equipment/console#differs`) or of `docs/equipment/console.md:62`."""
    if at := _AT_LINE.fullmatch(text):
        page, line = at["page"], at["line"]
        return [
            row
            for row in rows
            if f"/{page}".endswith(f"/{row.page}") or f"/{row.page}".endswith(f"/{page}")
            if not line or row.line == int(line)
        ]
    page, _, section = text.partition("#")
    if not section and "/" not in page:
        return []
    page, section = page.removeprefix("docs/").casefold(), slug(section)
    return [
        row
        for row in rows
        if f"/{row.page}".casefold().endswith(f"/{page}")
        and section in row.address.partition("#")[2].partition("/")[0]
    ]


def _of_what(number: re.Match[str], rows: Iterable[FoundRow]) -> str:
    """What to ask where somebody typed a number and no noun."""
    first, last = int(number[1]), int(number[2] or number[1])
    known = Counter(
        place.partition(":")[0]
        for row in rows
        for place in row.places
        if place.partition(":")[2].isdigit() and first <= int(place.partition(":")[2]) <= last
    )
    told = number[1] + (f"–{number[2]}" if number[2] else "")
    nouns = [_spoken(noun) for noun, _ in known.most_common(_MOST_NOUNS) if noun in NOUNS]
    said = [f"{noun} {told}" for noun in nouns] or [f"ch {told}"]
    return f"{told} of what? Say {', '.join(said[:-1])}{' or ' if said[1:] else ''}{said[-1]}"


def _spoken(noun: str) -> str:
    return next((name for name in NOUNS[noun] if " " in name), NOUNS[noun][0])
