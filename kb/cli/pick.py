"""What the keys do to the options of a question, before anybody says Enter. Knows no terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from kb.terms.text import one_line
from kb.training.reading import letter
from kb.views.terminal import Screen

Row = tuple[str, bool]

# What a key does at any question, as the last line of it says.
ALWAYS = "? hint  ! key wrong  - pass  Ctrl-C stops"


class Picker(Protocol):
    """Options and what has been done to them so far."""

    HELP: str

    def rows(self, screen: Screen, done: bool = False) -> list[Row]:
        """The lines to show, and which of them the cursor is on; `done` shows no cursor."""

    def press(self, key: str) -> None:
        """A letter was pressed."""

    def move(self, key: str) -> None:
        """An arrow key, space or backspace was pressed."""

    def answer(self) -> str:
        """The answer in the plain form; empty as long as there is none."""


class One:
    """Pick one."""

    HELP = "up down or a letter, Enter"

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._at = 0

    def rows(self, screen: Screen, done: bool = False) -> list[Row]:
        """One option after another, a mark at the one picked."""
        return [
            row
            for n, text in enumerate(self._texts)
            for row in _rows(screen, text, f"{_mark(n == self._at)}{letter(n)}  ", n == self._at)
        ]

    def press(self, key: str) -> None:
        """Go to the option of this letter."""
        if (n := _number(key, len(self._texts))) is not None:
            self._at = n

    def move(self, key: str) -> None:
        """Go up or down."""
        self._at = _moved(self._at, key, len(self._texts))

    def answer(self) -> str:
        """Its letter."""
        return letter(self._at)


class Some:
    """Pick all that are right."""

    HELP = "space or letters pick, Enter"

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._at = 0
        self._picked: set[int] = set()

    def rows(self, screen: Screen, done: bool = False) -> list[Row]:
        """One option after another, each with its box."""
        found: list[Row] = []
        for n, text in enumerate(self._texts):
            here = n == self._at
            box = "[x]" if n in self._picked else "[ ]"
            found += _rows(screen, text, f"{_mark(here and not done)}{box} {letter(n)}  ", here)
        return found

    def press(self, key: str) -> None:
        """Pick, or drop, the option of this letter."""
        if (n := _number(key, len(self._texts))) is not None:
            self._at = n
            self._picked ^= {n}

    def move(self, key: str) -> None:
        """Go up or down; space picks or drops."""
        if key == "space":
            self._picked ^= {self._at}
        self._at = _moved(self._at, key, len(self._texts))

    def answer(self) -> str:
        """Their letters."""
        return " ".join(map(letter, sorted(self._picked)))


class InOrder:
    """Put the steps in order: carry one up or down, or type the letters in their order."""

    HELP = "letters, or space and arrows; Enter"

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._order = list(range(len(texts)))
        self._at = 0
        self._lifted = False
        self._typed = 0
        self._touched = False

    def rows(self, screen: Screen, done: bool = False) -> list[Row]:
        """The steps as they stand now, each with its place and its letter."""
        found: list[Row] = []
        for place, n in enumerate(self._order):
            here = place == self._at
            mark = "* " if here and self._lifted else _mark(here and not done)
            head = f"{mark}{place + 1}  {letter(n)}  "
            found += _rows(screen, self._texts[n], head, here)
        return found

    def press(self, key: str) -> None:
        """This one is next."""
        n = _number(key, len(self._texts))
        if n is None or n in self._order[: self._typed] or self._typed == len(self._order):
            return
        self._order.remove(n)
        self._order.insert(self._typed, n)
        self._at = self._typed
        self._typed += 1
        self._touched, self._lifted = True, False

    def move(self, key: str) -> None:
        """Lift or put down; go or carry; backspace forgets the last letter."""
        if key == "space":
            self._lifted = not self._lifted
        elif key == "backspace":
            self._typed = max(0, self._typed - 1)
        else:
            to = _moved(self._at, key, len(self._order))
            if self._lifted:
                self._order[self._at], self._order[to] = self._order[to], self._order[self._at]
                self._touched = True
            self._at = to

    def answer(self) -> str:
        """The letters in order, once anything was moved."""
        return " ".join(map(letter, self._order)) if self._touched else ""


class Pairs:
    """Give each left-hand text a letter from the right."""

    HELP = "a letter for each, up down, Enter"

    def __init__(self, lefts: Sequence[str], rights: Sequence[str]) -> None:
        self._lefts = lefts
        self._rights = rights
        self._given: dict[int, int] = {}
        self._at = 0

    def rows(self, screen: Screen, done: bool = False) -> list[Row]:
        """The left-hand texts with what they were given, then what there is to give."""
        found: list[Row] = []
        for n, text in enumerate(self._lefts):
            given = letter(self._given[n]) if n in self._given else "_"
            head = f"{_mark(n == self._at and not done)}{n + 1} {given}  "
            found += _rows(screen, text, head, n == self._at)
        used = set(self._given.values())
        for n, text in enumerate(self._rights):
            sign = "." if n in used else " "
            found += _rows(screen, text, f"     {sign}{letter(n)}  ", False)
        return found

    def press(self, key: str) -> None:
        """This letter goes here; on to the next that has none."""
        if (n := _number(key, len(self._rights))) is not None:
            self._given[self._at] = n
            open_ = [left for left in range(len(self._lefts)) if left not in self._given]
            later = [left for left in open_ if left > self._at]
            self._at = next(iter(later or open_), self._at)

    def move(self, key: str) -> None:
        """Go up or down; backspace takes the letter away."""
        if key == "backspace":
            self._given.pop(self._at, None)
        self._at = _moved(self._at, key, len(self._lefts))

    def answer(self) -> str:
        """The pairs, once each has one."""
        if len(self._given) < len(self._lefts):
            return ""
        return " ".join(f"{left + 1}{letter(n)}" for left, n in sorted(self._given.items()))


def _rows(screen: Screen, text: str, head: str, here: bool) -> Iterator[Row]:
    for n, line in enumerate(screen.wrap(screen.text(one_line(text)), head, " " * len(head))):
        yield line, here and n == 0


def _mark(here: bool) -> str:
    return "> " if here else "  "


def _number(key: str, count: int) -> int | None:
    names = [letter(n) for n in range(count)]
    return names.index(key) if key in names else None


def _moved(at: int, key: str, count: int) -> int:
    return min(max(at + {"up": -1, "down": 1}.get(key, 0), 0), count - 1)
