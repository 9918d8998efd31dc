"""What a page is once it has been read: frozen values, no Markdown tokens.

Named tuples: thirty frozen dataclasses take three times as long to define, at every start.
"""

from datetime import date
from typing import Literal, NamedTuple

from kb.pages.normals import Normal
from kb.pages.problem import Problem as Problem  # every search needs it, without the rest

RowKind = Literal["table", "mod", "patch", "fault"]
SectionKind = Literal["section", "checklist", "quiz"]


class Front(NamedTuple):
    """The front matter of a page; `lines` gives the line of each key."""

    title: str = ""
    aliases: tuple[str, ...] = ()
    room: str = ""
    tags: tuple[str, ...] = ()
    tag: str = ""
    location: str = ""
    owner: str = ""
    touch: str = ""
    safety: tuple[str, ...] = ()
    for_role: str = ""
    verified: date | None = None
    verified_by: str = ""
    verify_days: int | None = None
    pass_mark: float | None = None
    was: tuple[str, ...] = ()
    lines: tuple[tuple[str, int], ...] = ()


class Mod(NamedTuple):
    """A customisation: what is stock, what is here, what the visitor does differently."""

    where: str
    part: str
    stock: str
    here: str
    do: str
    since: str
    by: str
    why: str = ""
    mark: str = ""
    revert: str = ""
    drawing: str = ""
    removed: str = ""


class PatchPoint(NamedTuple):
    """One vertical pair of a patchbay: the members of a patch row, stepped together.

    `top` and each of `bottoms` is a jack (`C17`). A blank is an empty `top`, or no `bottoms`.
    """

    top: str
    out: str
    normal: Normal
    bottoms: tuple[str, ...]
    input: str
    wired_to: str = ""


class Patch(NamedTuple):
    """A patch row as written, with the vertical pairs that it stands for."""

    top: str
    out: str
    normal: Normal
    bottom: str
    input: str
    wired_to: str = ""
    notes: str = ""
    setup: str = ""
    points: tuple[PatchPoint, ...] = ()


class Fault(NamedTuple):
    """Something broken and what to do meanwhile; open until `cleared` is filled in."""

    where: str
    symptom: str
    workaround: str
    reported: str = ""
    by: str = ""
    cleared: str = ""


class Row(NamedTuple):
    """A table row: `cells` are plain text, one for each column of its table.

    `places` are what the row is about, one for each member of its ranges: `ch:17`, `jack:c17`.
    """

    address: str
    line: int
    kind: RowKind
    cells: tuple[str, ...]
    places: tuple[str, ...]
    value: Mod | Patch | Fault | None
    fingerprint: str

    @property
    def open(self) -> bool:
        """Whether the row still holds: not a removed mod, not a cleared fault."""
        if isinstance(self.value, Mod):
            return not self.value.removed
        if isinstance(self.value, Fault):
            return not self.value.cleared
        return True


class Table(NamedTuple):
    """A table; `line` is that of its heading row."""

    kind: RowKind
    line: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Item(NamedTuple):
    """One step of a checklist; `number` is `3` or, nested, `3.2`.

    `sign_off` is None, or the role that must watch (empty: any second person).
    """

    address: str
    line: int
    number: str
    text: str
    critical: bool
    sign_off: str | None
    fingerprint: str


class Option(NamedTuple):
    """One answer offered by a choice or multiple question, with the author's remark on it."""

    text: str
    right: bool
    feedback: str = ""
    line: int = 0


class Choice(NamedTuple):
    """Pick one; exactly one option is right."""

    options: tuple[Option, ...]
    kind: Literal["choice"] = "choice"


class Multiple(NamedTuple):
    """Pick all that are right."""

    options: tuple[Option, ...]
    kind: Literal["multiple"] = "multiple"


class Short(NamedTuple):
    """A typed answer; the first of `answers` is the one shown."""

    answers: tuple[str, ...]
    kind: Literal["short"] = "short"


class Numeric(NamedTuple):
    """A number in `unit` (may be empty); right from `low` to `high`, both included.

    `shown` is the key as the author wrote it.
    """

    value: float
    low: float
    high: float
    unit: str
    shown: str
    kind: Literal["numeric"] = "numeric"


class Ordering(NamedTuple):
    """Put the steps in order; `steps` are in the right one."""

    steps: tuple[str, ...]
    kind: Literal["order"] = "order"


class Matching(NamedTuple):
    """Pair left with right; `distractors` are right-hand texts that belong to nothing."""

    pairs: tuple[tuple[str, str], ...]
    distractors: tuple[str, ...] = ()
    kind: Literal["match"] = "match"


class Cloze(NamedTuple):
    """Fill the blanks: `parts` has one text more than `blanks`, which lie between them.

    Each blank lists what is accepted, the first being the one shown.
    """

    parts: tuple[str, ...]
    blanks: tuple[tuple[str, ...], ...]
    kind: Literal["cloze"] = "cloze"


Key = Choice | Multiple | Short | Numeric | Ordering | Matching | Cloze


class Question(NamedTuple):
    """A written question; `why_links` are the addresses its explanation points to.

    `stressed` are the words of the prompt that are set in italics or bold.
    """

    id: str
    pinned: bool
    line: int
    prompt: str
    key: Key
    critical: bool = False
    hint: str = ""
    why: str = ""
    why_links: tuple[str, ...] = ()
    fingerprint: str = ""
    stressed: tuple[str, ...] = ()


class Link(NamedTuple):
    """A link or image as written in the page."""

    target: str
    line: int
    image: bool = False


class Stamp(NamedTuple):
    """That somebody held a section against the gear; `fingerprint` is what it said then."""

    day: date
    by: str
    fingerprint: str
    line: int


class Section(NamedTuple):
    """A heading and what stands under it, up to the next heading of any level.

    The intro of a page (under its first heading, or before any) has the page's own address; it is
    always the first section, if need be an empty one. In a Quiz a question stands in the section
    of its own heading.
    `breadcrumb` goes from the page's title down to this heading. `anchor` is the heading's own on
    GitHub, whether or not the address is another.
    `text` keeps one line for each line of the page from `line` to `end`, tables, comments and
    the heading blanked, so that line n of it is line `line + n` of the page; `code` are those n
    that are shown as they stand. A `stamp` goes below line `top`.
    """

    address: str
    kind: SectionKind
    level: int
    heading: str
    breadcrumb: tuple[str, ...]
    line: int
    end: int
    text: str
    anchor: str = ""
    tables: tuple[Table, ...] = ()
    items: tuple[Item, ...] = ()
    steps: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    pinned: bool = False
    fingerprint: str = ""
    stamp: Stamp | None = None
    top: int = 0
    code: tuple[int, ...] = ()

    @property
    def rows(self) -> list[Row]:
        """Every row of its tables."""
        return [row for table in self.tables for row in table.rows]


class Page(NamedTuple):
    """One Markdown file. `path` is below the docs folder, `address` the same without `.md`.

    `anchors` are all that a link to this page may name after `#`.
    """

    address: str
    path: str
    title: str
    front: Front
    sections: tuple[Section, ...]
    links: tuple[Link, ...] = ()
    anchors: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def rows(self) -> list[Row]:
        """Every row of its tables."""
        return [row for section in self.sections for row in section.rows]

    @property
    def questions(self) -> list[Question]:
        """Every question written in it."""
        return [question for section in self.sections for question in section.questions]

    @property
    def reading(self) -> list[Section]:
        """The sections that are there to be read: not its Quiz."""
        return [section for section in self.sections if section.kind != "quiz"]
