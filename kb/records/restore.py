"""A store built again from a backup, the journal and what can still be read of the old file."""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import NotSavedError
from kb.records import backup, migrations
from kb.records.connection import connect, number_of, refusing, writing
from kb.records.event import COLUMNS, Event, to_line
from kb.records.exchange import BATCH, insert, unknown
from kb.records.journal import NOTHING, BadLine, Journal, make_folder, read_events, sync_folder
from kb.records.query import from_row
from kb.records.schema import APPLICATION, FILE, SCHEMA


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Where the events of a rebuilt store came from."""

    total: int
    backup: Path | None
    from_backup: int
    from_journal: int
    from_old: int
    bad: tuple[BadLine, ...]


def restore(folder: Path, state: Path, now: datetime, chosen: Path | None = None) -> Rebuilt:
    """Put a rebuilt store in place; the old file and a bad journal are kept beside, renamed.

    Raises NotSavedError where there is nothing to build it from, or it cannot be written.
    """
    path = folder / FILE
    part = folder / f"{FILE}.restoring"
    journal = Journal(state)
    with refusing(path, saving=True), _held(path) as held:
        make_folder(folder)
        built = rebuild(part, state, chosen=chosen, old=path if path.is_file() else None)
        if built.total == 0:
            part.unlink()
            raise NotSavedError(f"nothing to restore from: no backup in {state}, no journal")
        if held is not None and os.name == "nt":
            held.close()  # an open file cannot be renamed there
        stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        # The rollback journal of the old file would be played back into the new one.
        for old in (path, path.with_name(f"{FILE}-journal"), path.with_name(f"{FILE}-wal")):
            if os.path.lexists(old):
                old.rename(_free(old.with_name(f"{old.name}.before-{stamp}")))
        part.rename(path)
        sync_folder(folder)
    connection = connect(path)
    try:
        with writing(connection, path):
            _mend_journal(connection, journal, stamp)
    finally:
        connection.close()
    return built


def rebuild(
    target: Path, state: Path, *, chosen: Path | None = None, old: Path | None = None
) -> Rebuilt:
    """Write a new store at `target` with every event that can be found."""
    target.unlink(missing_ok=True)
    target.with_name(f"{target.name}-journal").unlink(missing_ok=True)
    os.close(os.open(target, os.O_RDWR | os.O_CREAT, 0o600))
    used, from_backup = _start(target, [chosen] if chosen else backup.listed(state)[::-1])
    if chosen and used is None:
        raise NotSavedError(f"{chosen} is not a sound backup")
    bad: list[BadLine] = []
    connection = connect(target)
    try:
        with writing(connection, target):
            if used is None:
                migrations.apply(connection)
            from_journal = _take(connection, _good(Journal(state).path, bad))
            from_old = _take(connection, _salvage(old)) if old else 0
        backup.check(connection, target)
    finally:
        connection.close()
    total = from_backup + from_journal + from_old
    return Rebuilt(total, used, from_backup, from_journal, from_old, tuple(bad))


def sound(path: Path) -> int | None:
    """How many events a backup holds, or None where it is not a whole store of ours."""
    try:
        with contextlib.closing(_read_only(path)) as connection:
            if number_of(connection, "application_id") != APPLICATION:
                return None
            if not 0 < number_of(connection, "user_version") <= SCHEMA:
                return None
            backup.check(connection, path)
            return sum(1 for _ in _rows(connection, path, 0))
    except (NotSavedError, sqlite3.Error, OSError):
        return None


def _start(target: Path, candidates: Iterable[Path]) -> tuple[Path | None, int]:
    """Copy the first sound one of the backups to `target`."""
    for path in candidates:
        count = sound(path)
        if count is None:
            continue
        with (
            contextlib.closing(_read_only(path)) as source,
            contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            source.backup(copy)
        return path, count
    return None, 0


def _good(path: Path, bad: list[BadLine]) -> Iterator[Event]:
    if not path.is_file():
        return
    for line in read_events(path):
        if isinstance(line, BadLine):
            bad.append(line)
        else:
            yield line


def _take(connection: sqlite3.Connection, events: Iterator[Event]) -> int:
    count = 0
    while batch := list(itertools.islice(events, BATCH)):
        new, _ = unknown(connection, batch)
        insert(connection, new)
        count += len(new)
    return count


def _salvage(path: Path) -> Iterator[Event]:
    """Every event of a damaged file that can still be read and is as it was written."""
    try:
        connection = _read_only(path)
    except (sqlite3.Error, NotSavedError):
        return
    with contextlib.closing(connection):
        since = 0
        while True:
            try:
                for rowid, event in _rows(connection, path, since):
                    since = rowid
                    yield event
                return
            except (sqlite3.Error, NotSavedError):
                # A torn page or a row that does not fit its hash: go on behind it.
                try:
                    (last,) = connection.execute("select max(rowid) from events").fetchone()
                except sqlite3.Error:
                    return
                since += 1
                if last is None or since > last:
                    return


def _rows(connection: sqlite3.Connection, path: Path, since: int) -> Iterator[tuple[int, Event]]:
    names = ", ".join(COLUMNS)
    sql = f"select rowid, {names} from events where rowid > ? order by rowid"
    for rowid, *plain in connection.execute(sql, [since]):
        yield rowid, from_row(plain, path)


def _mend_journal(connection: sqlite3.Connection, journal: Journal, stamp: str) -> None:
    """Write the journal anew where it lacks an event of the store or has a line that is none."""
    bad: list[BadLine] = []
    try:
        known = {event.id for event in _good(journal.path, bad)}
    except OSError:
        known = set()
    here = {id_ for (id_,) in connection.execute("select id from events")}
    if not bad and known == here:
        return
    part = Journal(journal.path.parent)
    part.path = journal.path.with_name(f"{journal.path.name}.part")
    part.path.unlink(missing_ok=True)
    part.append((to_line(event) for _, event in _rows(connection, journal.path, 0)), NOTHING)
    if os.path.lexists(journal.path):
        journal.path.rename(_free(journal.path.with_name(f"{journal.path.name}.before-{stamp}")))
    part.path.rename(journal.path)
    sync_folder(journal.path.parent)


@contextlib.contextmanager
def _held(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Keep other programs from writing to the old file, where it can still be locked."""
    connection = None
    try:
        if path.is_file() and path.stat().st_size:
            connection = connect(path)
            connection.execute("begin immediate")
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
            connection = None
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _free(path: Path) -> Path:
    number = 1
    free = path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
