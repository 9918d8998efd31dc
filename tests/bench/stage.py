"""What all rows share: the pages, the indexes over them, and the command lines that are timed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import corpus
import timing
from queries import queries

# A page changed less than two seconds ago is looked into again, by kb and by any careful peer.
SETTLED = 2.2


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure beside what it may be. `least` turns the comparison round."""

    what: str
    bar: float | None
    stretch: float | None
    measured: float
    detail: str = ""
    least: bool = False
    unit: str = "x"


@dataclass
class Stage:
    """A temporary home with pages and indexes; `few`, `some` and `many` are numbers of pages."""

    home: Path
    few: int
    some: int
    many: int
    pairs: int
    edits: int
    lines: int
    given: Path | None = None
    _made: dict[str, Path] = field(default_factory=dict)
    _asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.env = timing.environment(self.home)

    def docs(self, count: int, name: str = "docs") -> Path:
        """A docs folder of that many pages, made when it is first asked for."""
        key = f"{name}-{count}"
        if key not in self._made:
            folder = self.home / key / "docs"
            if self.given is None:
                corpus.write(folder, count)
            else:
                take(self.given, folder, count)
            self._made[key] = folder
        return self._made[key]

    def kb(self, docs: Path, *words: str, cache: str = "kb") -> list[str]:
        """A kb command line over these docs."""
        where = ["--docs", str(docs), "--cache", str(self.cache(docs, cache))]
        return timing.entry("kb.cli.app", *where, *words)

    def peer(self, docs: Path, command: str, *words: str) -> list[str]:
        """The same on FTS5."""
        where = ["--docs", str(docs), "--cache", str(self.cache(docs, "fts5"))]
        return timing.entry("fts5_typer", command, *where, *words)

    def cache(self, docs: Path, name: str) -> Path:
        """A folder for an index of these docs."""
        return docs.parent / f"cache-{name}"

    def indexed(self, count: int) -> Path:
        """Docs of that many pages which kb has indexed; nothing changed since."""
        docs = self.docs(count)
        key = f"indexed-{docs}"
        if key not in self._made:
            timing.output(self.kb(docs, "reindex"), self.env)
            self.settle(docs)
            self._made[key] = docs
        return docs

    def with_peer(self, docs: Path) -> Path:
        """The same docs, which the peer has just indexed too."""
        timing.output(self.peer(docs, "reindex"), self.env)
        return docs

    def settle(self, docs: Path, cache: str = "kb") -> None:
        """Wait until no page is too young to be trusted, and let kb see that."""
        time.sleep(SETTLED)
        timing.output(self.kb(docs, "search", "channel", cache=cache), self.env)

    def queries(self) -> list[str]:
        """What is searched for, the same in every row."""
        if not self._asked:
            self._asked += queries(self.docs(self.few), max(self.lines, self.pairs))
        return self._asked

    def words(self, number: int) -> list[str]:
        """The words of one query."""
        asked = self.queries()
        return asked[number % len(asked)].split()

    def search(self, docs: Path, number: int, cache: str = "kb", *more: str) -> timing.Spent:
        """What one cold search by kb takes."""
        words = [*self.words(number), *more]
        command = self.kb(docs, "search", *words, cache=cache)
        return timing.spent(command, self.env, (0, 1))

    def inside(self, task: str, *arguments: str) -> dict[str, Any]:
        """What inside.py measured within one process."""
        command = [sys.executable, str(timing.HERE / "inside.py"), task, *arguments]
        found: dict[str, Any] = json.loads(timing.output(command, self.env))
        return found

    def ask_file(self) -> str:
        """The queries as a file, for another process."""
        path = self.home / "queries.txt"
        path.write_text("\n".join(self.queries()), encoding="utf-8")
        return str(path)


def take(given: Path, folder: Path, count: int) -> None:
    """Copy up to that many of the given pages; our rows edit them."""
    for page in sorted(given.rglob("*.md"))[:count]:
        copy = folder / page.relative_to(given)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, copy)


def commit() -> str:
    """Which state of the checkout is measured, if git can tell."""
    command = ["git", "-C", str(timing.ROOT), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, encoding="utf-8").stdout.strip()
    except OSError:
        return ""
