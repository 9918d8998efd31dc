"""Upkeep of the pages: what is wrong with them, what can be put right, what changed since when."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import KbError
from kb.pages.folder import Files, parse_folder, read_files

if TYPE_CHECKING:
    from kb.changes.since import Since
    from kb.changes.words import Words
    from kb.history import Base
    from kb.pages.check import Report
    from kb.pages.lookup import Found
    from kb.pages.model import Page, Section
    from kb.records.seat import Asked

FIRST_TIME = 14  # days told to somebody who never asked before


class Upkeep:
    """The pages of one studio as files in git. `progress` is told how far long work is."""

    def __init__(
        self, docs: Path, today: date, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.docs = docs
        self.today = today
        self.progress = progress

    @cached_property
    def files(self) -> Files:
        """Every page as bytes, as they were when first asked for."""
        return read_files(self.docs)

    def check(
        self, names: Sequence[str] = (), *, changed: str | None = None, fix: bool = False
    ) -> Report:
        """What is wrong with the pages, or with those named; `fix` writes the ids that are missing.

        With `changed` only what changed since HEAD left that branch (empty: the default one).
        Raises KbError for a name of nothing, and where git cannot tell.
        """
        from kb.pages.check import Report, check
        from kb.pages.chosen import choose

        only: Container[str] | None = choose(self.docs, names) if names else None
        files = self.files
        before: dict[str, Page] = {}
        since = ""
        if changed is not None:
            found = self._since_branch(files, changed)
            before, since = found.before, found.base.name
            touched = found.touched
            only = touched if only is None else {path for path in touched if path in only}
            # A page may have been renamed: look at all that changed, whatever is to be told.
            parsed: Container[str] | None = touched
        else:
            parsed = only
        fixed: list[tuple[str, int]] = []
        if fix:
            files, fixed = self._fix(files, only)
        folder = parse_folder(files, parsed, before.values(), self.progress)
        problems = check(folder, self.today, only, before)
        looked = [path for path in files.data if only is None or path in only]
        page = looked[0] if names and len(looked) == 1 else ""
        return Report(problems, len(looked), tuple(fixed), since, page)

    def _since_branch(self, files: Files, wanted: str) -> Since:
        from kb import history
        from kb.changes.since import since

        try:
            return since(self.docs, files, history.base(self.docs, wanted))
        except history.HistoryError as error:
            raise KbError(f"{error}; without --changed everything is checked") from error

    def _fix(
        self, files: Files, only: Container[str] | None
    ) -> tuple[Files, list[tuple[str, int]]]:
        from kb.pages import edit

        data, fixed = dict(files.data), []
        for path, old in files.data.items():
            if only is None or path in only:
                new, written = edit.with_ids(path, old)
                if written:
                    edit.replace(self.docs, path, old, new)
                    data[path] = new
                    fixed.append((path, written))
        return replace(files, data=data), fixed

    def verify(self, found: Found, by: str) -> list[Section]:
        """Stamp what was found as held against the gear today: the sections that are stamped now.

        Of a page that is every section that says something, so that each lapses by itself when it
        is changed. Raises KbError where nothing can be stamped.
        """
        from kb.pages import edit
        from kb.pages.read import bytes_of
        from kb.pages.stamp import is_name, worth

        if not is_name(by):
            raise KbError(f"{by!r} is no name for a stamp: letters, digits, dots and hyphens")
        path = found.page.path
        addresses = {section.address for section in found.inside if worth(section)}
        if not addresses:
            raise KbError(
                f"{self.docs.name}/{path}: nothing there to verify; faults have own dates"
            )
        old = bytes_of(self.docs, path)
        try:
            new, stamped = edit.stamped(path, old, addresses, self.today, by)
        except KbError as error:
            raise KbError(f"{self.docs.name}/{error}") from error
        if new != old:
            edit.replace(self.docs, path, old, new)
        return stamped

    def base(self, said: str) -> Base:
        """What is meant by since when: a day, some days, or a branch, tag or commit.

        Empty: where HEAD left the default branch. Raises KbError where git cannot tell.
        """
        from kb import history
        from kb.changes.moment import begins, day

        on = day(said, self.today)
        if on is None:
            return history.base(self.docs, said)
        found = history.before(self.docs, begins(on))
        if found is not None:
            return found._replace(name=on.isoformat())
        start, _ = history.first(self.docs)
        return start._replace(remark=", where its history begins")

    def base_of_last_time(self, last: Asked | None) -> Base:
        """What somebody has seen who asked then; of who never asked, two weeks are told."""
        from kb import history

        if last is None:
            found = self.base(f"{FIRST_TIME}d")
            return found._replace(remark=f"{found.remark}, as you ask for the first time")
        try:
            found = history.base(self.docs, last.commit)
        except history.HistoryError:  # another clone, or history that was rewritten
            found = history.before(self.docs, last.at) or history.first(self.docs)[0]
        when = f"{last.at.astimezone():%Y-%m-%d %H:%M}"
        return found._replace(name=when, remark=", when you last asked")

    def moment(self, said: str, base: Base, last: Asked | None) -> datetime:
        """Since when that is, for what is not in git. Raises HistoryError where git cannot tell."""
        from kb import history
        from kb.changes.moment import begins, day

        if last is not None:
            return last.at
        on = day(said, self.today) if said else self.today - timedelta(days=FIRST_TIME)
        made = None if on else history.made_at(self.docs, base.commit)
        return made or begins(on or self.today)

    def since(self, base: Base, last: Asked | None = None) -> tuple[Since, list[Page]]:
        """What differs from a commit, and the pages that differ as they are now.

        With `last` less what was told then and is still so. Raises HistoryError where git cannot
        tell.
        """
        from kb.changes.since import as_they_are, since

        seen = {} if last is None else last.seen
        found = since(self.docs, self.files, base, seen, self.progress)
        return found, as_they_are(self.files, found, self.progress)

    def changes(self, base: Base, last: Asked | None = None) -> Words:
        """What is different since a commit, in the words of the pages."""
        from kb.changes.words import words

        found, now = self.since(base, last)
        return words(found, now, [(problem.path, problem.message) for problem in self.files.unread])

    def told(self, now: datetime, since: str) -> Asked:
        """What to note of somebody who has been told all there is, since that commit."""
        from kb import history
        from kb.changes.since import uncommitted
        from kb.records.seat import Asked

        return Asked(now, history.head(self.docs), since, uncommitted(self.docs, self.files))
