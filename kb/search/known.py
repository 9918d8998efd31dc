"""What a generation knows of each page file beside its documents.

One line for each: its path and what is remembered of it as JSON, how its file looked between the
two. Nearly every edit needs one of them, so the others are never parsed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import Any

NAME = "pages.tsv"


class Known:
    """Page files by path below docs; `stat` tells whether one has changed, `entry` what it says."""

    def __init__(self, folder: Path | None = None) -> None:
        self._lines: dict[str, str] = {}
        if folder is None:
            return
        for line in (folder / NAME).read_text("ascii").split("\n")[:-1]:
            path = line.partition("\t")[0]
            self._lines[json.loads(path) if "\\" in path else path[1:-1]] = line

    def __contains__(self, path: str) -> bool:
        return path in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def stat(self, path: str) -> str:
        """How the file of a page looked."""
        return self._lines[path].split("\t")[1]

    def entry(self, path: str) -> dict[str, Any]:
        """What is remembered of a page."""
        entry: dict[str, Any] = json.loads(self._lines[path].split("\t")[2])
        return entry

    def holding(self, key: str) -> Iterator[dict[str, Any]]:
        """The entries that have this key."""
        for path, line in self._lines.items():
            if f'"{key}":' in line and key in (entry := self.entry(path)):
                yield entry

    def put(self, path: str, stat: str, entry: dict[str, Any]) -> None:
        """Remember a page, in place of what was known of it."""
        told = json.dumps(entry, separators=(",", ":"))
        self._lines[path] = f"{quoted(path)}\t{stat}\t{told}"

    def seen(self, path: str, stat: str) -> None:
        """Remember how the file of a known page looks now."""
        name, _, told = self._lines[path].split("\t")
        self._lines[path] = f"{name}\t{stat}\t{told}"

    def drop(self, path: str) -> None:
        """Forget a page."""
        del self._lines[path]

    def write(self, folder: Path) -> None:
        """Write everything into a generation, in order of path."""
        lines = [line for _, line in sorted(self._lines.items())]
        (folder / NAME).write_text("\n".join([*lines, ""]), "ascii")
