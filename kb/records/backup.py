"""Checked copies of the store: made, thinned, found again."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import NotSavedError
from kb.records.connection import refusing
from kb.records.journal import make_folder, sync_folder
from kb.records.schema import BACKUPS

ABANDONED = 600  # seconds after which a copy that is still in the making was left by a kill
KEEP = (("%Y-%m-%d", 7), ("%G-%V", 4), ("%Y-%m", 12))  # days, weeks, months
NEWEST = 3  # kept whatever the day: the copies made just before something daring

_FORM = "records-%Y-%m-%dT%H-%M-%SZ.db"


def listed(state: Path) -> list[Path]:
    """The backups there are, oldest first."""
    try:
        paths = sorted((state / BACKUPS).iterdir())
    except OSError:
        return []
    return [path for path in paths if _made(path.name) is not None]


def made_on(state: Path, now: datetime) -> bool:
    """Whether there is a backup of this day (UTC), or one in the making."""
    day = f"records-{now.astimezone(UTC):%Y-%m-%d}"
    try:
        names = [path.name for path in (state / BACKUPS).iterdir()]
    except OSError:
        return False
    return any(name.startswith(day) and name.endswith((".db", ".part")) for name in names)


def make(connection: sqlite3.Connection, state: Path, now: datetime) -> Path:
    """Copy the store, check the copy, and only then give it its name. Raises NotSavedError."""
    folder = state / BACKUPS
    final = folder / now.astimezone(UTC).strftime(_FORM)
    part = final.with_name(f"{final.name}.{os.getpid()}.part")
    with refusing(final, saving=True):
        make_folder(folder)
        _sweep(folder, now)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as copy:
                copy.execute("pragma synchronous = off")  # synced as a whole, below
                connection.backup(copy)
                check(copy, part)
            handle = os.open(part, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            part.replace(final)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(folder)
    thin(state)
    return final


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise NotSavedError unless SQLite finds the file sound."""
    with refusing(path):
        said = connection.execute("pragma quick_check(1)").fetchone()[0]
    if said != "ok":
        raise NotSavedError(f"{path} is damaged ({said})")


def thin(state: Path) -> None:
    """Keep the newest backup of each of 7 days, 4 weeks and 12 months; remove the others."""
    backups = listed(state)
    kept = set(backups[-NEWEST:])
    for form, count in KEEP:
        last_of: dict[str, Path] = {}
        for path in backups:
            made = _made(path.name)
            if made is not None:
                last_of[made.strftime(form)] = path
        kept |= set(list(last_of.values())[-count:])
    for path in backups:
        if path not in kept:
            path.unlink(missing_ok=True)


def _made(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None


def _sweep(folder: Path, now: datetime) -> None:
    for path in folder.glob("*.part*"):
        with contextlib.suppress(OSError):
            if now.timestamp() - path.stat().st_mtime > ABANDONED:
                path.unlink()
