"""What is open in the fault book, in a file beside the store: a search must not open the store.

Opening the store costs a third of a search. So the events of everything that is open lie once more
in `open.json`, with the size, times and inode that the store had. A search takes that file when
these are still the store's, and else asks the store itself. Why it can never be shown a list that
is not the store's:

- Everybody who is about to commit takes the file away, holding the store's write lock. Everybody
  who puts it there holds the write lock too, and writes what the store says under that lock. So a
  file that is there was written after the last commit of any kb; what a kill leaves is no file, and
  the next search asks the store.
- Whoever keeps no such rule (a store brought back, copied over, or written by an older kb or by
  hand) changes the store's inode, size or times, and the file fits it no more.
- A file that is damaged does not fit the digest in its first line.

Each commit, a tick too, writes the file anew along with the journal, since each changes the store's
times; that costs a look into one index. No disk is waited for: what a power cut leaves of the file
does not fit its digest, or not the store.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.records.schema import BACKUPS, JOURNAL
from kb.records.schema import FILE as STORE

if TYPE_CHECKING:
    from kb.records.event import Event

# Events that stay open until one of the other kind names them as its target. Of a note for today
# the target is the time it ends by itself.
OPENS = ("fault", "day-note")
CLOSES = ("fault-clear", "day-note-clear")
WRITTEN = "fault-written"
KINDS = (*OPENS, *CLOSES, WRITTEN)
# So long after a fault was written into its page the page alone tells of it: by then everybody has
# that page.
SETTLED = timedelta(days=90)
HIGHEST_NUMBER = 100_000  # a number above it is no number of ours

FILE = "open.json"
_VERSION = 1


def read(folder: Path, state: Path) -> list[dict[str, Any]] | None:
    """The events of what is open, each as `plain` makes it; None where only the store can tell.

    `state` is the folder of the journal: where there is neither that nor a store, nothing is open.
    """
    try:
        digest, _, text = (folder / FILE).read_bytes().partition(b"\n")
        if hashlib.sha256(text).hexdigest().encode() == digest:
            said = json.loads(text)
            if said["version"] == _VERSION and said["store"] == _stamp(folder):
                events: list[dict[str, Any]] = said["events"]
                return events
    except (OSError, ValueError, KeyError, TypeError):
        pass
    traces = (folder / STORE, state / JOURNAL, state / BACKUPS)
    return None if any(map(os.path.lexists, traces)) else []


def plain(event: Event) -> dict[str, Any]:
    """The part of an event that says what is open."""
    return {
        "id": event.id,
        "kind": event.kind,
        "actor": event.actor,
        "at": event.at.isoformat(),
        "target": event.target,
        "body": dict(event.body),
    }


def fits(folder: Path) -> bool:
    """Whether the list that is there is the store's."""
    return read(folder, folder) is not None


def write(folder: Path, events: Iterable[Event]) -> None:
    """Put the list there. The caller holds the store's write lock. Raises OSError."""
    said = {"version": _VERSION, "store": _stamp(folder), "events": list(map(plain, events))}
    text = json.dumps(said, separators=(",", ":")).encode()
    part = folder / f"{FILE}.part"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
    part.replace(folder / FILE)


def drop(folder: Path) -> None:
    """Take the list away: the store is about to change. The caller holds its write lock."""
    # Windows keeps a file that somebody is just reading; the store's times tell it apart then.
    with contextlib.suppress(OSError):
        (folder / FILE).unlink()


def _stamp(folder: Path) -> list[int]:
    """What changes with the store. Its file is never opened here: to close it would give up the
    locks that SQLite holds on it.
    """
    info = (folder / STORE).stat()
    return [info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns]
