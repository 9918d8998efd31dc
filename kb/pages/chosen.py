"""Which files of the docs are meant by the paths and names on a command line."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kb.errors import KbError
from kb.pages.named import page_path


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some files and all that lies in some folders; `in` asks for a path below docs."""

    files: frozenset[str]
    folders: tuple[str, ...] = ()

    def __contains__(self, path: object) -> bool:
        return path in self.files or (isinstance(path, str) and path.startswith(self.folders))


def choose(docs: Path, names: Iterable[str]) -> Chosen | None:
    """What the names stand for: paths from here or from docs, or pages; None if it is all docs.

    Raises KbError for a name of nothing in docs.
    """
    try:
        cwd = Path.cwd()
    except FileNotFoundError:
        cwd = docs.parent  # the current folder is gone
    files: set[str] = set()
    folders: list[str] = []
    for name in names:
        path = _below(docs, name, cwd)
        if path == ".":
            return None
        if (docs / path).is_dir() and not (docs / path).is_symlink() and not path.endswith(".md"):
            folders.append(path + "/")
        else:
            files.add(path)
    return Chosen(frozenset(files), tuple(folders))


def _below(docs: Path, name: str, cwd: Path) -> str:
    for start in (cwd, docs.parent, docs):
        full = os.path.normpath(start / name)
        if os.path.lexists(full):
            # Only the folders are resolved: a page that is a link is named as one.
            folder, last = os.path.split(full)
            real = os.path.join(os.path.realpath(folder), last)  # noqa: PTH118
            if real == os.fspath(docs) or os.path.realpath(full) == os.fspath(docs):
                return "."
            if not real.startswith(os.path.join(docs, "")):  # noqa: PTH118
                raise KbError(f"{name} is outside {docs.name}")
            return os.path.relpath(real, docs).replace(os.sep, "/")
    return page_path(docs, name)
