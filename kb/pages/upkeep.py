"""Whether a page says who looks after it, and whether somebody has of late."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from datetime import date

from kb.pages.across import Finding
from kb.pages.due import checked, dues, is_late
from kb.pages.front import is_ours
from kb.pages.model import Page, Problem
from kb.pages.studio_toml import StudioFile
from kb.terms.text import rooms_in


def upkeep(page: Page, today: date) -> Iterator[Finding]:
    """A page of ours with no owner, or past its verify date. Warnings: the text may be right."""
    yield from _stamps(page, today)
    if not is_ours(page.path, page.front):
        return
    front, lines = page.front, dict(page.front.lines)
    if not front.owner:
        yield _warning(page, lines.get("owner", 1), "owner", "no owner: who keeps this page right?")
    if front.verified and front.verified > today:
        message = f"verified on {front.verified}, which is to come"
        yield _warning(page, lines["verified"], "overdue", message)
    for due in dues(page):
        if due.whole and due.why == "never" and "verified" not in lines:
            message = "verify_every, but verified says of no day that it was checked"
            yield _warning(page, lines["verify_every"], "overdue", message)
        elif due.whole and due.why == "time" and is_late(due.due, due.why, today):
            message = f"fell due on {due.due}: look at the gear, then put today's date at verified"
            yield _warning(page, due.line, "overdue", message)


def _stamps(page: Page, today: date) -> Iterator[Finding]:
    """Stamps that hold no longer: the section says something else, or its time is up."""
    for section in page.sections:
        one = checked(page, section)
        if not one.stamped or section.stamp is None:
            continue
        line, again = section.stamp.line, f"look at the gear, then kb verify {section.address}"
        if one.day and one.day > today:
            yield _warning(page, line, "overdue", f"verified on {one.day}, which is to come")
        elif one.changed:
            message = f"changed since {one.by} verified it on {one.day}: {again}"
            yield _warning(page, line, "stamp", message)
        elif one.due and is_late(one.due.isoformat(), "time", today):
            yield _warning(page, line, "overdue", f"fell due on {one.due}: {again}")


def rooms_and_roles(page: Page, studio: StudioFile) -> Iterator[Finding]:
    """A room or a role of a page that studio.toml does not have."""
    lines = dict(page.front.lines)
    there = {room.casefold() for room in studio.rooms}
    for room in rooms_in(page.front.room):
        if there and room.casefold() not in there:
            message = f'room "{room}" is not in studio.toml; there: {", ".join(studio.rooms)}'
            yield _warning(page, lines["room"], "room", message)
    role = page.front.for_role
    if role and role.casefold() not in studio.roles:
        message = f"for: {_unknown(role, studio.roles)}"
        yield Finding(Problem(page.path, lines["for"], 0, "role", message))
    for section in page.sections:
        for item in section.items:
            if item.sign_off and item.sign_off not in studio.roles:
                message = f"sign-off: {_unknown(item.sign_off, studio.roles)}"
                yield Finding(Problem(page.path, item.line, 0, "role", message))


def _unknown(role: str, roles: Sequence[str]) -> str:
    near = difflib.get_close_matches(role.casefold(), roles, 1, 0.6)
    hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(roles)}"
    return f'no role "{role}"; {hint}'


def _warning(page: Page, line: int, code: str, message: str) -> Finding:
    return Finding(Problem(page.path, line, 0, code, message, True))
