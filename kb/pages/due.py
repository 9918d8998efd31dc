"""Until when a section, or a page, may be trusted without looking at the gear again.

The later word counts: `verified` of the front matter speaks for the page as a whole, a stamp for
its section, and only a stamp knows what the section said then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from kb.pages.model import Page, Section
from kb.pages.stamp import worth

Why = Literal["never", "changed", "time"]


class Checked(NamedTuple):
    """When a section was last held against the gear, by whom, until when that holds.

    `stamped` says that it has a stamp of its own; `changed`, that it says something else now.
    """

    day: date | None
    by: str
    due: date | None
    stamped: bool = False
    changed: bool = False


class Due(NamedTuple):
    """A section that is due some day or already; `whole` is what has no stamp of a page.

    `due` is the last day (ISO) on which it holds; empty where it never was looked at. What has
    `changed` since does not hold from the day it was looked at.
    """

    address: str
    title: str
    line: int
    due: str
    why: Why
    verified: str = ""
    by: str = ""
    whole: bool = False


def checked(page: Page, section: Section) -> Checked:
    """How a section stands."""
    front, stamp = page.front, section.stamp
    if stamp is not None and (front.verified is None or stamp.day >= front.verified):
        changed = stamp.fingerprint != section.fingerprint
        return Checked(stamp.day, stamp.by, _after(stamp.day, front.verify_days), True, changed)
    return Checked(front.verified, front.verified_by, _after(front.verified, front.verify_days))


def last_checked(page: Page) -> Checked:
    """How a page stands: as the section that was looked at longest ago."""
    found = [checked(page, section) for section in page.sections if worth(section)]
    front = page.front
    whole = Checked(front.verified, front.verified_by, _after(front.verified, front.verify_days))
    return min(found, key=lambda one: one.day or date.min, default=whole)


def dues(page: Page) -> Iterator[Due]:
    """What of a page has to be looked at again, and from when on; soon or late, as days pass."""
    said = [(section, checked(page, section)) for section in page.sections if worth(section)]
    for section, one in said:
        if section.stamp is None or not one.stamped or not (one.changed or one.due):
            continue
        yield Due(
            section.address,
            section.heading or page.title,
            section.stamp.line,
            _iso(one.day if one.changed else one.due),
            "changed" if one.changed else "time",
            _iso(one.day),
            one.by,
        )
    front = page.front
    if front.verify_days is None or (said and all(one.stamped for _, one in said)):
        return
    yield Due(
        page.address,
        page.title,
        dict(front.lines).get("verified", 1),
        _iso(_after(front.verified, front.verify_days)),
        "time" if front.verified else "never",
        _iso(front.verified),
        front.verified_by,
        whole=True,
    )


def is_late(due: str, why: str, today: date) -> bool:
    """Whether what is due then, for this reason, is late today."""
    return why in ("changed", "never") or (due != "" and due < today.isoformat())


def _after(day: date | None, days: int | None) -> date | None:
    if day is None or days is None:
        return None
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
