"""The pages that differ between a commit and the work tree, as they were and as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from kb import history
from kb.history import Base
from kb.pages.folder import Files, is_checked
from kb.pages.model import Page
from kb.pages.parse import parse
from kb.settings import STUDIO

Progress = Callable[[int, int], None]
NOTHING: Mapping[str, str] = MappingProxyType({})


class Since(NamedTuple):
    """What differs from a commit: paths, studio.toml among them, and the pages as they were."""

    base: Base
    touched: set[str]
    before: dict[str, Page]


def since(
    docs: Path,
    files: Files,
    base: Base,
    seen: Mapping[str, str] = NOTHING,
    progress: Progress | None = None,
) -> Since:
    """What of these files differs from a commit, whether or not it is committed itself.

    Left out is what is as somebody has seen it since, see `uncommitted`. `progress` is told how
    many pages are read, and of how many. Raises HistoryError where git cannot tell.
    """
    then, now = _then(docs, base.commit), _now(files)
    touched = {
        path
        for path, name in history.names(then, now).items()
        if path not in seen or seen[path] != name
    }
    blobs = {path: then[path] for path in touched if path in then and path != STUDIO}
    old = history.contents(docs, list(dict.fromkeys(blobs.values())))
    pages = _parsed({path: old[blob] for path, blob in blobs.items()}, progress)
    return Since(base, touched, {page.path: page for page in pages})


def uncommitted(docs: Path, files: Files) -> dict[str, str]:
    """What differs from the commit that is checked out, by git's names for the contents."""
    return history.names(_then(docs, history.head(docs)), _now(files))


def _then(docs: Path, commit: str) -> dict[str, str]:
    there = history.files_at(docs, commit)
    return {path: blob for path, blob in there.items() if is_checked(path)}


def _now(files: Files) -> dict[str, bytes]:
    return {**files.data, **({STUDIO: files.studio} if files.studio is not None else {})}


def as_they_are(files: Files, found: Since, progress: Progress | None = None) -> list[Page]:
    """The pages that differ and are still there, or are new."""
    return _parsed({path: files.data[path] for path in found.touched & files.data.keys()}, progress)


def _parsed(data: Mapping[str, bytes], progress: Progress | None) -> list[Page]:
    found = []
    for path in sorted(data):
        found.append(parse(path, data[path]))
        if progress is not None:
            progress(len(found), len(data))
    return found
