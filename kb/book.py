"""The fault book of one studio: its events in the records, and the faults in its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.errors import KbError
from kb.records import openlist
from kb.settings import find_records, studio_id

if TYPE_CHECKING:
    from kb.house import House
    from kb.records.event import Draft
    from kb.records.people import Person
    from kb.records.store import Records
    from kb.room.where import Where
    from kb.search.hit import BookEntry, Result
    from kb.search.rows import FoundRow

BRIEFLY, LONG = 1.0, 30.0  # seconds to wait for whoever is writing: a search, anybody else
_LONGEST = {"where": 80, "text": 400, "use": 200}
_OF_PLACES = ("mod", "patch", "fault", "table")


class Open(NamedTuple):
    """What is open: faults of the book and of the pages, and notes; the newest first."""

    faults: list[BookEntry]
    notes: list[BookEntry]


def at_hand(
    docs: Path, given: str | None, clock: Callable[[], datetime], patience: float = LONG
) -> list[dict[str, Any]]:
    """The events of what is open; the store is opened only where it has changed.

    `given` is the folder of the records, if one is. Raises KbError where they cannot be read.
    """
    name = studio_id(docs)
    if name is None:
        from kb.house import read_house

        name = read_house(docs).id
    folder, state = find_records(given, name)
    found = openlist.read(folder, state)
    if found is None:
        from kb.records.store import Records

        with Records(folder, state, clock=clock, patience=patience) as records:
            found = [openlist.plain(event) for event in records.listed_open()]
    return found


def beside(
    result: Result,
    events: Sequence[Mapping[str, Any]],
    meta: Mapping[str, Any],
    room: str,
    now: datetime,
) -> Result:
    """A search's result with what is open on it. `meta` is the index's."""
    from kb.room.faultbook import entries, newest_first, still_open
    from kb.search import opened

    faults, cleared = meta.get("faults", ()), meta.get("cleared", ())
    rows = (*cleared, *(fault["address"] for fault in faults))
    found = newest_first(still_open(entries(events, now), rows, now))
    return replace(opened.beside(result, found, room), now=now)


class FaultBook:
    """Everybody reads it, everybody writes in it.

    `events` are those of what is open, at hand; rows and pages are as the index has them.
    """

    def __init__(
        self,
        events: Callable[[], list[dict[str, Any]]],
        records: Callable[[], Records],
        house: Callable[[], House],
        rows: Callable[..., list[FoundRow]],
        pages: Callable[[], list[dict[str, Any]]],
        clock: Callable[[], datetime],
    ) -> None:
        self._events = events
        self._records = records
        self._house = house
        self._rows = rows
        self._pages = pages
        self._clock = clock

    def opened(self, room: str = "") -> Open:
        """The open faults, of the book and of the pages, and the notes of a room, or of all."""
        from kb.room import faultbook

        rows = self._rows("fault")
        now = self._clock()
        book = self._standing(now, rows)
        pages = [faultbook.of_row(row, now) for row in rows if not row.closed]
        return _split(faultbook.for_room([*book, *pages], room))

    def of_book(self, room: str = "") -> Open:
        """The same without the pages' own, and without the index wherever that will do."""
        from kb.room import faultbook

        return _split(faultbook.for_room(self._standing(self._clock(), None), room))

    def rows(self) -> list[FoundRow]:
        """What is open in the book, in the shape of a page's rows, for what works with those.

        Its address is `fault 3` or `note 4`; it stands on no line of no page. A note says until
        when.
        """
        from kb.room import faultbook
        from kb.search.rows import FoundRow

        faults, notes = self.of_book()
        return [
            FoundRow(
                address=f"{entry.kind} {entry.label}",
                page=entry.page,
                title="Fault book",
                section="",
                path="",
                line=0,
                kind="fault",
                rooms=(entry.room,) if entry.room else (),
                cells=faultbook.cells(entry)
                | {"until": f"{entry.until:%Y-%m-%d %H:%M}" if entry.until else ""},
                places=entry.places,
                closed=False,
            )
            for entry in (*faults, *notes)
        ]

    def everything(self, room: str = "") -> Open:
        """All that ever was in it, and every row of the pages, what is gone too."""
        from kb.room import faultbook

        now = self._clock()
        rows = [faultbook.of_row(row, now) for row in self._rows("fault")]
        return _split(faultbook.for_room([*self._all(now), *rows], room))

    def since(self, moment: datetime) -> list[BookEntry]:
        """Faults of the book that were opened or cleared after a moment, oldest first.

        What stands in its page by now is left to the page.
        """
        faults = [one for one in self._all(self._clock()) if one.kind == "fault"]
        return [
            one
            for one in faults
            if not one.written
            and any(at and at > moment for at in (one.at, one.cleared and one.cleared.at))
        ]

    def entry(self, said: str, records: Records | None = None) -> BookEntry:
        """The open entry that a number means. Raises KbError."""
        from kb.room import faultbook

        now = self._clock()
        asked = records or self._records()
        known = faultbook.entries(map(openlist.plain, asked.still_open(now)), now)
        try:
            return faultbook.find(known, said, now)
        except KbError:
            return faultbook.find(self._all(now), said, now)  # which says what became of it

    def read(self, words: Sequence[str]) -> tuple[Where, str]:
        """Where somebody means, and what they say of it. Raises KbError."""
        from kb.room.where import Map

        try:
            rows = self._rows(*_OF_PLACES)  # first, since it mends an index that is damaged
            pages = self._pages()
        except KbError:
            pages, rows = [], []  # no index: what is broken must be written down all the same
        return Map(pages, rows).read(words)

    def shown(self, where: Where, room: str) -> str:
        """A place with its room: `Ch 22, Studio A`."""
        if not room:
            return where.text
        name = self._house().room(room)
        if where.places == (f"room:{room}",):
            return name
        return where.text if name in where.text else f"{where.text}, {name}"

    def add_fault(self, person: Person, where: Where, room: str, text: str, use: str) -> BookEntry:
        """Write down what is broken. Raises KbError."""
        return self._add(openlist.OPENS[0], person, where, room, text, use=use)

    def same_fault(self, where: Where, room: str, text: str) -> BookEntry | None:
        """An open fault of the book that says the same of the same place."""
        said = (self.shown(where, room).casefold(), text.casefold())
        for one in self.of_book(room).faults:
            if (one.shown.casefold(), one.text.casefold()) == said:
                return one
        return None

    def add_note(
        self, person: Person, where: Where, room: str, text: str, until: datetime
    ) -> BookEntry:
        """Write down what holds until then. Raises KbError."""
        return self._add(openlist.OPENS[1], person, where, room, text, until=until)

    def clear(self, person: Person, said: str, kind: str, text: str) -> BookEntry:
        """Say that a fault is gone, or that a note holds no more. Raises KbError."""
        meant: list[BookEntry] = []

        def decide(records: Records) -> list[Draft]:
            entry = self.entry(said, records)
            if entry.kind != kind:
                raise KbError(f"{said} is a {entry.kind}: kb {entry.kind} clear {said}")
            meant.append(entry)
            body = {"number": entry.number, "text": _kept("text", text)}
            closing = openlist.CLOSES[kind == "note"]
            return [_draft(closing, person, entry.shown, entry.id, body)]

        self._records().decide(decide)
        return meant[0]

    def mark_written(
        self, person: Person, entry: BookEntry, page: str, rows: Sequence[str]
    ) -> None:
        """Say that a fault stands in its page now. `rows` are what its row may be called there."""
        body = {"number": entry.number, "page": page, "rows": list(rows)}
        self._records().append([_draft(openlist.WRITTEN, person, entry.shown, entry.id, body)])

    def _add(
        self,
        kind: str,
        person: Person,
        where: Where,
        room: str,
        text: str,
        use: str = "",
        until: datetime | None = None,
    ) -> BookEntry:
        from kb.records.event import at_text
        from kb.room import faultbook

        where = where._replace(text=_kept("where", where.text))
        shown = self.shown(where, room)
        said = {
            "where": where.text,
            "shown": shown,
            "text": _kept("text", text),
            "use": _kept("use", use),
            "room": room.upper(),
            "places": _places(where, room),
            "page": where.page(room),
        }
        target = at_text(until) if until else ""

        def decide(records: Records) -> list[Draft]:
            number = records.last_number() + 1
            return [_draft(kind, person, shown, target, {"number": number, **said})]

        event = self._records().decide(decide)[-1]
        return faultbook.entries([openlist.plain(event)], self._clock())[0]

    def _all(self, now: datetime) -> list[BookEntry]:
        from kb.room import faultbook

        events = self._records().find(*openlist.KINDS)
        return faultbook.entries(map(openlist.plain, events), now)

    def _standing(self, now: datetime, rows: Sequence[FoundRow] | None) -> list[BookEntry]:
        from kb.room import faultbook

        known = faultbook.entries(self._events(), now)
        if rows is None:
            try:
                rows = self._rows("fault") if any(entry.rows for entry in known) else ()
            except KbError:
                rows = ()  # no index: rather told twice than not at all
        return faultbook.still_open(known, [row.address for row in rows], now)


def _split(entries: Sequence[BookEntry]) -> Open:
    from kb.room.faultbook import newest_first

    ordered = newest_first(entries)
    faults = [entry for entry in ordered if entry.kind == "fault"]
    return Open(faults, [entry for entry in ordered if entry.kind == "note"])


def _draft(kind: str, person: Person, subject: str, target: str, body: dict[str, Any]) -> Draft:
    from kb.records.event import Draft

    return Draft(kind, person.handle, subject, target, body={**body, "initials": person.initials})


def _kept(name: str, text: str) -> str:
    from kb.terms.text import clean, one_line

    said = clean(one_line(text))
    if len(said) > _LONGEST[name]:
        raise KbError(f"longer than {_LONGEST[name]} characters; the rest belongs in the page")
    return said


def _places(where: Where, room: str) -> list[str]:
    """Its places, each jack also by its full name and by its short one."""
    found = dict.fromkeys(where.places)
    for place in where.places:
        noun, _, member = place.rpartition(":")
        if noun == "jack" and room:
            found[f"jack:{room}:{member}"] = None
        elif noun.startswith("jack:"):
            found[f"jack:{member}"] = None
    return list(found)
