"""What the readers of the blocks of one page share: its lines, and what they found on the way."""

from __future__ import annotations

from collections.abc import Mapping

from kb.pages import inline
from kb.pages.blocks import Block
from kb.pages.model import Link, Problem
from kb.terms.text import one_line

# Each row may stand for 512 members; a page of nothing but such rows would fill the memory.
MOST_PLACES = 100_000


class Outline:
    """One page while it is read. `damaged` means that its bytes could not all be decoded."""

    def __init__(self, page: str, path: str, problems: list[Problem], lines: list[str]) -> None:
        self.page = page
        self.path = path
        self.problems = problems
        self.lines = lines
        self.damaged = False
        self.ours = False
        self.labels: Mapping[str, str] = {}
        self.too_deep: list[Block] = []
        self.links: list[Link] = []
        self.anchors: list[str] = []
        self.questions: dict[str, int] = {}  # id -> line
        self.places_left = MOST_PLACES

    def report(self, line: int, code: str, message: str, warning: bool = False) -> None:
        """Note what is wrong with a line."""
        self.problems.append(Problem(self.path, line, 0, code, message, warning))

    def plain(self, content: str, line: int) -> str:
        """The content of a block without its marks; its links are kept, its lines too."""
        if not inline.MARKED.search(content) and len(content) <= inline.LONGEST:
            return content  # most cells; what follows costs five times as much
        if len(content) > inline.LONGEST:
            message = (
                f"paragraph of {len(content):,} characters, limit {inline.LONGEST:,}; "
                "shown as plain text"
            )
            self.report(line, "long-paragraph", message)

        def on_link(target: str, offset: int, image: bool) -> None:
            self.links.append(Link(target, line + offset, image))

        return inline.plain(content, self.labels, on_link)

    def one_line(self, content: str, line: int) -> str:
        """The content of a block without its marks, on one line."""
        return one_line(self.plain(content, line))

    def bare(self, content: str) -> str:
        """The same for content that has been counted already: its links are not kept again."""
        return one_line(inline.plain(content, self.labels))
