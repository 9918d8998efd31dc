"""Answering with keys: what each does to the options, and a quiz at a real terminal."""

from __future__ import annotations

import io
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import ROOT
from kb.cli.pick import InOrder, One, Pairs, Picker, Some
from kb.views.terminal import Screen

SCREEN = Screen(io.StringIO())


def keys(picker: Picker, said: str) -> str:
    """The answer after these keys: letters, and ↑ ↓ _ (space) < (backspace)."""
    for key in said:
        name = {"↑": "up", "↓": "down", "_": "space", "<": "backspace"}.get(key)
        picker.move(name) if name else picker.press(key)
    return picker.answer()


def test_one_is_picked_by_arrows_or_its_letter() -> None:
    assert keys(One("xyz"), "") == "a"
    assert keys(One("xyz"), "↓↓↓") == "c"
    assert keys(One("xyz"), "↓↓↑") == "b"
    assert keys(One("xyz"), "cq") == "c"


def test_several_are_picked_and_dropped() -> None:
    assert keys(Some("xyz"), "") == ""
    assert keys(Some("xyz"), "_↓↓_") == "a c"
    assert keys(Some("xyz"), "aca") == "c"


def test_steps_are_carried_or_their_letters_typed_in_order() -> None:
    assert keys(InOrder("xyz"), "") == ""  # nothing moved is no answer
    assert keys(InOrder("xyz"), "_↓↓_") == "b c a"
    assert keys(InOrder("xyz"), "cab") == "c a b"
    assert keys(InOrder("xyz"), "cc") == "c a b"
    assert keys(InOrder("xyz"), "c<b") == "b c a"
    assert keys(InOrder("xyz"), "↓↓") == ""


def test_pairs_want_a_letter_for_each() -> None:
    assert keys(Pairs("xy", "pqr"), "c") == ""
    assert keys(Pairs("xy", "pqr"), "cb") == "1c 2b"
    assert keys(Pairs("xy", "pqr"), "cb↑a") == "1a 2b"
    assert keys(Pairs("xy", "pqr"), "cb<") == ""


@pytest.mark.parametrize("picker", [One("xy"), Some("xy"), InOrder("xy"), Pairs("xy", "pq")])
def test_what_was_done_can_be_seen_and_no_line_is_too_wide(picker: Picker) -> None:
    before = picker.rows(SCREEN)
    keys(picker, "b")
    assert picker.rows(SCREEN) != before
    assert sum(here for _, here in before) == 1
    assert all(len(text) <= SCREEN.width for text, _ in picker.rows(SCREEN, done=True))


PAGE = """# Long

## Quiz

### Which?
<!-- q: which critical -->

> Hint: the second.

- [ ] first
- [x] second
- [ ] third

### How much?
<!-- q: much -->

**Answer:** `370 nWb/m`
"""


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_quiz_at_a_terminal(tmp_path: Path) -> None:
    import pty

    equipment = tmp_path / "studio" / "docs" / "equipment"
    equipment.mkdir(parents=True)
    (equipment / "long.md").write_text(PAGE)
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "XDG_"))}
    plain |= {"HOME": str(tmp_path), "KB_RECORDS": str(tmp_path / "r"), "TERM": "xterm"}
    plain |= {"PYTHONPATH": str(ROOT), "PROMPT_TOOLKIT_NO_CPR": "1", "NO_COLOR": "1"}
    words = [sys.executable, "-m", "kb"]
    home = tmp_path / "studio"
    joined = [
        *words,
        "people",
        "add",
        "mara",
        "--name",
        "M",
        "--initials",
        "MO",
        "--role",
        "intern",
    ]
    subprocess.run(joined, cwd=home, env=plain, check=True, capture_output=True)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*words, "--as", "mara", "quiz", "long", "--seed", "1"],
        cwd=home,
        env=plain,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = ""

    def until(wanted: str) -> None:
        nonlocal seen
        deadline = time.monotonic() + 30
        while wanted not in seen and time.monotonic() < deadline:
            if select.select([ours], [], [], 1)[0]:
                try:
                    text = os.read(ours, 4096).decode(errors="replace")
                except OSError:
                    break
                seen += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
        assert wanted in seen, seen[-2000:]
        seen = seen.partition(wanted)[2]

    def send(text: str) -> None:
        os.write(ours, text.encode())

    try:
        until("as MO?")
        send("\r")
        until("How much?")
        until("its unit >")
        send("370 mV\r")
        until("Right number, wrong unit.")
        until("key wrong")
        send("!")
        until("what is wrong with it?")
        send("the card says 320\r")
        until("counted neither way")
        until("Which?")
        until("key wrong")
        send("?")
        until("the second.")
        until("key wrong")
        send("c")
        send("a\r")
        until("> a  second")
        until("Right.")
        until("1 right of 1, 1 disputed: passed")
        until("next: 1 tomorrow")
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
