"""Which tables of a page say levels: those whose first columns are Point and Level."""

from __future__ import annotations

from collections.abc import Iterator

from kb.pages.model import Page

_SECOND = ("level", "value")


def levels(page: Page) -> Iterator[tuple[str, str]]:
    """Each point of the page with its level, in the order written; Quiz sections left out."""
    for section in page.sections:
        if section.kind == "quiz":
            continue
        for table in section.tables:
            head = [column.casefold() for column in table.columns[:2]]
            if table.kind == "table" and head[:1] == ["point"] and head[1:] and head[1] in _SECOND:
                for row in table.rows:
                    if row.cells[0] and row.cells[1]:
                        yield row.cells[0], row.cells[1]
