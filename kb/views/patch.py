"""A point of the bay: what it is, what a cord does in it, what is wrong or different there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kb.room.bay import Bay, Point, short
from kb.room.concerns import Concern, concerns, phantom
from kb.room.cords import Effect, effect
from kb.room.jacks import Meant
from kb.room.trace import trace
from kb.views.terminal import Screen, cells, crumbs

if TYPE_CHECKING:
    from kb.search.rows import FoundRow

PHANTOM = "may be up: cues and monitors muted, 48 V off, wait. Then the cord"
_NORMAL = {"full": "full-normalled", "half": "half-normalled"}
_MOST = 6


class Line(NamedTuple):
    """A label and what belongs to it; `warn` is what must not be missed."""

    label: str
    text: str
    style: Literal["", "warn"] = ""


class Known(NamedTuple):
    """What the pages know: the bay, and the mods and faults that still hold."""

    bay: Bay
    mods: Sequence[FoundRow]
    faults: Sequence[FoundRow]
    docs: str


def lines(screen: Screen, known: Known, found: Sequence[Meant]) -> Iterator[str]:
    """The points that were asked for, each with all there is to know before a cord goes in."""
    for number, meant in enumerate(found):
        if number:
            yield ""
        yield from _one(screen, known, meant)


def several(screen: Screen, bay: Bay, fits: Sequence[Meant]) -> Iterator[str]:
    """What to choose from where several points fit, a line each."""
    shown = [(_from(one.jacks), heading(bay, one).partition("  ")[2]) for one in fits[:_MOST]]
    width = max(cells(jacks) for jacks, _ in shown) + 2
    for jacks, told in shown:
        lead = f"  {jacks:<{width}}"
        yield from screen.wrap(screen.text(told), screen.text(lead), " " * len(lead))
    if len(fits) > _MOST:
        yield f"  and {len(fits) - _MOST} more"


def fits_as_json(fits: Sequence[Meant]) -> list[dict[str, Any]]:
    """What to choose from, as JSON."""
    return [
        {
            "jacks": list(one.jacks),
            "names": [p.name(j) for p in one.points for j in p.jacks if j in one.jacks],
        }
        for one in fits
    ]


def as_json(known: Known, meant: Meant) -> list[dict[str, Any]]:
    """The points with the keys that `kb patch --json` promises."""
    found = []
    for point in meant.points:
        named = [jack for jack in meant.jacks if jack in point.jacks]
        begins, ends = _ends(known.bay, point, named)
        mods, faults = _of(known, point)
        found.append(
            {
                **point_as_json(known, point),
                "asked": named,
                "begins": begins,
                "ends": ends,
                "mods": [_told(mod, known.docs, "part", "here", "do") for mod in mods],
                "faults": [_told(one, known.docs, "symptom", "workaround") for one in faults],
            }
        )
    return found


def point_as_json(known: Known, point: Point) -> dict[str, Any]:
    """A point by itself: its jacks, its normal, what a cord does in each."""
    return {
        "room": point.room,
        "top": {"jack": point.top, "name": point.out} if point.top else None,
        "normal": point.normal,
        "bottoms": [{"jack": jack, "name": point.name(jack)} for jack in point.bottoms],
        "cords": [effect_as_json(effect(point, jack)) for jack in point.jacks],
        "phantom": phantom(point),
        "wired_to": point.wired_to,
        "notes": point.notes,
        "setup": point.setup,
        "address": point.row.address,
        "page": point.row.page,
        "path": f"{known.docs}/{point.row.path}",
        "line": point.row.line,
    }


def effect_as_json(done: Effect) -> dict[str, Any]:
    """What a cord does: breaks, listens, takes, feeds or joins, and to which normals."""
    return {
        "jack": done.jack,
        "does": done.verb,
        "breaks": [list(pair) for pair in done.broken],
        "keeps": [list(pair) for pair in done.kept],
    }


def does(bay: Bay, done: Sequence[Effect]) -> str:
    """What a cord does in a jack, or in both of a pair, in plain words."""
    jacks = [one.jack for one in done]
    points = [bay.at(jack) for jack in jacks]
    point, first = points[0], done[0]
    named = called(points, jacks)
    if first.verb == "joins":
        if far := far_ends(bay, points):
            return f"leads to {far} and no further: that end needs a cord too"
        others = _and(jack for jack in point.jacks if jack != first.jack)
        return f"joins it with {others}. One source in all of them, never two"
    if first.verb == "takes":
        return f"your cord gets {named}. Breaks nothing"
    if first.verb == "feeds":
        return f"{named} gets your cord. Breaks nothing"
    said = _and if len(done) == 1 else _pair
    if first.verb == "listens":
        bottoms = said(bottom for one in done for _, bottom in one.kept)
        return f"listens: the normal to {bottoms} stays, your cord gets the same"
    tops = _pair(top for one in done for top, _ in one.broken)
    if first.jack == point.top:
        bottoms = said(bottom for one in done for _, bottom in one.broken)
        return f"breaks the normal to {bottoms}: your cord gets {named}, {bottoms} nothing"
    kept = said(bottom for one in done for _, bottom in one.kept)
    stays = f". {kept} stays on {tops}" if kept else ""
    return f"breaks the normal from {tops}: {named} gets your cord instead{stays}"


def concerned(mods: Iterable[Concern], faults: Iterable[Concern], docs: str) -> Iterator[Line]:
    """What is broken and what is different here, faults first."""
    for fault in faults:
        cell = fault.row.cells
        told = f"{cell['where']}: {cell['symptom']}"
        if cell["workaround"]:
            told += f". Meanwhile: {cell['workaround']}"
        if not fault.row.path:  # of the fault book, which has no lines
            said = (fault.row.address, cell["by"], cell["until"] and f"until {cell['until']}")
            told += f" ({', '.join(filter(None, said))})"
        label = "note" if fault.row.address.startswith("note ") else "open fault"
        yield Line(label, told, "warn")
    others: dict[str, list[str]] = {}
    for mod in mods:
        cell = mod.row.cells
        if mod.itself:
            name = ", ".join(filter(None, (cell["where"], cell.get("part"))))
            what = ". ".join(filter(None, (cell["here"], cell.get("do"))))
            yield Line("differs", f"{name}: {what} ({docs}/{mod.row.path}:{mod.row.line})")
        else:
            others.setdefault(mod.at, []).append(cell.get("part") or cell["here"])
    for at, parts in others.items():
        yield Line("differs too", f"{'; '.join(parts)} (kb mods {at})")


def laid(screen: Screen, rows: Sequence[Line]) -> Iterator[str]:
    """Labels and what belongs to them, in two columns."""
    margin = max((cells(row.label) for row in rows), default=0) + 6
    for row in rows:
        label = screen.text(f"    {row.label}").ljust(margin)
        told = list(screen.wrap(screen.text(row.text), " " * margin, " " * margin))
        loud = screen.warn if row.style == "warn" else screen.dim
        yield loud(label) + told[0][margin:]
        yield from told[1:]


def _one(screen: Screen, known: Known, meant: Meant) -> Iterator[str]:
    points = meant.points
    first = points[0]
    for text in screen.wrap(screen.text(heading(known.bay, meant)), "", "    "):
        yield screen.bold(text)
    concerned_ = list(concerned(*together(known, points), known.docs))
    rows = [Line("48 V", PHANTOM, "warn")] if any(map(phantom, points)) else []
    rows += [row for row in concerned_ if row.style]
    rows += [*_cords(known.bay, meant), *_rest(known.bay, meant)]
    rows += [row for row in concerned_ if not row.style]
    yield from laid(screen, rows)
    where = screen.text(f"    {known.docs}/{first.row.path}:{first.row.line}")
    heads = tuple(dict.fromkeys((first.row.title, first.row.section)))
    told = crumbs(screen, heads, screen.width - cells(where) - 2)
    yield screen.dim(f"{where}  {told}")


def _cords(bay: Bay, meant: Meant) -> Iterator[Line]:
    """What a cord does in each jack, those that were asked for first."""
    ways = list(zip(*(point.jacks for point in meant.points), strict=True))
    asked = [way for way in ways if not set(way).isdisjoint(meant.jacks)]
    for way in (*asked, *(way for way in ways if way not in asked)):
        if bay.name(way[0]):
            told = does(bay, [effect(bay.at(jack), jack) for jack in way])
            yield Line(f"Cord in {_pair(way)}", told)
        if bay.at(way[0]).normal == "parallel":
            return  # it is the same for all of them


def _rest(bay: Bay, meant: Meant) -> Iterator[Line]:
    first = meant.points[0]
    if first.wired_to:
        yield Line("Wired to", ", ".join(dict.fromkeys(p.wired_to for p in meant.points)))
    begins: list[str] = []
    ends: list[str] = []
    for point in meant.points:
        named = [jack for jack in meant.jacks if jack in point.jacks]
        for found, more in zip((begins, ends), _ends(bay, point, named), strict=True):
            found += more
    for label, jacks in (("Begins at", begins), ("Ends at", ends)):
        if jacks:
            told = "; ".join(f"{jack} {bay.name(jack)}" for jack in dict.fromkeys(jacks))
            yield Line(label, f"{told} (kb patch {meant.jacks[0]} --trace)")
    for other in bay.setups(meant.jacks[0]):
        told = heading(bay, Meant((other,), (meant.jacks[0],))).partition("  ")[2]
        yield Line(f"Set-up {other.setup}", told)
    if first.setup:
        yield Line("Only in", first.setup)
    if first.notes:
        yield Line("Notes", first.notes)


def heading(bay: Bay, meant: Meant) -> str:
    """What it is and what it is joined to, in one line, seen from the jack asked for."""
    points = meant.points
    first = points[0]
    if len(points) > 2:
        return _run(meant)
    tops = [point.top for point in points if point.top]
    bottoms = [jack for point in points for jack in point.bottoms]
    from_top = bool(tops) and (not bottoms or any(jack in tops for jack in meant.jacks))
    mine = tops if from_top else [jack for jack in meant.jacks if jack in bottoms]
    named = called(points, mine)
    lead = f"{_from(mine)}  {named}"
    if first.normal == "parallel":
        mult = next(jack for jack in meant.jacks if jack in first.jacks)
        others = _and(jack for jack in first.jacks if jack != mult)
        return f"{mult}  {named}, a mult: joined with {others}, always"
    if not named:
        return f"{lead}blank: nothing is on it"
    if first.normal in _NORMAL:
        word = _NORMAL[first.normal]
        if not from_top:
            return f"{lead}, {word} from {_pair(tops)}, {called(points, tops)}"
        columns = zip(*(point.bottoms for point in points), strict=True)
        ends = [f"{_pair(jacks)}, {called(points, jacks)}" for jacks in columns]
        return f"{lead}, {word} to {' and to '.join(ends)}"
    if far := far_ends(bay, points):
        return f"{lead}, open: wired to {far}, nothing more without a cord"
    if not from_top:
        over = f"; over it {_pair(tops)}, {called(points, tops)}" if tops else ""
        return f"{lead}, open: nothing feeds it without a cord{over}"
    under = f"; under it {_pair(bottoms)}, {called(points, bottoms)}" if bottoms else ""
    return f"{lead}, open: goes nowhere without a cord{under}"


def _run(meant: Meant) -> str:
    """Many points of one row, by the first and the last of them."""
    first, last = meant.points[0], meant.points[-1]
    ends = [(first.top, first.out), (last.top, last.out)]
    if not first.top or not any(point.top in meant.jacks for point in meant.points):
        ends = [(p.bottoms[0], p.inputs[0]) for p in (first, last)]
    (one, name), (other, last_name) = ends
    return f"{one}–{short(other)}  {name} to {last_name}"


def far_ends(bay: Bay, points: Sequence[Point]) -> str:
    """The jacks at the other end of the wires of tie lines, with their room."""
    if any(len(point.jacks) > 1 for point in points):
        return ""
    own = {jack for point in points for jack in point.jacks}
    far = [j for p in points for wire in bay.wires_of(p) for j in wire[:2] if j not in own]
    return _from(far) if far else ""


def called(points: Sequence[Point], jacks: Iterable[str]) -> str:
    """What jacks are called together: as the row has it where they are all of it."""
    jacks = list(jacks)
    row = points[0].row
    if len(points) == len(row.points) == len(jacks) > 1:
        return row.cells.get("out" if jacks[0] == points[0].top else "in", "")
    names = dict.fromkeys(p.name(jack) for p in points for jack in p.jacks if jack in jacks)
    return " and ".join(filter(None, names))


def _pair(jacks: Iterable[str]) -> str:
    """The jacks of a pair, without their room: `H33/H34`."""
    return "/".join(map(short, dict.fromkeys(jacks)))


def _and(jacks: Iterable[str]) -> str:
    """Jacks one by one, without their room: `B27 and D35`."""
    *others, last = [short(jack) for jack in dict.fromkeys(jacks)] or [""]
    return f"{', '.join(others)} and {last}" if others else last


def _from(jacks: Sequence[str]) -> str:
    """The jacks a line begins with, with their room."""
    head = jacks[0]
    if len(jacks) == 1:
        return head
    if len(jacks) == 2:
        return f"{head}/{short(jacks[1])}"
    return f"{head}–{short(jacks[-1])}"


def _ends(bay: Bay, point: Point, named: Sequence[str]) -> tuple[list[str], list[str]]:
    """Where the signal of a point begins and ends, as far as that is another point."""
    paths = [path for jack in named for path in trace(bay, jack)]
    begins = dict.fromkeys(path.steps[0].jack for path in paths)
    ends = dict.fromkeys(path.steps[-1].jack for path in paths)
    own = set(point.jacks)
    own |= {jack for wire in bay.wires_of(point) for jack in wire[:2]}
    return [j for j in begins if j not in own], [j for j in ends if j not in own]


def _of(known: Known, point: Point) -> tuple[list[Concern], list[Concern]]:
    return concerns(known.bay, point, known.mods), concerns(known.bay, point, known.faults)


def together(known: Known, points: Iterable[Point]) -> tuple[list[Concern], list[Concern]]:
    """The mods and faults of several points, each once."""
    mods: dict[str, Concern] = {}
    faults: dict[str, Concern] = {}
    for point in points:
        for found, more in zip((mods, faults), _of(known, point), strict=True):
            for one in more:
                found.setdefault(one.row.address, one)
    return list(mods.values()), list(faults.values())


def _told(concern: Concern, docs: str, *columns: str) -> dict[str, Any]:
    row = concern.row
    return {
        "where": row.cells["where"],
        **{column: row.cells.get(column, "") for column in columns},
        "itself": concern.itself,
        "address": row.address,
        "path": f"{docs}/{row.path}" if row.path else None,
        "line": row.line or None,
    }
