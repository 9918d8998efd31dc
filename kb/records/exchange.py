"""Events from elsewhere: files of journal lines, taken in once however often they come."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kb.errors import KbError
from kb.records.event import Event
from kb.records.journal import BadLine, read_events
from kb.records.query import ROW, to_row
from kb.records.store import Records

BATCH = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `known` events were here already."""

    added: int
    known: int
    bad: tuple[BadLine, ...]


def import_file(records: Records, path: Path) -> Imported:
    """Take over the events of a file, batch by batch. A broken import can simply be repeated.

    Raises KbError for a file that holds lines, and not one event.
    """
    if not path.is_file():
        raise KbError(f"{path}: no such file")
    if records.exists:
        records.back_up()
    added = known = read = 0
    bad: list[BadLine] = []
    try:
        for batch in _batches(read_events(path)):
            events = [line for line in batch if isinstance(line, Event)]
            bad += [line for line in batch if isinstance(line, BadLine)]
            with records.alone() as connection:
                new, differing = unknown(connection, events)
                insert(connection, new)
            bad += [
                BadLine(path, 0, f"{id_}: other content than the one here") for id_ in differing
            ]
            added += len(new)
            known += len(events) - len(new) - len(differing)
            read += len(events)
            records.settle()
    except OSError as error:
        raise KbError(f"{path}: {error.strerror or error}") from error
    if bad and not read:
        told = f"not a record on any of its lines; line {bad[0].line}: {bad[0].why}"
        raise KbError(f"{path} is no export of kb: {told}")
    return Imported(added, known, tuple(bad))


def unknown(
    connection: sqlite3.Connection, events: Iterable[Event]
) -> tuple[list[Event], list[str]]:
    """The events that are not in the store, and the ids that are there with another hash."""
    first: dict[str, Event] = {}
    differing = []
    for event in events:
        if first.setdefault(event.id, event).sha256 != event.sha256:
            differing.append(event.id)
    marks = ", ".join("?" * len(first))
    here = dict(
        connection.execute(f"select id, sha256 from events where id in ({marks})", list(first))
    )
    differing += [id_ for id_, sha256 in here.items() if first[id_].sha256 != sha256]
    return [event for id_, event in first.items() if id_ not in here], differing


def insert(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Add whole events as they are. The caller has begun an immediate transaction."""
    rows: Iterator[dict[str, Any]] = (
        dict(zip(ROW, to_row(event), strict=True)) for event in events
    )
    Database(connection, execute_plugins=False).table("events").insert_all(rows)


def _batches(lines: Iterator[Event | BadLine]) -> Iterator[list[Event | BadLine]]:
    while batch := list(itertools.islice(lines, BATCH)):
        yield batch
