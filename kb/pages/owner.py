"""Whether a page says who looks after it, and whether somebody has of late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kb.pages.across import Finding, finding, warning
from kb.pages.due import checked, dues, is_late
from kb.pages.front import is_ours
from kb.pages.model import Page
from kb.pages.named import meant
from kb.pages.studio_toml import StudioFile
from kb.terms.text import rooms_in


def upkeep(page: Page, today: date) -> Iterator[Finding]:
    """A page of ours with no owner, or past its verify date. Warnings: the text may be right."""
    yield from _stamps(page, today)
    if not is_ours(page.path, page.front):
        return
    front, lines = page.front, dict(page.front.lines)
    unread = not lines and any(problem.code == "front-matter" for problem in page.problems)
    if not front.owner and not unread:
        message = "nobody is named: who keeps this page right?"
        yield warning(page, lines.get("owner", 1), "owner", message)
    if front.verified and front.verified > today:
        message = f"verified on {front.verified}, which is to come"
        yield warning(page, lines["verified"], "overdue", message)
    for due in dues(page):
        if due.whole and due.why == "never" and "verified" not in lines:
            message = "verify_every, but verified says of no day that it was checked"
            yield warning(page, lines["verify_every"], "overdue", message)
        elif due.whole and due.why == "time" and is_late(due.due, due.why, today):
            message = f"fell due on {due.due}: look at the gear, then put today's date at verified"
            yield warning(page, due.line, "overdue", message)


def _stamps(page: Page, today: date) -> Iterator[Finding]:
    """Stamps that hold no longer: the section says something else, or its time is up."""
    for section in page.sections:
        one = checked(page, section)
        if not one.stamped or section.stamp is None:
            continue
        line, again = section.stamp.line, f"look at the gear, then kb verify {section.address}"
        if one.day and one.day > today:
            yield warning(page, line, "overdue", f"verified on {one.day}, which is to come")
        elif one.changed:
            message = f"changed since {one.by} verified it on {one.day}: {again}"
            yield warning(page, line, "stamp", message)
        elif one.due and is_late(one.due.isoformat(), "time", today):
            yield warning(page, line, "overdue", f"fell due on {one.due}: {again}")


def rooms_and_roles(page: Page, studio: StudioFile) -> Iterator[Finding]:
    """A room or a role of a page that studio.toml does not have."""
    lines = dict(page.front.lines)
    there = {room.casefold() for room in studio.rooms}
    for room in rooms_in(page.front.room):
        if there and room.casefold() not in there:
            message = f'room "{room}" is not in studio.toml; there: {", ".join(studio.rooms)}'
            yield warning(page, lines["room"], "room", message)
    role = page.front.for_role
    if role and role.casefold() not in studio.roles:
        message = f"for: {_unknown(role, studio.roles)}"
        yield finding(page, lines["for"], "role", message)
    for section in page.sections:
        for item in section.items:
            if item.sign_off and item.sign_off not in studio.roles:
                message = f"sign-off: {_unknown(item.sign_off, studio.roles)}"
                yield finding(page, item.line, "role", message)


def _unknown(role: str, roles: Sequence[str]) -> str:
    return f'no role "{role}"; {meant(role, roles)}'
