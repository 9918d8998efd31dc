"""Two rows of a bay as they stand: numbers, what joins them, what is broken, what it all is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kb.room.bay import Bay, row_and_number
from kb.room.bay_rows import Rows
from kb.room.concerns import concerns, jacks_of
from kb.views.patch import Known, Line, concerned, laid, point_as_json
from kb.views.terminal import Screen

_MARKS = {"full": "F", "half": "h", "open": ".", "parallel": "="}
_MEANING = {
    "h": "half-normalled",
    "F": "full-normalled",
    ".": "open",
    "=": "mult, all joined",
    "<": "fed from another row",
}
_BLOCKS = (48, 24, 16, 12, 8, 6, 4)
_CELL = 3


def drawn(screen: Screen, known: Known, rows: Rows) -> Iterator[str]:
    """The rows in blocks that fit the screen, then the names, then what is broken."""
    bay = known.bay
    shown = {jack for both in rows.jacks for jack in both}
    found = [
        (jack, one)
        for point in rows.points
        for one in concerns(bay, point, known.faults)
        if one.itself
        for jack in jacks_of(bay, point, one.row)
        if jack in shown
    ]
    broken = {jack for jack, _ in found}
    here = f"Room {rows.room}, row {rows.top}" if rows.room else f"Row {rows.top}"
    under = f" over {rows.bottom}: outputs over inputs" if rows.bottom else ""
    for text in screen.wrap(screen.text(here + under), "", "    "):
        yield screen.bold(text)
    lead = max(len(rows.top), len(rows.bottom)) + 1
    fit = (screen.width - lead) // _CELL
    many = next((n for n in _BLOCKS if n <= fit), _BLOCKS[-1])
    marks = [_mark(bay, *both) for both in rows.jacks]
    for start in range(0, len(rows.jacks), many):
        tops, bottoms = zip(*rows.jacks[start : start + many], strict=True)
        yield from _side(screen, bay, rows.top, tops, broken, lead)
        yield from _cells(screen, "", marks[start : start + many], lead)
        if rows.bottom:
            yield from _side(screen, bay, rows.bottom, bottoms, broken, lead)
        yield ""
    yield from _legend(screen, bay, rows, marks, broken)
    yield from laid(screen, list(_names(rows)))
    told = {one.row.address: one for _, one in found}
    yield from laid(screen, list(concerned((), told.values(), known.docs)))


def _side(
    screen: Screen, bay: Bay, letter: str, jacks: Sequence[str], broken: set[str], lead: int
) -> Iterator[str]:
    """The numbers of a row, and below them what is broken."""
    if not any(jacks):
        return
    numbers = [str(row_and_number(j)[1]) if j and bay.name(j) else j and "--" for j in jacks]
    yield from _cells(screen, letter, numbers, lead, always=True)
    yield from _cells(screen, "", ["!" if jack in broken else "" for jack in jacks], lead)


def _cells(
    screen: Screen, letter: str, texts: Sequence[str], lead: int, always: bool = False
) -> Iterator[str]:
    line = f"{letter:<{lead}}" + "".join(f"{text:>{_CELL}}" for text in texts)
    if always or line.strip():
        told = screen.text(line.rstrip())
        yield screen.bold(told) if always else screen.warn(told) if "!" in texts else told


def _mark(bay: Bay, top: str, bottom: str) -> str:
    """How two jacks that stand over one another are joined."""
    over = bay.at(top) if top else None
    below = bay.at(bottom) if bottom else None
    if over is not None and (over is below or below is None):
        return _MARKS[over.normal] if bay.name(top) else ""
    if below is not None and below.joined:
        return "<"
    return _MARKS["open"] if below is not None or over is not None else ""


def _names(rows: Rows) -> Iterator[Line]:
    """What stands where, as the page steps it."""
    for row in {point.row.address: point.row for point in rows.points}.values():
        cell = {column: row.cells.get(column, "") for column in ("top", "out", "bottom", "in")}
        ends = [f"{cell['top']} {cell['out'] or 'blank'}".strip()] if cell["top"] else []
        if cell["bottom"]:
            ends.append(f"{cell['bottom']} {cell['in']}".strip())
        arrow = {"full": " → ", "half": " → ", "parallel": " = "}.get(row.points[0][3], " | ")
        yield Line(_MARKS[row.points[0][3]] if cell["out"] or cell["in"] else "-", arrow.join(ends))


def _legend(
    screen: Screen, bay: Bay, rows: Rows, marks: Sequence[str], broken: set[str]
) -> Iterator[str]:
    said = [f"{mark} {_MEANING[mark]}" for mark in _MEANING if mark in marks]
    if any(jack and not bay.name(jack) for both in rows.jacks for jack in both):
        said.append("-- blank")
    if broken:
        said.append("! open fault, below")
    for text in screen.wrap(screen.text(",  ".join(said))):
        yield screen.dim(text)


def as_json(known: Known, rows: Rows) -> dict[str, Any]:
    """The rows with the keys that `kb patch --row --json` promises."""
    return {
        "room": rows.room,
        "top": rows.top,
        "bottom": rows.bottom,
        "points": [
            {
                **point_as_json(known, point),
                "faults": [
                    fault.row.address
                    for fault in concerns(known.bay, point, known.faults)
                    if fault.itself
                ],
            }
            for point in rows.points
        ],
    }
