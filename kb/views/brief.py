"""The visitor's sheet on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from kb.room.sheet import Break, Broken, Group, Head, Jacks, Line, Note, Sheet
from kb.room.strips import Strips, spoken
from kb.views.faults import moment
from kb.views.normals import NORMAL
from kb.views.terminal import Screen, cells, padded

_MARGIN = 16
_ARROW = "→"


def lines(screen: Screen, sheet: Sheet) -> Iterator[str]:
    """The sheet: where in the margin, what is so beside it."""
    yield from _head(screen, sheet.head)
    care = ((one.title, [*one.safety, one.touch]) for one in sheet.care)
    yield from _section(screen, "Safety, and who may touch what", care)
    yield from _notes(screen, sheet)
    yield from _faults(screen, sheet)
    if sheet.strips:
        yield from _strips(screen, sheet.strips)
    yield from _section(
        screen,
        "Strips on the bay",
        ((one.top, [joined(one)]) for one in sheet.jacks),
    )
    for group in (group for group in sheet.groups if group.shown == "full"):
        yield from _section(screen, f"Differs: {group.title}", map(_mod, group.lines))
    short = [group for group in sheet.groups if group.shown != "full"]
    yield from _section(screen, "Differs elsewhere, in short", map(_short, short))
    yield from _section(screen, "Breaks the pattern of the bay", map(_break, sheet.breaks))
    yield from _section(screen, "Levels", _levels(sheet))
    calls = ((ring or who, [f"{reason} — {who}"]) for reason, who, ring in sheet.call)
    yield from _section(screen, "Call", calls)


def _break(one: Break) -> tuple[str, list[str]]:
    more = "; ".join(aside(one))
    told = f"{joined(one.jacks)} ({more})" if more else joined(one.jacks)
    return one.jacks.top or one.jacks.bottom, [told]


def joined(jacks: Jacks) -> str:
    """What is over what, and how they are joined."""
    if not jacks.out and not jacks.input:
        return "blank"
    ends = f"{jacks.bottom} {jacks.input}".strip()
    return " — ".join(
        filter(None, (jacks.out, ends and f"{NORMAL.get(jacks.normal, jacks.normal)} {ends}"))
    )


def aside(one: Break) -> Iterator[str]:
    """What is to be said of points that break the pattern."""
    if one.usual:
        yield f"most of the row: {one.usual}"
    if one.setup:
        yield f"only in set-up {one.setup}"
    if one.notes:
        yield one.notes


def _head(screen: Screen, head: Head) -> Iterator[str]:
    yield screen.bold(screen.text(" · ".join(dict.fromkeys((name(head), head.studio)))))
    yield screen.dim(screen.text(as_of(head)))


def name(head: Head) -> str:
    """What the sheet is of: a room, some of its pages, or the studio."""
    pages = ", ".join(head.only)
    return f"{head.name}: {pages}" if head.name and pages else head.name or pages or head.studio


def as_of(head: Head) -> str:
    """Of when the sheet is, in words."""
    said = f"as of {head.as_of:%Y-%m-%d %H:%M}"
    return f"{said} · pages at {head.commit} of {head.committed}" if head.commit else said


def _section(
    screen: Screen, heading: str, entries: Iterable[tuple[str, list[str]]]
) -> Iterator[str]:
    """A heading, and below it each entry with where it is in the margin."""
    last = None
    for number, (where, texts) in enumerate(entries):
        if not number:
            yield ""
            yield screen.bold(screen.text(heading))
        yield from _entry(screen, where if where != last else "", texts)
        last = where


def _entry(screen: Screen, where: str, texts: list[str], mark: str = " ") -> Iterator[str]:
    where = screen.text(where)
    lead = f"{mark} {where}"
    indent = " " * _MARGIN
    if cells(lead) > _MARGIN - 2 or not texts:
        yield from (_marked(screen, line, mark) for line in screen.wrap(where, f"{mark} ", "  "))
        lead = ""
    for text in texts:
        told = screen.text(text)
        deeper = " " * (told.find(" ") + 1) if text.startswith(_ARROW) else ""
        wrapped = list(screen.wrap(told, indent, indent + deeper))
        if lead:
            yield _marked(screen, padded(lead, _MARGIN), mark) + wrapped.pop(0)[_MARGIN:]
            lead = ""
        yield from wrapped


def _marked(screen: Screen, text: str, mark: str) -> str:
    if mark == " ":
        return screen.bold(text) if text.strip() else text
    return screen.warn(text)


def _notes(screen: Screen, sheet: Sheet) -> Iterator[str]:
    for number, note in enumerate(sheet.notes):
        if not number:
            yield ""
            yield screen.bold("Today")
        texts = [note.text, *filter(None, [holds(note, sheet.head.as_of)])]
        yield from _entry(screen, note.where, texts, "!" if note.lockout else " ")


def holds(note: Note, now: datetime) -> str:
    """Until when a note holds, and who wrote it."""
    until = f"until {moment(note.until, now)}" if note.until else ""
    return " · ".join(filter(None, (until, written(note, now))))


def written(entry: Note | Broken, now: datetime) -> str:
    """Which entry of the fault book this is, whose and of when; nothing for what a page says."""
    if not entry.label:
        return ""
    kind = "note" if isinstance(entry, Note) else "fault"
    when = moment(entry.at, now) if entry.at else ""
    return f"{kind} {entry.label}, {entry.by} {when}".strip()


def _faults(screen: Screen, sheet: Sheet) -> Iterator[str]:
    yield ""
    faults = sheet.faults
    if not faults:
        yield screen.bold("Nothing is written up as broken")
        return
    out = sum(fault.no_way_round for fault in faults)
    yield screen.bold(f"Broken: {len(faults)}" + f", {out} with no way round (x)" * bool(out))
    for fault in faults:
        told = (fault.symptom, fault.context, written(fault, sheet.head.as_of))
        symptom = " · ".join(filter(None, told))
        texts = [*([symptom] if symptom else []), *_to_do(fault.workaround)]
        yield from _entry(screen, fault.where, texts, "x" if fault.no_way_round else " ")


def _strips(screen: Screen, strips: Strips) -> Iterator[str]:
    what = {bar.key: bar.what for bar in strips.bars}
    entries = [
        (spoken(run.strips), [" · ".join(what[key] for key in run.keys)]) for run in strips.runs
    ]
    if strips.everywhere:
        entries.append(("every strip", [" · ".join(told for _, told in strips.everywhere)]))
    if strips.broken:
        entries.append(("broken", [spoken(strips.broken)]))
    yield from _section(screen, f"Strips 1–{strips.last}: what is modified", entries)


def _here(line: Line) -> str:
    """What is so here, and the stock value where others have that."""
    told = f"{line.part}: {line.here}" if line.part else line.here
    return f"{told} (stock: {line.stock})" if line.stock else told


def _mod(line: Line) -> tuple[str, list[str]]:
    return line.where, [_here(line), *_to_do(line.do)]


def _to_do(text: str) -> list[str]:
    return [f"{_ARROW} {text}"] if text else []


def _short(group: Group) -> tuple[str, list[str]]:
    if group.shown == "count":
        return group.title, [more(group)]
    told = (f"{line.where} {line.part}: {line.here}".replace(" : ", ": ") for line in group.lines)
    return group.title, ["; ".join(told)]


def more(group: Group) -> str:
    """What is said of mods for which the sheet has no room."""
    count = sum(len(line.rows) for line in group.lines)
    return f"{count} more, not on this sheet: kb show {group.page}"


def _levels(sheet: Sheet) -> Iterator[tuple[str, list[str]]]:
    for one in sheet.levels:
        yield one.title, [f"{one.point}: {one.level}"]
