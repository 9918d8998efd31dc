"""A docs folder as a whole: every page in it read, every other file by its name."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.pages.model import Page, Problem
from kb.pages.parse import parse
from kb.pages.read import SKIPPED, read, scan

STUDIO = "studio.toml"


@dataclass(frozen=True, slots=True)
class Folder:
    """The pages by path, and the paths of all files and folders; `studio` is studio.toml, if any.

    `unread` are the problems of what was not read as a page.
    """

    name: str
    pages: Mapping[str, Page]
    files: frozenset[str]
    unread: tuple[Problem, ...] = ()
    studio: bytes | None = None


def read_folder(docs: Path, progress: Callable[[int, int], None] | None = None) -> Folder:
    """Read and parse every page below docs."""
    problems: list[Problem] = []
    paths = [entry.path for _, entries in scan(docs, problems) for entry in entries]
    pages: dict[str, Page] = {}
    for number, path in enumerate(paths, 1):
        data = read(docs, path)
        if isinstance(data, Problem):
            problems.append(data)
        else:
            pages[path] = parse(path, data)
        if progress is not None:
            progress(number, len(paths))
    studio: bytes | None = None
    if os.path.lexists(docs / STUDIO):
        found = read(docs, STUDIO)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            studio = found
    return Folder(docs.name, pages, _names(docs), tuple(problems), studio)


def is_checked(path: str) -> bool:
    """Whether a file is one that is looked into: a page, or studio.toml."""
    hidden = any(part.startswith(".") or part in SKIPPED for part in path.split("/"))
    return path == STUDIO or (path.endswith(".md") and not hidden)


def _names(docs: Path) -> frozenset[str]:
    """Every file and folder below docs; links are named, not followed."""
    names = {"."}
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(docs / folder) as found:
                items = list(found)
        except OSError:
            continue  # named already, where it could have held pages
        for item in items:
            if item.name == ".git" or item.name in SKIPPED:
                continue
            path = f"{folder}/{item.name}" if folder else item.name
            names.add(path)
            if item.is_dir(follow_symlinks=False):
                folders.append(path)
    return frozenset(names)
