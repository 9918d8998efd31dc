"""The journal: every event once more as a line of text, in another folder than the store."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.records.event import LONGEST_LINE, BadEventError, Event, from_line
from kb.records.schema import JOURNAL


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is not a whole event; it was set aside."""

    path: Path
    line: int
    why: str

    def __str__(self) -> str:
        """The line as people look it up: file, line, what is wrong."""
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{where}: {self.why}; set aside"


@dataclass(frozen=True, slots=True)
class Tail:
    """How a journal ends. `last` is its last whole event.

    `keep` is the length up to the end of the last line; beyond it lies what a kill cut short.
    """

    last: Event | None
    size: int
    keep: int


NOTHING = Tail(None, 0, 0)


class Journal:
    """One file that only grows. Whoever appends holds the store's write lock."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL

    def tail(self) -> Tail:
        """How the journal ends. Raises OSError where it cannot be read."""
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            return NOTHING
        with file:
            size = file.seek(0, os.SEEK_END)
            reach = 2 * LONGEST_LINE
            while True:
                start = max(0, size - reach)
                file.seek(start)
                tail = _last_whole(file.read(size - start), start, size)
                if tail.last is not None or start == 0:
                    return tail
                reach *= 8

    def append(self, lines: Iterable[str], tail: Tail) -> None:
        """Add these lines after `tail` and return once they are on the disk."""
        new = not self.path.exists()
        make_folder(self.path.parent)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            if tail.size != tail.keep:
                os.ftruncate(handle, tail.keep)
            if tail.keep:
                os.lseek(handle, tail.keep - 1, os.SEEK_SET)
                if os.read(handle, 1) != b"\n":
                    _write_all(handle, b"\n")
            os.lseek(handle, 0, os.SEEK_END)
            for line in lines:
                _write_all(handle, line.encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)
        if new:
            sync_folder(self.path.parent)

    def known(self) -> tuple[int, Event | None]:
        """How many lines there are, and the last whole event: what the store should hold."""
        tail = self.tail()
        if tail.size == 0:
            return 0, None
        with self.path.open("rb") as file:
            count = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        return count, tail.last


def read_events(path: Path) -> Iterator[Event | BadLine]:
    """Each line of an event file as its event, or as a bad line with its number and reason."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 2):
            number += 1
            if not line.endswith(b"\n") and len(line) > LONGEST_LINE:
                while line and not line.endswith(b"\n"):
                    line = file.readline(LONGEST_LINE)
                yield BadLine(path, number, f"longer than {LONGEST_LINE // 1024} KiB")
                continue
            if not line.strip():
                continue
            try:
                yield from_line(line.rstrip(b"\r\n"))
            except BadEventError as error:
                cut = "" if line.endswith(b"\n") else "incomplete, "
                yield BadLine(path, number, f"{cut}{error}")


def make_folder(folder: Path) -> None:
    """The folder, made where it is missing so that no other user may look in."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Return once the names in the folder are on the disk; where that cannot be asked, at once."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _last_whole(block: bytes, start: int, size: int) -> Tail:
    """The last whole event in the end of a file, which may begin inside a line."""
    lines = block.split(b"\n")
    keep = size - len(lines[-1])
    if lines[-1]:
        try:  # all but its end of line: whole, so it stays and the next append begins a new line
            from_line(lines[-1])
            keep = size
        except BadEventError:
            pass
    first = 0 if start == 0 else 1
    for line in reversed(lines[first:]):
        if line.strip():
            try:
                return Tail(from_line(line.rstrip(b"\r")), size, keep)
            except BadEventError:
                continue
    return Tail(None, size, keep)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
