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
from sitting import CODES, Terminal  # noqa: E402


@contextmanager
def at(home: Path, *words: str, no_color: str = "1", pager: str = "cat") -> Iterator[Terminal]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "XDG_"))}
    plain |= {"HOME": str(home), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    plain |= {"NO_COLOR": no_color}
    program = ["env", f"PAGER={pager}", sys.executable, "-m", "kb", *words]
    terminal = Terminal(program, home / "studio", plain)
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
        terminal.send("kb faults\r")
        terminal.until("for the command leave with q: kb faults")
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


@pytest.mark.parametrize("words", ["48v for the u47", "plate reverb return", "phantom on ribbon"])
def test_colour_adds_nothing_to_the_words(tmp_path: Path, words: str) -> None:
    told = []
    for no_color in ("1", ""):
        asked = ("--docs", str(ROOT / "docs"), "-n", "20", *words.split())
        (tmp_path / "studio").mkdir(exist_ok=True)
        with at(tmp_path, "search", *asked, no_color=no_color) as terminal:
            assert terminal.ends() == 0
            read = terminal.raw.encode("utf-8", "surrogateescape").decode()
            told.append(CODES.sub("", read))
    assert told[0] == told[1]
    assert "\x1b[1;36m" in terminal.raw


def test_an_answer_higher_than_the_screen_goes_to_the_pager(tmp_path: Path) -> None:
    (tmp_path / "studio").mkdir()
    docs = ("--docs", str(ROOT / "docs"))
    pager = "sed s/^/paged/"
    with at(tmp_path, *docs, "ch", "19", pager=pager) as terminal:
        terminal.until("pagedDiffers from stock")
        assert terminal.ends() == 0
    with at(tmp_path, *docs, "-n", "1", "ch", "19", pager=pager) as terminal:
        terminal.until("Differs from stock")
        assert terminal.ends() == 0
        assert "paged" not in terminal.raw
    with at(tmp_path, *docs, pager=pager) as terminal:
        terminal.until("kb>")
        terminal.send("ch 19\r")
        terminal.until("pagedDiffers from stock")
        terminal.until("kb>")
        assert terminal.press("\x04") == 0


@pytest.mark.parametrize(
    "words",
    [["list"], ["questions", "console"], ["show", "procedures"]],
    ids=" ".join,
)
def test_what_is_told_is_broken_between_words(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "studio").mkdir()
    with at(tmp_path, "--docs", str(ROOT / "docs"), *words) as terminal:
        terminal.ends()
        told = terminal.raw.encode("utf-8", "surrogateescape").decode().splitlines()
    long = [line for line in told if len(line) > 80]
    assert told
    assert [line for line in long if " " in line.strip()] == []
