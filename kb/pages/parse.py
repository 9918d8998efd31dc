"""Bytes of one Markdown file to a Page: the same for the same bytes, whatever the bytes are."""

from __future__ import annotations

from kb.pages import address, blocks, front, headings
from kb.pages.decode import decode
from kb.pages.model import Page, Problem
from kb.pages.outline import Outline
from kb.pages.sections import sections

MOST_PROBLEMS = 1_000


def parse(path: str, data: bytes) -> Page:
    """The page in a file whose path below the docs folder is `path`. Never raises.

    Addresses are told in address.py. Every block that is meant for kb and cannot be read is a
    Problem with its line; the rest of the page is read all the same.
    """
    text, problems = decode(path, data)
    damaged = bool(problems)
    matter, body, front_problems = front.split(path, text)
    problems += front_problems
    outline = Outline(address.of_page(path), path, problems, body.split("\n"))
    outline.damaged = damaged
    outline.ours = front.is_ours(path, matter)
    parsed = blocks.parse(body)
    outline.labels = parsed.labels
    outline.too_deep = parsed.too_deep
    for block in parsed.too_deep:
        outline.report(block.line, "too-deep", "nested deeper than 20; read as plain text only")
    if not body.strip():
        outline.report(0, "no-text", "no text", warning=True)
    parts = headings.parts(parsed.blocks, matter, outline)
    title = matter.title or headings.first(parts) or outline.page.rsplit("/", 1)[-1]
    found = sections(parts, title, outline)
    return Page(
        address=outline.page,
        path=path,
        title=title,
        front=matter,
        sections=found,
        links=tuple(sorted(outline.links, key=lambda link: link.line)),
        anchors=tuple(outline.anchors),
        problems=_named(path, outline.problems),
    )


def _named(path: str, problems: list[Problem]) -> tuple[Problem, ...]:
    """The problems in order of line; a page with thousands has one cause, not thousands."""
    found = sorted(set(problems))
    if len(found) > MOST_PROBLEMS:
        more = f"{len(found) - MOST_PROBLEMS:,} more problems in this page"
        found[MOST_PROBLEMS:] = [Problem(path, found[MOST_PROBLEMS].line, 0, "many-problems", more)]
    return tuple(found)
