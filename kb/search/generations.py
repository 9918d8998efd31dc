"""Index directories that are never changed once they can be seen.

A generation is a directory with its files and a manifest of them. `CURRENT` names the one in
use and is swapped atomically, so that a kill leaves the old one or the new one, and damage is
seen before Whoosh opens a file.

What one run of the operating system wrote it also reads back, written to disk or not. So nothing
waits for the disk here, a third of what an edit would cost; instead, files that an earlier run of
the system wrote are read whole and compared with their digests, once. Where the system cannot be
asked which run it is (other than Linux), everything is synced to disk.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.search.engine import WHOOSH, FileLock, try_for

# Raise it when what is indexed or how it is weighed changes; older generations are rebuilt.
SCHEMA = 24

MANIFEST = "MANIFEST.json"
CURRENT = "CURRENT"
# Not linked into the next generation: what is written into a link is written into this one as well.
_WRITTEN_ANEW = (".json", ".tsv")
LOCK = "LOCK"
KEEP_SECONDS = 600


class UnusableError(Exception):
    """The cache folder cannot be trusted or written; the message says which and why."""


def prepare(cache: Path) -> None:
    """Make the cache folder, for this user alone.

    Raises UnusableError where it is a link, belongs to somebody else or may be written by others:
    opening an index that a stranger wrote would trust the stranger.
    """
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = cache.lstat()
    except OSError as error:
        raise UnusableError(f"{cache}: {error.strerror}") from error
    if not stat.S_ISDIR(info.st_mode):
        raise UnusableError(f"{cache}: not a folder")
    if sys.platform != "win32":
        if info.st_uid != os.geteuid():
            raise UnusableError(f"{cache}: belongs to another user")
        if info.st_mode & 0o022:
            raise UnusableError(f"{cache}: others may write there")


def named(cache: Path) -> str:
    """What `CURRENT` says: the name of the generation in use, or an empty string."""
    try:
        return (cache / CURRENT).read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""


def current(cache: Path) -> Path | None:
    """The generation in use, if all of it is there, whole and of this version; else None."""
    try:
        prepare_read(cache)
        name = named(cache)
        folder = cache / name
        if not name.startswith("gen-") or "/" in name or "\\" in name:
            return None
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["made_by"] != _made_by():
            return None
        same_boot = manifest["boot"] == boot()
        files = [_checked(folder, same_boot, *entry) for entry in manifest["files"]]
        if files != manifest["files"] or not same_boot:
            with contextlib.suppress(OSError):
                _write_manifest(folder, {**manifest, "boot": boot(), "files": files})
        return folder
    except (OSError, ValueError, KeyError, TypeError, UnusableError):
        return None


def prepare_read(cache: Path) -> None:
    """Refuse a cache folder that somebody else could have filled. Raises UnusableError."""
    info = cache.lstat()
    if sys.platform != "win32" and (
        info.st_uid not in (os.geteuid(), 0) or info.st_mode & 0o022 or stat.S_ISLNK(info.st_mode)
    ):
        raise UnusableError(f"{cache}: others may write there")


def _made_by() -> list[Any]:
    return [SCHEMA, WHOOSH, sys.byteorder]


@functools.cache
def boot() -> str:
    """Which run of the operating system this is; empty where it does not tell."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""


def _checked(folder: Path, trust: bool, name: str, *known: Any) -> list[Any]:
    """A file's entry in the manifest as it should be now. Raises ValueError for another content.

    A file whose size, times and inode are as they were is not read; an edit links files into the
    next generation, which changes their inode's time and has them read once more.
    """
    path = folder / name
    info = path.lstat()
    if not stat.S_ISREG(info.st_mode):
        raise ValueError(name)
    now = [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]
    *before, digest = known
    if not (trust and now == before) and _digest(path) != digest:
        raise ValueError(name)
    return [name, *now, digest]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def new(cache: Path, base: Path | None = None) -> Path:
    """A fresh folder for a generation, holding links to (else copies of) the files of `base`."""
    name = f"gen-{time.time_ns():x}-{os.getpid():x}-{os.urandom(3).hex()}"
    folder = cache / name
    folder.mkdir(mode=0o700)
    if base is not None:
        for name, *_ in json.loads((base / MANIFEST).read_bytes())["files"]:
            if name.endswith(_WRITTEN_ANEW):
                continue
            try:
                os.link(base / name, folder / name)
            except OSError:
                shutil.copy2(base / name, folder / name)
    return folder


def publish(cache: Path, folder: Path, base: Path | None = None) -> None:
    """Write the manifest and make this generation the one in use.

    Files linked from `base` keep the digest they had: they are never written twice.
    """
    known = {}
    if base is not None:
        entries = json.loads((base / MANIFEST).read_bytes())["files"]
        known = {(entry[0], entry[1], entry[2], entry[4]): entry[5] for entry in entries}
    files = []
    for path in sorted(folder.iterdir()):
        if path.name.endswith(("WRITELOCK", ".tmp")) or path.name == MANIFEST or path.is_dir():
            continue
        info = path.stat()
        digest = known.get((path.name, info.st_size, info.st_mtime_ns, info.st_ino))
        if digest is None:
            digest = _digest(path)
            _sync(path)
        now = [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]
        files.append([path.name, *now, digest])
    _write_manifest(folder, {"made_by": _made_by(), "boot": boot(), "files": files})
    _sync(folder)
    temporary = cache / f"{CURRENT}.{os.getpid()}"
    temporary.write_text(folder.name, "utf-8")
    _sync(temporary)
    temporary.replace(cache / CURRENT)
    _sync(cache)


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    temporary = folder / f"{MANIFEST}.{os.getpid()}.tmp"
    write_json(temporary, manifest, sync=not boot())
    temporary.replace(folder / MANIFEST)


def write_json(path: Path, value: object, sync: bool) -> None:
    """Write a JSON file and, if asked, wait until it is on disk."""
    data = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
    with path.open("wb") as file:
        file.write(data)
        if sync:
            file.flush()
            os.fsync(file.fileno())


def _sync(path: Path) -> None:
    folder = path.is_dir()
    if boot() or (folder and sys.platform == "win32"):
        return
    # Windows writes to disk only what was opened for writing.
    descriptor = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(cache: Path, made: Path) -> None:
    """Remove generations that nobody can be reading any more; the one in use and `made` stay.

    To be done before `made` is published: whatever files it shares with one that goes are touched
    by that, and would be read whole by the next search.
    """
    with contextlib.suppress(OSError), os.scandir(cache) as found:
        keep = {named(cache), made.name}
        for entry in found:
            old = entry.name.startswith("gen-") and entry.name not in keep
            if old and time.time() - entry.stat().st_mtime > KEEP_SECONDS:
                shutil.rmtree(entry.path, ignore_errors=True)


@contextlib.contextmanager
def lock(cache: Path, patience: float) -> Iterator[bool]:
    """Hold the build lock; yields whether it was had within `patience` seconds.

    The lock dies with its process, so nobody ever has to delete it.
    """
    held = FileLock(str(cache / LOCK))
    try:
        had = bool(try_for(held.acquire, timeout=patience, delay=0.02))
    except OSError as error:
        raise UnusableError(f"{cache}: {error.strerror}") from error
    try:
        yield had
    finally:
        if had:
            held.release()
