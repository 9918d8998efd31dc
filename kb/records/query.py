"""The questions asked of the events, each answered in SQL from an index."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kb.records.connection import DamagedError, refusing
from kb.records.event import (
    COLUMNS,
    BadEventError,
    Done,
    Event,
    Said,
    at_text,
    compact,
    from_values,
    to_values,
)
from kb.records.openlist import CLOSES, HIGHEST_NUMBER, OPENS, SETTLED, WRITTEN

_SELECT = f"select {', '.join(COLUMNS)} from events where "
ROW = (*COLUMNS, "run")
INSERT = f"insert into events ({', '.join(ROW)}) values ({', '.join('?' * len(ROW))})"


class Queries:
    """What can be read from a store. Plain sqlite3: sqlite-utils takes eight times a bare
    interpreter to import, and a tick has three and a half times a bare command for all it does.
    """

    path: Path
    _connection: sqlite3.Connection

    def find(
        self,
        *kinds: str,
        actor: str | None = None,
        subject: str | None = None,
        target: str | None = None,
    ) -> list[Event]:
        """All events of these kinds, in order."""
        where, values = _is_in("kind", kinds)
        more, others = _also(actor=actor, subject=subject, target=target)
        return list(self.select(f"{where}{more} order by lamport, id", [*values, *others]))

    def in_runs(self, first: str, last: str, subject: str | None = None) -> list[Event]:
        """All events of the runs whose names lie from `first` up to `last`, in order."""
        where, values = "run <> '' and run >= ? and run <= ?", [first, last]
        if subject is not None:
            where += " and subject = ?"
            values.append(subject)
        return list(self.select(where + " order by lamport, id", values))

    def done(self, *, actor: str | None = None) -> list[Done]:
        """Who has ticked which items at which wording; ticks taken back are left out."""
        whose, values = _also(actor=actor)
        sql = (
            "select actor, subject, group_concat(fingerprint, ' '), max(at) from"
            " (select actor, subject, fingerprint, max(at) as at"
            " from events indexed by events_ticked"
            f" where kind = 'tick'{whose} and fingerprint <> ''"
            " and id not in (select target from events where kind = 'untick')"
            " group by actor, subject, fingerprint) group by actor, subject"
        )
        with refusing(self.path):
            return list(map(Done._make, self._connection.execute(sql, values)))

    def run_counts(self, *, actor: str | None = None) -> dict[tuple[str, str], int]:
        """In how many runs of each checklist each person has something ticked."""
        whose, values = _also(actor=actor)
        sql = (
            "select actor, subject, count(distinct run) from events indexed by events_ticked"
            f" where kind = 'tick'{whose}"
            " and id not in (select target from events where kind = 'untick')"
            " group by actor, subject"
        )
        with refusing(self.path):
            rows = self._connection.execute(sql, values)
            return {(who, what): count for who, what, count in rows}

    def answers(self, *, actor: str | None = None) -> list[Said]:
        """What was answered, and the disputes of it, in order."""
        whose, values = _also(actor=actor)
        sql = (
            "select id, kind, actor, subject, target, fingerprint, at, body from events"
            f" where kind in ('answer', 'dispute'){whose} order by lamport, id"
        )
        with refusing(self.path):
            return list(map(Said._make, self._connection.execute(sql, values)))

    def still_open(self, now: datetime) -> list[Event]:
        """What is open in the fault book, in order, each with what was said of it since.

        Notes that ended a day ago or longer are left out, and faults whose page has told of them
        for SETTLED.
        """
        opens, values = _is_in("kind", OPENS)
        closes, others = _is_in("kind", CLOSES)
        where = (
            f"{opens} and (kind = ? or target > ?)"
            f" and id not in (select target from events where {closes})"
            " and id not in (select target from events where kind = ? and at < ?)"
        )
        values += [OPENS[0], at_text(now - timedelta(days=1)), *others]
        values += [WRITTEN, at_text(now - SETTLED)]
        found = list(self.select(where, values))
        ids = {event.id for event in found}
        found += [event for event in self.find(WRITTEN) if event.target in ids]
        return sorted(found, key=lambda event: event.order)

    def last_number(self) -> int:
        """The highest number that an entry of the fault book has."""
        where, values = _is_in("kind", OPENS)
        number = "json_extract(body, '$.number')"
        sql = (
            f"select coalesce(max({number}), 0) from events where {where}"
            f" and json_type(body, '$.number') = 'integer' and {number} < ?"
        )
        with refusing(self.path):
            found = self._connection.execute(sql, [*values, HIGHEST_NUMBER]).fetchone()
        return int(found[0])

    def count(self) -> int:
        """How many events there are."""
        with refusing(self.path):
            return int(self._connection.execute("select count(*) from events").fetchone()[0])

    def everything(self) -> Iterator[Event]:
        """All events, in order."""
        return self.select("1 order by lamport, id", [])

    def rows(self) -> Iterator[Sequence[Any]]:
        """Every row as it lies in the file, unchecked: for looking at damage."""
        with refusing(self.path):
            yield from self._connection.execute(f"select {', '.join(ROW)} from events")

    def pragma(self, name: str) -> list[str]:
        """What SQLite says to a pragma that asks."""
        with refusing(self.path):
            return [str(said) for (said,) in self._connection.execute(f"pragma {name}")]

    def select(self, where: str, values: Sequence[object]) -> Iterator[Event]:
        """The events a condition of ours selects, each checked against its hash as it is read."""
        with refusing(self.path):
            for plain in self._connection.execute(_SELECT + where, values):
                yield from_row(plain, self.path)


def to_row(event: Event) -> tuple[object, ...]:
    """The values of an event in the order of INSERT."""
    plain = to_values(event)
    plain["body"] = compact(plain["body"])
    plain["run"] = event.run
    return tuple(plain[name] for name in ROW)


def from_row(plain: Sequence[Any], path: Path) -> Event:
    """The event in a row of the store. Raises DamagedError where it is not as it was written."""
    values = dict(zip(COLUMNS, plain, strict=True))
    try:
        values["body"] = json.loads(values["body"])
        return from_values(values)
    except (BadEventError, ValueError, TypeError, RecursionError) as error:
        said = str(error) if isinstance(error, BadEventError) else "its body cannot be read"
        raise DamagedError(
            f"{path} is damaged: record {values['id']}: {said}. Restore: kb restore"
        ) from error


def _is_in(name: str, values: Sequence[str]) -> tuple[str, list[object]]:
    return f"{name} in ({', '.join('?' * len(values))})", list(values)


def _also(**wanted: str | None) -> tuple[str, list[object]]:
    """Conditions for those columns that were given a value."""
    given = {name: value for name, value in wanted.items() if value is not None}
    return "".join(f" and {name} = ?" for name in given), list(given.values())
