"""A quiz that is left in the middle: what was answered stays, what was not is asked again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, Ran

QUESTIONS = "".join(f"### What is {n}?\n\n**Answer:** `it is {n}`\n\n" for n in range(40))


@pytest.fixture
def home(tmp_path: Path, run_kb: Callable[..., Ran]) -> Path:
    """A studio with forty questions, and somebody to answer them."""
    equipment = tmp_path / "studio" / "docs" / "equipment"
    equipment.mkdir(parents=True)
    (equipment / "long.md").write_text(f"# Long\n\n## Quiz\n\n{QUESTIONS}")
    words = ["people", "add", "mara", "--name", "M O", "--initials", "MO", "--role", "intern"]
    assert run_kb(tmp_path, *words).returncode == 0
    return tmp_path


def sit(home: Path, *words: str) -> subprocess.Popen[bytes]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "XDG_"))}
    plain |= {"PYTHONPATH": str(ROOT), "HOME": str(home), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "kb", "--as", "mara", *words],
        cwd=home / "studio",
        env=plain | {"KB_RECORDS": str(home / "records")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def answers(home: Path, run_kb: Callable[..., Ran]) -> list[tuple[str, str]]:
    """Question and what was said, of every answer in the store."""
    events = json.loads(run_kb(home, "export", "--json").stdout)["events"]
    return [(e["subject"], e["body"]["said"]) for e in events if e["kind"] == "answer"]


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_ctrl_c_keeps_what_was_answered_and_asks_only_what_is_left(
    home: Path, run_kb: Callable[..., Ran]
) -> None:
    process = sit(home, "quiz", "long", "-n", "4")
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"it is not\nnor this\n")
    process.stdin.flush()
    seen = b""
    while b"3 of 4" not in seen:
        seen += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130
    assert told == b"kb: stopped; 2 answers kept, continue with kb quiz long -n 4\n"
    first = [question for question, _ in answers(home, run_kb)]
    process = sit(home, "quiz", "long", "-n", "4", "--json")
    out, told = process.communicate(b"no\nno\n")
    assert process.returncode == 1
    result = json.loads(out)
    assert result["asked"] == 4
    assert not result["passed"]
    assert [one["id"] for one in result["questions"]][:2] == first
    assert b"1 of 4" not in told
    assert len(answers(home, run_kb)) == 4


def test_no_more_lines_is_stopping_too(home: Path) -> None:
    process = sit(home, "quiz", "long", "--seed", "3")
    _, told = process.communicate(b"one\n")
    assert process.returncode == 1
    assert told.split(b"\n")[0].strip() == (
        b"kb: stopped; 1 answer kept, continue with kb quiz long"
    )
    process = sit(home, "review", "-n", "3")
    _, told = process.communicate(b"")
    assert process.returncode == 1
    assert told.strip() == b"kb: stopped; 0 answers kept, continue with kb review -n 3"


def test_an_answer_no_keyboard_types_is_asked_again_and_not_stored(
    home: Path, run_kb: Callable[..., Ran]
) -> None:
    process = sit(home, "quiz", "long")
    lines = b"\xff\xfe\nx\x1b[2Jy\n" + b"z" * 100_000 + b"\nplain\n"
    out, told = process.communicate(lines)
    assert process.returncode == 1, told
    assert b"\x1b" not in out
    assert out.count(b"asked again") == 3
    assert [said for _, said in answers(home, run_kb)] == ["plain"]
