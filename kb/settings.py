"""Where the docs, the cache and the records are, and what docs/studio.toml says."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from kb.errors import KbError


@dataclass(frozen=True, slots=True)
class Places:
    """The folders one run of kb works with; none but `docs` need exist."""

    docs: Path
    cache: Path

    @property
    def root(self) -> Path:
        """The folder that holds docs; every path shown is below it."""
        return self.docs.parent

    @property
    def in_tree(self) -> str:
        """The docs folder as seen from the root of its git work tree; empty if it is the root."""
        tree = work_tree(self.docs)
        if tree == self.docs:
            return "" if (tree / ".git").exists() else self.docs.name
        return self.docs.relative_to(tree).as_posix()


def find_places(docs: str | None, cache: str | None, cwd: Path | None = None) -> Places:
    """The folders to use: those given, else KB_DOCS and KB_CACHE, else what lies around `cwd`."""
    folder = find_docs(docs or os.environ.get("KB_DOCS"), cwd)
    said = cache or os.environ.get("KB_CACHE")
    base = Path(said).expanduser().resolve() if said else user_cache() / "kb"
    tree = work_tree(folder)
    if base.is_relative_to(tree):
        raise KbError(f"{base}: the cache may not lie inside {tree}; choose another with --cache")
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Places(folder, base / name)


def find_docs(given: str | None, cwd: Path | None = None) -> Path:
    """The docs folder: the one given, else the nearest `docs` at or above `cwd`.

    Raises KbError where there is none.
    """
    if given:
        folder = Path(os.path.realpath(Path(given).expanduser()))
        if not folder.is_dir():
            raise KbError(f"{given}: no such folder; name one that holds Markdown with --docs")
        return folder
    try:
        here = Path(os.path.realpath(cwd or Path.cwd()))
    except FileNotFoundError as error:
        raise KbError("the current folder is gone; go to another, or use --docs") from error
    for folder in (here, *here.parents):
        docs = folder / "docs"
        if (docs / "equipment").is_dir() or (docs / "procedures").is_dir():
            return Path(os.path.realpath(docs))
    raise KbError(
        f"no docs/equipment or docs/procedures at or above {here}; go there, or use --docs FOLDER"
    )


def work_tree(docs: Path) -> Path:
    """The git work tree around the docs folder, or the docs folder where there is none."""
    for folder in (docs, *docs.parents):
        if (folder / ".git").exists():
            return folder
    return docs


def user_cache() -> Path:
    """The user's cache folder.

    platformdirs says the same, but would cost every search a tenth of its time.
    """
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    said = os.environ.get("XDG_CACHE_HOME", "")
    if said.startswith("/"):
        return Path(said)
    try:
        return Path.home() / ".cache"
    except RuntimeError as error:
        raise KbError("no home folder; say where the cache goes with --cache") from error
