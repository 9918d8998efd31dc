"""Commands that ask, at a real terminal of 80 columns; and pages that would like to drive it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import ROOT

pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
from furnished import furnish  # noqa: E402
from shown import EVIL, EVIL_LINES  # noqa: E402
from sitting import Terminal  # noqa: E402


@contextmanager
def at(home: Path, *words: str) -> Iterator[Terminal]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "XDG_"))}
    plain |= {"HOME": str(home), "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    terminal = Terminal([sys.executable, "-m", "kb", *words], home / "studio", plain)
    try:
        yield terminal
    finally:
        terminal.close()


@pytest.fixture(scope="module", params=["plain", "evil"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param) / "home"
    evil = request.param == "evil"
    furnish(folder, EVIL_LINES if evil else "", EVIL if evil else "")
    return folder


def harmless(terminal: Terminal) -> None:
    """Nothing of what a page said has reached the terminal as it stood."""
    for part in ("\x1b]52", "\x1b]8", "\x1b[35", "\x9b", "\x9d", "\x84", "\u202e", "\u2066"):
        assert part not in terminal.raw
    assert not re.search(r"^kb: forged", terminal.seen, re.M)
    assert "Traceback" not in terminal.raw


def test_the_prompt_searches_opens_a_hit_and_leaves(home: Path) -> None:
    with at(home) as terminal:
        terminal.until("pages, ")
        terminal.until("kb>")
        terminal.send("zebrafish lamp\r")
        terminal.until("zebrafish")
        terminal.until("kb>")
        terminal.send("1\r")
        terminal.until("may touch")
        terminal.until("kb>")
        terminal.send("zzyzx qqwq\r")
        terminal.until("nothing on")
        terminal.until("kb>")
        terminal.send("help\r")
        terminal.until("A number opens that hit")
        terminal.until("kb>")
        assert terminal.press("\x04") == 0
        harmless(terminal)


def test_the_prompt_is_left_with_a_word(home: Path) -> None:
    for word in ("q", "quit", "exit"):
        with at(home) as terminal:
            terminal.until("a number opens that hit")
            terminal.until("kb>")
            terminal.send(f"{word}\r")
            assert terminal.ends() == 0


def test_a_checklist_is_walked_with_keys(home: Path) -> None:
    with at(home, "--as", "mara", "checklist", "do", "open") as terminal:
        terminal.until("MO> ")
        terminal.send("1\r")
        terminal.until("Recorded")
        terminal.until("MO> ")
        terminal.send("nonsense\r")
        terminal.until("MO> ")
        terminal.send("+ 1\r")
        terminal.until("what is to be noted?")
        terminal.send("a note\r")
        terminal.until("Recorded")
        terminal.until("a note")
        assert terminal.press("\x04") == 0
        harmless(terminal)


def test_ctrl_c_leaves_whatever_asks(home: Path) -> None:
    for words in (["checklist", "do", "open"], ["quiz", "lamp"], ["review"]):
        with at(home, *words) as terminal:
            terminal.until("initials:")
            assert terminal.press("\x03") == 130
            harmless(terminal)


def test_a_quiz_is_answered_with_keys_and_left(home: Path) -> None:
    with at(home, "--as", "mara", "quiz", "lamp", "--only", "written", "--seed", "3") as terminal:
        terminal.until("1 of ")
        terminal.until("hint")
        assert terminal.press("\x03") == 130
        assert "answers kept" in terminal.seen
        harmless(terminal)


def test_a_fault_is_asked_for_column_by_column(home: Path) -> None:
    with at(home, "new", "fault", "plain", "--by", "MO") as terminal:
        for column, said in (("Where", "Ch 5"), ("Symptom", "hums"), ("Workaround", "use ch 6")):
            terminal.until(f"{column}:")
            terminal.send(f"{said}\r")
        terminal.until("docs/procedures/plain.md:")
        assert terminal.ends() == 0
        harmless(terminal)
