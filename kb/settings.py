"""Where the docs, the cache and the records are."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from kb.errors import KbError

STUDIO = "studio.toml"

_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
# A line before the first [table] that can be read without a reader of TOML.
_PLAIN_LINE = re.compile(
    r"""[ \t]*(?:(?P<key>[\w-]+)[ \t]*=[ \t]*(?:"(?P<text>[^"\\]*)"|'[^']*'|[\w.:+-]+)[ \t]*)?"""
    r"(?:\#.*)?",
    re.ASCII,
)


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


def find_places(docs: str | None, cache: str | None) -> Places:
    """The folders to use: those given, else KB_DOCS and KB_CACHE, else what lies around us."""
    folder = find_docs(docs or os.environ.get("KB_DOCS"))
    said = cache or os.environ.get("KB_CACHE")
    base = Path(said).expanduser().resolve() if said else user_cache() / "kb"
    tree = work_tree(folder)
    if base.is_relative_to(tree):
        raise KbError(f"{base}: the cache may not lie inside {tree}; choose another with --cache")
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Places(folder, base / name)


def find_docs(given: str | None) -> Path:
    """The docs folder: the one given, else the nearest `docs` at or above the current folder.

    Raises KbError where there is none.
    """
    if given:
        folder = Path(os.path.realpath(Path(given).expanduser()))
        if not folder.is_dir():
            raise KbError(f"{given}: no such folder; name one that holds Markdown with --docs")
        return folder
    try:
        here = Path(os.path.realpath(Path.cwd()))
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


def studio_id(docs: Path) -> str | None:
    """The name of the studio's records, or None where that takes a reader of TOML.

    tomllib takes as long to load as all else that a search reads of the studio.
    """
    try:
        text = (docs / STUDIO).read_bytes().decode()
    except FileNotFoundError:
        return own_id(docs)
    except (OSError, ValueError):
        return None
    found = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.lstrip(" \t").startswith("["):
            break
        match = _PLAIN_LINE.fullmatch(line)
        if not match:
            return None
        if match["key"] == "id":
            if found or not is_id(match["text"]):
                return None
            found = match["text"]
    return found or own_id(docs)


def own_id(docs: Path) -> str:
    """What the records go by without an id: the folder's own place, so that no two share them."""
    return f"{_plain(docs.parent.name)}-{hashlib.sha256(os.fsencode(docs)).hexdigest()[:8]}"


def is_id(said: object) -> bool:
    """Whether this can be an id: small letters, digits and hyphens."""
    return isinstance(said, str) and _plain(said) == said


def find_records(given: str | None, studio: str) -> tuple[Path, Path]:
    """The folder of a studio's store and, elsewhere, that of its journal and backups.

    Below the one given, else KB_RECORDS, else the user's data folder.
    """
    said = given or os.environ.get("KB_RECORDS")
    if not said:
        return user_data() / studio, user_state() / studio
    folder = Path(said).expanduser().absolute()
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]
    return folder / studio, user_state() / f"{studio}-{mark}"


def user_data() -> Path:
    """Where kb keeps the user's records."""
    return _user("XDG_DATA_HOME", ".local/share", "Library/Application Support/kb", "records")


def user_state() -> Path:
    """Where kb keeps journals and backups: never the folder of the records."""
    return _user(
        "XDG_STATE_HOME", ".local/state", "Library/Application Support/kb-journal", "state"
    )


def _user(variable: str, below_home: str, on_mac: str, on_windows: str) -> Path:
    try:
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
            return Path(local) / "kb" / on_windows
        if sys.platform == "darwin":
            return Path.home() / on_mac
        said = os.environ.get(variable, "")
        return (Path(said) if said.startswith("/") else Path.home() / below_home) / "kb"
    except RuntimeError as error:
        raise KbError(
            "no home folder; say where the records go: XDG_DATA_HOME, XDG_STATE_HOME"
        ) from error


def _plain(name: str) -> str:
    return "".join(c if c in _ID_CHARACTERS else "-" for c in name.casefold())[:40] or "studio"


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
