"""What goes on the sheet for a visiting engineer: the exceptions of a room, chosen and condensed.

The rule. Pages that the room names in studio.toml stand first, in that order, each mod with where,
part, what is here and what to do. Other pages of the room follow without what to do. Left out are
since, by, why, mark and revert, of what to do the word "Nothing", and the stock value, but for a
mod that holds for some strips and not for others. Rows of a page that differ in nothing but where
are one line. Should all this be longer than two printed sides hold (FULL letters), pages from
the last up lose what to do, then their lines, and say how many those were. So each open mod is
there or counted; faults, notes and what is dangerous are never condensed.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kb.room.bay import Point, short
from kb.room.exceptions import Deviation
from kb.room.sheet import (
    Break,
    Broken,
    Care,
    Group,
    Head,
    Jacks,
    Level,
    Line,
    Note,
    Sheet,
    Shown,
)
from kb.room.strips import Strips, key, strips, strips_of
from kb.search.hit import BookEntry
from kb.search.rows import FoundRow

# Letters that two sides hold in type that can still be read, and what is lost at the end of an
# entry and by a heading.
FULL = 28_000
_ENTRY = 32
_HEADING = 110

# Beyond this many strips a picture of them says nothing; the lines do.
MOST_STRIPS = 128
_RANGE = re.compile(r"\b([A-Z]{0,2})(\d{1,4})(?:\s?[–-]\s?[A-Z]{0,2}(\d{1,4}))?\b")


def sheet(
    head: Head,
    pages: Mapping[str, Mapping[str, Any]],
    first: Sequence[str],
    rest: Sequence[str],
    mods: Sequence[FoundRow],
    faults: Sequence[Broken],
    notes: Sequence[Note],
    patch: Sequence[FoundRow],
    deviations: Sequence[Deviation],
    call: Sequence[tuple[str, str, str]],
) -> Sheet:
    """The sheet of these pages.

    `pages` are what the index knows of each, by address; `first` stand in full, `rest` short;
    `head.only` are addresses here. `patch` are the bay's rows, `deviations` its points that break
    the pattern; those of which the page only has something to say are left out.
    """
    own = f", {head.name}"  # which titles need not repeat
    titles = {a: str(entry["title"]).removesuffix(own) for a, entry in pages.items()}
    order = {address: n for n, address in enumerate([*first, *rest])}
    mods = [row for row in mods if row.page in order and not row.closed]
    faults = [fault._replace(title=titles.get(fault.page, "")) for fault in faults]
    faults.sort(key=lambda fault: _order(fault, order))
    count = _count([*mods, *patch], faults)
    groups = _groups(first, rest, titles, mods, count)
    drawn = _strips(count, groups, faults) if _one_console(head, mods) else None
    whole = Sheet(
        head=head._replace(only=tuple(titles[address] for address in head.only)),
        care=tuple(_care(pages, first, titles)),
        notes=tuple(sorted(notes, key=lambda note: not note.lockout)),
        faults=tuple(faults),
        strips=drawn,
        jacks=tuple(_jacks(row for row in patch if drawn or row.page in order)),
        groups=tuple(groups),
        breaks=tuple(_breaks(deviations, order)),
        levels=tuple(
            Level(address, titles[address], point, level)
            for address in first
            if address in pages
            for point, level in pages[address].get("levels", ())
        ),
        call=tuple(call),
    )
    return whole._replace(groups=_fitted(whole))


def broken(entry: BookEntry, room: str = "") -> Broken:
    """A fault as the book has it, or the page. The sheet is of this room, which it need not say."""
    return Broken(
        where=entry.shown.removesuffix(f", {room}"),
        symptom=entry.text,
        workaround=entry.use,
        by=entry.by,
        at=entry.at,
        page=entry.page,
        title="",
        path=entry.path,
        line=entry.line,
        places=entry.places,
        label=entry.label,
    )


def noted(entry: BookEntry, room: str = "") -> Note:
    """What holds today, as the book has it."""
    where = entry.shown.removesuffix(f", {room}")
    return Note(where, entry.text, entry.by, entry.at, entry.until, entry.label)


def _order(fault: Broken, pages: Mapping[str, int]) -> tuple[Any, ...]:
    """The book's come first, then those with no way round; then as the pages and the strips do."""
    if fault.label:
        return (0,)
    return 1, not fault.no_way_round, pages.get(fault.page, -1), *_in_strip_order(fault.places)


