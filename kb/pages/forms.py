"""New rows for the tables of a page: which table takes them, and how they are written there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from kb.errors import KbError
from kb.pages import edit
from kb.pages.blocks import cell_count
from kb.pages.model import Page, Problem, Section, Table
from kb.pages.parse import parse
from kb.terms.text import one_line

Kind = Literal["mod", "patch", "fault"]

# Heading and columns of a table that a page does not have yet.
HEADINGS: dict[Kind, str] = {
    "mod": "Differs from stock",
    "patch": "Patch points",
    "fault": "Known faults",
}
COLUMNS: dict[Kind, tuple[str, ...]] = {
    "mod": ("Where", "Part", "Stock", "Here", "Do", "Since", "By", "Why", "Mark", "Revert"),
    "patch": ("Top", "Out", "Normal", "Bottom", "In", "Wired to", "Notes"),
    "fault": ("Where", "Symptom", "Workaround", "Reported", "By", "Cleared"),
}
# A row without these is refused, here or by the reader of the page.
WANTED: dict[Kind, tuple[str, ...]] = {
    "mod": ("where", "part", "stock", "here", "do", "by"),
    "patch": ("top", "normal"),
    "fault": ("where", "symptom", "workaround", "by"),
}
DATED: dict[Kind, str] = {"mod": "since", "patch": "", "fault": "reported"}
# A date or a name given where the table has no such column is left away, not refused.
TAKEN_ANYWAY = ("since", "reported", "by")

_BAR = re.compile(r"(?<!\\)\|")
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DASHES = re.compile(r"^(?P<before>[\s>]*)(?P<bar>\|?)")


@dataclass(frozen=True, slots=True)
class Added:
    """Rows that were to be added: their lines, and what is wrong with them.

    Where something is, nothing was written; warnings do not count.
    """

    lines: tuple[int, ...]
    problems: tuple[Problem, ...]
    written: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A table that takes a row: its columns as written, its line (0: still to be made)."""

    kind: Kind
    path: str
    columns: tuple[str, ...]
    line: int = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns by the names that options and spreadsheets use."""
        names = [column.casefold() for column in self.columns]
        if self.kind != "patch" and "where" not in names:
            names[0] = "where"
        return tuple(names)


def form(kind: Kind, page: Page, section: Section | None = None, row: str = "") -> Form:
    """The table of a page that takes a new row of this kind.

    `row` is the letter of a patch row. Raises KbError where several could.
    """
    inside = [section] if section else page.reading
    fits = [(s, table) for s in inside for table in s.tables if table.kind == kind]
    if len(fits) > 1:
        fits = _likelier(kind, fits, row) or fits
    if len(fits) > 1:
        names = list(dict.fromkeys(s.address for s, _ in fits))
        if len(names) == 1:
            raise KbError(f"{names[0]} has several such tables; write the row by hand")
        raise KbError(f"{page.address} has several such tables; name a section: {', '.join(names)}")
    if fits:
        table = fits[0][1]
        return Form(kind, page.path, table.columns, table.line)
    if section and section.address != page.address:
        raise KbError(f"{section.address} has no such table; name the page to have one made")
    return Form(kind, page.path, COLUMNS[kind])


def _likelier(
    kind: Kind, fits: list[tuple[Section, Table]], row: str
) -> list[tuple[Section, Table]]:
    """Not the table of what was taken out; of several bays the one with this row."""
    if kind == "patch":
        return [(s, t) for s, t in fits if row and row in _letters(t)]
    closed = {"mod": "removed", "fault": "cleared"}[kind]
    holding = [(s, t) for s, t in fits if any(r.open for r in t.rows) or not t.rows]
    without = [(s, t) for s, t in fits if closed not in [c.casefold() for c in t.columns]]
    return holding if len(holding) == 1 else without


def _letters(table: Table) -> set[str]:
    found = set()
    for row in table.rows:
        for place in row.places:
            if place.startswith("jack:"):
                found.add(place.rpartition(":")[2].rstrip("0123456789").upper())
    return found


def letter(values: Mapping[str, str]) -> str:
    """The letter of a patch row that is to be added."""
    match = re.match(
        r"\s*(?:\w+:)?([A-Za-z]{1,2})\d", values.get("top") or values.get("bottom") or ""
    )
    return match[1].upper() if match else ""


def refused(found: Form, values: Mapping[str, str]) -> str:
    """Why values do not fit a form: columns it lacks, or characters no table takes."""
    unknown = [n for n, v in values.items() if v and n not in found.keys and n not in TAKEN_ANYWAY]
    if unknown:
        names = ", ".join(name.capitalize() for name in unknown)
        return f"the table has no column {names}; it has {', '.join(found.columns)}"
    odd = [name for name, value in values.items() if _ODD.search(value)]
    return f"{odd[0].capitalize()} has control characters" if odd else ""


def missing(found: Form, values: Mapping[str, str]) -> list[str]:
    """The columns that must be filled and are not, by their keys."""
    wanted = [name for name in WANTED[found.kind] if name in found.keys]
    if found.kind == "patch" and values.get("bottom", "").strip():
        wanted.remove("top")
    return [name for name in wanted if not values.get(name, "").strip()]


def added(data: bytes, found: Form, rows: Sequence[Mapping[str, str]]) -> tuple[bytes, list[int]]:
    """The page with these rows in it, and the line of each. Every other byte stays.

    Raises KbError where the page would not be read so.
    """
    page = parse(found.path, data)
    if found.line:
        tables = [t for s in page.sections for t in s.tables if t.line == found.line]
        if [table.columns for table in tables] != [found.columns]:
            raise KbError(f"{found.path} was changed meanwhile; nothing written")
        table = tables[0]
        last = max([found.line + 1, *(row.line for row in table.rows)])
        there = edit.lines(data)
        head, dashes = (_text(there[found.line - 1 + n]) for n in (0, 1))
        written = [_row(row, found.keys, head, dashes) for row in rows]
        new = edit.inserted(data, last, written)
        numbers = [last + 1 + n for n in range(len(rows))]
    else:
        new, numbers = _with_table(data, page, found, rows)
    after = {row.line: row for row in parse(found.path, new).rows}
    if not all(number in after and after[number].kind == found.kind for number in numbers):
        raise KbError(
            f"no row can be added below line {found.line} of {found.path}; nothing written"
        )
    return new, numbers


def concerning(problems: Iterable[Problem], path: str, lines: Sequence[int]) -> tuple[Problem, ...]:
    """The problems of these lines of a page, also where another row is said to clash with them."""
    numbers = "|".join(map(str, lines))
    named = re.compile(rf"(?<![\w/]){re.escape(path)}:(?:{numbers})\b")
    here = re.compile(rf"\bline (?:{numbers})\b")
    return tuple(
        problem
        for problem in problems
        if (problem.path == path and (problem.line in lines or here.search(problem.message)))
        or named.search(problem.message)
    )


def _text(line: bytes) -> str:
    return edit.bare(line).decode("utf-8", "replace")


def _row(values: Mapping[str, str], keys: Sequence[str], head: str, dashes: str) -> str:
    """One row as its table is written: with or without outer bars, aligned where it is."""
    cells = [_BAR.sub(r"\|", one_line(values.get(key, ""))) for key in keys]
    style = _DASHES.match(dashes)
    before, bar = (style["before"], style["bar"]) if style else ("", "|")
    widths = _widths(head, dashes, len(cells))
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    if not bar:
        return before + " | ".join(padded).rstrip()
    return before + "| " + " | ".join(padded) + " |" if any(widths) else before + _tight(cells)


def _tight(cells: Sequence[str]) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def _widths(head: str, dashes: str, count: int) -> list[int]:
    """How wide each column is, if heading and dashes are aligned; else nothing."""
    bars = [m.start() for m in _BAR.finditer(head)]
    if len(head) != len(dashes) or bars != [m.start() for m in _BAR.finditer(dashes)]:
        return [0] * count
    edges = [right - left - 3 for left, right in pairwise(bars)]
    return edges if len(edges) == count and cell_count(head) == count else [0] * count


def _with_table(
    data: bytes, page: Page, found: Form, rows: Sequence[Mapping[str, str]]
) -> tuple[bytes, list[int]]:
    """A table under a heading of its own: where the Quiz begins, else at the end of the page."""
    heading = HEADINGS[found.kind]
    table = [
        f"| {' | '.join(found.columns)} |",
        "|" + "---|" * len(found.columns),
        *(_row(row, found.keys, "", "|") for row in rows),
    ]
    there = edit.lines(data)
    named = next((s for s in page.sections if s.heading.casefold() == heading.casefold()), None)
    if named is not None:
        after = named.end
        block = ["", *table]
        if after < len(there) and edit.bare(there[after]).strip():
            block.append("")
    elif quiz := next((s for s in page.sections if s.kind == "quiz"), None):
        after = quiz.line - 1
        block = [f"## {heading}", "", *table, ""]
        if after and edit.bare(there[after - 1]).strip():
            block.insert(0, "")
    else:
        after = len(there)
        while after and not edit.bare(there[after - 1]).strip():
            after -= 1
        block = ["", f"## {heading}", "", *table]
    first = after + len(block) - block[::-1].index(table[-1]) - len(rows) + 1
    return edit.inserted(data, after, block), [first + n for n in range(len(rows))]


def from_csv(name: str, data: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a spreadsheet saved as CSV, each with its line; columns by their headings.

    Raises KbError where it is no such file.
    """
    text = _decoded(data)
    first = text.lstrip("\ufeff\r\n ").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    keys: list[str] = []
    rows = []
    try:
        for cells in reader:
            filled = [one_line(cell) for cell in cells]
            if not any(filled):
                continue
            if not keys:
                keys = [cell.casefold() for cell in filled]
                _check_heading(name, reader.line_num, keys, filled)
            elif len(filled) > len(keys) and any(filled[len(keys) :]):
                raise KbError(f"{name}:{reader.line_num}: more cells than the first line has")
            else:
                values = dict(zip(keys, filled, strict=False))
                rows.append((reader.line_num, {k: v for k, v in values.items() if k}))
    except csv.Error as error:
        raise KbError(f"{name}:{reader.line_num}: no CSV: {error}") from error
    if not rows:
        raise KbError(f"{name}: no rows in it")
    return rows


def _check_heading(name: str, line: int, keys: Sequence[str], written: Sequence[str]) -> None:
    known = [column.casefold() for column in COLUMNS["patch"]] + ["setup"]
    wanted = {"normal"} | ({"top"} if "bottom" not in keys else set())
    if wanted - set(keys):
        columns = ", ".join([*COLUMNS["patch"], "Setup"])
        raise KbError(f"{name}:{line}: the first line must name the columns: {columns}")
    for key, column in zip(keys, written, strict=True):
        if key and key not in known:
            raise KbError(f"{name}:{line}: no column {column!r} in a bay; leave it out")


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what Excel calls CSV
