"""The one home of git: which files changed, and what they were. It reads objects, nothing else.

The repository may be anybody's, and its configuration can name programs: hooks, fsmonitor,
filters, diff drivers, remotes to fetch a missing object from. So the index and the work tree are
never given to git: it lists trees and hands out blobs, and the files of today are compared by
their hash, which is computed here.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from kb.errors import KbError

TIMEOUT = 30.0

_OPTIONS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.allow=never",
)
# Of the GIT_ variables only those that say where the user's own settings are.
_KEPT = {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"}
_SET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",  # an object that is missing is not fetched from anywhere
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",  # the few messages that are looked at
}
_BRANCHES = (
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)
_MADE = re.compile(
    r"^committer .*> (?P<at>\d+) (?P<hours>(?P<sign>[+-])\d\d)(?P<minutes>\d\d)$", re.M
)


class HistoryError(KbError):
    """Git cannot tell; whoever asked adds what can be done without it."""


class Base(NamedTuple):
    """Where the present work leaves a branch: the commit, and the branch as it was called.

    `remark` is what else is to be said of that, to be put behind the name.
    """

    commit: str
    name: str
    remark: str = ""


def base(docs: Path, wanted: str = "") -> Base:
    """Where HEAD leaves a branch, the default one unless another is wanted.

    Raises HistoryError where git cannot tell.
    """
    head(docs)
    name = wanted or _default_branch(docs)
    commit = _commit(docs, name)
    if commit is None:
        raise HistoryError(f"git knows no {name} here; name a branch, a tag or a commit")
    ran = _run(docs, "merge-base", commit, "HEAD")
    found = ran.stdout.decode("ascii", "replace").strip()
    if ran.returncode == 0 and found:
        return Base(found, _short(name))
    if _is_shallow(docs):
        raise _shallow(_short(name))
    raise HistoryError(f"HEAD and {_short(name)} have no commit in common; name another")


def head(docs: Path) -> str:
    """The commit that is checked out. Raises HistoryError where there is none."""
    commit = _commit(docs, "HEAD")
    if commit is None:
        raise HistoryError("nothing is committed here yet")
    return commit


def before(docs: Path, moment: datetime) -> Base | None:
    """The newest commit of this line of history that is not later than a moment, or None.

    Of a merged branch only the merge counts: until then its pages were not here. Raises
    HistoryError where git cannot tell, as in a clone that does not reach back so far.
    """
    head(docs)
    day = f"{moment:%Y-%m-%d}"
    latest = f"--min-age={int(moment.timestamp())}"
    found = _listed(docs, "--max-count=1", latest)
    if found:
        return Base(found[0], day)
    if _is_shallow(docs):
        raise _shallow(day)
    return None


def first(docs: Path) -> tuple[Base, datetime]:
    """The first commit of this line of history, and when that was."""
    found = _listed(docs, "--max-parents=0", "--timestamp")
    at, _, commit = found[-1].partition(" ")
    when = datetime.fromtimestamp(int(at), UTC)
    return Base(commit, f"{when.astimezone():%Y-%m-%d}"), when


def checked_out(docs: Path) -> tuple[str, date] | None:
    """The commit that is checked out, shortened, and its day; None where git cannot tell."""
    try:
        commit, made = _made(docs, "HEAD")
    except KbError:
        return None
    return (commit[:10], made.date()) if made else None


def made_at(docs: Path, commit: str) -> datetime | None:
    """When a commit was made, if it says so. Raises HistoryError where git cannot tell."""
    return _made(docs, commit)[1]


def _made(docs: Path, commit: str) -> tuple[str, datetime | None]:
    told = _output(docs, "cat-file", "--batch", given=f"{commit}\n".encode("ascii"))
    first, _, said = told.decode("utf-8", "replace").partition("\n")
    made = _MADE.search(said.partition("\n\n")[0])
    if made is None:
        return first, None
    off = timedelta(hours=int(made["hours"]), minutes=int(made["sign"] + made["minutes"]))
    try:
        return first, datetime.fromtimestamp(int(made["at"]), timezone(off))
    except (OverflowError, ValueError, OSError):
        return first, None


def files_at(docs: Path, commit: str) -> dict[str, str]:
    """The regular files below docs in a commit, each with the id of its content."""
    found = {}
    for entry in _output(docs, "ls-tree", "-r", "-z", commit).split(b"\0"):
        about, tab, path = entry.partition(b"\t")
        mode, kind, blob = [*about.split(), b"", b"", b""][:3]
        if tab and kind == b"blob" and mode.startswith(b"100"):
            found[os.fsdecode(path)] = blob.decode("ascii")
    return found


def contents(docs: Path, blobs: Sequence[str]) -> dict[str, bytes]:
    """The contents of these ids. Raises HistoryError where one is not in this clone."""
    if not blobs:
        return {}
    asked = "".join(f"{blob}\n" for blob in blobs).encode("ascii")
    data = _output(docs, "cat-file", "--batch", given=asked)
    found: dict[str, bytes] = {}
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        words = data[at:end].split()
        if len(words) != 3 or words[1] != b"blob":
            raise HistoryError("part of the history is not in this clone: git fetch --refetch")
        size = int(words[2])
        found[words[0].decode("ascii")] = data[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
    return found


def changed(then: Mapping[str, str], now: Mapping[str, bytes]) -> set[str]:
    """The paths whose content differs, or that are there on one side only."""
    return {
        path
        for path in then.keys() | now.keys()
        if path not in then or path not in now or not _is(then[path], now[path])
    }


def names(then: Mapping[str, str], now: Mapping[str, bytes]) -> dict[str, str]:
    """Git's name for the content of each path that is not as it was then; empty for one gone."""
    like = next(iter(then.values()), "0" * 40)
    return {
        path: _blob(like, now[path]) if path in now else "" for path in sorted(changed(then, now))
    }


