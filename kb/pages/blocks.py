"""A page's text to a tree of its blocks, each with its lines.

Inline markup is not parsed: that stage takes minutes on bad input (34 s for one megabyte of
`![`), and a page needs only to have its marks taken off (see inline.py).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from kb.pages.commonmark import Token, block_tokens, escapedSplit

Kind = Literal[
    "heading", "paragraph", "code", "html", "quote", "bullets", "numbers", "item", "table", "rule"
]

# Quotes and lists inside one another; what is deeper is named, not read. The parser drops what is
# deeper than it goes, so it must see a little further than this for us to name the line.
DEPTH = 20

_LEAVES: dict[str, Kind] = {
    "fence": "code",
    "code_block": "code",
    "html_block": "html",
    "hr": "rule",
}
_BRANCHES: dict[str, Kind] = {
    "blockquote_open": "quote",
    "bullet_list_open": "bullets",
    "ordered_list_open": "numbers",
    "list_item_open": "item",
    "heading_open": "heading",
    "paragraph_open": "paragraph",
}


class Block:
    """One block: lines count from 1, `end` is the last line of it.

    `content` is the raw text of a leaf; `number` a heading's level or a list's first number.
    A table has `cells`, its heading row first; row n of them stands in line `line + n`, one
    further down from the second on, for the line of dashes.
    """

    __slots__ = ("cells", "children", "content", "end", "fenced", "kind", "line", "number")

    def __init__(self, kind: Kind, line: int, end: int, content: str = "") -> None:
        self.kind = kind
        self.line = line
        self.end = end
        self.content = content
        self.number = 0
        self.children: list[Block] = []
        self.cells: list[list[str]] = []
        self.fenced = False


class Blocks(NamedTuple):
    """The blocks of a page, the labels that links may refer to, and what is too deep to read."""

    blocks: list[Block]
    labels: dict[str, str]
    too_deep: list[Block]


def parse(text: str) -> Blocks:
    """The blocks of a text that has only "\\n" for ends of line."""
    tokens, env = block_tokens(text)
    root = Block("item", 1, 1)
    too_deep: list[Block] = []
    stack = [root]
    depth = 0
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "table_open":
            table, at = _table(tokens, at)
            stack[-1].children.append(table)
        elif token.nesting == 1:
            block = _open(token)
            if block.kind in ("quote", "bullets", "numbers"):
                depth += 1
                if depth == DEPTH + 1:
                    too_deep.append(block)
            if depth <= DEPTH:
                stack[-1].children.append(block)
            stack.append(block)
        elif token.nesting == -1:
            depth -= stack.pop().kind in ("quote", "bullets", "numbers")
        elif token.type == "inline":
            stack[-1].content = token.content
        elif token.type in _LEAVES:
            first, last = token.map or (0, 0)
            leaf = Block(_LEAVES[token.type], first + 1, last, token.content)
            leaf.fenced = token.type == "fence"
            stack[-1].children.append(leaf)
        at += 1
    labels = {name: str(ref.get("href", "")) for name, ref in env.get("references", {}).items()}
    return Blocks(root.children, labels, too_deep)


def _open(token: Token) -> Block:
    first, last = token.map or (0, 0)
    block = Block(_BRANCHES[token.type], first + 1, last)
    if block.kind == "heading":
        block.number = int(token.tag[1:])
    elif block.kind == "numbers":
        block.number = int(token.attrs.get("start", 1))
    return block


def _table(tokens: list[Token], at: int) -> tuple[Block, int]:
    first, last = tokens[at].map or (0, 0)
    table = Block("table", first + 1, last)
    while tokens[at].type != "table_close":
        if tokens[at].type == "tr_open":
            table.cells.append([])
        elif tokens[at].type == "inline":
            table.cells[-1].append(tokens[at].content)
        at += 1
    return table, at


def cell_count(line: str) -> int:
    """How many cells the line of a table really has, also those past its last column."""
    cells = escapedSplit(line.strip())
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")
