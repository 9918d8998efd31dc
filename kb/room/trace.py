"""Where a signal comes from and goes to with no cord in: along normals, wires and boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, cast

from kb.room.bay import Bay

How = Literal["", "full", "half", "parallel", "wire", "box"]

# More branches than this nobody reads, and a mult of mults has very many.
MOST_PATHS = 64


class Step(NamedTuple):
    """A jack on the way and how the signal gets there from the one before; the first has no how.

    `box` names what it passes through.
    """

    jack: str
    name: str
    how: How = ""
    box: str = ""


class Path(NamedTuple):
    """One way from source to end; a `loop` ends where it has been before."""

    steps: tuple[Step, ...]
    loop: bool = False


class _Edge(NamedTuple):
    source: str
    end: str
    how: How
    over: object
    box: str = ""
    both_ways: bool = False


def trace(bay: Bay, jack: str) -> list[Path]:
    """Every way through a jack from a source to an end, at most MOST_PATHS of them.

    A way takes a normal, a wire or a box once. What leads both ways leads away from the jack.
    """
    after, before = _graph(bay)
    paths = []
    for behind, behind_loops in _walk(jack, before, back=True):
        for ahead, ahead_loops in _walk(jack, after, been=behind):
            edges = [*reversed(behind), *ahead]
            first = edges[0].source if edges else jack
            steps = [Step(first, bay.name(first))]
            steps += [Step(e.end, bay.name(e.end), e.how, e.box) for e in edges]
            paths.append(Path(tuple(steps), behind_loops or ahead_loops))
            if len(paths) == MOST_PATHS:
                return paths
    return paths


@lru_cache(maxsize=2)
def _graph(bay: Bay) -> tuple[dict[str, list[_Edge]], dict[str, list[_Edge]]]:
    """What leads on from each jack, and what leads to it."""
    after: dict[str, list[_Edge]] = {}
    before: dict[str, list[_Edge]] = {}
    for edge in _edges(bay):
        after.setdefault(edge.source, []).append(edge)
        before.setdefault(edge.end, []).append(edge)
    return after, before


def _walk(
    jack: str, edges: dict[str, list[_Edge]], back: bool = False, been: Sequence[_Edge] = ()
) -> Iterator[tuple[list[_Edge], bool]]:
    """Every way on from a jack, depth first, and whether it comes round to where it has been."""
    stack: list[tuple[list[_Edge], frozenset[int], frozenset[str]]] = [
        (
            [],
            frozenset(id(edge.over) for edge in been),
            frozenset([jack, *(edge.source for edge in been)]),
        )
    ]
    while stack:
        way, taken, seen = stack.pop()
        here = (way[-1].source if back else way[-1].end) if way else jack
        on = [
            edge
            for edge in edges.get(here, ())
            if id(edge.over) not in taken and not (back and edge.both_ways)
        ]
        if not on:
            yield way, False
        for edge in reversed(on):
            there = edge.source if back else edge.end
            if there in seen:
                yield [*way, edge], True
            else:
                stack.append(([*way, edge], taken | {id(edge.over)}, seen | {there}))


def _edges(bay: Bay) -> Iterator[_Edge]:
    for point in bay.standing:
        if point.normal == "parallel":
            for one in point.jacks:
                for other in point.jacks:
                    if one != other:
                        yield _Edge(one, other, "parallel", point, both_ways=True)
        for top, bottom in point.joined:
            yield _Edge(top, bottom, cast(How, point.normal), (point, bottom))
    for wire in bay.wires:
        yield _Edge(wire.source, wire.end, "wire", wire, both_ways=wire.both_ways)
        if wire.both_ways:
            yield _Edge(wire.end, wire.source, "wire", wire, both_ways=True)
    for unit in bay.boxes:
        for way_in, way_out in unit.legs:
            yield _Edge(way_in, way_out, "box", (unit, way_in, way_out), unit.name)
