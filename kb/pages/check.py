"""Everything that is wrong with the pages of a folder, taken together."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from kb.pages import across, bays, dated, linked, moved, owner, studio_toml, wording
from kb.pages.across import Finding
from kb.pages.address import of_page
from kb.pages.folder import Folder
from kb.pages.model import Page, Problem


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in how many pages; `fixed` counts the ids written, by path.

    `since` names the branch where only what changed since was looked at; `page` is the path of the
    one page that was asked for.
    """

    problems: tuple[Problem, ...]
    pages: int
    fixed: tuple[tuple[str, int], ...] = ()
    since: str = ""
    page: str = ""

    @property
    def errors(self) -> int:
        """How many problems are no mere warnings."""
        return sum(not problem.warning for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many are warnings."""
        return len(self.problems) - self.errors


def check(
    folder: Folder,
    today: date,
    only: Container[str] | None = None,
    before: Mapping[str, Page] | None = None,
) -> tuple[Problem, ...]:
    """The problems of a folder, in order.

    With `only`, those of these paths, and those that they make on other pages. `before` are the
    pages that changed, as they were.
    """
    found = chain(findings(folder, today), moved.gone(before or {}, folder.pages))
    return tuple(
        sorted(
            {
                problem
                for problem, about in found
                if only is None or problem.path in only or about in only
            }
        )
    )


def findings(folder: Folder, today: date) -> Iterator[Finding]:
    """Each problem with the other page it comes from, if it takes two."""
    pages = [folder.pages[path] for path in sorted(folder.pages)]
    addresses = {of_page(path) for path in folder.files.data}
    studio, problems = studio_toml.read_studio(folder.files.studio, addresses)
    for problem in (*folder.files.unread, *problems):
        yield Finding(problem)
    for page in pages:
        for problem in page.problems:
            yield Finding(problem)
        yield from across.mods(page)
        yield from across.glossary(page)
        yield from dated.dates(page, today)
        yield from wording.questions(page)
        yield from owner.upkeep(page, today)
        yield from owner.rooms_and_roles(page, studio)
    yield from across.question_ids(pages)
    yield from across.addresses(pages)
    yield from bays.jacks(pages)
    yield from bays.wires(pages, studio.rooms)
    yield from linked.broken(folder)
