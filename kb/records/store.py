"""The record store: what is appended is on the disk, in two places, before anyone says recorded."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Self

from kb.errors import KbError, NotSavedError
from kb.records import backup, connection, openlist, query
from kb.records.connection import PATIENCE, number_of, refusing, writing
from kb.records.event import (
    HIGHEST,
    BadEventError,
    Draft,
    Entropy,
    Event,
    make,
    to_line,
)
from kb.records.journal import Journal, Tail, make_folder
from kb.records.machine import machine_id
from kb.records.schema import APPLICATION, FILE, FIRST, SCHEMA

Clock = Callable[[], datetime]


class Records(query.Queries):
    """The events of one studio: a SQLite file in `folder`; its journal and backups in `state`.

    The two folders witness each other: a store that is missing, empty or damaged where the journal
    knows of records is an error with the way to restore it, and never started afresh.
    """

    def __init__(
        self,
        folder: Path,
        state: Path,
        *,
        clock: Clock,
        entropy: Entropy = os.urandom,
        patience: float = PATIENCE,
    ) -> None:
        self.folder = folder
        self.state = state
        self.path = folder / FILE
        self.journal = Journal(state)
        self.warnings: list[str] = []
        self.newer = False
        self._clock = clock
        self._entropy = entropy
        self._patience = patience
        self._inode = 0
        self._absent = False
        self._connection = self._open()

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def exists(self) -> bool:
        """Whether anything was ever recorded here."""
        return not self._absent

    def append(self, drafts: Iterable[Draft]) -> list[Event]:
        """Record these together or not at all; they are saved when this returns."""
        given = list(drafts)
        return self.decide(lambda _: given)

    def decide(self, decision: Callable[[Records], Iterable[Draft]]) -> list[Event]:
        """Record what `decision` makes of the store as it stands, with all other writers held off.

        For whatever must look before it writes: are the initials free, is the item ticked already.
        """
        with self.alone():
            drafts = list(decision(self))
            events = self._number(drafts) if drafts else []
            self._connection.executemany(query.INSERT, map(query.to_row, events))
        if events:
            self._after_commit(events[-1].at)
        return events

    def back_up(self) -> Path:
        """A checked copy of the whole store, beside the journal. Raises NotSavedError."""
        if self._absent:
            raise NotSavedError(f"nothing to back up: no records yet ({self.path})")
        return backup.make(self._connection, self.state, self._clock())

    @contextlib.contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """A write transaction on the file that is at our path now. Raises NotSavedError."""
        self._make_ready()
        with writing(self._connection, self.path):
            if _inode(self.path) != self._inode:
                raise NotSavedError(
                    f"NOT saved: {self.path} was removed or replaced meanwhile. See: kb doctor"
                )
            before = self._connection.total_changes
            yield self._connection
            if self._connection.total_changes != before:
                openlist.drop(self.folder)

    def listed_open(self) -> list[Event]:
        """What is open in the fault book; the list beside the store is mended, unless somebody is
        just writing: whoever asks this is in a hurry.
        """
        if not self._absent:
            self._connection.execute("pragma busy_timeout = 0")
            with contextlib.suppress(NotSavedError), writing(self._connection, self.path):
                self._list_open()
            self._connection.execute(f"pragma busy_timeout = {int(self._patience * 1000)}")
        return self.still_open(self._clock())

    def _number(self, drafts: Iterable[Draft]) -> list[Event]:
        """The events of these drafts, next in line on this machine. The caller holds the lock."""
        machine = machine_id(self.state, self._entropy)
        ask = self._connection.execute
        (lamport,) = ask("select coalesce(max(lamport), 0) from events").fetchone()
        (seq,) = ask(
            "select coalesce(max(seq), 0) from events where machine = ?", [machine]
        ).fetchone()
        now = self._clock()
        events = []
        for step, draft in enumerate(drafts, 1):
            if lamport + step >= HIGHEST:
                raise NotSavedError(f"NOT saved: the order counter of {self.path} is used up")
            try:
                events.append(
                    make(
                        draft,
                        machine=machine,
                        seq=seq + step,
                        lamport=lamport + step,
                        now=now,
                        entropy=self._entropy,
                    )
                )
            except (BadEventError, ValueError) as error:
                raise KbError(f"this cannot be recorded: {error}") from error
        return events

    def _after_commit(self, now: datetime) -> None:
        self.settle()
        try:
            if not backup.made_on(self.state, now):
                backup.make(self._connection, self.state, now)
        except (NotSavedError, OSError) as error:
            self.warnings.append(f"saved, but no backup could be made: {error}")

    def settle(self) -> None:
        """After a commit: the journal too; where that fails the records stand and it is said."""
        try:
            self.catch_up()
        except (NotSavedError, OSError) as error:
            self.warnings.append(f"saved, but not yet in the journal: {error}")

    def catch_up(self) -> None:
        """Bring the journal up to the store.

        The write lock makes the order of the journal that of the commits, so that comparing the
        two ends tells whether anything is missing.
        """
        with writing(self._connection, self.path):
            self._list_open()
            tail = self.journal.tail()
            missing = self.select("rowid > ? order by rowid", [self._row_of(tail)])
            first = next(missing, None)
            if first is not None:
                self.journal.append(map(to_line, chain([first], missing)), tail)

    def _list_open(self) -> None:
        """Put what is open beside the store. The caller holds the write lock.

        Without it a search asks the store, so nothing is lost where that fails.
        """
        with contextlib.suppress(OSError, NotSavedError):
            if not openlist.fits(self.folder):
                openlist.write(self.folder, self.still_open(self._clock()))

    def _row_of(self, tail: Tail) -> int:
        if tail.last is None:
            return 0
        found = self._connection.execute(
            "select rowid from events where id = ?", [tail.last.id]
        ).fetchone()
        if found is None:
            raise self._lost("it lacks the last of them")
        return int(found[0])

    # Opening

    def _open(self) -> sqlite3.Connection:
        if not os.path.lexists(self.path):
            if self._known() and not os.path.lexists(self.path):
                raise self._lost("it is missing")
            return self._nothing_yet()
        if not self.path.is_file():
            raise self._lost("it is not a file")
        try:
            with refusing(self.path):
                opened = connection.connect(self.path, self._patience)
                try:
                    return self._look(opened)
                except BaseException:
                    opened.close()
                    raise
        except connection.DamagedError as error:
            raise self._lost(f"it is damaged, {error.__cause__ or error}") from error

    def _look(self, opened: sqlite3.Connection) -> sqlite3.Connection:
        """Decide whether this is our store, and bring the journal up to it."""
        self._inode = _inode(self.path)
        version = number_of(opened, "user_version")
        if version == 0 and self._is_empty(opened):
            opened.close()
            return self._nothing_yet()
        if number_of(opened, "application_id") != APPLICATION:
            raise self._lost("it is not a kb store")
        self.newer = number_of(opened, "user_version") > SCHEMA
        self._connection = opened
        self._meet_journal()
        return opened

    def _is_empty(self, opened: sqlite3.Connection) -> bool:
        """Whether nobody has written here yet: told apart, under the lock, from a lost store."""
        if not self._known():
            tables = opened.execute("select count(*) from sqlite_master").fetchone()[0]
            return bool(tables == 0)
        with writing(opened, self.path):
            if number_of(opened, "user_version") == 0:
                raise self._lost(f"it is empty, {self.path.stat().st_size} bytes")
        return False

    def _meet_journal(self) -> None:
        try:
            tail = self.journal.tail()
        except OSError as error:
            self.warnings.append(f"the journal cannot be read: {error.strerror} ({error.filename})")
            return
        with refusing(self.path):
            last = self._connection.execute(
                "select id from events order by rowid desc limit 1"
            ).fetchone()
        here = last[0] if last else None
        if (tail.last.id if tail.last else None) == here:
            return
        if self.newer:
            return
        try:
            self.catch_up()
        except OSError as error:
            self.warnings.append(f"the journal is behind: {error.strerror} ({error.filename})")
        except connection.DamagedError:
            raise
        except NotSavedError as error:
            if isinstance(error, LostError):
                raise
            self.warnings.append(f"the journal is behind: {error}")

    def _nothing_yet(self) -> sqlite3.Connection:
        """An empty store to read from; a file is made by the first write, not by looking."""
        self._absent = True
        memory = sqlite3.connect(":memory:", isolation_level=None)
        for statement in FIRST:
            memory.execute(statement)
        return memory

    def _make_ready(self) -> None:
        """Have a store that can be written to, or raise NotSavedError."""
        if self.newer:
            raise NotSavedError(
                f"NOT saved: {self.path} was written by a newer kb; this one can only read it"
            )
        if not self._absent:
            return
        with refusing(self.path, saving=True):
            make_folder(self.folder)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            opened = connection.connect(self.path, self._patience)
        try:
            self._create(opened)
        except BaseException:
            opened.close()
            raise
        self._connection.close()
        self._connection = opened
        self._inode = _inode(self.path)
        self._absent = False

    def _create(self, opened: sqlite3.Connection) -> None:
        with writing(opened, self.path):
            if number_of(opened, "user_version") != 0:
                return  # another terminal was first
            if self._known():
                raise self._lost(f"it is empty, {self.path.stat().st_size} bytes")
            # Eight times a bare interpreter to import: only who makes or changes a store pays it.
            from kb.records import migrations  # noqa: PLC0415

            migrations.apply(opened)

    def _known(self) -> bool:
        """Whether records are known to have been here."""
        try:
            return self.journal.tail().size > 0 or bool(backup.listed(self.state))
        except OSError:
            return False

    def _lost(self, what: str) -> LostError:
        count, last = self.journal.known()
        if count and last:
            were = f"{_were(count)} here, the last of {last.at:%Y-%m-%d}"
        elif count:
            were = f"{_were(count)} here"
        else:
            copies = backup.listed(self.state)
            were = f"backups are in {copies[-1].parent}" if copies else "no journal, no backup"
        return LostError(f"{self.path} is not usable: {what} ({were}). Restore: kb restore")


class LostError(NotSavedError):
    """Records are known to have been here and the store does not have them."""


def _were(count: int) -> str:
    return f"{count} record{'s were' if count != 1 else ' was'}"


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return -1
