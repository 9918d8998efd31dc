"""What may reach a terminal, and how wide and how bright it is."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TextIO

from kb.terms.text import clean

_PLAIN = str.maketrans(
    {
        "›": ">",
        "·": "|",
        "–": "-",
        "—": "-",
        "…": "...",
        "→": "->",
        "−": "-",
        "☐": "[ ]",
        "Ω": "ohm",
        "μ": "u",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "≥": ">=",
        "≤": "<=",
    }
)


class Screen:
    """How to write to one stream: its width, and whether it takes bold and dim."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        terminal = self.stream.isatty()
        said = os.environ.get("NO_COLOR")
        self.styled = terminal and not said and os.environ.get("TERM", "") not in ("", "dumb")
        self.width = max(20, min(shutil.get_terminal_size((80, 24)).columns, 100))
        self.height = shutil.get_terminal_size((80, 24)).lines
        self.terminal = terminal
        encoding = (getattr(self.stream, "encoding", None) or "ascii").lower()
        self._plain = not encoding.replace("-", "").startswith("utf")

    def text(self, text: str) -> str:
        """Foreign text, made safe and writable here."""
        text = clean(text)
        return text.translate(_PLAIN) if self._plain else text

    def bold(self, text: str) -> str:
        """Text that matters most."""
        return f"\x1b[1m{text}\x1b[0m" if self.styled else text

    def dim(self, text: str) -> str:
        """Text that is there to be looked up."""
        return f"\x1b[2m{text}\x1b[0m" if self.styled else text

    def mark(self, text: str) -> str:
        """A match: bold and in colour, readable where there is neither."""
        return f"\x1b[1;36m{text}\x1b[0m" if self.styled else text

    def warn(self, text: str) -> str:
        """Something broken or out of date."""
        return f"\x1b[1;33m{text}\x1b[0m" if self.styled else text

    def wrap(
        self, text: str, first: str = "", rest: str = "", most: int | None = None
    ) -> Iterator[str]:
        """Lines of the text that fit the width, with these margins; at most `most` of them."""
        yield from textwrap.wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
            break_long_words=True,
            max_lines=most,
            placeholder=self.text(" …"),
        ) or [first.rstrip()]


def cells(text: str) -> int:
    """How many columns a text takes on a terminal: wide East Asian characters take two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def padded(text: str, width: int) -> str:
    """The text filled with blanks to a width in columns."""
    return text + " " * max(0, width - cells(text))


def table(screen: Screen, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Aligned columns, a line for each row; at a terminal the wordiest is wrapped if need be."""
    lines = [tuple(screen.text(cell) for cell in row) for row in rows]
    columns = list(zip(head, *lines, strict=True))
    widths = [max(map(cells, column)) for column in columns]
    over = sum(widths) + 2 * len(widths) - 2 - screen.width
    if screen.terminal and over > 0:
        slack = [
            width - max(cells(word) for cell in column for word in cell.split())
            for width, column in zip(widths, columns, strict=True)
        ]
        n = slack.index(max(slack))
        widths[n] -= min(over, slack[n])
    else:
        n = -1
    yield screen.dim("  ".join(map(padded, head, widths)).rstrip())
    for line in lines:
        more = textwrap.wrap(line[n], max(1, widths[n]), break_on_hyphens=False) if n >= 0 else []
        told = (*line[:n], more[0], *line[n + 1 :]) if more else line
        yield "  ".join(map(padded, told, widths)).rstrip()
        margin = " " * sum(width + 2 for width in widths[:n])
        yield from (margin + rest for rest in more[1:])


def pairs(
    screen: Screen, named: Sequence[tuple[str, str]], mark: Callable[[str], str] | None = None
) -> Iterator[str]:
    """Names and what belongs to them, in two columns; `mark` makes the text safe to print."""
    mark = mark or screen.text
    margin = max((len(name) for name, _ in named), default=0) + 6
    for name, text in named:
        label = f"    {screen.text(name)}".ljust(margin)
        lines = list(screen.wrap(text, " " * margin, " " * margin))
        yield screen.dim(label) + mark(lines[0][margin:])
        yield from (mark(line) for line in lines[1:])


def crumbs(screen: Screen, breadcrumb: Sequence[str], room: int) -> str:
    """Where in its page something stands, without what the path says where space is short."""
    for start in range(len(breadcrumb)):
        told = screen.text(" › ".join(breadcrumb[start:]))
        if cells(told) <= room:
            return told
    return told[: max(0, room - 1)] + screen.text("…") if breadcrumb else ""
