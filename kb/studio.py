"""One studio: its pages, its index and its records, each opened when it is first asked for.

The one module, beside the doors, that imports late: a search with nothing changed must load
Whoosh and nothing else of weight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kb.errors import KbError
from kb.settings import Places

if TYPE_CHECKING:
    from kb.book import FaultBook
    from kb.changes.people import AskedAgain
    from kb.house import House
    from kb.lessons import Lessons
    from kb.pages.forms import Added, Form
    from kb.pages.forms import Kind as RowKind
    from kb.pages.lookup import Found
    from kb.pages.model import Page
    from kb.pages.templates import Kind as PageKind
    from kb.records.people import Roster
    from kb.records.store import Records
    from kb.search.engine import Reader
    from kb.search.hit import Result
    from kb.search.index import Difference, Fresh
    from kb.search.rows import FoundRow
    from kb.search.search import Filters
    from kb.terms.glossary import Glossary
    from kb.training.board import Board
    from kb.training.checklist import Checklist
    from kb.training.ladder import Ladder
    from kb.training.runs import Run
    from kb.upkeep import Upkeep

Progress = Callable[[int, int], None]
Answer = TypeVar("Answer")


class _NoIndexError(KbError):
    """Not even a new index can be read."""


class Studio:
    """The facade: every door asks here. `progress` is told how far long work is."""

    def __init__(
        self,
        places: Places,
        today: date,
        progress: Progress | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        records: str | None = None,
    ) -> None:
        self.places = places
        self.today = today
        self.progress = progress
        self.clock = clock
        self._records_at = records
        self._reader: Reader | None = None
        self._folder: Path | None = None
        self._noticed: tuple[str, ...] = ()

    def search(self, query: str, limit: int, filters: Filters) -> Result:
        """What answers a query, best first, from pages as they are now.

        Raises KbError for a query that is empty or too long.
        """
        from kb import book
        from kb.search.search import search
        from kb.terms.query import MAX_LENGTH, MAX_WORDS

        if not query.strip():
            raise KbError("nothing to search for; type a few words")
        if len(query) > MAX_LENGTH:
            raise KbError(f"query longer than {MAX_LENGTH} characters; use fewer words")
        if len(query.split()) > MAX_WORDS:
            raise KbError(f"query longer than {MAX_WORDS} words; use fewer")
        docs = self.places.docs
        why: tuple[str, ...] = ()
        try:
            events = book.at_hand(docs, self._records_at, self.clock, book.BRIEFLY)
        except KbError as error:
            events, why = [], (f"the fault book cannot be read: {error}",)

        def ask(reader: Reader, fresh: Fresh) -> tuple[Result, dict[str, Any]]:
            result = search(reader, fresh.meta, query, limit, filters, docs.name, self.today)
            return replace(result, behind=fresh.behind, notes=fresh.remarks()), fresh.meta

        try:
            result, meta = self._ask(ask)
        except _NoIndexError as error:
            from kb.search import plain

            note = f"{error}; these are the lines that hold the words as typed"
            result, meta = plain.search(docs, query, limit, note), {}
        result = replace(result, notes=(*result.notes, *why))
        if not events:
            return result
        return book.beside(result, events, meta, filters.room, self.clock())

    def rows(self, *kinds: str) -> list[FoundRow]:
        """Every row of these kinds (`mod`, `patch`, `fault`). Raises KbError without an index."""
        from kb.search.rows import rows

        def ask(reader: Reader, fresh: Fresh) -> list[FoundRow]:
            self._noticed = fresh.remarks()
            return rows(reader, *kinds)

        return self._ask(ask)

    @cached_property
    def glossary(self) -> Glossary:
        """The studio's synonyms."""
        from kb.search.rows import glossary_of

        return self._ask(lambda _, fresh: glossary_of(fresh.meta))

    def pages(self) -> list[dict[str, Any]]:
        """What the index knows of each page: path, address, title, room, verified, problems."""
        from kb.search.index import load_pages

        table = load_pages(self._fresh().folder)
        return [{"path": path, **entry} for path, entry in sorted(table.items())]

    def reindex(self) -> int:
        """Index every page anew; returns how many there are."""
        from kb.search.generations import UnusableError
        from kb.search.index import rebuild

        try:
            fresh = rebuild(self.places.docs, self.places.cache, self._build)
        except UnusableError as error:
            raise KbError(str(error)) from error
        return int(fresh.meta["pages"])

    @cached_property
    def upkeep(self) -> Upkeep:
        """What is wrong with the pages, and what changed in them since when."""
        from kb.upkeep import Upkeep

        return Upkeep(self.places.docs, self.today, self.progress)

    def asked_again(self, wanted: str) -> AskedAgain:
        """Who will be asked what again by all that changed since a branch or commit.

        Empty: since HEAD left the default branch. Raises KbError where git or the records cannot
        tell.
        """
        from kb.changes.people import asked_again, boards

        records, roster = self.records, self.roster()
        if not records.exists:
            raise KbError(
                f"no records here ({records.path}): who is asked again can be told only where "
                "people tick and sign"
            )
        since, now = self.upkeep.since(self.upkeep.base(wanted))
        unread = {problem.path for problem in self.upkeep.files.unread}  # not gone, only unread
        before = {path: page for path, page in since.before.items() if path not in unread}
        since = since._replace(before=before)
        of = boards(records, self.ladder, roster.role_at)
        return asked_again(since, now, of, [person.handle for person in roster.here])

    def new_page(self, kind: PageKind, title: str, owner: str, room: str) -> str:
        """Write a page from a template; returns its path. Raises KbError where there is one."""
        from kb.pages import edit, templates

        path = templates.path_of(kind, title)
        text = templates.page(kind, title, owner, room)
        edit.create(self.places.docs, path, text.encode())
        return path

    def form(self, kind: RowKind, name: str, letter: str = "") -> Form:
        """The table that takes a new row of a kind, on the page or section of this name.

        `letter` is that of a patch row. Raises KbError where there are several.
        """
        from kb.pages.forms import form

        found = self.find(name)
        return form(kind, found.page, found.section, letter)

    def add_rows(self, form: Form, rows: Sequence[Mapping[str, str]]) -> Added:
        """Add rows to a table, unless something is wrong with them. Raises KbError."""
        from kb.pages import edit
        from kb.pages.check import check
        from kb.pages.folder import parse_folder, read_files
        from kb.pages.forms import Added, added, concerning
        from kb.pages.read import bytes_of

        docs = self.places.docs
        data = bytes_of(docs, form.path)
        new, lines = added(data, form, rows)
        files = read_files(docs)
        files = replace(files, data={**files.data, form.path: new})
        only = {form.path}
        found = check(parse_folder(files, only), self.today, only)
        problems = concerning(found, form.path, lines)
        wrong = [problem for problem in problems if not problem.warning]
        if not wrong:
            edit.replace(docs, form.path, data, new)
        return Added(tuple(lines), tuple(wrong) or problems, not wrong)

    def find(self, name: str) -> Found:
        """The page, section or row that a name means: any part of an address that fits one.

        `docs/equipment/console.md:41`, as a search prints it, works too. Raises KbError for a
        name that fits nothing, or several.
        """
        from kb.pages.lookup import find

        return find(self.places.docs, name)

    @cached_property
    def house(self) -> House:
        """What studio.toml says."""
        from kb.house import read_house

        return read_house(self.places.docs)

    @cached_property
    def ladder(self) -> Ladder:
        """The roles of this studio."""
        from kb.training.ladder import Ladder

        return Ladder(self.house.ladder, self.house.beside)

    @cached_property
    def record_folders(self) -> tuple[Path, Path]:
        """Where the store is, and where its journal and backups are."""
        from kb.settings import find_records

        return find_records(self._records_at, self.house.id)

    @cached_property
    def records(self) -> Records:
        """The records of this studio. Raises NotSavedError where they cannot be read."""
        from kb.records.ground import others, warnings
        from kb.records.store import Records

        folder, state = self.record_folders
        records = Records(folder, state, clock=self.clock)
        records.warnings += warnings(folder)
        if others(folder):
            records.warnings.append(f"these are the records of {self.house.name} ({folder})")
        return records

    def warnings(self) -> list[str]:
        """What was noticed about the index and the records beside what was asked of them."""
        records = self.records.warnings if "records" in self.__dict__ else ()
        return [*self._noticed, *records]

    def roster(self) -> Roster:
        """Who is who."""
        from kb.records.people import load

        return load(self.records)

    def parsed(self) -> list[Page]:
        """Every page that can be read, in order of path."""
        from kb.pages.lookup import load
        from kb.pages.read import scan

        found = []
        for _, entries in scan(self.places.docs):
            for entry in entries:
                try:
                    found.append(load(self.places.docs, entry.path))
                except KbError:
                    continue  # one bad page costs one page; `kb check` names it
        return sorted(found, key=lambda page: page.path)

    def checklist(self, name: str, *, signable: bool = False) -> Checklist:
        """The checklist a name means, or with `signable` a page without any. Raises KbError."""
        from kb.pages.named import SeveralPagesError, several
        from kb.training.checklist import checklist, checklists, whole

        try:
            found = self.find(name)
        except SeveralPagesError as error:
            fits = [one for a in error.addresses for one in checklists(self.find(a).page)]
            if signable or not fits:
                raise
            if len(fits) > 1:
                raise KbError(several(name, [one.address for one in fits])) from None
            return fits[0]
        if found.section is not None and found.section.items:
            return checklist(found.page, found.section)
        known = checklists(found.page)
        if len(known) == 1 and found.section is None:
            return known[0]
        if not known and signable:
            return whole(found.page)
        if not known or found.section is not None:
            raise KbError(f"{name!r} is no checklist; see them with kb checklist list")
        raise KbError(several(name, [one.address for one in known]))

    @cached_property
    def lessons(self) -> Lessons:
        """The questions of the pages as they are now, and the answers to them."""
        from kb.lessons import Lessons

        return Lessons(self.parsed(), lambda: self.records, self.clock, self.house.day_ends)

    @cached_property
    def book(self) -> FaultBook:
        """What is broken, and what holds today."""
        from kb.book import FaultBook, at_hand

        return FaultBook(
            lambda: at_hand(self.places.docs, self._records_at, self.clock),
            lambda: self.records,
            lambda: self.house,
            self.rows,
            self.pages,
            self.clock,
        )

    def board(self, actor: str | None = None, *, quizzes: bool = False) -> Board:
        """Who stands how with what; with `actor`, of them alone."""
        from kb.training.board import KINDS, board
        from kb.training.quizzes import NO_QUIZZES

        records = self.records
        return board(
            self.lessons.pages,
            records.done(actor=actor),
            records.run_counts(actor=actor),
            records.find(*KINDS),
            self.ladder,
            self.roster().role_at,
            self.lessons.quizzes(actor) if quizzes else NO_QUIZZES,
        )

    @property
    def day(self) -> date:
        """The day on the sheet: until studio.toml's day_ends it is still last night."""
        from kb.house import studio_day

        return studio_day(self.clock(), self.house.day_ends)

    def runs_today(self, subject: str | None = None) -> list[Run]:
        """The runs of this studio day."""
        from kb.training.runs import names_of_day, runs

        return runs(self.records.in_runs(*names_of_day(self.day), subject))

    def close(self) -> None:
        """Let go of the index, and remove one that was made for this run only."""
        if "records" in self.__dict__:
            self.records.close()
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if self._folder is not None:
            from kb.search.index import forget_private

            forget_private()

    def _ask(self, question: Callable[[Reader, Fresh], Answer]) -> Answer:
        """What the index says, brought up to date first and built anew if it cannot be read."""
        for attempt in (1, 2, 3):
            try:
                fresh = self._fresh(again=attempt == 3)
                return question(self._open(fresh.folder), fresh)
            except Exception as error:  # noqa: BLE001  a damaged index raises anything at all
                self._reader = self._folder = None
                reason = str(error) or type(error).__name__
        raise _NoIndexError(f"no index ({reason})")

    def _fresh(self, again: bool = False) -> Fresh:
        from kb.search.index import fresh, rebuild

        if again:
            return rebuild(self.places.docs, self.places.cache, self._build)
        return fresh(self.places.docs, self.places.cache, self._build)

    def _build(self, docs: Path, cache: Path, base: Path | None, difference: Difference) -> Fresh:
        from kb.search.build import build

        return build(docs, cache, base, difference, self.progress)

    def _open(self, folder: Path) -> Reader:
        from kb.search.engine import Reader

        if self._reader is None or self._folder != folder:
            if self._reader is not None:
                self._reader.close()
            self._reader, self._folder = Reader(folder), folder
        return self._reader
