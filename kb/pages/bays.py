"""The jacks of each room's bays together: each has one normal, and a wire ends on one that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kb.pages.across import Finding, finding, place
from kb.pages.model import Page, Patch, Row
from kb.terms.ranges import spoken, wired_jacks
from kb.terms.text import rooms_in

_NO_ROOM = "page "


def jacks(pages: Iterable[Page]) -> Iterator[Finding]:
    """A jack that two rows of a room give a normal."""
    # Rows for a set-up are another state of the bay: theirs are compared among themselves.
    seen: dict[tuple[str, str, str], tuple[str, int]] = {}
    for page in pages:
        for row, patch in _patches(page):
            clashes: dict[tuple[str, int], list[str]] = {}
            for jack in _named(patch):
                key = (*_whole(page, jack), patch.setup.casefold())
                at = seen.setdefault(key, (page.path, row.line))
                if at != (page.path, row.line):
                    clashes.setdefault(at, []).append(jack)
            for jack in _twice(patch):
                message = f"{jack} stands twice in this row"
                yield finding(page, row.line, "jack", message)
            for (path, line), names in clashes.items():
                has = "has" if len(names) == 1 else "have"
                where = place(path, line, page.path)
                message = f"{_said(names)} {has} a normal already, at {where}"
                yield finding(page, row.line, "jack", message, path)


def wires(pages: Sequence[Page], rooms: Iterable[str]) -> Iterator[Finding]:
    """A Wired to that names a jack which is not there.

    `rooms` are those of studio.toml. A room whose bay nobody has written up says nothing.
    """
    bays: dict[str, dict[str, str]] = {}
    known = {room.casefold() for room in rooms}
    for page in pages:
        known |= {room.casefold() for room in rooms_in(page.front.room)}
        for _, patch in _patches(page):
            for jack in _named(patch):
                room, name = _whole(page, jack)
                bays.setdefault(room, {})[name] = page.path
    for page in pages:
        for row, patch in _patches(page):
            if not patch.wired_to:
                continue
            gone: dict[str, list[str]] = {}
            for room, name in _ends(page, patch, bays):
                if room in bays:
                    if name not in bays[room]:
                        gone.setdefault(room, []).append(name)
                elif len(known) > 1 and len(room) == 1 and room not in known:
                    message = f"Wired to {patch.wired_to}: there is no room {room.upper()}"
                    yield finding(page, row.line, "wired-to", message)
                    break
            for room, names in gone.items():
                bay = "this bay" if room.startswith(_NO_ROOM) else f"the bay of room {room.upper()}"
                is_ = "is" if len(names) == 1 else "are"
                message = f"Wired to {patch.wired_to}: {_said(names)} {is_} not on {bay}"
                about = next(iter(bays[room].values()))
                yield finding(page, row.line, "wired-to", message, about)


def _patches(page: Page) -> Iterator[tuple[Row, Patch]]:
    for row in page.rows:
        if isinstance(row.value, Patch):
            yield row, row.value


def _named(patch: Patch) -> list[str]:
    """The jacks of a row, each once."""
    tops = [point.top for point in patch.points if point.top]
    return list(dict.fromkeys([*tops, *(jack for p in patch.points for jack in p.bottoms)]))


def _twice(patch: Patch) -> list[str]:
    seen: set[str] = set()
    found: dict[str, None] = {}
    for point in patch.points:
        for jack in (point.top, *point.bottoms):
            if jack and jack in seen:
                found[jack] = None
            seen.add(jack)
    return list(found)


def _whole(page: Page, jack: str) -> tuple[str, str]:
    """The room of a jack as a page names it, and its name there.

    A page that says no room is a room of its own: nobody knows which one its jacks are in.
    """
    room, _, name = jack.rpartition(":")
    return (room or page.front.room or f"{_NO_ROOM}{page.address}").casefold(), name.upper()


def _ends(page: Page, patch: Patch, bays: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """The far jacks of a row, as far as its cell plainly names some."""
    room, _ = _whole(page, "")
    rows = _highest(bays.get(room, {}))
    for name in wired_jacks(patch.wired_to):
        if ":" in name or _is_ours(name, rows):
            yield _whole(page, name)


def _highest(bay: Iterable[str]) -> dict[str, int]:
    rows: dict[str, int] = {}
    most = 0
    for name in bay:
        letters = name.rstrip("0123456789")
        most = max(most, int(name[len(letters) :]))
        rows[letters] = 0
    return dict.fromkeys(rows, most)


def _is_ours(name: str, rows: dict[str, int]) -> bool:
    """Whether a bare name is one of this bay's: a U87 or an A827 is a machine, not a jack."""
    letters = name.rstrip("0123456789")
    return letters in rows and int(name[len(letters) :]) <= rows[letters]


def _said(names: list[str]) -> str:
    return spoken(f"jack:{name.casefold()}" for name in names)
