"""Runs of kb, each a process of its own that is forked from one that has already imported it.

A run costs some ten milliseconds in place of two hundred, a crash stays a crash, and a run may
have another user, another clock or a part of kb broken on purpose.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.cli import app
from kb.settings import find_places

NOBODY = 65534
Break = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended. A negative code is the signal that killed it."""

    code: int
    out: str
    err: str

    @property
    def crashed(self) -> bool:
        """Whether kb failed to cope: a traceback, its own fault, a signal."""
        return self.code not in (0, 1, 2) or "Traceback" in self.err + self.out

    @property
    def answer(self) -> Any:
        """What was found: address, line and text of each hit, in order; the error if none."""
        try:
            found = json.loads(self.out)
        except ValueError:
            return f"exit {self.code}: {self.err.strip() or self.out.strip()}"
        return [(hit["address"], hit["line"], hit["text"]) for hit in found["hits"]]


@dataclass
class House:
    """A folder with docs and a cache of its own."""

    home: Path
    cache: Path = field(init=False)
    docs: Path = field(init=False)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.docs = self.home / "studio" / "docs"
        self.cache = self.home / "cache"

    def places(self) -> Path:
        """The folder inside the cache that is for these docs."""
        return find_places(str(self.docs), str(self.cache)).cache

    def search(self, query: str, **how: Any) -> Ran:
        """`kb search --json` for a query."""
        return self.run(["search", "--json", "-n", "8", *query.split()], **how)

    def run(
        self,
        words: Iterable[str],
        broken: Break | None = None,
        uid: int | None = None,
        timeout: int = 120,
    ) -> Ran:
        """Run kb; `broken` is called first, within the run."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                _child(self, list(words), out.fileno(), err.fileno(), broken, uid, timeout)
            _, status = os.waitpid(child, 0)
            told = []
            for stream in (out, err):
                stream.seek(0)
                told.append(stream.read().decode("utf-8", "replace"))
        return Ran(os.waitstatus_to_exitcode(status), *told)

    def start(self, words: Iterable[str], broken: Break | None = None) -> int:
        """Start kb and do not wait; nothing of what it prints is kept. Returns its process id."""
        child = os.fork()
        if child == 0:
            null = os.open(os.devnull, os.O_RDWR)
            _child(self, list(words), null, null, broken, None, 120)
        return child


def _child(
    house: House,
    words: list[str],
    out: int,
    err: int,
    broken: Break | None,
    uid: int | None,
    timeout: int,
) -> None:
    code = 99
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        signal.alarm(timeout)
        for name in [n for n in os.environ if n.startswith(("KB_", "XDG_"))]:
            del os.environ[name]
        os.environ |= {
            "HOME": str(house.home),
            "KB_DOCS": str(house.docs),
            "KB_CACHE": str(house.cache),
            "TMPDIR": str(house.home / "tmp"),
            **house.environment,
        }
        tempfile.tempdir = None
        os.chdir(house.docs.parent)
        if uid is not None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["kb", *words]
        if broken is not None:
            broken()
        try:
            app.main()
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else 0
    except BaseException:  # noqa: BLE001  a fork must never return to its caller
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)


def replace(module: Any, name: str, part: Callable[..., Any]) -> None:
    """Break a part of kb that there is: a control must not go on breaking what has been renamed."""
    getattr(module, name)
    setattr(module, name, part)


def new_house(home: Path, pages: Iterable[tuple[str, str]]) -> House:
    """A house with these pages, modified long enough ago to be trusted."""
    house = House(home)
    (home / "tmp").mkdir(parents=True)
    for folder in ("equipment", "procedures"):
        (house.docs / folder).mkdir(parents=True)
    for path, text in pages:
        write(house.docs / path, text)
    return house


def write(path: Path, text: str) -> None:
    """Write a page as it stands, on any system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def settle() -> None:
    """Wait until no page is so young that kb looks into it again."""
    time.sleep(2.1)


def import_everything(scratch: Path) -> None:
    """Build and search once in this process, so that a run under another user imports nothing."""
    house = new_house(scratch / "warm", [("equipment/x.md", "---\nroom: A\n---\n\n# X\n\nWord.\n")])
    where = ["--docs", str(house.docs), "--cache", str(house.cache)]
    before = sys.argv
    for more in (["word"], ["--json", "word"]):
        sys.argv = ["kb", *where, "search", *more]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            app.main()
    sys.argv = before
    gc.enable()  # kb turns it off for the run of a command
