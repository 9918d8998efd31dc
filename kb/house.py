"""What docs/studio.toml says of the studio."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from kb.errors import KbError
from kb.settings import STUDIO, is_id, own_id

LADDER = ("intern", "assistant", "engineer")
BESIDE = ("chief", "tech")


@dataclass(frozen=True, slots=True)
class House:
    """A studio, as far as records and roles need it. `rooms` are letters and names."""

    id: str
    name: str
    day_ends: time = time(6)
    ladder: tuple[str, ...] = LADDER
    beside: tuple[str, ...] = BESIDE
    pass_mark: float = 0.8
    rooms: tuple[tuple[str, str], ...] = ()

    def room(self, letter: str) -> str:
        """What a room is called: `Studio A`."""
        names = {known.casefold(): name for known, name in self.rooms}
        return names.get(letter.casefold(), "") or f"room {letter.upper()}"


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
            rooms=tuple(_room(room) for room in said.get("rooms", ())),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise KbError(f"{docs.name}/{STUDIO}: {error}") from error


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


def _room(said: dict[str, object]) -> tuple[str, str]:
    return str(said.get("letter", "")), str(said.get("name", ""))
