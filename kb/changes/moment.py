"""What somebody means by since when: a day, some days, or a name that git knows."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from kb.errors import KbError

_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_AGO = re.compile(r"(\d{1,3})\s?(d|days?|w|weeks?)", re.IGNORECASE)
_WORDS = {"today": 0, "yesterday": 1}


def day(said: str, today: date) -> date | None:
    """The day that `2026-11-01`, `3d`, `2w`, `yesterday` or `today` means; None for a name.

    Raises KbError for a day that there is not, or that is to come.
    """
    said = said.strip()
    if said.casefold() in _WORDS:
        return today - timedelta(days=_WORDS[said.casefold()])
    if ago := _AGO.fullmatch(said):
        return today - timedelta(days=int(ago[1]) * (7 if ago[2][0] in "wW" else 1))
    if not _DAY.fullmatch(said):
        return None
    try:
        found = date(*map(int, said.split("-")))
    except ValueError as error:
        raise KbError(f"{said} is no day: say 2026-11-01, yesterday or 3d") from error
    if found > today:
        raise KbError(f"{said} is still to come")
    return found


def begins(of: date) -> datetime:
    """The moment at which a day begins here."""
    return datetime.combine(of, time()).astimezone()
