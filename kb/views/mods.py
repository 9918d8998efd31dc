"""What differs from stock: a few mods in full, many in a line or two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kb.room.mods import COLUMNS, Selection
from kb.views.terminal import Screen, cells, crumbs, pairs

if TYPE_CHECKING:
    from kb.search.rows import FoundRow

# Lines that are no row: headings of rooms and pages, the prompt of the shell.
_SPARE = 3


def as_json(rows: Iterable[FoundRow], docs: str) -> list[dict[str, Any]]:
    """The mods with the keys that `kb mods --json` promises: the columns, and where they stand."""
    return [
        {
            **{column: row.cells.get(column, "") for column in COLUMNS},
            "address": row.address,
            "page": row.page,
            "path": f"{docs}/{row.path}",
            "line": row.line,
            "rooms": [room.upper() for room in row.rooms],
        }
        for row in rows
    ]


def lines(screen: Screen, found: Selection, docs: str) -> Iterator[str]:
    """The mods room by room and page by page; in full where they are few."""
    rooms = [(label, list(rows)) for label, rows in groupby(_by_room(found.rows), _room)]
    pages = sum(len({row.page for row in rows}) for _, rows in rooms)
    room = screen.height - _SPARE - len(rooms) - pages
    most = 2 if 2 * len(found.rows) <= room else 1
    for number, (label, rows) in enumerate(rooms):
        if number:
            yield ""
        if found.full:
            yield from _in_full(screen, label, rows, docs)
        else:
            yield from map(screen.bold, screen.wrap(screen.text(f"{label}: {_count(rows)}")))
            yield from _by_page(screen, rows, docs, most)


def dated(screen: Screen, rows: Iterable[FoundRow], docs: str) -> Iterator[str]:
    """The mods one by one in the order given, with the day and who did it first."""
    for row in rows:
        lead = " ".join(filter(None, (row.cells.get("since"), row.cells.get("by"))))
        yield from _short(screen, row, f"{lead or 'undated'}  ", 1)
        where = f"    {docs}/{row.path}:{row.line}"
        told = crumbs(screen, (row.title,), screen.width - cells(where) - 2)
        yield screen.dim(f"{screen.text(where)}  {told}")


def nothing(screen: Screen, where: str, room: str, removed: bool, rooms: Sequence[str]) -> str:
    """What to say where no mod was asked for; `rooms` are those that have some."""
    what = f"“{screen.text(where)}”" if where else "anything"
    told = f"no mod {'was taken out at' if removed else 'covers'} {what}"
    if room:
        told += f" in room {screen.text(room).upper()}"
        if room.casefold() not in rooms:
            return f"{told}; rooms: {', '.join(rooms).upper()}" if rooms else told
    return told if removed else f"{told}; see them all: kb mods"


def _by_room(rows: Sequence[FoundRow]) -> list[FoundRow]:
    """One room after the other, what holds in several rooms last; else as they came."""
    return sorted(rows, key=lambda row: (len(row.rooms) != 1, row.rooms))


def _room(row: FoundRow) -> str:
    rooms = [room.upper() for room in row.rooms]
    if len(rooms) < 2:
        return f"Room {rooms[0]}" if rooms else "Any room"
    return f"Rooms {', '.join(rooms[:-1])} and {rooms[-1]}"


def _count(rows: Sequence[FoundRow]) -> str:
    return f"{len(rows)} mod{'s' if len(rows) != 1 else ''}"


def _in_full(screen: Screen, label: str, rows: Sequence[FoundRow], docs: str) -> Iterator[str]:
    """What there is in a line, then each as a search shows it."""
    told = "; ".join(dict.fromkeys(row.cells.get("part") or row.cells["where"] for row in rows))
    if len(rows) == 1:
        told += f": {rows[0].cells['here']}"
    for text in screen.wrap(screen.text(f"{label}: {told}"), "", "    "):
        yield screen.bold(text)
    for row in rows:
        where = screen.text(f"{docs}/{row.path}:{row.line}")
        told = crumbs(
            screen, tuple(dict.fromkeys((row.title, row.section))), screen.width - cells(where) - 4
        )
        yield f"  {screen.dim(where)}  {told}"
        yield from pairs(screen, [(c.capitalize(), v) for c, v in row.cells.items() if v])


def _by_page(screen: Screen, rows: Sequence[FoundRow], docs: str, most: int) -> Iterator[str]:
    width = max(len(str(row.line)) for row in rows)
    for page in dict.fromkeys(row.page for row in rows):
        there = [row for row in rows if row.page == page]
        where = screen.text(f"{docs}/{there[0].path}")
        told = crumbs(screen, (there[0].title,), screen.width - cells(where) - 2)
        yield f"{screen.dim(where)}  {told}"
        for row in there:
            yield from _short(screen, row, f"  {row.line:>{width}}  ", most)


def _short(screen: Screen, row: FoundRow, lead: str, most: int) -> Iterator[str]:
    """Where, what is here and what to do, in so many lines at most."""
    cell, lead = row.cells, screen.text(lead)
    name = ", ".join(filter(None, (cell["where"], cell.get("part"))))
    what = ". ".join(filter(None, (cell["here"], cell.get("do"))))
    blank = " " * cells(lead)
    told = list(screen.wrap(screen.text(f"{name}: {what}"), lead, blank))
    if len(told) > most:
        dots = screen.text("…")
        told = told[:most]
        told[-1] = told[-1][: screen.width - cells(dots)].rstrip(" ,;.") + dots
    yield screen.dim(lead) + _named(screen, told[0][len(lead) :], len(screen.text(name)))
    yield from told[1:]


def _named(screen: Screen, text: str, length: int) -> str:
    return screen.bold(text[:length]) + text[length:]
