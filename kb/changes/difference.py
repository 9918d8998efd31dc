"""One thing that is different in the pages, said in their own words."""

from __future__ import annotations

from typing import NamedTuple

# What is told in which order: what bites first, then what people do, then what they read. What
# stands on one line is told as it stands in the page.
KINDS = (
    ("mod added", "mod altered", "mod removed"),
    ("fault opened", "fault altered", "fault cleared"),
    ("page altered", "studio.toml altered"),
    ("patch row added", "patch row altered", "patch row removed"),
    ("step added", "step reworded", "step removed", "steps in another order"),
    ("row added", "row altered", "row removed"),
    ("section added",),
    ("section rewritten",),
    ("section renamed",),
    ("section removed",),
    ("quiz changed",),
    ("page new",),
    ("page renamed",),
    ("page gone", "page not read"),
    ("page verified", "section verified"),
)
_RANK = {kind: rank for rank, kinds in enumerate(KINDS) for kind in kinds}


class Difference(NamedTuple):
    """`title` is what it is about; `was` and `now` are empty where there is nothing to quote.

    `path` is below the docs folder; `line` is that of today, of the place where it was for what
    is gone. `room` is what the page says of itself; empty means everywhere.
    """

    kind: str
    address: str
    title: str
    page: str
    path: str
    line: int
    was: str = ""
    now: str = ""
    room: str = ""
    number: str = ""

    @property
    def order(self) -> tuple[int, str, int]:
        """Sorts what is different within a room."""
        return _RANK[self.kind], self.path, self.line
