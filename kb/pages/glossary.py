"""The glossary page as data: which terms mean one thing, and what a search should widen to."""

from __future__ import annotations

from kb.pages.model import Page

PATH = "glossary.md"


def synonyms(page: Page) -> tuple[list[list[str]], list[tuple[str, list[str]]]]:
    """The groups of terms that mean the same, and pairs of a term and what it widens to."""
    groups: list[list[str]] = []
    one_way: list[tuple[str, list[str]]] = []
    for section in page.sections:
        for table in section.tables:
            columns = [column.casefold() for column in table.columns]
            for row in table.rows:
                if "also called" in columns:
                    others = _terms(row.cells[columns.index("also called")])
                    groups.append([row.cells[0], *others])
                elif "also look under" in columns:
                    wider = _terms(row.cells[columns.index("also look under")])
                    one_way.append((row.cells[0], wider))
    return groups, one_way


def _terms(cell: str) -> list[str]:
    return [term for part in cell.replace(";", ",").split(",") if (term := part.strip())]
