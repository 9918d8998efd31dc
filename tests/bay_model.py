"""A bay in brass: jacks, springs and plugs, and what signal comes out where. It knows no plan.

Written from what the four normals are (docs/equipment/patchbay.md, What a normal does here), not
from kb's own code, so that a plan can be carried out on it plug by plug.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_OUT = re.compile(r"(.+) (?:out|return)(?: ([LR]))?")
_IN = re.compile(r"(.+) (?:in|send)(?: ([LR]))?")


class BrassBay:
    """Rows of (room, top, out, normal, bottoms, inputs, wired to), with plugs in their jacks."""

    def __init__(
        self, rows: Iterable[tuple[str, str, str, str, list[str], list[str], str]]
    ) -> None:
        self.rows = list(rows)
        self.plugs: dict[str, int] = {}  # jack: the cord whose plug is in it
        self.row_of = {j: r for r in self.rows for j in (r[1], *r[4]) if j}

    def plug(self, cord: int, jack: str) -> None:
        """Push a plug home. No jack takes two, no cord has three, none reaches another room."""
        assert jack in self.row_of, f"no jack {jack}"
        assert jack not in self.plugs, f"{jack} has a plug in it"
        others = [other for other, one in self.plugs.items() if one == cord]
        assert len(others) < 2
        assert all(other.split(":")[0] == jack.split(":")[0] for other in others), "too short"
        self.plugs[jack] = cord

    def pull(self, jack: str) -> None:
        """Take a plug out."""
        del self.plugs[jack]

    def other_end(self, jack: str) -> str:
        """The jack that a cord in this one ends in, or nothing."""
        cord = self.plugs.get(jack)
        return next((j for j, c in self.plugs.items() if c == cord and j != jack), "")

    def normals(self) -> set[tuple[str, str]]:
        """The tops and bottoms that springs join as the plugs are now."""
        joined = set()
        for _, top, _, normal, bottoms, _, _ in self.rows:
            for bottom in bottoms:
                if normal == "full" and top not in self.plugs and bottom not in self.plugs:
                    joined.add((top, bottom))
                if normal == "half" and bottom not in self.plugs:
                    joined.add((top, bottom))
        return joined

    def hears(self, jack: str, deep: int = 12) -> frozenset[str]:
        """The signals that go out at the back of a bottom, into the desk or a box."""
        if deep == 0:
            return frozenset({"a howl"})
        if jack in self.plugs:
            far = self.other_end(jack)
            return self.gives(far, deep - 1) if far else frozenset()
        return frozenset().union(
            *(self.gives(top, deep - 1) for top, bottom in self.normals() if bottom == jack)
        )

    def gives(self, jack: str, deep: int = 12) -> frozenset[str]:
        """The signals that a cord takes out of a jack."""
        if deep == 0:
            return frozenset({"a howl"})
        _, top, _, normal, bottoms, _, wired_to = self.row_of[jack]
        if normal == "parallel":
            ends = [self.other_end(j) for j in (top, *bottoms) if j != jack]
            return frozenset().union(*(self.gives(end, deep - 1) for end in ends if end))
        if jack != top:
            return frozenset({f"the input {jack}"})  # two inputs on one cord: nobody means that
        if not bottoms and wired_to in self.row_of:
            far = self.other_end(wired_to)
            return self.gives(far, deep - 1) if far else frozenset()
        box = self.box_at(jack)
        if box:
            name, ways_in = box
            heard = frozenset().union(*(self.hears(way, deep - 1) for way in ways_in))
            return frozenset(f"{name}({signal})" for signal in heard)
        return frozenset({jack})

    def box_at(self, jack: str) -> tuple[str, list[str]] | None:
        """The box that comes out of a top, and the bottoms it is fed by."""
        room, top, out, normal, *_ = self.row_of[jack]
        mine = _OUT.fullmatch(out)
        if jack != top or not mine:
            return None
        ways_in = []
        for other, its_top, _, _, bottoms, names, _ in self.rows:
            if other != room or (its_top == top and normal in ("half", "full")):
                continue
            for bottom, name in zip(bottoms, names, strict=True):
                theirs = _IN.fullmatch(name)
                if theirs and theirs[1] == mine[1] and {theirs[2], mine[2]} != {"L", "R"}:
                    ways_in.append(bottom)
        return (mine[1], ways_in) if ways_in else None

    def has_two_sources(self) -> bool:
        """Whether a cord joins two outputs, or a mult is fed twice."""
        for jack in self.plugs:
            far = self.other_end(jack)
            if far and self._is_source(jack) and self._is_source(far):
                return True
        for _, top, _, normal, bottoms, _, _ in self.rows:
            if normal == "parallel":
                ends = [self.other_end(jack) for jack in (top, *bottoms)]
                if sum(bool(end) and self._is_source(end) for end in ends) > 1:
                    return True
        return False

    def _is_source(self, jack: str) -> bool:
        _, top, _, normal, bottoms, _, wired_to = self.row_of[jack]
        tie = not bottoms and wired_to in self.row_of
        return jack == top and normal != "parallel" and not tie
