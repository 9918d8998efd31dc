"""Task items, `- [ ] text`: what checklists and the options of a question are written as."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.pages import inline
from kb.pages.blocks import Block
from kb.pages.outline import Outline

_BOX = re.compile(r"\[([ xX])\](?:\s+|$)")
_NEARLY = re.compile(r"\[\s*[xX]?\s*\](?![(\[:])")


def box(item: Block) -> str | None:
    """What stands between the brackets of a task item: a blank or an x; None if it is none."""
    if match := _BOX.match(first_paragraph(item)):
        return match[1].lower()
    return None


def nearly(item: Block) -> bool:
    """Whether an item seems to be meant as a task: `[]`, or no blank after the brackets."""
    return box(item) is None and bool(_NEARLY.match(first_paragraph(item)))


def content(item: Block) -> str:
    """The raw text of an item's first paragraph, without the box."""
    return _BOX.sub("", first_paragraph(item), count=1)


def first_paragraph(item: Block) -> str:
    """The raw text that an item begins with; empty if it begins with another block."""
    if item.children and item.children[0].kind == "paragraph":
        return item.children[0].content
    return ""


def has_tasks(block: Block) -> bool:
    """Whether there is a task item anywhere in a list."""
    return any(box(child) is not None or has_tasks(child) for child in block.children)


def plain_texts(blocks: Sequence[Block], outline: Outline) -> Iterator[str]:
    """The texts of the blocks, one for each leaf, list items with a hyphen; marks taken off."""
    for block in blocks:
        if block.kind in ("paragraph", "heading"):
            yield outline.bare(block.content)
        elif block.kind == "code":
            yield block.content.rstrip("\n")
        elif block.kind == "table":
            for cells in block.cells:
                yield " | ".join(outline.bare(cell) for cell in cells)
        elif block.kind == "html":
            if text := outline.bare(inline.without_comments(block.content)):
                yield text
        elif block.kind in ("bullets", "numbers"):
            for item in block.children:
                yield from (f"- {text}" for text in plain_texts(item.children, outline))
        else:
            yield from plain_texts(block.children, outline)
