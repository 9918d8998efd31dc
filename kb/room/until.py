"""Until when a note holds: `18:00`, `tomorrow`, `fri`, `2026-12-01`, a day and a time."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from kb.errors import KbError
from kb.house import studio_day

_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)")
_FORMS = "say 18:00, tomorrow, fri or 2026-12-01"
_FARTHEST = timedelta(days=366)


def until(said: str, now: datetime, day_ends: time) -> datetime:
    """When that is, in the zone of the machine; nothing said: the end of the studio day.

    A day alone holds until it ends on the sheet. Raises KbError for what is past, or unknown.
    """
    today = studio_day(now, day_ends)
    words = said.casefold().replace(",", " ").split()
    clock = _time(words[-1]) if words else None
    if clock is not None:
        words.pop()
    day = _day(" ".join(words), today) if words else None
    if day is not None and day - today > _FARTHEST:
        raise KbError(f"{said} is more than a year away; that belongs in a page")
    if clock is None:
        at = datetime.combine((day or today) + timedelta(days=1), day_ends)
    else:
        at = datetime.combine(day or now.date(), clock)
        if day is None and at <= now.replace(tzinfo=None):
            at += timedelta(days=1)
    found = at.astimezone()
    if found <= now:
        raise KbError(f"{said} is past; {_FORMS}")
    return found


def _time(word: str) -> time | None:
    match = _CLOCK.fullmatch(word)
    if not match:
        return None
    if int(match[1]) > 23 or int(match[2]) > 59:
        raise KbError(f"{word} is no time of day; {_FORMS}")
    return time(int(match[1]), int(match[2]))


def _day(word: str, today: date) -> date:
    if word in ("today", "tonight"):
        return today
    if word == "tomorrow":
        return today + timedelta(days=1)
    if len(word) >= 2:
        for number, name in enumerate(_DAYS):
            if name.startswith(word):
                return today + timedelta(days=(number - today.weekday()) % 7)
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise KbError(f"{word!r} is no time kb knows; {_FORMS}") from None
