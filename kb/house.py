"""What docs/studio.toml says of the studio."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from kb.errors import KbError
from kb.settings import STUDIO, is_id, own_id

LADDER = ("intern", "assistant", "engineer")
BESIDE = ("chief", "tech")


@dataclass(frozen=True, slots=True)
class Room:
    """A room by its letter; `brief` are the addresses on a visitor's sheet, in order."""

    letter: str
    name: str
    brief: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """Who to ring for what."""

    reason: str
    who: str
    ring: str


@dataclass(frozen=True, slots=True)
class House:
    """A studio: its records and roles, its rooms and whom to call, in the order written."""

    id: str
    name: str
    day_ends: time = time(6)
    ladder: tuple[str, ...] = LADDER
    beside: tuple[str, ...] = BESIDE
    pass_mark: float = 0.8
    rooms: tuple[Room, ...] = ()
    call: tuple[Call, ...] = ()

    def room(self, letter: str) -> str:
        """What a room is called: `Studio A`."""
        names = {room.letter.casefold(): room.name for room in self.rooms}
        return names.get(letter.casefold(), f"room {letter.upper()}")


def read_house(docs: Path) -> House:
    """The studio of these docs. Raises KbError for a file that cannot be used.

    Without `id` the records go by the folder's own place: two studios never share a store.
    """
    try:
        said = tomllib.loads((docs / STUDIO).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return House(own_id(docs), docs.parent.name)
    except (OSError, ValueError) as error:
        raise KbError(f"{docs.name}/{STUDIO}: {error}") from error
    roles = said.get("roles", {})
    id_ = said.get("id", own_id(docs))
    if not is_id(id_):
        raise KbError(f"{docs.name}/{STUDIO}: id may have small letters, digits and hyphens")
    try:
        return House(
            id=id_,
            name=str(said.get("name", docs.parent.name)),
            day_ends=time.fromisoformat(said.get("day_ends", "06:00")),
            ladder=_roles(roles.get("ladder", LADDER)),
            beside=_roles(roles.get("beside", BESIDE)),
            pass_mark=_share(said.get("pass", "80%")),
            rooms=tuple(_rooms(said)),
            call=tuple(_calls(said)),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise KbError(f"{docs.name}/{STUDIO}: {error}") from error


def studio_day(now: datetime, day_ends: time) -> date:
    """The day on the sheet: a session that ends at 03:20 is still last night. `now` is local."""
    day = now.date()
    return day if now.time() >= day_ends else day - timedelta(days=1)


def _share(said: object) -> float:
    text = str(said).strip()
    share = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    if not 0 < share <= 1:
        raise ValueError(f'pass = "{text}": from 1% to 100%')
    return share


def _roles(said: object) -> tuple[str, ...]:
    if not isinstance(said, list | tuple) or not all(isinstance(role, str) for role in said):
        raise ValueError("roles are lists of names")
    return tuple(said)


def _tables(said: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The tables of this name; what is none, `kb check` tells of, and nothing else stops for it."""
    tables = said.get(name)
    return [one for one in tables if isinstance(one, dict)] if isinstance(tables, list) else []


def _rooms(said: Mapping[str, Any]) -> Iterator[Room]:
    for table in _tables(said, "rooms"):
        if letter := str(table.get("letter", "")).strip():
            listed = table.get("brief")
            pages = map(str, listed) if isinstance(listed, list) else ()
            yield Room(letter, str(table.get("name") or f"Room {letter}"), tuple(pages))


def _calls(said: Mapping[str, Any]) -> Iterator[Call]:
    for table in _tables(said, "call"):
        yield Call(*(str(table.get(key, "")) for key in ("for", "who", "ring")))