def _is(blob: str, data: bytes) -> bool:
    """Whether this content has that id; a checkout may have put CRLF for each LF."""
    if _blob(blob, data) == blob:
        return True
    return b"\r\n" in data and _blob(blob, data.replace(b"\r\n", b"\n")) == blob


def _blob(like: str, data: bytes) -> str:
    kind = "sha1" if len(like) == 40 else "sha256"
    # It is git's name for the content, no safeguard.
    return hashlib.new(kind, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _listed(docs: Path, *which: str) -> list[str]:
    """The commits from HEAD back along its first parents."""
    said = _output(docs, "rev-list", "--first-parent", *which, "HEAD", "--")
    return said.decode("ascii", "replace").split("\n")[:-1]


def _is_shallow(docs: Path) -> bool:
    return _output(docs, "rev-parse", "--is-shallow-repository").strip() == b"true"


def _default_branch(docs: Path) -> str:
    said = _run(docs, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    named = os.fsdecode(said.stdout).strip() if said.returncode == 0 else ""
    for name in (named, *_BRANCHES):
        if name and _commit(docs, name) is not None:
            return name
    raise HistoryError("git knows no branch main or master here; name a branch or a commit")


def _short(name: str) -> str:
    return name.removeprefix("refs/heads/").removeprefix("refs/remotes/")


def _commit(docs: Path, name: str) -> str | None:
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    ran = _run(docs, *words)
    found = ran.stdout.decode("ascii", "replace").strip()
    if ran.returncode == 0 and found:
        return found
    if ran.stderr:
        raise _failed(docs, ran.stderr)
    return None


def _output(docs: Path, *words: str, given: bytes = b"") -> bytes:
    ran = _run(docs, *words, given=given)
    if ran.returncode:
        raise _failed(docs, ran.stderr)
    return ran.stdout


def _run(docs: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    try:
        return subprocess.run(
            ["git", "-C", os.fspath(docs), *_OPTIONS, *words],
            input=given,
            capture_output=True,
            env=kept | _SET,
            timeout=TIMEOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise HistoryError("git is not installed") from error
    except (OSError, ValueError) as error:
        raise HistoryError(f"git cannot be run: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise HistoryError(f"git took longer than {TIMEOUT:.0f} s") from error


def _shallow(wanted: str) -> HistoryError:
    return HistoryError(
        f"this clone is shallow and does not reach back to {wanted}: "
        "git fetch --unshallow, or fetch-depth: 0 in a workflow"
    )


def _failed(docs: Path, told: bytes) -> HistoryError:
    text = told.decode("utf-8", "replace")
    if "not a git repository" in text:
        return HistoryError(f"{docs} is in no git repository")
    if "dubious ownership" in text:
        return HistoryError(
            f"{docs} belongs to somebody else, and git will not read it; "
            "if you trust them: git config --global --add safe.directory FOLDER"
        )
    first = next((line for line in text.splitlines() if line.strip()), "no reason told")
    return HistoryError(f"git: {first.removeprefix('fatal: ')}")