def _first(cells: Mapping[str, str]) -> str:
    return next(iter(cells.values()), "")


def _care(
    pages: Mapping[str, Mapping[str, Any]], order: Sequence[str], titles: Mapping[str, str]
) -> Iterator[Care]:
    """What the pages say of danger and of touching, a sentence that two of them share once."""
    told: set[str] = set()
    for address in order:
        entry = pages.get(address, {})
        safety = [text for text in entry.get("safety", ()) if text not in told]
        touch = entry.get("touch", "")
        told.update(safety)
        if safety or touch:
            yield Care(address, titles[address], tuple(safety), touch)


def _one_console(head: Head, mods: Iterable[FoundRow]) -> bool:
    """Whether strip 19 is the same strip in all of these."""
    return bool(head.room) or len({row.rooms for row in mods if strips_of(row.places)}) == 1


def _count(rows: Iterable[FoundRow], faults: Iterable[Broken]) -> int:
    """How many strips the console has: the highest that the pages name.

    What was typed into the fault book in a hurry adds none.
    """
    told = [fault.places for fault in faults if not fault.label]
    places = [*(row.places for row in rows), *told]
    held = map(strips_of, places)
    return max((numbers[-1] for numbers in held if numbers), default=0)


def _in_strip_order(places: Sequence[str], count: int = 0) -> tuple[bool, bool, int, int]:
    """Strips first, from the left; what is so on every one of them after the others."""
    held = strips_of(places)
    return not held, len(held) == count, held[0] if held else 0, -len(held)


# --- mods --------------------------------------------------------------------------------------


def _groups(
    first: Sequence[str],
    rest: Sequence[str],
    titles: Mapping[str, str],
    mods: Sequence[FoundRow],
    count: int,
) -> list[Group]:
    keys = iter(range(len(mods)))
    groups = []
    for address in [*first, *rest]:
        rows = [row for row in mods if row.page == address]
        rows.sort(key=lambda row: _in_strip_order(row.places, count))
        lines = [_line(same, count) for same in _same(rows)]
        if lines:
            lettered = [
                line._replace(key=key(next(keys))) if line.strips else line for line in lines
            ]
            shown: Shown = "full" if address in first else "short"
            groups.append(Group(address, titles[address], tuple(lettered), shown))
    return groups


def _same(rows: Iterable[FoundRow]) -> Iterable[list[FoundRow]]:
    """Rows that differ in nothing but where, together."""
    found: dict[tuple[str, ...], list[FoundRow]] = {}
    for row in rows:
        cells = row.cells
        found.setdefault((cells.get("part", ""), cells["here"], cells.get("do", "")), []).append(
            row
        )
    return found.values()


def _line(rows: Sequence[FoundRow], count: int) -> Line:
    cells = rows[0].cells
    held = strips_of(place for row in rows for place in row.places)
    return Line(
        where=", ".join(_first(row.cells) for row in rows),
        part=cells.get("part", ""),
        stock=cells["stock"] if 0 < len(held) < count else "",
        here=cells["here"],
        do=_do(cells.get("do", "")),
        strips=held,
        key="",
        rows=tuple(rows),
    )


def _do(text: str) -> str:
    """What to do; what there is to say beside "nothing"."""
    first, _, more = text.partition(".")
    return more.strip() if first.strip().casefold() in ("nothing", "none", "-") else text


def _fitted(sheet: Sheet) -> tuple[Group, ...]:
    """The groups, from the last up condensed until the sheet is no longer than FULL."""
    groups = list(sheet.groups)
    length = _fixed(sheet) + sum(map(_length, groups))
    steps: tuple[Shown, ...] = ("short", "count")
    for shown in steps:
        for at in reversed(range(len(groups))):
            if length > FULL and groups[at].shown != shown:
                less = groups[at]._replace(shown=shown)
                length -= _length(groups[at]) - _length(less)
                groups[at] = less
    return tuple(groups)


