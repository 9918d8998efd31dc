"""The one way to open the store's file and to write to it, and what to say when that fails."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from kb.errors import KbError, NotSavedError

PATIENCE = 30.0  # seconds to wait for another program that is writing
OLDEST = (3, 38, 0)  # STRICT came with 3.37, JSON functions always there with 3.38

_AGAIN = 0.005  # seconds between two tries to be the one that writes
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DamagedError(NotSavedError):
    """The file is there and SQLite cannot make sense of it."""


def connect(path: Path, patience: float = PATIENCE) -> sqlite3.Connection:
    """A connection to a file that exists: rollback journal, fullest sync, no implicit transactions.

    The rollback journal rather than WAL: one file at rest, readable without write permission, whole
    when copied, and free of the WAL-reset fault in the SQLite that Python 3.11 carries.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        raise KbError(
            f"SQLite {sqlite3.sqlite_version} is too old for the records; 3.38 or later is needed"
        )
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=patience,
        isolation_level=None,
    )
    connection.execute("pragma synchronous = extra")
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma trusted_schema = off")
    return connection


def number_of(connection: sqlite3.Connection, name: str) -> int:
    """What SQLite says to a pragma that asks for a number."""
    return int(connection.execute(f"pragma {name}").fetchone()[0])


@contextlib.contextmanager
def writing(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """A transaction that has the write lock from its first moment, and leaves nothing half done."""
    with refusing(path, saving=True):
        _begin(connection)
        try:
            yield
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise


def _begin(connection: sqlite3.Connection) -> None:
    """Begin as soon as nobody else is writing, or raise sqlite3.OperationalError at last.

    SQLite by itself asks ten times a second: where several write without a pause, one of them may
    find it busy every time until its patience is at an end.
    """
    (patience,) = connection.execute("pragma busy_timeout").fetchone()  # milliseconds
    connection.execute("pragma busy_timeout = 0")
    try:
        end = time.monotonic() + patience / 1000
        while True:
            try:
                connection.execute("begin immediate")
                return
            except sqlite3.OperationalError as error:
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                if code != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                    raise
            time.sleep(_AGAIN)
    finally:
        connection.execute(f"pragma busy_timeout = {patience}")


@contextlib.contextmanager
def refusing(path: Path, *, saving: bool = False) -> Iterator[None]:
    """Whatever SQLite or the system refuses in here, as one line that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _sqlite_said(error, path, saving) from error
    except OSError as error:
        raise NotSavedError(_system_said(error, path, saving)) from error


def _sqlite_said(error: sqlite3.Error, path: Path, saving: bool) -> NotSavedError:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    not_saved = "NOT saved: " if saving else ""
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        kept = "NOT saved, " if saving else ""
        return NotSavedError(f"store is in use by another program; {kept}try again ({path})")
    if primary == sqlite3.SQLITE_FULL:
        return NotSavedError(f"{not_saved}disk full ({path})")
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedError(f"{path} is damaged ({error}). Restore: kb restore")
    if primary == sqlite3.SQLITE_READONLY:
        return NotSavedError(f"{not_saved}read-only ({path})")
    if primary == sqlite3.SQLITE_CANTOPEN:
        return NotSavedError(f"{not_saved}cannot open {path}, or write to its folder")
    if primary == sqlite3.SQLITE_IOERR:
        why = "disk full, or it refuses to be written" if saving else "the disk refuses"
        return NotSavedError(f"{not_saved}{why} ({path})")
    return NotSavedError(f"{not_saved}{error} ({path})")


def _system_said(error: OSError, path: Path, saving: bool) -> str:
    not_saved = "NOT saved: " if saving else ""
    if error.errno in _FULL:
        return f"{not_saved}disk full ({path})"
    return f"{not_saved}{error.strerror or error} ({error.filename or path})"
