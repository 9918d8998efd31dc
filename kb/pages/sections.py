"""Sections: the text, tables, steps and questions that stand under each heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.pages import checklist, inline, stamp
from kb.pages.address import Unique
from kb.pages.blocks import Block, cell_count
from kb.pages.fingerprint import fingerprint
from kb.pages.headings import Part
from kb.pages.model import Item, Question, Section, SectionKind, Table
from kb.pages.outline import Outline
from kb.pages.tables import MOST_ROWS, RawTable, tables
from kb.terms.text import one_line


def sections(parts: Sequence[Part], title: str, outline: Outline) -> tuple[Section, ...]:
    """The sections of a page, in its order."""
    trail: list[tuple[int, str]] = []
    found = []
    for part in parts:
        if part.intro:
            part.address = outline.page
            crumbs: tuple[str, ...] = (title,)
        else:
            part.address = f"{outline.page}#{part.address}"
            while trail and trail[-1][0] >= part.level:
                trail.pop()
            trail.append((part.level, part.heading))
            crumbs = (title, *(heading for _, heading in trail))
        found.append(_section(part, crumbs, outline))
    return tuple(found)


def _section(part: Part, breadcrumb: tuple[str, ...], outline: Outline) -> Section:
    text = _Text(part, outline)
    rows: tuple[Table, ...] = ()
    items: tuple[Item, ...] = ()
    steps: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    kind: SectionKind = "section"
    if part.quiz:
        from kb.pages import quiz  # noqa: PLC0415  (most of a page's reader, and not every page's)

        kind = "quiz"
        questions = quiz.questions(part, outline)
    else:
        unique = Unique()
        rows = tables(part.address, _raw_tables(part, outline), unique, outline)
        items = checklist.items(part, unique, outline)
        steps = checklist.steps(part, outline)
        kind = "checklist" if items else "section"
    return Section(
        address=part.address,
        kind=kind,
        level=part.level,
        heading=part.heading,
        breadcrumb=breadcrumb,
        line=part.line,
        end=part.end,
        text="\n".join(text.lines),
        anchor=part.anchor,
        tables=rows,
        items=items,
        steps=steps,
        questions=questions,
        pinned=part.pinned,
        fingerprint=fingerprint(
            "section",
            part.heading,
            text.meaning,
            [row.fingerprint for table in rows for row in table.rows],
            [question.fingerprint for question in questions],
        ),
        stamp=stamp.read(part, outline),
        top=part.heading_lines[1] or max(0, part.line - 1),
        code=tuple(text.code),
    )


class _Text:
    """The words of a part: line for line as they are shown, and as the fingerprint sees them."""

    def __init__(self, part: Part, outline: Outline) -> None:
        self.outline = outline
        self.first = part.line
        self.lines = [""] * (part.end - part.line + 1)
        self.code: list[int] = []
        self.meaning: list[str] = []
        for block in part.blocks:
            self._add(block)
        for deep in outline.too_deep:
            if part.line <= deep.line <= part.end:
                for number in range(deep.line, min(deep.end, part.end) + 1):
                    self._put(number, outline.lines[number - 1].strip(" >-*+"))
        self.meaning = [words for words in map(one_line, self.meaning) if words]

    def _put(self, number: int, line: str) -> None:
        if 0 <= number - self.first < len(self.lines):
            self.lines[number - self.first] = line.rstrip()

    def _add(self, block: Block) -> None:
        for child in block.children:
            self._add(child)
        if block.kind in ("paragraph", "heading"):
            self._paragraph(block)
        elif block.kind == "code":
            self.meaning.append(block.content)
            for n, line in enumerate(block.content.rstrip("\n").split("\n")):
                self._put(block.line + n + block.fenced, line)
                self.code.append(block.line + n + block.fenced - self.first)
        elif block.kind == "html":
            content = inline.without_comments(block.content)
            if content.strip():
                content = self.outline.plain(content, block.line)
                self.meaning.append(content)
                for n, line in enumerate(content.rstrip("\n").split("\n")):
                    self._put(block.line + n, line)

    def _paragraph(self, block: Block) -> None:
        plain = self.outline.plain(block.content, block.line)
        self.meaning.append("[x]" + plain[3:] if plain.startswith("[X]") else plain)
        written = block.content.split("\n")
        for n, line in enumerate(plain.split("\n")):
            raw = self.outline.lines[block.line + n - 1].rstrip()
            here = written[n].rstrip() if n < len(written) else ""
            before = raw[: len(raw) - len(here)] if here and raw.endswith(here) else ""
            self._put(block.line + n, before + line)


def _raw_tables(part: Part, outline: Outline) -> list[RawTable]:
    found = []
    left = MOST_ROWS
    for block, nested in _tables_in(part.blocks):
        count = len(block.cells) - 1
        if count > left:
            message = f"{count:,} rows, limit {MOST_ROWS:,} in a section; the rest is not read"
            outline.report(block.line, "many-rows", message)
        columns = tuple(outline.one_line(cell, block.line) for cell in block.cells[0])
        rows, lines = [], []
        for n, cells in enumerate(block.cells[1 : left + 1]):
            line = block.line + 2 + n
            rows.append(tuple(outline.one_line(cell, line) for cell in cells))
            lines.append(line)
            raw = outline.lines[line - 1]
            if not nested and raw.count("|") > len(columns) + 1 and "\\|" not in raw:
                _check_cells(raw, line, len(columns), outline)
        left -= len(rows)
        found.append(RawTable(block.line, columns, rows, lines))
    return found


def _check_cells(raw: str, line: int, columns: int, outline: Outline) -> None:
    if (cells := cell_count(raw)) > columns:
        message = (
            f"row of {cells} cells in a table of {columns} columns: the last is not shown; "
            "a bar inside a cell is written \\|"
        )
        outline.report(line, "table", message)


def _tables_in(blocks: Sequence[Block], nested: bool = False) -> Iterator[tuple[Block, bool]]:
    for block in blocks:
        if block.kind == "table":
            yield block, nested
        elif block.children:
            yield from _tables_in(block.children, nested=True)
