"""Keeping the index as fresh as the pages: what changed is found and applied, nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.pages.problem import Problem
from kb.pages.read import Entry, entries, glance, read
from kb.search import generations
from kb.search.generations import UnusableError
from kb.search.known import Known

# A file changed this shortly before it was looked at could change again within one tick of the
# file system's clock, and nobody would see it: it is looked into again next time.
RACY_NS = 2_000_000_000
PATIENCE = 30.0
BRIEFLY = 0.25

Build = Callable[[Path, Path, "Path | None", "Difference"], "Fresh"]


@dataclass(slots=True)
class Fresh:
    """A generation that answers for the docs as they are, or `behind` pages short of it."""

    folder: Path
    meta: dict[str, Any]
    behind: int = 0
    notes: list[str] = field(default_factory=list)

    def remarks(self) -> tuple[str, ...]:
        """What to tell beside what it answers."""
        behind = f"the index is {self.behind} pages behind; another kb is building it"
        return (behind, *self.notes) if self.behind else tuple(self.notes)


@dataclass(slots=True)
class Difference:
    """What has to be done to a generation to fit the docs, and how the docs looked.

    `known` is what the generation knows of the pages.
    """

    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    racy: list[str] = field(default_factory=list)
    stats: dict[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=Known)

    def __len__(self) -> int:
        return len(self.changed) + len(self.removed)


def fresh(docs: Path, cache: Path, build: Build) -> Fresh:
    """The index of these docs, brought up to date.

    Where the cache cannot be used the index is made for this run only, in a private folder that
    goes with the process. Raises OSError if even that cannot be written.
    """
    try:
        generations.prepare(cache)
        return _fresh(docs, cache, build)
    except (UnusableError, PermissionError) as error:
        reason = str(error) if isinstance(error, UnusableError) else f"{cache}: cannot write there"
    except OSError as error:
        reason = f"{cache}: {error.strerror or error}"
    folder = generations.current(cache)
    if folder is not None and not _difference(docs, folder, None, time.time_ns()):
        return Fresh(folder, meta(folder))
    private = Path(tempfile.mkdtemp(prefix="kb-"))
    _private.append(private)
    found = _fresh(docs, private, build)
    found.notes.append(f"{reason}; indexed for this run only")
    return found


_private: list[Path] = []


def forget_private() -> None:
    """Remove what was indexed for one run only."""
    while _private:
        shutil.rmtree(_private.pop(), ignore_errors=True)


def rebuild(docs: Path, cache: Path, build: Build) -> Fresh:
    """Index every page anew, whatever was there. Raises UnusableError."""
    generations.prepare(cache)
    with generations.lock(cache, PATIENCE) as had:
        if not had:
            raise UnusableError(f"{cache}: another kb is still building; try again")
        difference = _difference(docs, None, None, time.time_ns())
        return build(docs, cache, None, difference or Difference())


def _fresh(docs: Path, cache: Path, build: Build) -> Fresh:
    named = generations.named(cache)
    folder = generations.current(cache)
    difference = _difference(docs, folder, _state(cache, folder), time.time_ns())
    if folder is not None and not difference:
        save_state(cache, folder, difference)
        return Fresh(folder, meta(folder))
    with generations.lock(cache, BRIEFLY if folder else PATIENCE) as had:
        if not had:
            if folder is not None:
                return Fresh(folder, meta(folder), behind=len(difference or ()))
            raise UnusableError(f"{cache}: another kb is still building")
        if generations.named(cache) != named:  # somebody built while we waited
            folder = generations.current(cache)
            difference = _difference(docs, folder, _state(cache, folder), time.time_ns())
        if folder is None or difference:
            return build(docs, cache, folder, difference or Difference())
        save_state(cache, folder, difference)
        return Fresh(folder, meta(folder))


# --- what changed ------------------------------------------------------------------------------


def _difference(
    docs: Path, folder: Path | None, state: dict[str, Any] | None, looked: int
) -> Difference | None:
    """What differs between the docs and a generation; None where nothing was even touched.

    A folder whose names, sizes and times are as remembered is not looked into. In the others a
    page counts as changed when its bytes are.
    """
    remembered = state["folders"] if state else {}
    doubtful = set(state["racy"]) if state else set()
    doubtful_folders = set(map(_folder, doubtful))
    digests: dict[str, str] = {}
    racy: list[str] = []
    here: dict[str, str] = {}
    for name, digest, newest in glance(docs):
        digests[name] = digest
        same = remembered.get(name) == digest
        if same and newest <= looked - RACY_NS and name not in doubtful_folders:
            continue
        for entry in entries(docs, name):
            fits_twice = max(entry.mtime_ns, entry.ctime_ns) > looked - RACY_NS
            if fits_twice:
                racy.append(entry.path)
            if fits_twice or not same or entry.path in doubtful:
                here[entry.path] = _stat(entry)
    if not here and remembered == digests and state is not None:
        return None
    known = Known(folder)
    moved = {name for name in {*remembered, *digests} if remembered.get(name) != digests.get(name)}
    removed = [p for p in known if p not in here and (state is None or _folder(p) in moved)]
    doubtful.update(racy, here if state is None else ())
    changed = [
        path
        for path, stat in here.items()
        if path not in known
        or (
            (path in doubtful or known.stat(path) != stat)
            and digest_of(read(docs, path)) != known.entry(path)["sha"]
        )
    ]
    return Difference(changed, removed, digests, racy, here, known)


def _stat(entry: Entry) -> str:
    return f"{entry.size} {entry.mtime_ns} {entry.ctime_ns} {entry.inode}"


def digest_of(data: bytes | Problem) -> str:
    """What tells one content of a file from another, or why it has none."""
    return data.message if isinstance(data, Problem) else hashlib.sha256(data).hexdigest()


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _state(cache: Path, folder: Path | None) -> dict[str, Any] | None:
    """What the docs looked like when this generation was last known to fit them."""
    if folder is None:
        return None
    try:
        state = json.loads((cache / "state.json").read_bytes())
        ok = state["generation"] == folder.name and isinstance(state["folders"], dict)
        return state if ok and isinstance(state["racy"], list) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save_state(cache: Path, folder: Path, difference: Difference | None) -> None:
    """Remember that a generation fits the docs as they looked."""
    if difference is None:
        return
    state = {
        "generation": folder.name,
        "folders": difference.digests,
        "racy": difference.racy,
    }
    temporary = cache / f"state.json.{os.getpid()}"
    generations.write_json(temporary, state, sync=False)
    temporary.replace(cache / "state.json")


def load_pages(folder: Path) -> dict[str, dict[str, Any]]:
    """What a generation knows of each page, by path below docs."""
    known = Known(folder)
    return {path: known.entry(path) for path in known}


def meta(folder: Path) -> dict[str, Any]:
    """The little of a generation that every search needs beside the postings."""
    found: dict[str, Any] = json.loads((folder / "meta.json").read_bytes())
    return found
