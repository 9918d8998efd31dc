"""A docs folder as a whole: every page in it read, every other file by its name."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.pages.model import Page, Problem
from kb.pages.nearby import nearby
from kb.pages.parse import parse
from kb.pages.read import SKIPPED, read, scan
from kb.settings import STUDIO


@dataclass(frozen=True, slots=True)
class Files:
    """A docs folder before it is parsed: the bytes of its pages, and the paths of all there is.

    `unread` are the problems of what was not read as a page; `studio` is studio.toml, if any.
    """

    name: str
    data: Mapping[str, bytes]
    files: frozenset[str]
    unread: tuple[Problem, ...] = ()
    studio: bytes | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """The pages by path beside what else is in the folder; not always all of them are parsed."""

    files: Files
    pages: Mapping[str, Page]


def read_files(docs: Path) -> Files:
    """Read every page below docs."""
    problems: list[Problem] = []
    data: dict[str, bytes] = {}
    for path in [entry.path for _, entries in scan(docs, problems) for entry in entries]:
        found = read(docs, path)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            data[path] = found
    studio: bytes | None = None
    if os.path.lexists(docs / STUDIO):
        found = read(docs, STUDIO)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            studio = found
    return Files(docs.name, data, _names(docs), tuple(problems), studio)


def parse_folder(
    files: Files,
    only: Container[str] | None = None,
    before: Iterable[Page] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Folder:
    """The pages of a folder; with `only` those, and of the others what a rule could need with them.

    Parsing takes a hundred times as long as reading. `before` are pages that changed, as they were.
    """
    pages: dict[str, Page] = {}
    todo = [path for path in files.data if only is None or path in only]
    for number, path in enumerate(todo, 1):
        pages[path] = parse(path, files.data[path])
        if progress is not None:
            progress(number, len(todo))
    if only is not None:
        gone = [page for page in before if page.path not in pages]
        for path in nearby([*pages.values(), *before], [page.path for page in gone], files.data):
            if path not in pages:
                pages[path] = parse(path, files.data[path])
    return Folder(files, dict(sorted(pages.items())))


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
