"""Whether the records are sound, and whether they could be brought back: tried, not assumed."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import NotSavedError
from kb.records import backup, ground
from kb.records.event import COLUMNS, BadEventError, Event
from kb.records.journal import Journal, make_folder, read_events
from kb.records.query import from_row
from kb.records.restore import rebuild, sound
from kb.records.store import Records


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what was found; `good` is None for advice."""

    what: str
    good: bool | None
    said: str


def examine(records: Records) -> Iterator[Finding]:
    """Look at everything about a store that could be opened."""
    ids, shas, broken = _read_all(records)
    yield _integrity(records)
    if broken:
        yield Finding("records", False, f"{len(broken)} of {len(ids)} damaged: {broken[0]}")
    else:
        yield Finding("records", True, f"{len(ids)}, every one as it was written")
    yield from _journal(records.journal.path, shas)
    yield from _backups(records.state)
    yield _trial(records.state, shas)
    yield from advice(records.folder, records.path)


def examine_lost(folder: Path, state: Path, error: NotSavedError) -> Iterator[Finding]:
    """What is left where the store cannot be opened."""
    yield Finding("store", False, str(error))
    yield from _backups(state)
    yield _trial(state, {})
    yield from advice(folder, folder)


def advice(folder: Path, path: Path) -> Iterator[Finding]:
    """What speaks against the place, and who else may look in."""
    for warning in ground.warnings(folder):
        yield Finding("place", None, warning)
    if os.name != "nt":
        for look in {folder, path}:
            if look.exists() and look.stat().st_mode & 0o077:
                yield Finding(
                    "rights", None, f"{look} can be read by other users: chmod go= {look}"
                )


def _integrity(records: Records) -> Finding:
    try:
        rows = records.pragma("integrity_check")
    except NotSavedError as error:
        return Finding("store", False, str(error))
    return Finding("store", rows == ["ok"], "sound" if rows == ["ok"] else "; ".join(rows[:3]))


def _read_all(records: Records) -> tuple[set[str], dict[str, str], list[str]]:
    ids: set[str] = set()
    shas: dict[str, str] = {}
    broken = []
    try:
        for plain in records.rows():
            ids.add(plain[0])
            try:
                event = from_row(plain[: len(COLUMNS)], records.path)
                if event.run != plain[-1]:
                    raise BadEventError(f"record {event.id}: filed under another run")
                shas[event.id] = event.sha256
            except (NotSavedError, BadEventError) as error:
                broken.append(str(error))
    except NotSavedError as error:
        broken.append(str(error))
    return ids, shas, broken


def _journal(path: Path, shas: dict[str, str]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    try:
        for line in read_events(path):
            if isinstance(line, Event):
                seen[line.id] = line.sha256
            else:
                yield Finding("journal", False, str(line))
    except FileNotFoundError:
        yield Finding("journal", not shas, f"{path} is missing: kb restore writes it anew")
        return
    except OSError as error:
        yield Finding("journal", False, f"{path}: {error.strerror}")
        return
    lacking = len(shas.keys() - seen.keys())
    ahead = len(seen.keys() - shas.keys())
    other = sum(1 for id_, sha in seen.items() if shas.get(id_, sha) != sha)
    if lacking or ahead or other:
        said = f"lacks {lacking}, has {ahead} more, {other} differ: kb restore puts both right"
        yield Finding("journal", False, said)
    else:
        yield Finding("journal", True, f"{len(seen)}, the same as in the store")


def _backups(state: Path) -> Iterator[Finding]:
    backups = backup.listed(state)
    if not backups:
        yield Finding("backups", None, "none yet")
        return
    count = sound(backups[-1])
    if count is None:
        yield Finding("backups", False, f"the newest is damaged: {backups[-1]}")
    else:
        yield Finding("backups", True, f"{len(backups)}, the newest sound with {count} records")


def _trial(state: Path, shas: dict[str, str]) -> Finding:
    """Restore into a folder of its own and count."""
    what = "trial restore"
    if not Journal(state).tail().size and not backup.listed(state):
        return Finding(what, None if not shas else False, "nothing to restore from")
    try:
        make_folder(state)
        with tempfile.TemporaryDirectory(prefix="trial-", dir=state) as folder:
            built = rebuild(Path(folder) / "records.db", state)
            found = _hashes(Path(folder) / "records.db")
    except (NotSavedError, OSError, sqlite3.Error) as error:
        return Finding(what, False, str(error))
    if not shas:
        return Finding(what, True, f"{built.total} records would come back")
    back = sum(1 for id_, sha in shas.items() if found.get(id_) == sha)
    return Finding(what, back == len(shas), f"{back} of {len(shas)} records come back")


def _hashes(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute("select id, sha256 from events"))
    finally:
        connection.close()
