"""Checklists: task items outside Quiz, with their marks; and the steps of numbered lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.pages import address, tasks
from kb.pages.blocks import Block
from kb.pages.fingerprint import fingerprint
from kb.pages.headings import Part
from kb.pages.model import Item
from kb.pages.outline import Outline

_MARK = r"(?i:\(\s*(?:(?P<stop>!)|sign[- ]?off(?:\s+(?P<role>[^()]+?))?)\s*\))"


def items(part: Part, unique: address.Unique, outline: Outline) -> tuple[Item, ...]:
    """The task items of a section, nested ones after the one they belong to."""
    reader = _Reader(part, unique, outline)
    reader.walk(part.blocks, "", [0])
    return tuple(reader.found)


def steps(part: Part, outline: Outline) -> tuple[str, ...]:
    """The steps of a section's numbered list: the first one, and what goes on with its numbers."""
    found: list[str] = []
    for block in part.blocks:
        if block.kind != "numbers" or tasks.has_tasks(block):
            continue
        if found and block.number != len(found) + 1:
            break
        for item in block.children:
            found.append(outline.bare(tasks.first_paragraph(item)))
    return tuple(found)


class _Reader:
    def __init__(self, part: Part, unique: address.Unique, outline: Outline) -> None:
        self.before = address.below(part.address)
        self.unique = unique
        self.outline = outline
        self.found: list[Item] = []

    def walk(self, blocks: Sequence[Block], above: str, count: list[int]) -> None:
        """Read the tasks among these blocks; `count` is how many there were below `above`."""
        for block in blocks:
            if block.kind == "quote":
                self.walk(block.children, above, count)
            elif block.kind in ("bullets", "numbers"):
                for item in block.children:
                    self._item(item, above, count)

    def _item(self, item: Block, above: str, count: list[int]) -> None:
        box = tasks.box(item)
        if box is None:
            if self.outline.ours and tasks.nearly(item):
                message = "not a task item: write `- [ ] text`, with blanks as here"
                self.outline.report(item.line, "task", message)
            self.walk(item.children, above, count)
            return
        count[0] += 1
        number = f"{above}.{count[0]}" if above else str(count[0])
        if box == "x":
            message = "[x] in a checklist: who has done it is recorded, not written in the page"
            self.outline.report(item.line, "ticked", message, warning=not self.outline.ours)
        text, critical, sign_off = self._marks(self.outline.bare(tasks.content(item)), item)
        notes = list(tasks.plain_texts(_notes(item.children[1:]), self.outline))
        text = "\n".join([text, *notes])
        name = self.unique.give(address.part(text.partition("\n")[0]) or f"step-{number}")
        self.found.append(
            Item(
                address=self.before + name,
                line=item.line,
                number=number,
                text=text,
                critical=critical,
                sign_off=sign_off,
                fingerprint=fingerprint("item", text, critical, sign_off),
            )
        )
        self.walk(item.children, number, [0])

    def _marks(self, text: str, item: Block) -> tuple[str, bool, str | None]:
        critical = False
        sign_off: str | None = None
        bare = text.rstrip()
        while match := _last_mark(bare):
            if match["stop"]:
                critical = True
            else:
                sign_off = (match["role"] or sign_off or "").casefold()
            bare = bare[: match.start()].rstrip()
        if "(" in bare and re.search(_MARK, bare):
            message = "(!) and (sign-off) count at the end of a step only"
            self.outline.report(item.line, "task", message)
        if not bare and self.outline.ours:
            self.outline.report(item.line, "task", "step without a text")
        return bare, critical, sign_off


def _last_mark(text: str) -> re.Match[str] | None:
    if not text.endswith((")", ").")):
        return None
    match = re.compile(_MARK).match(text, max(0, text.rfind("(")))
    return match if match and match.end() >= len(text) - 1 else None


def _notes(blocks: Sequence[Block]) -> list[Block]:
    """What stands under a step and is no step itself."""
    return [
        block
        for block in blocks
        if not (block.kind in ("bullets", "numbers", "quote") and _holds_tasks(block))
    ]


def _holds_tasks(block: Block) -> bool:
    if block.kind == "quote":
        return any(_holds_tasks(child) for child in block.children if child.children)
    return tasks.has_tasks(block)
