"""Answering with keys: what each does to the options, and a quiz at a real terminal."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Ran
from kb.cli.pick import ALWAYS, InOrder, One, Pairs, Picker, Some
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
    assert len(f"{picker.HELP}  {ALWAYS}") <= SCREEN.width


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
def test_a_quiz_at_a_terminal(tmp_path: Path, run_kb: Callable[..., Ran], terminal: Any) -> None:
    equipment = tmp_path / "studio" / "docs" / "equipment"
    equipment.mkdir(parents=True)
    (equipment / "long.md").write_text(PAGE)
    words = ["people", "add", "mara", "--name", "M", "--initials", "MO", "--role", "intern"]
    assert run_kb(tmp_path, *words).returncode == 0
    at = terminal(tmp_path, "--as", "mara", "quiz", "long", "--seed", "1")
    at.until("How much?")
    at.until("its unit >")
    at.send("370 mV\r")
    at.until("Right number, wrong unit.")
    at.until("key wrong")
    at.send("!")
    at.until("what is wrong with it?")
    at.send("the card says 320\r")
    at.until("counted neither way")
    at.until("Which?")
    at.until("Ctrl-C stops")
    at.send("?")
    at.until("the second.")
    at.until("key wrong")
    at.send("c")
    at.send("a\r")
    at.until("> a  second")
    at.until("Right.")
    at.until("1 right of 1, 1 disputed: passed")
    at.until("next: 1 tomorrow")
    assert at.ends() == 0