def _fixed(sheet: Sheet) -> int:
    """How long it is without its groups, in letters; an entry costs what its last line wastes."""
    entries = [
        *((care.title, *care.safety, care.touch) for care in sheet.care),
        *((note.where, note.text, note.by) for note in sheet.notes),
        *((one.where, one.symptom, one.workaround, one.title) for one in sheet.faults),
        *sheet.jacks,
        *((*one.jacks, one.notes, "        ") for one in sheet.breaks),
        *((one.point, one.level) for one in sheet.levels),
        *sheet.call,
    ]
    return sum(sum(map(len, entry)) + _ENTRY for entry in entries)


def _length(group: Group) -> int:
    if group.shown == "count":
        return _HEADING
    lines = [(line.where, line.part, line.here) for line in group.lines]
    if group.shown == "short":
        return _HEADING + sum(sum(map(len, line)) for line in lines)
    more = sum(len(line.stock) + len(line.do) + _ENTRY for line in group.lines)
    return _HEADING + more + sum(sum(map(len, line)) for line in lines)


# --- strips ------------------------------------------------------------------------------------


def _strips(count: int, groups: Sequence[Group], faults: Sequence[Broken]) -> Strips | None:
    mods = [
        (line.key, line.part or line.here, line.here if line.part else "", line.strips)
        for group in groups
        for line in group.lines
        if line.strips
    ]
    if not mods or count > MOST_STRIPS:
        return None
    out = {
        strip: fault.no_way_round
        for fault in sorted(faults, key=lambda fault: fault.no_way_round)
        for strip in strips_of(fault.places)
        if strip <= count
    }
    return strips(count, mods, out, [strip for strip, none in out.items() if none])


def _jacks(patch: Iterable[FoundRow]) -> Iterator[Jacks]:
    """The rows of the bay that carry strips, those that go on from one another as one."""
    last: Jacks | None = None
    for row in patch:
        if not strips_of(row.places) or row.cells.get("setup"):
            continue
        now = _pair(row)
        both = _joined(last, now) if last else None
        if last and not both:
            yield last
        last = both or now
    if last:
        yield last


def _joined(one: Jacks, other: Jacks) -> Jacks | None:
    """Two rows as one, where the numbers of the second go on from those of the first."""
    texts = []
    for was, now in zip(one, other, strict=True):
        if was == now:
            texts.append(was)
            continue
        before, after = _RANGE.findall(was), _RANGE.findall(now)
        if len(before) != 1 or len(after) != 1 or _RANGE.sub("", was) != _RANGE.sub("", now):
            return None
        (letter, first, end), (_, start, last) = before[0], after[0]
        if int(end or first) + 1 != int(start):
            return None
        texts.append(_RANGE.sub(f"{letter}{first}–{letter}{last or start}", was))
    return Jacks(*texts) if texts != list(one) else None


def _breaks(deviations: Iterable[Deviation], order: Container[str]) -> Iterator[Break]:
    for one in deviations:
        point = one.points[0]
        if set(one.whys) <= {"notes"} or point.row.page not in order:
            continue
        usual = one.usual if "normal" in one.whys else ""
        yield Break(_jacks_of(one.points), usual, point.setup, point.notes)


def _jacks_of(points: Sequence[Point]) -> Jacks:
    """As the page has them, or where these are not all of the row, the first and the last."""
    row = points[0].row
    if len(points) == len(row.points):
        return _pair(row)
    return Jacks(*map(_from_to, _ends(points[0]), _ends(points[-1])))


def _pair(row: FoundRow) -> Jacks:
    return Jacks(*(row.cells.get(name, "") for name in ("top", "out", "normal", "bottom", "in")))


def _ends(point: Point) -> Jacks:
    bottoms = " + ".join(map(short, point.bottoms))
    inputs = ", ".join(dict.fromkeys(point.inputs))
    return Jacks(short(point.top), point.out, point.normal, bottoms, inputs)


def _from_to(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"
