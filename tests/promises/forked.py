"""Runs of kb, each a process of its own that is forked from one that has already imported it.

A run costs some ten milliseconds in place of two hundred, a crash stays a crash, and a run may
have another user, another clock or a part of kb broken on purpose.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import kb
from kb.cli import app
from kb.settings import find_places

NOBODY = 65534
UNBROKEN = 98  # the exit code of a run that could not even be broken
# What is imported in the middle of things, by kb or by a library.
LATE = (
    "fsrs", "json", "shlex", "sqlite3", "tempfile", "traceback", "unicodedata",
    "encodings.cp1252", "encodings.utf_16", "encodings.utf_16_be", "encodings.utf_16_le",
    "encodings.utf_8_sig", "encodings.unicode_escape",
)  # fmt: skip
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
    docs: Path = Path()
    cache: Path = field(init=False)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.docs == Path():
            self.docs = self.home / "studio" / "docs"
        self.cache = self.home / "cache"

    def places(self) -> Path:
        """The folder inside the cache that is for these docs."""
        return find_places(str(self.docs), str(self.cache)).cache

    def search(self, query: str, **how: Any) -> Ran:
        """`kb search --json` for a query."""
        return self.run(["search", "--json", "-n", "8", *query.split()], **how)

    def run(self, words: Iterable[str], **how: Any) -> Ran:
        """Run kb to its end; `how` is that of `begin`."""
        return self.begin(words, **how).wait()

    def begin(
        self,
        words: Iterable[str],
        broken: Break | None = None,
        uid: int | None = None,
        typed: str = "",
        columns: int = 0,
        encoding: str = "utf-8",
        together: bool = False,
        timeout: int = 120,
    ) -> Running:
        """Start kb and do not wait. `broken` is called first, within the run.

        What is `typed` is its standard input. With `columns` it sits at a terminal of that width.
        With `together` results and remarks come in the order they were said.
        """
        files = [tempfile.TemporaryFile() for _ in range(2 if together else 3)]  # noqa: SIM115
        files[0].write(typed.encode("utf-8", "surrogateescape"))
        files[0].seek(0)
        ours, theirs = _terminal(columns) if columns else (-1, -1)
        child = os.fork()
        if child == 0:
            if columns:
                _sit_at(theirs)
            streams = [theirs] * 3 if columns else [file.fileno() for file in files]
            streams += streams[1:] if together else []
            _child(self, list(words), streams, broken, uid, encoding, timeout)
        if columns:
            os.close(theirs)
            os.write(ours, typed.encode("utf-8", "surrogateescape"))
        return Running(child, files, ours)


class Running:
    """A run that may not be over."""

    def __init__(self, process: int, files: list[IO[bytes]], terminal: int) -> None:
        self.process = process
        self._files = files
        self._terminal = terminal

    def kill(self) -> Ran:
        """Kill it, wherever it is by now; what it had said."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        return self.wait()

    def wait(self) -> Ran:
        """Wait for its end; what it said. At a terminal all that was shown is `out`."""
        shown = _all_of(self._terminal) if self._terminal >= 0 else b""
        _, status = os.waitpid(self.process, 0)
        told = []
        for file in self._files[1:]:
            file.seek(0)
            told.append(file.read().decode("utf-8", "surrogateescape"))
        for file in self._files:
            file.close()
        code = os.waitstatus_to_exitcode(status)
        assert code != UNBROKEN, f"a control no longer breaks what it was made to: {told[-1]}"
        told[0] += shown.decode("utf-8", "surrogateescape")
        return Ran(code, told[0], "".join(told[1:]))


def _terminal(columns: int) -> tuple[int, int]:
    """Both ends of a terminal of 24 lines."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    return ours, theirs


def _sit_at(terminal: int) -> None:
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


def _all_of(terminal: int) -> bytes:
    """What is shown until its end. Who waits for more is told, again, that there is none."""
    shown = b""
    with contextlib.suppress(OSError):  # EIO: nobody is at the other end any more
        while True:
            if not select.select([terminal], [], [], 5)[0]:
                os.write(terminal, b"\x04")  # one typed ahead is lost where the reader goes raw
                continue
            piece = os.read(terminal, 65536)
            if not piece:
                break
            shown += piece
    os.close(terminal)
    return shown


def _child(
    house: House,
    words: list[str],
    streams: list[int],
    broken: Break | None,
    uid: int | None,
    encoding: str,
    timeout: int,
) -> None:
    code = 99
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        signal.alarm(timeout)
        for name in [n for n in os.environ if n.startswith(("KB_", "XDG_", "GIT_"))]:
            del os.environ[name]
        os.environ |= {
            "HOME": str(house.home),
            "KB_DOCS": str(house.docs),
            "KB_CACHE": str(house.cache),
            "TMPDIR": str(house.home / "tmp"),
            "TERM": "xterm",
            "PAGER": "cat",
            **house.environment,
        }
        tempfile.tempdir = None
        os.chdir(house.docs.parent)
        if uid is not None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding=encoding, closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding=encoding, closefd=False)  # noqa: SIM115
        if streams[1] == streams[2]:
            sys.stdout.reconfigure(write_through=True)
            sys.stderr.reconfigure(write_through=True)
        sys.argv = ["kb", *words]
        if broken is not None:
            _break(broken)
        try:
            app.main()
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else 0
    except BaseException:  # noqa: BLE001  a fork must never return to its caller
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None:
                    stream.flush()
        os._exit(code)


def _break(broken: Break) -> None:
    try:
        broken()
    except BaseException:  # noqa: BLE001  a fork must never return to its caller
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(UNBROKEN)


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
    for module in pkgutil.walk_packages(kb.__path__, "kb."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(name)
    house = new_house(scratch / "warm", [("equipment/x.md", "---\nroom: A\n---\n\n# X\n\nWord.\n")])
    where = ["--docs", str(house.docs), "--cache", str(house.cache)]
    before = sys.argv
    for more in (["word"], ["--json", "word"]):
        sys.argv = ["kb", *where, "search", *more]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            app.main()
    sys.argv = before
    gc.enable()  # kb turns it off for the run of a command
    with warnings.catch_warnings(action="ignore"):
        gc.collect()  # what Whoosh leaves open would be told of in the middle of some test
