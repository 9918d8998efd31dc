"""The way of a signal: what it takes by itself, and the cords that send it another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kb.room.bay import Bay, Point, room_of, short
from kb.room.concerns import phantom
from kb.room.cords import Cord, Effect, Plan
from kb.room.jacks import Meant
from kb.room.trace import Path, trace
from kb.views.patch import (
    PHANTOM,
    Known,
    Line,
    concerned,
    effect_as_json,
    laid,
    together,
)
from kb.views.terminal import Screen, cells

_HOW = {
    "": "",
    "full": "full",
    "half": "half",
    "parallel": "mult",
    "wire": "wire",
    "box": "through",
}
_LEGEND = {
    "full": "a cord in either jack breaks it here",
    "half": "a cord in the lower jack breaks it here",
}
FIRST = "DIM or cut. Each cord: source end first, destination end last"


def paths_of(bay: Bay, found: Sequence[Meant]) -> list[Path]:
    """Every way through the jacks that were asked for, each once."""
    paths: dict[Path, None] = {}
    for meant in found:
        for point in meant.points:
            named = [jack for jack in meant.jacks if jack in point.jacks]
            for jack in named:
                paths |= dict.fromkeys(trace(bay, jack))
    whole = {path: {step.jack for step in path.steps} for path in paths}
    # What is part of another way is told with that one.
    return [p for p in paths if not any(whole[p] < whole[other] for other in paths)]


def traced(screen: Screen, known: Known, found: Sequence[Meant]) -> Iterator[str]:
    """The ways from source to end, a line for each jack; what two have in common is told once."""
    paths = paths_of(known.bay, found)
    for text in screen.wrap(screen.text(_summary(paths)), "", "    "):
        yield screen.bold(text)
    width = max(cells(step.jack) for path in paths for step in path.steps)
    before: tuple[str, ...] = ()
    for path in paths:
        jacks = tuple(step.jack for step in path.steps)
        same = next(
            (n for n, pair in enumerate(zip(jacks, before, strict=False)) if pair[0] != pair[1]),
            min(len(jacks), len(before)),
        )
        if same:
            yield screen.text(f"  and from {jacks[same - 1]}")
        elif before:
            yield ""
        for step in path.steps[same:]:
            lead = f"  {_HOW[step.how]:<8}{step.jack:<{width}}  "
            wired = _wired(known.bay, step.jack)
            told = f"{step.name or 'blank'}{f' ({wired})' if wired else ''}"
            lines = list(screen.wrap(screen.text(told), screen.text(lead), " " * len(lead)))
            yield screen.dim(lines[0][: len(lead)]) + lines[0][len(lead) :]
            yield from lines[1:]
        if path.loop:
            yield screen.warn(f"  a loop: back at {screen.text(path.steps[-1].jack)}")
        before = jacks
    hows = dict.fromkeys(step.how for path in paths for step in path.steps)
    rows = [Line(how, _LEGEND[how]) for how in hows if how in _LEGEND]
    points = points_of(known.bay, [step.jack for path in paths for step in path.steps])
    faults = [fault for fault in together(known, points)[1] if fault.itself]
    rows += concerned((), faults, known.docs)
    yield from laid(screen, rows)


def paths_as_json(known: Known, found: Sequence[Meant]) -> list[dict[str, Any]]:
    """The ways with the keys that `kb patch --trace --json` promises."""
    return [
        {
            "loop": path.loop,
            "steps": [
                {
                    **step._asdict(),
                    "wired_to": known.bay.at(step.jack).wired_to,
                    "path": f"{known.docs}/{known.bay.at(step.jack).row.path}",
                    "line": known.bay.at(step.jack).row.line,
                }
                for step in path.steps
            ],
        }
        for path in paths_of(known.bay, found)
    ]


def points_of(bay: Bay, jacks: Iterable[str]) -> list[Point]:
    """The points of these jacks, each once."""
    return list({id(point): point for point in map(bay.at, jacks)}.values())


def planned(screen: Screen, known: Known, plan: Plan) -> Iterator[str]:
    """The cords in the order to place them, what each breaks, and the way back."""
    bay = known.bay
    for text in screen.wrap(screen.text(_told(plan)), "", "    "):
        yield screen.bold(text)
    points = points_of(bay, plan.jacks)
    faults = together(known, points)[1]
    ties = {jack for unit in plan.units if unit.tie for leg in unit.legs for jack in leg}
    boxes = points_of(bay, [jack for jack in plan.jacks if jack not in ties])
    rows = [Line("48 V", PHANTOM, "warn")] if any(map(phantom, points)) else []
    rows += concerned((), faults, known.docs)
    rows += [Line("Mind", remark) for remark in plan.remarks]
    rows += [Line("First", FIRST)]
    for number, cord in enumerate(plan.cords, 1):
        rows += _cord(bay, plan, number, cord)
    back = ", ".join(_short(plan, jack) for jack in plan.way_back)
    rows += [Line("Way back", f"out of {back}, in this order")]
    rows += [Line("Notes", notes) for notes in dict.fromkeys(p.notes for p in boxes) if notes]
    mods = [mod for mod in together(known, boxes)[0] if mod.itself]
    rows += concerned(mods, (), known.docs)
    yield from laid(screen, rows)


def plan_as_json(known: Known, plan: Plan) -> dict[str, Any]:
    """A plan with the keys that `kb patch --via --json` promises."""
    bay = known.bay
    points = points_of(bay, plan.jacks)
    mods, faults = together(known, points)

    def end(done: Effect) -> dict[str, Any]:
        return {**effect_as_json(done), "name": bay.name(done.jack)}

    return {
        "room": plan.start.points[0].room,
        "boxes": [unit.name for unit in plan.units],
        "cords": [{"from": end(cord.source), "to": end(cord.end)} for cord in plan.cords],
        "breaks": [list(pair) for pair in plan.broken],
        "unplug": list(plan.way_back),
        "phantom": any(map(phantom, points)),
        "remarks": list(plan.remarks),
        "mods": [mod.row.address for mod in mods if mod.itself],
        "faults": [fault.row.address for fault in faults],
    }


def _summary(paths: Sequence[Path]) -> str:
    """From where to where."""
    starts = dict.fromkeys(path.steps[0] for path in paths)
    ends = dict.fromkeys(path.steps[-1]._replace(how="", box="") for path in paths)
    said = [", ".join(f"{s.name or 'blank'} ({s.jack})" for s in steps) for steps in (starts, ends)]
    if all(len(path.steps) == 1 for path in paths):
        return f"{said[0]}: nothing leads here or on from here without a cord"
    return f"{said[0]} to {said[1]}, with no cord in"


def _wired(bay: Bay, jack: str) -> str:
    """What a jack is wired to, said at the end of a pair where the wire is likeliest to be."""
    point = bay.at(jack)
    if not point.wired_to or bay.wires_of(point):
        return ""
    return point.wired_to if jack == bay.wired_end(point) else ""


def _told(plan: Plan) -> str:
    """All of it in a line: which jack to which."""
    cords = [f"{_short(plan, one.jack)} to {_short(plan, other.jack)}" for one, other in plan.cords]
    room = plan.start.points[0].room
    lead = f"{room}: " if room else ""
    return f"{lead}{len(cords)} cords, {', then '.join(cords)}"


def _short(plan: Plan, jack: str) -> str:
    """A jack without its room, unless the cords go through several."""
    return short(jack) if len({room_of(one) for one in plan.jacks}) == 1 else jack


def _cord(bay: Bay, plan: Plan, number: int, cord: Cord) -> Iterator[Line]:
    for label, word, done in ((f"Cord {number}", "out of", cord.source), ("", "into", cord.end)):
        text = f"{word} {_short(plan, done.jack)}, {bay.name(done.jack)}"
        yield Line(label, text + "".join(f": {told}" for told in _changes(bay, plan, done)))


def _changes(bay: Bay, plan: Plan, done: Effect) -> Iterator[str]:
    """What becomes of the normals of a jack, beside what the cords are for."""
    for top, bottom in done.broken:
        whose = "" if top in plan.jacks else f", {bay.name(top)},"
        yield f"breaks the normal {short(top)}{whose} to {short(bottom)}"
    if done.verb == "listens":
        kept = [bottom for top, bottom in done.kept if (top, bottom) not in plan.broken]
        told = ", ".join(f"{short(jack)}, {bay.name(jack)}" for jack in kept)
        yield f"listens, the normal to {told}, stays" if kept else "listens"
