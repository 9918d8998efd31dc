"""From the name somebody types to the page, section or row that it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeVar

from kb.errors import KbError
from kb.pages.model import Page, Row, Section
from kb.pages.named import UnknownPageError, path_of, several, unknown
from kb.pages.parse import parse
from kb.pages.read import bytes_of, read, scan
from kb.terms.text import slug

Thing = TypeVar("Thing", Section, Row)

_AT_LINE = re.compile(r"^(?P<path>.+\.md)(?::(?P<line>\d+))?(?::.*)?$", re.DOTALL)


class Found(NamedTuple):
    """What a name stands for: a page, one of its sections, or one row of a section."""

    page: Page
    section: Section | None = None
    row: Row | None = None

    @property
    def inside(self) -> list[Section]:
        """The section and those under it, or all of the page; never its Quiz."""
        there = self.page.sections
        if self.section is not None:
            at = there.index(self.section)
            rest = there[at + 1 :]
            ends = next((n for n, s in enumerate(rest) if s.level <= self.section.level), len(rest))
            there = (self.section, *rest[:ends])
        return [section for section in there if section.kind != "quiz"]


def find(docs: Path, name: str) -> Found:
    """The page, and the section and row in it if the name says so.

    Raises KbError where the name fits nothing, or several.
    """
    name = name.strip()
    if ".." in PurePosixPath(name.replace("\\", "/")).parts:
        raise KbError(f"{name} is outside docs")
    at_line = _AT_LINE.match(name)
    part, _, inner = name.partition("#")
    try:
        path = path_of(docs, at_line["path"] if at_line else part, name)
    except UnknownPageError as error:
        if inner or at_line:
            raise
        return _section_anywhere(docs, part, error)
    page = load(docs, path)
    if at_line and at_line["line"]:
        last = max(section.end for section in page.sections)
        if not 1 <= int(at_line["line"]) <= last:
            raise KbError(f"{docs.name}/{path} has no line {at_line['line']}; its last is {last}")
        return Found(page, *_at_line(page, int(at_line["line"])))
    if not inner:
        return Found(page)
    wanted, _, row_name = inner.partition("/")
    section = _section(page, wanted, name)
    return Found(page, section, _row(section, row_name, name) if row_name else None)


def load(docs: Path, path: str) -> Page:
    """Read and parse one page. Raises KbError where it cannot be read."""
    return parse(path, bytes_of(docs, path))


def _section_anywhere(docs: Path, wanted: str, failure: UnknownPageError) -> Found:
    """The one section, of whatever page, whose name this is part of. Raises KbError."""
    fits = []
    for _, entries in scan(docs):
        for entry in entries:
            data = read(docs, entry.path)
            if isinstance(data, bytes):
                page = parse(entry.path, data)
                fits += [
                    (page, section)
                    for section in page.reading
                    if slug(wanted) in section.address.partition("#")[2]
                ]
    if not fits or not slug(wanted):
        raise failure
    if len(fits) > 1:
        raise KbError(several(wanted, [section.address for _, section in fits])) from None
    return Found(*fits[0])


def _section(page: Page, wanted: str, name: str) -> Section:
    known = {s.address.partition("#")[2]: s for s in page.reading}
    known.pop("", None)
    return _named(known, wanted, name, f"section of {page.address}")


def _row(section: Section, wanted: str, name: str) -> Row:
    known = {row.address.rpartition("/")[2]: row for row in section.rows}
    return _named(known, wanted, name, f"row of {section.address}")


def _named(known: Mapping[str, Thing], wanted: str, name: str, what: str) -> Thing:
    """The one whose own name this is, or is part of. Raises KbError."""
    if wanted in known:
        return known[wanted]
    fits = [key for key in known if slug(wanted) and slug(wanted) in key]
    if len(fits) == 1:
        return known[fits[0]]
    if fits:
        raise KbError(several(name, [known[key].address for key in fits]))
    raise KbError(unknown(name, wanted, list(known), what))


def _at_line(page: Page, line: int) -> tuple[Section | None, Row | None]:
    for section in reversed(page.reading):
        if section.line <= line:
            rows = [row for row in section.rows if row.line == line]
            if section.address == page.address and not rows:
                return None, None
            return section, rows[0] if rows else None
    return None, None
