"""The sheet for a visiting engineer, as values: what the views lay out and nothing else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

from kb.room.strips import Strips, strips_of
from kb.search.rows import FoundRow

Shown = Literal["full", "short", "count"]


class Note(NamedTuple):
    """What is true only today. `lockout`: do not strike, do not touch; `label` as in the book."""

    where: str
    text: str
    by: str = ""
    at: datetime | None = None
    until: datetime | None = None
    label: str = ""

    @property
    def lockout(self) -> bool:
        """Whether it keeps everybody's hands off."""
        return "lockout" in self.text.casefold()


class Broken(NamedTuple):
    """An open fault, from a page (of this `title`) or from the fault book, with its `label`."""

    where: str
    symptom: str
    workaround: str
    by: str
    at: datetime | None
    page: str
    title: str
    path: str
    line: int
    places: tuple[str, ...]
    label: str

    @property
    def no_way_round(self) -> bool:
        """Whether the workaround is none."""
        return self.workaround.casefold().startswith("none")

    @property
    def context(self) -> str:
        """The title of its page, without which nobody knows of what `Output 5` is; a strip is."""
        return "" if strips_of(self.places) else self.title


class Line(NamedTuple):
    """A mod as the sheet has it; `key` is its letter on the map of the strips."""

    where: str
    part: str
    stock: str
    here: str
    do: str
    strips: tuple[int, ...]
    key: str
    rows: tuple[FoundRow, ...]


class Group(NamedTuple):
    """The mods of a page: in full, short (without what to do), or only how many."""

    page: str
    title: str
    lines: tuple[Line, ...]
    shown: Shown


class Care(NamedTuple):
    """What is dangerous about the things of a page, and who may touch them."""

    page: str
    title: str
    safety: tuple[str, ...]
    touch: str


class Level(NamedTuple):
    """A point and its level."""

    page: str
    title: str
    point: str
    level: str


class Jacks(NamedTuple):
    """Where the strips are on the bay: a pair of ranges, what they are, and their normal."""

    top: str
    out: str
    normal: str
    bottom: str
    input: str


class Break(NamedTuple):
    """Points of the bay that break its pattern; `usual` is the row's normal, where theirs differs.

    Blank ones have no `out` and no `input`.
    """

    jacks: Jacks
    usual: str
    setup: str
    notes: str


class Head(NamedTuple):
    """Whose sheet this is, and of when; `commit` is the pages' own, made on the day `committed`.

    `room` is its letter, `name` what it is called; both empty for pages of no room or several.
    `only` are the titles of the pages, if it is about these alone.
    """

    studio: str
    room: str
    name: str
    only: tuple[str, ...]
    as_of: datetime
    commit: str
    committed: date | None


class Sheet(NamedTuple):
    """The sheet, in the order of a session; `call` is who to ring: (for what, whom, where)."""

    head: Head
    care: tuple[Care, ...]
    notes: tuple[Note, ...]
    faults: tuple[Broken, ...]
    strips: Strips | None
    jacks: tuple[Jacks, ...]
    groups: tuple[Group, ...]
    breaks: tuple[Break, ...]
    levels: tuple[Level, ...]
    call: tuple[tuple[str, str, str], ...]
