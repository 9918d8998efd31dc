"""Stamps: that somebody held a section against the real gear, as a comment under its heading."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from kb.pages.model import Section, Stamp

if TYPE_CHECKING:  # what is due is told without the parser
    from kb.pages.headings import Part
    from kb.pages.outline import Outline

COMMENT = re.compile(r"<!--\s*verified:\s*(.*?)\s*-->", re.DOTALL)
_FORM = re.compile(r"(\d{4}-\d\d-\d\d)\s+([^\W_][\w.-]{0,30})\s+(\d+:[0-9a-f]{16})")
_DATED = re.compile(r"\d{4}-")


def text(day: date, by: str, section: Section) -> str:
    """The stamp of a section as it is now."""
    return f"<!-- verified: {day.isoformat()} {by} {section.fingerprint} -->"


def is_name(by: str) -> bool:
    """Whether a stamp can hold this name."""
    return _FORM.fullmatch(f"2026-01-01 {by} 1:{'0' * 16}") is not None


def worth(section: Section) -> bool:
    """Whether a section says anything to hold against the gear.

    No Quiz does. Nor does what lists faults: it changes with every one, and each has a date and a
    name of its own.
    """
    faults = any(table.kind == "fault" for table in section.tables)
    said = section.text.strip() or section.tables
    return section.kind != "quiz" and not faults and bool(said)


def read(part: Part, outline: Outline) -> Stamp | None:
    """The stamp of a section; what is no stamp, or stands elsewhere, is a problem.

    Of several the newest counts.
    """
    found: list[Stamp] = []
    directly = True
    for block in part.blocks:
        below = not part.level or block.line > part.heading_lines[1]
        if block.kind != "html":
            directly = directly and not below
            continue
        for match in COMMENT.finditer(block.content):
            line = block.line + block.content.count("\n", 0, match.start())
            if not outline.ours and not _DATED.match(match[1]):
                continue  # a comment of somebody else's
            if not (directly and below) or part.quiz:
                message = "verified stands directly under the heading of a section, not of a Quiz"
                outline.report(line, "stamp", message)
            elif (stamp := _stamp(match[1], line)) is None:
                message = f'"verified: {match[1]}" is no stamp; kb verify writes one'
                outline.report(line, "stamp", message)
            else:
                found.append(stamp)
    if len(found) > 1:
        message = "verified stands twice under one heading; keep the newer line"
        outline.report(found[1].line, "stamp", message)
    return max(found, default=None)


def _stamp(said: str, line: int) -> Stamp | None:
    match = _FORM.fullmatch(said)
    if match is None:
        return None
    try:
        return Stamp(date.fromisoformat(match[1]), match[2], match[3], line)
    except ValueError:
        return None
