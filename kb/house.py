"""What docs/studio.toml says of the studio, and where its records live."""

from __future__ import annotations

import hashlib
import os
import sys
import tomllib
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from kb.errors import KbError

LADDER = ("intern", "assistant", "engineer")
BESIDE = ("chief", "tech")

_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class House:
    """A studio, as far as records and roles need it."""

    id: str
    name: str
    day_ends: time = time(6)
    ladder: tuple[str, ...] = LADDER
    beside: tuple[str, ...] = BESIDE
    pass_mark: float = 0.8


def read_house(docs: Path) -> House:
    """The studio of these docs. Raises KbError for a file that cannot be used.

    Without `id` the records go by the folder's own place: two studios never share a store.
    """
    path = docs / "studio.toml"
    own = f"{_plain(docs.parent.name)}-{hashlib.sha256(os.fsencode(docs)).hexdigest()[:8]}"
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return House(own, docs.parent.name)
    except (OSError, ValueError) as error:
        raise KbError(f"{docs.name}/studio.toml: {error}") from error
    roles = said.get("roles", {})
    id_ = said.get("id", own)
    if not isinstance(id_, str) or _plain(id_) != id_:
        raise KbError(f"{docs.name}/studio.toml: id may have small letters, digits and hyphens")
    try:
        return House(
            id=id_,
            name=str(said.get("name", docs.parent.name)),
            day_ends=time.fromisoformat(said.get("day_ends", "06:00")),
            ladder=_roles(roles.get("ladder", LADDER)),
            beside=_roles(roles.get("beside", BESIDE)),
            pass_mark=_share(said.get("pass", "80%")),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise KbError(f"{docs.name}/studio.toml: {error}") from error


def find_records(given: str | None, house: House) -> tuple[Path, Path]:
    """The folder of the store and, elsewhere, that of its journal and backups.

    The one given, else KB_RECORDS, else the user's data folder.
    """
    said = given or os.environ.get("KB_RECORDS")
    if not said:
        return user_data() / house.id, user_state() / house.id
    folder = Path(said).expanduser().absolute()
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]
    return folder / house.id, user_state() / f"{house.id}-{mark}"


def user_data() -> Path:
    """Where kb keeps the user's records."""
    return _user("XDG_DATA_HOME", ".local/share", "Library/Application Support/kb", "records")


def user_state() -> Path:
    """Where kb keeps journals and backups: never the folder of the records."""
    return _user(
        "XDG_STATE_HOME", ".local/state", "Library/Application Support/kb-journal", "state"
    )


def _user(variable: str, below_home: str, on_mac: str, on_windows: str) -> Path:
    try:
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
            return Path(local) / "kb" / on_windows
        if sys.platform == "darwin":
            return Path.home() / on_mac
        said = os.environ.get(variable, "")
        return (Path(said) if said.startswith("/") else Path.home() / below_home) / "kb"
    except RuntimeError as error:
        raise KbError(
            "no home folder; say where the records go: XDG_DATA_HOME, XDG_STATE_HOME"
        ) from error


def _plain(name: str) -> str:
    return "".join(c if c in _ID_CHARACTERS else "-" for c in name.casefold())[:40] or "studio"


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
