"""Patch rows: `C1–C48 | Ch 1–48 insert send | half | D1–D48 | …` to 48 vertical pairs."""

from __future__ import annotations

from collections.abc import Mapping

from kb.pages.model import Patch, PatchPoint
from kb.pages.normals import NORMALS, Normal, normalled
from kb.terms.ranges import RangeError, jack_names, places, step

_BLANK = frozenset({"", "-", "–", "—", "−", "blank"})


class PatchError(ValueError):
    """A patch row that cannot be meant as it is written."""


def expand(named: Mapping[str, str]) -> Patch:
    """The patch row of these cells, by column. Raises PatchError and RangeError."""
    top, out, bottom, input_, wired_to = (
        unless_blank(named.get(name, "")) for name in ("top", "out", "bottom", "in", "wired to")
    )
    normal = _normal(named.get("normal", ""))
    tops = jack_names(top) if top else []
    destinations = [one.strip() for one in bottom.split("+")] if bottom else []
    bottoms = [jack_names(one) for one in destinations]
    if not tops and not bottoms:
        raise PatchError("patch row has neither Top nor Bottom")
    if normalled(normal) and not (tops and bottoms):
        missing = "Bottom" if tops else "Top"
        raise PatchError(f"{normal} normal, but no {missing}; write open")
    first, count = top or destinations[0], len(tops or bottoms[0])
    for said, one in zip(destinations, bottoms, strict=True):
        if len(one) != count:
            raise RangeError(f"{said} has {_members(len(one))}, {first} has {count}")
    outs, inputs, wires = (
        step(text, count, name)
        for text, name in ((out, "Out"), (input_, "In"), (wired_to, "Wired to"))
    )
    points = tuple(
        PatchPoint(
            top=tops[n] if tops else "",
            out=outs[n],
            normal=normal,
            bottoms=tuple(one[n] for one in bottoms),
            input=inputs[n],
            wired_to=wires[n],
        )
        for n in range(count)
    )
    return Patch(
        top=top,
        out=out,
        normal=normal,
        bottom=bottom,
        input=input_,
        wired_to=wired_to,
        notes=named.get("notes", ""),
        setup=named.get("setup", ""),
        points=points,
    )


def _members(count: int) -> str:
    return f"{count} member" if count == 1 else f"{count} members"


def places_of_points(patch: Patch) -> tuple[str, ...]:
    """Every jack of the row, and every channel, track or tie line that it names."""
    found: dict[str, None] = {}
    for point in patch.points:
        for jack in (point.top, *point.bottoms):
            if jack:
                found[f"jack:{jack.casefold()}"] = None
        for text, has_jacks in ((point.out, False), (point.input, False), (point.wired_to, True)):
            try:
                found |= dict.fromkeys(places(text, jacks=has_jacks))
            except RangeError:
                continue  # a range of another kind than the row's own, which step() let stand
    return tuple(found)


def _normal(cell: str) -> Normal:
    said = cell.casefold()
    for normal in NORMALS:
        if said in (normal, f"{normal}-normal", f"{normal} normal"):
            return normal
    raise PatchError(f'normal "{cell}" is not known; known: {", ".join(NORMALS)}')


def unless_blank(cell: str) -> str:
    """What a cell says, unless that is only that it says nothing."""
    return "" if cell.casefold() in _BLANK else cell
