"""People as a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.records.people import Roster
from kb.views.terminal import Screen, table


def listed(screen: Screen, roster: Roster) -> Iterator[str]:
    """Those who are here."""
    here = roster.here
    if not here:
        yield 'nobody yet: kb people add HANDLE --name "…" --initials XX --role intern'
        return
    rows = [(person.initials, person.handle, person.role, person.name) for person in here]
    yield from table(screen, ("who", "handle", "role", "name"), rows)


def as_json(roster: Roster) -> list[dict[str, Any]]:
    """Everybody, those who have left too."""
    return [
        {
            "handle": person.handle,
            "initials": person.initials,
            "name": person.name,
            "role": person.role,
            "left": person.left,
        }
        for person in roster.people.values()
    ]
