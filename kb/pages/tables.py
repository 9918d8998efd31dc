"""Tables: their kind by their headings, their rows as mods, patch rows, faults or plain rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kb.pages import address
from kb.pages.fingerprint import fingerprint
from kb.pages.inline import LONGEST
from kb.pages.model import Fault, Mod, Patch, Row, RowKind, Table
from kb.pages.outline import MOST_PLACES, Outline
from kb.pages.patch import expand, places_of_points, unless_blank
from kb.terms.ranges import RangeError, noun_of_heading, places

MOST_ROWS = 20_000

# Without these a block cannot do its work; without those it does less than it could.
_MUST: dict[RowKind, tuple[str, ...]] = {"mod": ("Do",), "patch": ("Top", "Bottom")}
_SHOULD: dict[RowKind, tuple[str, ...]] = {
    "mod": ("Part", "Since", "By"),
    "patch": ("Out", "In"),
    "fault": ("Reported", "Cleared"),
}
_CALLED: dict[RowKind, str] = {"mod": "mods", "patch": "patch", "fault": "faults"}


class RawTable(NamedTuple):
    """A table as plain text; `lines` gives the line of each row."""

    line: int
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    lines: list[int]


def kind_of(columns: Sequence[str]) -> RowKind:
    """What a table with these headings holds."""
    names = {name.casefold() for name in columns}
    if {"stock", "here"} <= names:
        return "mod"
    if "normal" in names and names & {"top", "bottom"}:
        return "patch"
    if {"symptom", "workaround"} <= names:
        return "fault"
    return "table"


def tables(
    section: str, raw: Sequence[RawTable], unique: address.Unique, outline: Outline
) -> tuple[Table, ...]:
    """The tables of a section, whose address it is; `unique` gives the names in it."""
    names = iter(_names([_named_by(table, row) for table in raw for row in table.rows], unique))
    before = address.below(section)
    found = []
    for table in raw:
        kind = kind_of(table.columns)
        if kind != "table":
            _check_columns(kind, table, outline)
        rows = tuple(
            _row(kind, table.columns, cells, line, before + next(names), outline)
            for cells, line in zip(table.rows, table.lines, strict=True)
        )
        found.append(Table(kind, table.line, table.columns, rows))
    return tuple(found)


def _named_by(table: RawTable, row: tuple[str, ...]) -> tuple[str, ...]:
    """The cells that name a row: its first two, or of a patch row with a blank top its Bottom."""
    if kind_of(table.columns) == "patch" and not address.part(row[0]):
        columns = [column.casefold() for column in table.columns]
        return tuple(row[columns.index(name)] for name in ("bottom", "in") if name in columns)
    return row[:2]


def _names(rows: list[tuple[str, ...]], unique: address.Unique) -> list[str]:
    """The last part of each row's address.

    The first cell names a row; where it repeats in the section, every such row takes its second
    cell as well, so that a row keeps its address when a third one joins them.
    """
    pieces = [[address.part(cell) for cell in row] for row in rows]
    first = [next((p for p in parts if p), str(n)) for n, parts in enumerate(pieces, 1)]
    often = Counter(first)
    names = []
    for name, parts in zip(first, pieces, strict=True):
        second = parts[1] if len(parts) > 1 and parts[0] else ""
        names.append(unique.give(f"{name}-{second}" if often[name] > 1 and second else name))
    return names


def _check_columns(kind: RowKind, table: RawTable, outline: Outline) -> None:
    names = [name.casefold() for name in table.columns]
    for wanted, warning in ((_MUST, False), (_SHOULD, True)):
        missing = [name for name in wanted.get(kind, ()) if name.casefold() not in names]
        if missing:
            columns = "column" if len(missing) == 1 else "columns"
            message = f"{_CALLED[kind]} table has no {columns} {', '.join(missing)}"
            outline.report(table.line, kind, message, warning)
    if kind != "patch" and names[0] in ("stock", "here", "symptom", "workaround"):
        outline.report(
            table.line, kind, f'the first column must say where, not "{table.columns[0]}"'
        )
    for name, times in Counter(n for n in names if n).items():
        if times > 1:
            outline.report(table.line, kind, f'column "{name.capitalize()}" stands {times} times')


def _row(
    kind: RowKind,
    columns: tuple[str, ...],
    cells: tuple[str, ...],
    line: int,
    name: str,
    outline: Outline,
) -> Row:
    named: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=True):
        named.setdefault(column.casefold(), cell)
    value: Mod | Patch | Fault | None = None
    where: tuple[str, ...] = ()
    if kind == "patch":
        value = _patch(named, line, outline) if outline.places_left > 0 else None
        where = places_of_points(value) if value else ()
    else:
        if kind == "mod":
            value = _mod(cells[0], named, line, outline)
        elif kind == "fault":
            value = _fault(cells[0], named, line, outline)
        if outline.places_left > 0:
            where = _places(columns[0], cells[0], kind, line, outline)
    if where and outline.places_left <= len(where):
        message = f"the ranges down to here name {MOST_PLACES:,} places; those below are not read"
        outline.report(line, "range", message)
    outline.places_left -= len(where)
    meaning = sorted((column, cell) for column, cell in named.items() if cell)
    return Row(name, line, kind, cells, where, value, fingerprint("row", kind, meaning))


def _places(heading: str, cell: str, kind: RowKind, line: int, outline: Outline) -> tuple[str, ...]:
    if len(cell) > LONGEST:
        return ()  # named as a long paragraph already
    try:
        return places(cell, noun_of_heading(heading), jacks=kind != "table")
    except RangeError as error:
        # In a table of any other kind the cell may not have been meant for us.
        outline.report(line, "range", str(error), warning=kind == "table")
        return ()


def _mod(where: str, named: Mapping[str, str], line: int, outline: Outline) -> Mod:
    for name in ("here", "do"):
        if name in named and not named[name]:
            outline.report(line, "mod", f"mod has no {name.capitalize()}; {_WANTED[name]}")
    if not where:
        outline.report(line, "mod", "mod does not say where, in its first column")
    optional = {n: named.get(n, "") for n in ("why", "mark", "revert", "drawing", "removed")}
    required = {n: named.get(n, "") for n in ("part", "stock", "here", "do", "since", "by")}
    return Mod(where=where, **required, **optional)


_WANTED = {
    "here": "say what it is in this room",
    "do": "say what the visitor does differently, or: nothing",
}


def _fault(where: str, named: Mapping[str, str], line: int, outline: Outline) -> Fault:
    if not named["symptom"]:
        outline.report(line, "fault", "fault has no Symptom; say what people see or hear")
    if not named["workaround"]:
        outline.report(
            line, "fault", "fault has no Workaround; say what to do, or: none: do not use"
        )
    return Fault(
        where=where,
        symptom=named["symptom"],
        workaround=named["workaround"],
        reported=named.get("reported", ""),
        by=named.get("by", ""),
        cleared=unless_blank(named.get("cleared", "")),
    )


def _patch(named: Mapping[str, str], line: int, outline: Outline) -> Patch | None:
    try:
        return expand(named)
    except RangeError as error:
        outline.report(line, "range", str(error))
    except ValueError as error:
        outline.report(line, "patch", str(error))
    return None
