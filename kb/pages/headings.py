"""Headings: where a page is cut into sections, what each is called, which anchor it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from kb.pages import inline
from kb.pages.address import Anchors, Unique
from kb.pages.blocks import Block
from kb.pages.model import Front
from kb.pages.outline import Outline

# Compiled when a page first needs one: few do.
_ID = r"(?s:<!--\s*id:\s*(.*?)\s*-->)"
_ID_WORD = r"\w[\w.-]*"
_HTML_ANCHOR = r"""(?i:<[a-z][a-z0-9]*\s(?:[^<>]*?\s)?(?:id|name)\s*=\s*["']?([^"'\s<>]+))"""


# What a heading is to a Quiz: the one that opens it, a question, or one inside a question.
Role = Literal["", "quiz", "question", "inside"]


class Part:
    """A heading with the blocks under it, up to the next one.

    `level` is 0 for what stands before the first heading. The intro is the part that has the
    page's own address.
    """

    __slots__ = (
        "address", "anchor", "blocks", "end", "heading", "heading_lines", "intro", "level",
        "line", "pinned", "quiz",
    )  # fmt: skip

    def __init__(self, heading: str, level: int, line: int, end: int) -> None:
        self.heading = heading
        self.level = level
        self.line = line
        self.end = end
        self.blocks: list[Block] = []
        self.heading_lines = (line, end)
        self.anchor = ""
        self.address = ""
        self.pinned = False
        self.intro = False
        self.quiz: Role = ""


def parts(blocks: list[Block], front: Front, outline: Outline) -> list[Part]:
    """The page cut at its headings; the first part is the intro, which may be empty."""
    found = [Part("", 0, 0, 0)]
    for block in blocks:
        if block.kind == "heading":
            heading = outline.one_line(block.content, block.line)
            found.append(Part(heading, block.number, block.line, block.end))
        else:
            found[-1].blocks.append(block)
            found[-1].line = found[-1].line or block.line
            found[-1].end = block.end
    for part in found:
        while part.end > part.line and not outline.lines[part.end - 1].strip():
            part.end -= 1
    _name(found, outline)
    for line in outline.lines:
        if "<" in line and "=" in line:
            outline.anchors += re.findall(_HTML_ANCHOR, line)
    _check(found, front, outline)
    _mark_quizzes(found)
    return _with_intro(found)


def first(parts: list[Part]) -> str:
    """The text of the first heading of a page."""
    return next((part.heading for part in parts if part.level and part.heading), "")


def _with_intro(found: list[Part]) -> list[Part]:
    before, *rest = found
    shown = any(
        b.kind != "html" or inline.without_comments(b.content).strip() for b in before.blocks
    )
    if rest and not rest[0].quiz and (not shown or rest[0].level == 1):
        intro = rest[0]
        if before.blocks:
            intro.blocks = before.blocks + intro.blocks
            intro.line = before.line
        found = rest
    else:
        intro = before
        intro.line = max(1, intro.line)
        intro.end = max(1, intro.end)
    intro.intro = True
    return found


def _name(found: list[Part], outline: Outline) -> None:
    anchors = Anchors()
    taken: dict[str, int] = {}
    unique = Unique()
    for part in found:
        if part.level:
            part.anchor = anchors.give(part.heading)
            outline.anchors.append(part.anchor)
        for heading in _nested_headings(part.blocks):
            outline.anchors.append(anchors.give(outline.one_line(heading.content, heading.line)))
        pinned = _pin(part, outline)
        if not part.level:
            continue
        wanted = pinned or (part.anchor if part.anchor.strip("-0123456789") else "section")
        part.address = wanted
        part.pinned = bool(pinned)
        if wanted in taken:
            if pinned or wanted == part.anchor:
                message = f'id "{wanted}" already used at line {taken[wanted]}'
                outline.report(part.line, "duplicate-id", message)
            while part.address in taken:
                part.address = unique.give(wanted)
        taken[part.address] = part.line
        if pinned:
            outline.anchors.append(part.address)


def _pin(part: Part, outline: Outline) -> str:
    pinned = ""
    directly = True
    for block in part.blocks:
        if block.kind != "html":
            directly = False
            continue
        for match in re.finditer(_ID, block.content):
            line = block.line + block.content.count("\n", 0, match.start())
            if not directly or pinned or not part.level:
                outline.report(line, "id", "an id stands directly under its heading, one for each")
            elif not re.fullmatch(_ID_WORD, match[1]):
                message = f'id "{match[1]}": letters, digits, hyphens and dots only, no blanks'
                outline.report(line, "id", message)
            else:
                pinned = match[1]
    return pinned


def _nested_headings(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        for child in block.children:
            if child.kind == "heading":
                yield child
        yield from _nested_headings(block.children)


def _mark_quizzes(found: list[Part]) -> None:
    quiz = question = 0
    for part in found:
        if quiz and part.level > quiz:
            # The first heading below says at which level the questions of this quiz stand.
            question = question or part.level
            part.quiz = "question" if part.level <= question else "inside"
        else:
            is_quiz = part.heading.casefold().rstrip(":") == "quiz"
            part.quiz = "quiz" if is_quiz else ""
            quiz, question = (part.level, 0) if is_quiz else (0, 0)


def _check(found: list[Part], front: Front, outline: Outline) -> None:
    headed = [part for part in found if part.level]
    if not headed and not front.title and any(part.blocks for part in found):
        message = "no heading; the page is called by its file name"
        outline.report(1, "headings", message, warning=True)
    top = [part for part in headed if part.level == 1]
    # In pages that were not written for kb once is enough: it is a habit, not a slip.
    for part in top[1:] if outline.ours else top[1:2]:
        message = f"second heading of level 1 (the first is at line {top[0].heading_lines[0]})"
        outline.report(part.heading_lines[0], "headings", message, warning=True)
    jumps = [(a, b) for a, b in pairwise(headed) if b.level > a.level + 1]
    for above, part in jumps if outline.ours else jumps[:1]:
        message = f"heading of level {part.level} under one of level {above.level}"
        outline.report(part.heading_lines[0], "headings", message, warning=True)
