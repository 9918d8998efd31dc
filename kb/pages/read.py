"""Finding and reading page files: regular files below the docs folder, and nothing else.

On the way of every search, so nothing heavy is imported here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from kb.errors import KbError
from kb.pages.problem import Problem

LIMIT = 1024 * 1024
SKIPPED = frozenset({"node_modules"})

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # or opening a named pipe waits for ever
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Entry(NamedTuple):
    """A name ending in `.md`, with what tells whether the file has changed since."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def scan(
    docs: Path | str, problems: list[Problem] | None = None
) -> Iterator[tuple[str, list[Entry]]]:
    """Each folder below docs with its entries, both in order of name; the docs folder is "".

    Entries that are no regular files are given too: `read` says what they are. Folders that
    cannot be listed are added to `problems`. Hidden names and links to folders are passed over.
    Raises OSError if docs itself cannot be listed.
    """
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries, below = _listed(docs, folder)
        except FileNotFoundError:
            if not folder:
                raise
            continue  # it went while we looked
        except OSError as error:
            if not folder:
                raise
            if problems is not None:
                problems.append(_problem(folder, f"{_said(error)}; not indexed"))
            continue
        folders += below
        yield folder, entries


def _listed(docs: Path | str, folder: str) -> tuple[list[Entry], list[str]]:
    entries: list[Entry] = []
    below: list[str] = []
    before = folder + "/" if folder else ""
    with os.scandir(os.path.join(docs, folder) if folder else docs) as found:  # noqa: PTH118
        for item in found:
            name = item.name
            if name[0] == ".":
                continue
            if name.endswith(".md"):
                try:
                    seen = item.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                entries.append(
                    Entry(
                        before + name,
                        seen.st_size,
                        seen.st_mtime_ns,
                        seen.st_ctime_ns,
                        seen.st_ino,
                    )
                )
            if name not in SKIPPED and item.is_dir(follow_symlinks=False):
                below.append(before + name)
    entries.sort()
    below.sort(reverse=True)
    return entries, below


def glance(docs: Path | str) -> Iterator[tuple[str, str, int]]:
    """Each folder below docs with a digest of its pages' names, sizes and times.

    With it the newest of those times. Where a digest is as it was, nothing in that folder has
    been touched; asking costs a third less than `scan`, and no memory. Raises OSError for docs.
    """
    folders = [""]
    while folders:
        folder = folders.pop()
        before = folder + "/" if folder else ""
        newest = 0
        digest = blake2b(digest_size=16)
        try:
            with os.scandir(os.path.join(docs, folder) if folder else docs) as found:  # noqa: PTH118
                for item in found:
                    name = item.name
                    if name[0] == ".":
                        continue
                    if name.endswith(".md"):
                        seen = item.stat(follow_symlinks=False)
                        changed, moved = seen.st_mtime_ns, seen.st_ctime_ns
                        if changed > newest:  # max() would be a tenth of all that is done here
                            newest = changed
                        if moved > newest:
                            newest = moved
                        told = f"{seen.st_size} {changed} {moved} {seen.st_ino} {seen.st_mode}"
                        digest.update(f"{name}\0{told}\n".encode("utf-8", "surrogateescape"))
                    if name not in SKIPPED and item.is_dir(follow_symlinks=False):
                        folders.append(before + name)
        except OSError:
            if not folder:
                raise
            continue  # it went, or a page of it did, while we looked: next time tells
        yield folder, digest.hexdigest(), newest


def entries(docs: Path | str, folder: str) -> list[Entry]:
    """The entries of one folder below docs, in order of name; none if it is gone."""
    try:
        return _listed(docs, folder)[0]
    except OSError:
        return []


def read(docs: Path | str, path: str) -> bytes | Problem:
    """The bytes of one page, or why it is not read. Never raises, never waits."""
    parts = path.split("/")
    if os.path.isabs(path) or ".." in parts or "\0" in path or "" in parts:  # noqa: PTH117
        return _problem(path, "outside docs; not read")
    full = os.path.join(docs, *parts)  # noqa: PTH118
    try:
        if refused := _refused(os.lstat(full), os.fspath(docs), full, path):
            return refused
        file = os.open(full, _FLAGS)
        try:
            # It may have been changed for another since it was looked at.
            if refused := _refused(os.fstat(file), os.fspath(docs), full, path):
                return refused
            data = _all(file)
        finally:
            os.close(file)
    except OSError as error:
        return _problem(path, f"{_said(error)}; not indexed")
    if len(data) > LIMIT:
        return _too_big(path, len(data))
    return data


def bytes_of(docs: Path, path: str) -> bytes:
    """The bytes of one page. Raises KbError where they are not to be had."""
    data = read(docs, path)
    if isinstance(data, Problem):
        raise KbError(f"{docs.name}/{path}: {data.message}")
    return data


def _all(file: int) -> bytes:
    pieces = []
    left = LIMIT + 1
    while left > 0 and (piece := os.read(file, left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _refused(seen: os.stat_result, docs: str, full: str, path: str) -> Problem | None:
    if stat.S_ISLNK(seen.st_mode):
        inside = _is_below(docs, os.path.realpath(full))
        return _problem(path, f"symbolic link{'' if inside else ' out of docs'}; not read")
    if not stat.S_ISREG(seen.st_mode):
        kind = _KINDS.get(stat.S_IFMT(seen.st_mode), "something else")
        return _problem(path, f"{kind}, not a file; not read")
    if seen.st_size > LIMIT:
        return _too_big(path, seen.st_size)
    if not _is_below(docs, os.path.realpath(os.path.dirname(full))):  # noqa: PTH120
        return _problem(path, "symbolic link out of docs; not read")
    return None


def _is_below(docs: str, real: str) -> bool:
    top = os.path.realpath(docs)
    return real == top or real.startswith(top.rstrip(os.sep) + os.sep)


def _said(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _problem(path: str, message: str) -> Problem:
    return Problem(path, 0, 0, "not-read", message)


def _too_big(path: str, size: int) -> Problem:
    number, unit = float(size), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if number < 1024:
            break
        number, unit = number / 1024, larger
    return Problem(path, 0, 0, "too-big", f"{number:.1f} {unit}, limit 1 MiB; not indexed")
