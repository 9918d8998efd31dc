"""From the name somebody types to the page, section or row that it means."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kb.errors import KbError
from kb.pages.model import Page, Problem, Row, Section
from kb.pages.parse import parse
from kb.pages.read import read, scan
from kb.terms.text import clean, slug

_AT_LINE = re.compile(r"^(?P<path>.+\.md)(?::(?P<line>\d+))?(?::.*)?$", re.DOTALL)
_MOST = 8


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
        path = _page_path(docs, at_line["path"] if at_line else part, name)
    except UnknownPageError as unknown:
        if inner or at_line:
            raise
        return _section_anywhere(docs, part, unknown)
    page = load(docs, path)
    if at_line and at_line["line"]:
        return Found(page, *_at_line(page, int(at_line["line"])))
    if not inner:
        return Found(page)
    wanted, _, row_name = inner.partition("/")
    section = _section(page, wanted, name)
    return Found(page, section, _row(section, row_name, name) if row_name else None)


def load(docs: Path, path: str) -> Page:
    """Read and parse one page. Raises KbError where it cannot be read."""
    data = read(docs, path)
    if isinstance(data, Problem):
        raise KbError(f"{docs.name}/{path}: {data.message}")
    return parse(path, data)


def _page_path(docs: Path, part: str, name: str) -> str:
    paths = [entry.path for _, entries in scan(docs) for entry in entries]
    wanted = part.removeprefix(f"{docs.name}/") if part.startswith(f"{docs.name}/") else part
    wanted = wanted.removesuffix(".md")
    addresses = {path.removesuffix(".md"): path for path in paths}
    if wanted in addresses:
        return addresses[wanted]
    shown = {clean(address): path for address, path in addresses.items()}
    if wanted in shown:
        return shown[wanted]
    wanted = "/".join(slug(piece) for piece in wanted.split("/"))
    folded = {address.casefold(): address for address in addresses}
    for fits in (
        [a for a in folded if a == wanted],
        [a for a in folded if a.rpartition("/")[2] == wanted],
        [a for a in folded if wanted and wanted in a],
    ):
        if len(fits) == 1:
            return addresses[folded[fits[0]]]
        if fits:
            raise KbError(_several(name, [folded[a] for a in fits]))
    raise UnknownPageError(_unknown(name, wanted, list(addresses), "page"))


class UnknownPageError(KbError):
    """No page has such a name."""


def _section_anywhere(docs: Path, wanted: str, unknown: UnknownPageError) -> Found:
    """The one section, of whatever page, whose name this is part of. Raises KbError."""
    fits = []
    for _, entries in scan(docs):
        for entry in entries:
            data = read(docs, entry.path)
            if isinstance(data, bytes):
                page = parse(entry.path, data)
                fits += [
                    (page, section)
                    for section in page.sections
                    if section.kind != "quiz" and slug(wanted) in section.address.partition("#")[2]
                ]
    if not fits or not slug(wanted):
        raise unknown
    if len(fits) > 1:
        raise KbError(_several(wanted, [section.address for _, section in fits])) from None
    return Found(*fits[0])


def page_path(docs: Path, name: str) -> str:
    """The path of the page that a name means. Raises KbError where it fits none, or several."""
    if ".." in PurePosixPath(name.replace("\\", "/")).parts:
        raise KbError(f"{name} is outside docs")
    return _page_path(docs, name, name)


def _section(page: Page, wanted: str, name: str) -> Section:
    shown = {s.address.partition("#")[2]: s for s in page.sections if s.kind != "quiz"}
    shown.pop("", None)
    if wanted in shown:
        return shown[wanted]
    fits = [key for key in shown if slug(wanted) and slug(wanted) in key]
    if len(fits) == 1:
        return shown[fits[0]]
    if fits:
        raise KbError(_several(name, [shown[key].address for key in fits]))
    raise KbError(_unknown(name, wanted, list(shown), f"section of {page.address}"))


def _row(section: Section, wanted: str, name: str) -> Row:
    rows = {row.address.rpartition("/")[2]: row for table in section.tables for row in table.rows}
    if wanted in rows:
        return rows[wanted]
    fits = [key for key in rows if slug(wanted) and slug(wanted) in key]
    if len(fits) == 1:
        return rows[fits[0]]
    if fits:
        raise KbError(_several(name, [rows[key].address for key in fits]))
    raise KbError(_unknown(name, wanted, list(rows), f"row of {section.address}"))


def _at_line(page: Page, line: int) -> tuple[Section | None, Row | None]:
    for section in reversed(page.sections):
        if section.kind != "quiz" and section.line <= line:
            rows = [row for table in section.tables for row in table.rows if row.line == line]
            if section.address == page.address and not rows:
                return None, None
            return section, rows[0] if rows else None
    return None, None


def _several(name: str, addresses: Sequence[str]) -> str:
    more = f" and {len(addresses) - _MOST} more" if len(addresses) > _MOST else ""
    return f"{name!r} fits several: {', '.join(sorted(addresses)[:_MOST])}{more}"


def _unknown(name: str, wanted: str, known: Sequence[str], what: str) -> str:
    by_last = {address.rpartition("/")[2]: address for address in known}
    close = difflib.get_close_matches(slug(wanted), [*by_last, *known], 4, 0.5)
    nearest = dict.fromkeys(by_last.get(c, c) for c in close)
    told = f"nearest: {', '.join(nearest)}" if nearest else "see them with kb list"
    return f"no {what} is called {name!r}; {told}"
