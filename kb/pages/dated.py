"""The dates and names in rows of mods and faults: written as such, in order, and there at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kb.pages.across import Finding, finding, warning
from kb.pages.model import Page, Row, Table
from kb.pages.patch import unless_blank

# When a row began, when it ended, and who says so.
_COLUMNS = {"mod": ("since", "removed", "by"), "fault": ("reported", "cleared", "by")}
# Of an old mod often no more than the year is known.
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def dates(page: Page, today: date) -> Iterator[Finding]:
    """Dates that are none, are to come or stand the wrong way round; rows without date or name."""
    for section in page.sections:
        for table in section.tables:
            if table.kind in _COLUMNS:
                for row in table.rows:
                    yield from _row(page, table, row, today)


def _row(page: Page, table: Table, row: Row, today: date) -> Iterator[Finding]:
    cells = dict(zip([name.casefold() for name in table.columns], row.cells, strict=True))
    first, last, by = _COLUMNS[table.kind]
    for name in (first, by):
        if name in cells and not unless_blank(cells[name]):
            message = f"{table.kind} has no {name.capitalize()}"
            yield warning(page, row.line, table.kind, message)
    known = []
    for name in (first, last):
        said = cells.get(name, "")
        # Whatever stands under Removed takes the row out, a dash too.
        if not said or (name != "removed" and not unless_blank(said)):
            continue
        if not _is_date(said):
            message = f'{name.capitalize()} "{said}" is not a date (write it like 2026-01-31)'
            yield finding(page, row.line, "date", message)
            continue
        known.append(said)
        if said > today.isoformat():
            message = f"{name.capitalize()} {said} is to come"
            yield warning(page, row.line, "date", message)
    if len(known) > 1 and known[1] < known[0][: len(known[1])]:
        message = f"{last.capitalize()} {known[1]} is before {first.capitalize()} {known[0]}"
        yield finding(page, row.line, "date", message)


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True
