"""What cannot be right from row to row and from page to page, as the pages of one folder tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.pages.glossary import PATH as GLOSSARY
from kb.pages.model import Mod, Page, Problem, Row
from kb.terms.glossary import phrase
from kb.terms.ranges import spoken
from kb.terms.text import one_line


class Finding(NamedTuple):
    """A problem, and the path of the other page that it comes from, if it takes two."""

    problem: Problem
    about: str = ""


def finding(page: Page, line: int, code: str, message: str, about: str = "") -> Finding:
    """Something wrong on a line of a page."""
    return Finding(Problem(page.path, line, 0, code, message), about)


def warning(page: Page, line: int, code: str, message: str) -> Finding:
    """Something on a line of a page that is wrong in most pages, and may be right in this one."""
    return Finding(Problem(page.path, line, 0, code, message, True))


def place(path: str, line: int, seen_from: str) -> str:
    """A line as it is named in a message about a page."""
    return f"line {line}" if path == seen_from else f"{path}:{line}"


def mods(page: Page) -> Iterator[Finding]:
    """Two open mods that say something of the same part in the same place.

    Within one page only: channel 5 of another page is another channel 5.
    """
    by_text: dict[tuple[str, str], Row] = {}
    by_place: dict[tuple[str, str], Row] = {}
    for row in page.rows:
        mod = row.value
        if not isinstance(mod, Mod) or not row.open or not mod.part or not mod.where:
            continue
        part = one_line(mod.part).casefold()
        own = (one_line(mod.where).casefold(), part)
        if own in by_text:
            yield _conflict(page, row, mod, by_text[own])
        else:
            by_text[own] = row
            yield from _overlap(page, row, mod, part, by_place)
        for one in row.places:
            by_place.setdefault((one, part), row)


def _conflict(page: Page, row: Row, mod: Mod, other: Row) -> Finding:
    message = (
        f"{mod.where}, {mod.part} stands at line {other.line} too, and both are open; "
        "the one that no longer holds gets a date under Removed"
    )
    return finding(page, row.line, "mod-conflict", message)


def _overlap(
    page: Page, row: Row, mod: Mod, part: str, by_place: Mapping[tuple[str, str], Row]
) -> Iterator[Finding]:
    shared: dict[int, list[str]] = {}
    rows: dict[int, Row] = {}
    for one in row.places:
        if other := by_place.get((one, part)):
            shared.setdefault(other.line, []).append(one)
            rows[other.line] = other
    for line, both in shared.items():
        if set(rows[line].places) == set(row.places):
            yield _conflict(page, row, mod, rows[line])
        else:
            message = f"{mod.part} of {spoken(both)} is told at line {line} too; both rows are open"
            yield warning(page, row.line, "mod-conflict", message)


def question_ids(pages: Iterable[Page]) -> Iterator[Finding]:
    """One id on two questions of different pages; within a page the parser says so."""
    seen: dict[str, tuple[str, int]] = {}
    for page in pages:
        for question in page.questions:
            path, line = seen.setdefault(question.id, (page.path, question.line))
            if path != page.path:
                message = f'id "{question.id}" already used at {path}:{line}'
                yield finding(page, question.line, "duplicate-id", message, path)


def addresses(pages: Iterable[Page]) -> Iterator[Finding]:
    """Two pages with one address: names that differ in case only, and `was` claimed twice."""
    here: dict[str, Page] = {}
    known = list(pages)
    for page in known:
        other = here.setdefault(page.address.casefold(), page)
        if other is not page:
            message = f"differs from {other.path} in case only; many computers take them for one"
            yield finding(page, 0, "address", message, other.path)
    exact = {page.address: page for page in known}
    claimed: dict[str, Page] = {}
    for page in known:
        line = dict(page.front.lines).get("was", 1)
        for said in page.front.was:
            former = former_address(said)
            if former in exact:
                which = "this page's own" if exact[former] is page else "another page's"
                message = f'was: "{said}" is {which} address today'
                yield finding(page, line, "address", message, exact[former].path)
            other = claimed.setdefault(former, page)
            if other is not page:
                message = f'was: "{said}" is claimed by {other.path} too'
                yield finding(page, line, "address", message, other.path)


def former_address(said: str) -> str:
    """The address meant by an entry of `was`, which may be written as a file name."""
    page, hash_, section = said.strip().removeprefix("docs/").partition("#")
    return page.removesuffix(".md") + hash_ + section


def now_at(address: str, moved: Mapping[str, str]) -> str:
    """An address as it is now that pages have moved; `moved` are pages by their former address."""
    page, sign, section = address.partition("#")
    return moved[page] + sign + section if page in moved else address


def glossary(page: Page) -> Iterator[Finding]:
    """One word in two rows of the glossary: a search for it could not know which is meant."""
    if page.path != GLOSSARY:
        return
    seen: dict[str, tuple[int, str]] = {}
    for section in page.sections:
        for table in section.tables:
            columns = [column.casefold() for column in table.columns]
            if "also called" not in columns:
                continue
            for row in table.rows:
                also = row.cells[columns.index("also called")]
                terms = [row.cells[0], *also.replace(";", ",").split(",")]
                yield from _glossary_row(page, row, terms, seen)


def _glossary_row(
    page: Page, row: Row, terms: Iterable[str], seen: dict[str, tuple[int, str]]
) -> Iterator[Finding]:
    for term in map(one_line, terms):
        key = phrase(term)[0]
        if not key:
            continue
        line, first = seen.setdefault(key, (row.line, row.cells[0]))
        if line != row.line:
            message = f'"{term}" stands in the row of "{first}" too, line {line}; keep it in one'
            yield finding(page, row.line, "glossary", message)
