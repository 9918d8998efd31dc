"""A page as documents to index: one for each section and one for each table row."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.pages.due import checked
from kb.pages.model import Fault, Page, Patch, PatchPoint, Row, Section, Table
from kb.search.engine import PLACED, key
from kb.search.names import subjects
from kb.search.stems import stem
from kb.terms.ranges import RangeError, places
from kb.terms.text import rooms_in
from kb.terms.words import fold, index_tokens

# How much a word counts by where it stands, the words of the text itself being 1.
HEADING = 3.0
ALIAS = 3.0
LEAD = 2.5
SUBJECT = 2.0
FRONT = 0.5
PAGE_NAME = 0.25
BREADCRUMB = 0.4
COLUMN = 0.2

# BM25 at Lucene's values. The length of a document is folded into its weights when it is
# written, so that a search reads one number for each posting. It is held against a fixed length,
# that of a section as people write them, not against the mean of all: an edit would shift that,
# and what was written before would not fit what is written after.
AVERAGE = 60.0
K1 = 1.2
B = 0.75
ROW = 1.0

# What still has its markup stood in a code block: how a page is written, not what this one says.
_EXAMPLE = re.compile(r"^[ >]*(?:#{1,6} |\||<!--|\*\*).*", re.M)
# What an item of a list says before its colon is what it is about.
_LEAD = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)]) (?:\[.\] )?([^\n:.?!]{1,40})[:?]", re.M)
_GAPS = re.compile(r"[\W_]+")
_LINK = re.compile(r"\]\([^()\s\[\]]*\)")  # no bracket inside, or open links take for ever


class Document(NamedTuple):
    """What one section or row is found by, and the JSON that a hit is made of."""

    counts: dict[str, float]
    length: float
    places: tuple[str, ...]
    facets: tuple[str, ...]
    page: str
    stored: str

    def terms(self) -> dict[str, Mapping[str, float]]:
        """The weighted terms of each field."""
        pivot = K1 * (1 - B + B * (self.length / AVERAGE if self.length else ROW))
        exact = {t: n * (K1 + 1) / (n + pivot) for t, n in self.counts.items()}
        stems: dict[str, float] = {}
        for token, count in self.counts.items():
            if token.isalpha():
                root = stem(token)
                stems[root] = stems.get(root, 0.0) + count
        return {
            "exact": exact,
            "stem": {t: n * (K1 + 1) / (n + pivot) for t, n in stems.items()},
            "place": dict.fromkeys(self.places, 1.0),
            "facet": dict.fromkeys(self.facets, 1.0),
            "page": {key(self.page): 1.0},
        }


def documents(page: Page) -> Iterator[Document]:
    """Every section and row of a page, Quiz sections left out: they hold the answers."""
    rooms = rooms_of(page)
    folder = page.path.split("/", 1)[0]
    names = (page.title, *page.front.aliases)
    named = dict.fromkeys(token for name in names for token in index_tokens(name))
    for section in page.reading:
        intro = section.address == page.address
        around: dict[str, float] = {}
        _count(around, named, PAGE_NAME)
        for heading in section.breadcrumb[1:-1]:
            _count(around, index_tokens(heading), BREADCRUMB)
        yield _section(page, section, around, intro, rooms, folder)
        _count(around, index_tokens(section.heading), BREADCRUMB)
        for table in section.tables:
            for row in table.rows:
                yield _row(page, section, table, row, around, rooms, folder)


def _count(counts: dict[str, float], tokens: Iterable[str], weight: float) -> int:
    number = 0
    for token in tokens:
        counts[token] = counts.get(token, 0.0) + weight
        number += 1
    return number


def _section(
    page: Page,
    section: Section,
    around: Mapping[str, float],
    intro: bool,
    rooms: list[str],
    folder: str,
) -> Document:
    counts = dict(around)
    text = _LINK.sub("]", section.text)
    length = _count(counts, index_tokens(_EXAMPLE.sub("", text)), 1.0)
    length += _count(counts, index_tokens(section.heading), HEADING)
    for lead in _LEAD.findall(text):
        _count(counts, index_tokens(lead), LEAD)
    stored = _stored(page, section, section.kind, section.line, section.text.rstrip())
    if intro:
        front, lines = page.front, _front_lines(page)
        for weight, texts in (
            (ALIAS, (*front.aliases, front.tag)),
            (FRONT, (*front.tags, *lines)),
        ):
            for text in texts:
                length += _count(counts, index_tokens(text), weight)
        stored["also"] = [*_own_aliases(page), front.tag]
        if front.aliases:
            lines.insert(0, f"also called {', '.join(front.aliases)}")
        if lines:
            stored["front"] = " · ".join(lines)
    facets = _facets(rooms, folder, section.kind, open_=True)
    stored_text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    return Document(counts, length, (), facets, page.address, stored_text)


def _own_aliases(page: Page) -> list[str]:
    """The other names of a page, but not those of its rows and sections: these are meant then."""
    parts = {_key(section.heading) for section in page.sections[1:]}
    parts |= {_key(row.cells[0]) for row in page.rows}
    return [alias for alias in page.front.aliases if _key(alias) not in parts]


def _key(name: str) -> str:
    return _GAPS.sub("", fold(name))


def _row(
    page: Page,
    section: Section,
    table: Table,
    row: Row,
    around: Mapping[str, float],
    rooms: list[str],
    folder: str,
) -> Document:
    counts = dict(around)
    about = subjects(row.kind, table.columns)
    rooms = _rooms_of_row(row, rooms)
    for column, cell in zip(table.columns, row.cells, strict=False):
        if cell:
            _count(counts, index_tokens(cell), SUBJECT if column in about else 1.0)
            _count(counts, index_tokens(column), COLUMN)
    named = _with_rooms(row.places, rooms)
    for place in named:
        counts[place] = max(counts.get(place, 0.0), 1.0)
    stored = _stored(page, section, row.kind, row.line, "")
    stored["address"] = row.address
    if rooms:
        stored["rooms"] = rooms
    stored["cells"] = dict(zip(table.columns, row.cells, strict=False))
    if named:
        stored["places"] = list(named)
    if not row.open:
        stored["closed"] = True
    facets = _facets(rooms, folder, row.kind, row.open)
    if named:
        facets += (PLACED,)
    if isinstance(row.value, Patch):
        stored["points"] = [
            [_names(p, rooms), p.top, p.out, p.normal, list(p.bottoms), p.input, p.wired_to]
            for p in row.value.points
        ]
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    return Document(counts, 0, tuple(named), facets, page.address, text)


def _with_rooms(names: Iterable[str], rooms: list[str]) -> dict[str, None]:
    """The places, each jack also by its full name: `jack:c17` in room A is `jack:a:c17`."""
    found = dict.fromkeys(names)
    jacks = [name[5:] for name in found if name.startswith("jack:") and ":" not in name[5:]]
    found.update(dict.fromkeys(f"jack:{room}:{jack}" for room in rooms for jack in jacks))
    return found


def _names(point: PatchPoint, rooms: list[str]) -> list[str]:
    """What one vertical pair may be asked for by."""
    names: list[str] = []
    for text in (point.top, point.out, *point.bottoms, point.input, point.wired_to):
        with contextlib.suppress(RangeError):
            names += places(text)
    return list(_with_rooms(names, rooms))


def rooms_of(page: Page) -> list[str]:
    """The rooms a page belongs to, in lower case: `A, B` is two."""
    return list(rooms_in(page.front.room.casefold()))


def _rooms_of_row(row: Row, rooms: list[str]) -> list[str]:
    """The rooms of a row: that of its page which its first cell begins with (`A, Ch 17–24`)."""
    named = row.cells[0].partition(",")[0].strip().casefold() if row.cells else ""
    named = named.removeprefix("studio ").removeprefix("room ")
    return [named] if named in rooms else rooms


def _stored(page: Page, section: Section, kind: str, line: int, text: str) -> dict[str, object]:
    stored: dict[str, object] = {
        "address": section.address,
        "page": page.address,
        "path": page.path,
        "title": page.title,
        "heading": section.heading,
        "breadcrumb": list(section.breadcrumb),
        "kind": kind,
        "line": line,
        "text": text,
    }
    if rooms := rooms_of(page):
        stored["rooms"] = rooms
    looked_at = checked(page, section)
    if looked_at.changed:
        stored["changed"] = str(looked_at.day)
    elif looked_at.due:
        stored["due"] = looked_at.due.isoformat()
    return stored


def _front_lines(page: Page) -> list[str]:
    """What the front matter says of the place and the people of a page, each with its name."""
    front = page.front
    said = (("at", front.location), ("owner", front.owner), ("may touch", front.touch))
    return [f"{name} {value}" for name, value in said if value]


def _facets(rooms: list[str], folder: str, kind: str, open_: bool) -> tuple[str, ...]:
    facets = [f"kind:{kind}", f"in:{folder}"]
    facets += [f"room:{room}" for room in rooms or [""]]
    if kind == "fault" and open_:
        facets.append("open")
    return tuple(facets)


def open_faults(page: Page) -> Iterator[dict[str, object]]:
    """What is broken on a page, as the index carries it beside the hits."""
    for row in page.rows:
        if isinstance(row.value, Fault) and row.open:
            yield {
                "address": row.address,
                "page": page.address,
                "path": page.path,
                "line": row.line,
                "rooms": _rooms_of_row(row, rooms_of(page)),
                "where": row.value.where,
                "symptom": row.value.symptom,
                "workaround": row.value.workaround,
                "places": list(row.places),
            }


def cleared_faults(page: Page) -> list[str]:
    """The addresses of the faults that a page says are gone."""
    return [row.address for row in page.rows if isinstance(row.value, Fault) and not row.open]
