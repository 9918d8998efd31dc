"""Upkeep of the pages: what is wrong with them, what can be put right, what changed since when."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import KbError
from kb.pages.check import Report, check
from kb.pages.folder import Files, parse_folder, read_files
from kb.pages.model import Page

if TYPE_CHECKING:
    from kb.changes.since import Since


class Upkeep:
    """The pages of one studio as files in git. `progress` is told how far long work is."""

    def __init__(
        self, docs: Path, today: date, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.docs = docs
        self.today = today
        self.progress = progress

    def check(
        self, names: Sequence[str] = (), *, changed: str | None = None, fix: bool = False
    ) -> Report:
        """What is wrong with the pages, or with those named; `fix` writes the ids that are missing.

        With `changed` only what changed since HEAD left that branch (empty: the default one).
        Raises KbError for a name of nothing, and where git cannot tell.
        """
        from kb.pages.chosen import choose

        only: Container[str] | None = choose(self.docs, names) if names else None
        files = read_files(self.docs)
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
        looked = sum(only is None or path in only for path in files.data)
        return Report(problems, looked, tuple(fixed), since)

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

    def since(self, wanted: str) -> tuple[Since, list[Page]]:
        """What differs from where HEAD left a branch or commit (empty: the default branch).

        With it the pages that differ as they are now. Raises HistoryError where git cannot tell.
        """
        from kb import history
        from kb.changes.since import as_they_are, since

        files = read_files(self.docs)
        found = since(self.docs, files, history.base(self.docs, wanted))
        return found, as_they_are(files, found)
