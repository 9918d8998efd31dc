"""Somebody at a real terminal of 80 columns: types, reads, waits for what must come."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
PATIENCE = 60  # seconds


class Terminal:
    """A program at a terminal: what it shows is in `raw`, and in `seen` without its codes."""

    def __init__(
        self,
        words: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str],
        columns: int = 80,
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            words,
            cwd=cwd,
            env={**environment, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "PAGER": "cat"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C is one
        )
        os.close(theirs)
        self.raw = ""
        self.seen = ""

    def until(self, wanted: str) -> None:
        """Wait until this is shown; what came before it is done with."""
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.seen and time.monotonic() < deadline and self._more():
            pass
        assert wanted in self.seen, self.seen[-2000:]
        self.seen = self.seen.partition(wanted)[2]

    def send(self, text: str) -> None:
        """Press these keys."""
        os.write(self._ours, text.encode())

    def press(self, key: str) -> int:
        """Press a key until the program ends; its exit code.

        Once is not enough: what comes just before a program begins to read is lost on it.
        """
        for _ in range(PATIENCE // 3):
            with contextlib.suppress(OSError):  # it is over already
                self.send(key)
            soon = time.monotonic() + 3
            while time.monotonic() < soon and self._more():
                if self.process.poll() is not None:
                    return self.process.returncode
        return self.ends()

    def ends(self) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._more():
            pass
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """Kill what is left."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def _more(self) -> bool:
        if not select.select([self._ours], [], [], 0.3)[0]:
            return True
        try:
            text = os.read(self._ours, 4096).decode("utf-8", "surrogateescape")
        except OSError:  # nobody is at the other end any more
            return False
        self.raw += text
        self.seen += CODES.sub("", text)
        return bool(text)
