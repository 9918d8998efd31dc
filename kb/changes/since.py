"""The pages that differ between a commit and the work tree, as they were and as they are."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kb import history
from kb.history import Base
from kb.pages.folder import STUDIO, Files, is_checked
from kb.pages.model import Page
from kb.pages.parse import parse


class Since(NamedTuple):
    """What differs from a commit: paths, studio.toml among them, and the pages as they were."""

    base: Base
    touched: set[str]
    before: dict[str, Page]


def since(docs: Path, files: Files, base: Base) -> Since:
    """What of these files differs from a commit, whether or not it is committed itself.

    Raises HistoryError where git cannot tell.
    """
    there = history.files_at(docs, base.commit).items()
    then = {path: blob for path, blob in there if is_checked(path)}
    now = {**files.data, **({STUDIO: files.studio} if files.studio is not None else {})}
    touched = history.changed(then, now)
    blobs = {path: then[path] for path in touched if path in then and path != STUDIO}
    old = history.contents(docs, list(dict.fromkeys(blobs.values())))
    before = {path: parse(path, old[blob]) for path, blob in sorted(blobs.items())}
    return Since(base, touched, before)


def as_they_are(files: Files, found: Since) -> list[Page]:
    """The pages that differ and are still there, or are new."""
    paths = sorted(found.touched & files.data.keys())
    return [parse(path, files.data[path]) for path in paths]
