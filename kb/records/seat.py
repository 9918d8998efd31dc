"""Who sits at this machine: said once, forgotten after four idle hours. No event, no record."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from kb.records.connection import told
from kb.records.journal import make_folder

FILE = "me.json"
IDLE = timedelta(hours=4)


def sit(state: Path, handle: str, now: datetime) -> None:
    """Note who works here from now on. Raises NotSavedError."""
    path = state / FILE
    with told(path, saving=True):
        make_folder(state)
        part = path.with_suffix(".part")
        part.write_text(
            json.dumps({"handle": handle, "at": now.isoformat()}) + "\n", encoding="utf-8"
        )
        part.chmod(0o600)
        part.replace(path)


def sitting(state: Path, now: datetime) -> str | None:
    """Who works here, unless they have been idle too long."""
    try:
        said = json.loads((state / FILE).read_text(encoding="utf-8"))
        handle, at = said["handle"], datetime.fromisoformat(said["at"])
        # A time in the future is a clock put right since: nobody knows how long ago that was.
        if isinstance(handle, str) and timedelta(minutes=-5) <= now - at < IDLE:
            return handle
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def leave_seat(state: Path) -> None:
    """Forget who works here."""
    with told(state / FILE, saving=True):
        (state / FILE).unlink(missing_ok=True)
