"""Who sits at this machine, and what each was last told of changes. No events, no record."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from kb.records.connection import refusing
from kb.records.journal import make_folder

FILE = "me.json"
CHANGES = "changes.json"
IDLE = timedelta(hours=4)
_JUST = timedelta(minutes=5)


class Asked(NamedTuple):
    """When somebody last asked what changed: at which commit, and since which they were told.

    `seen` are the files that were not committed, by path, each with a name for what it held.
    """

    at: datetime
    commit: str
    since: str
    seen: dict[str, str]


def sit(state: Path, handle: str, now: datetime) -> None:
    """Note who says that they work here from now on. Raises NotSavedError."""
    _keep(state, FILE, {"handle": handle, "said": now.isoformat(), "at": now.isoformat()})


def keep_warm(state: Path, now: datetime) -> None:
    """Note that whoever works here has just done something. Raises NotSavedError."""
    _keep(state, FILE, {**_kept(state, FILE), "at": now.isoformat()})


def sitting(state: Path, now: datetime) -> str | None:
    """Who works here, unless they have been idle too long."""
    return _since(state, "at", now, IDLE)


def just_sat(state: Path, now: datetime) -> str | None:
    """Who has said within the last minutes that they work here."""
    return _since(state, "said", now, _JUST)


def asked(state: Path, who: str) -> Asked | None:
    """When this person (empty: nobody in particular) last asked what changed, if ever."""
    try:
        at, commit, since, seen = _kept(state, CHANGES)[who]
        return Asked(datetime.fromisoformat(at), str(commit), str(since), dict(seen))
    except (ValueError, KeyError, TypeError):
        return None


def note_asked(state: Path, who: str, now: Asked) -> None:
    """Note that somebody was told what changed. Raises NotSavedError."""
    row = [now.at.isoformat(), now.commit, now.since, now.seen]
    _keep(state, CHANGES, {**_kept(state, CHANGES), who: row})


def _since(state: Path, key: str, now: datetime, longest: timedelta) -> str | None:
    said = _kept(state, FILE)
    try:
        handle, at = said["handle"], datetime.fromisoformat(said[key])
        # A time in the future is a clock put right since: nobody knows how long ago that was.
        if isinstance(handle, str) and timedelta(minutes=-5) <= now - at < longest:
            return handle
    except (ValueError, KeyError, TypeError):
        pass
    return None


def _keep(state: Path, name: str, value: dict[str, Any]) -> None:
    path = state / name
    with refusing(path, saving=True):
        make_folder(state)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(value) + "\n", encoding="utf-8")
        part.chmod(0o600)
        part.replace(path)


def _kept(state: Path, name: str) -> dict[str, Any]:
    try:
        said = json.loads((state / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
