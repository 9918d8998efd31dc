"""What a quiz promises: an answer that was judged aloud is kept, whatever happens to kb next."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from test_checklist_promises import FORGETFUL, FULL, kb, recorded, start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")

QUESTIONS = 40
JUDGED = ("Right.", "Not quite.")


def studio(home: Path) -> None:
    equipment = home / "studio" / "docs" / "equipment"
    equipment.mkdir(parents=True)
    asked = "".join(f"### What is {n}?\n\n**Answer:** `it is {n}`\n\n" for n in range(QUESTIONS))
    (equipment / "long.md").write_text(f"# Long\n\n## Quiz\n\n{asked}")
    (home / "studio" / "docs" / "studio.toml").write_text('id = "here"\n')
    kb(home, "people", "add", "mara", "--name", "M O", "--initials", "MO", "--role", "intern")


def sit(home: Path, *words: str) -> subprocess.Popen[str]:
    return start(home, "--as", "mara", *words)


def answers(home: Path) -> list[tuple[str, str]]:
    """Question and what was said, of every answer in the store."""
    return [
        (str(event["subject"]), str(event["body"]["said"]))  # type: ignore[index]
        for event in recorded(home)
        if event["kind"] == "answer"
    ]


def storm(home: Path, rounds: int) -> list[str]:
    """Answer, and be killed at any moment, again and again; all that was judged and is not kept."""
    chance = random.Random(5)
    judged: list[str] = []
    killed = number = 0
    for _ in range(rounds):
        process = sit(home, "quiz", "long", "-n", str(QUESTIONS))
        assert process.stdin
        lines = [f"answer {number + n}" for n in range(chance.randint(2, 12))]
        number += len(lines)
        process.stdin.write("".join(f"{line}\n" for line in lines))
        process.stdin.flush()
        time.sleep(chance.uniform(0.2, 0.9))
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
        echoed = [line for line in out.splitlines() if line.startswith(("> answer ", *JUDGED))]
        judged += [
            said.removeprefix("> ")
            for said, after in pairwise(echoed)
            if said.startswith(">") and after in JUDGED
        ]
    kept = [said for _, said in answers(home)]
    assert killed
    assert judged
    kb(home, "doctor")
    return [f"missing {said}" for said in set(judged) - set(kept)] + [
        f"doubled {said}" for said in set(kept) if kept.count(said) > 1
    ]


def test_a_kill_at_any_moment_loses_no_answer_that_was_judged(tmp_path: Path) -> None:
    studio(tmp_path)
    assert storm(tmp_path, 60 if FULL else 8) == []


def test_control_a_kb_that_forgets_is_caught(tmp_path: Path) -> None:
    studio(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(FORGETFUL)
    assert storm(tmp_path, 8)


def test_ctrl_c_keeps_what_was_answered_and_asks_only_what_is_left(tmp_path: Path) -> None:
    studio(tmp_path)
    process = sit(tmp_path, "quiz", "long", "-n", "4")
    assert process.stdin
    assert process.stdout
    process.stdin.write("it is not\nnor this\n")
    process.stdin.flush()
    seen = ""
    while "3 of 4" not in seen:
        seen += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130
    assert told == "kb: stopped; 2 answers kept, continue with kb quiz long -n 4\n"
    first = [question for question, _ in answers(tmp_path)]
    process = sit(tmp_path, "quiz", "long", "-n", "4", "--json")
    out, told = process.communicate("no\nno\n")
    assert process.returncode == 1
    result = json.loads(out)
    assert result["asked"] == 4
    assert not result["passed"]
    assert [one["id"] for one in result["questions"]][:2] == first
    assert "1 of 4" not in told
    assert len(answers(tmp_path)) == 4


def test_no_more_lines_is_stopping_too(tmp_path: Path) -> None:
    studio(tmp_path)
    process = sit(tmp_path, "quiz", "long", "--seed", "3")
    _, told = process.communicate("one\n")
    assert process.returncode == 1
    assert told == "kb: stopped; 1 answer kept, continue with kb quiz long\n"
    process = sit(tmp_path, "review", "-n", "3")
    _, told = process.communicate("")
    assert process.returncode == 1
    assert told == "kb: stopped; 0 answers kept, continue with kb review -n 3\n"


def test_an_answer_no_keyboard_types_is_asked_again_and_not_stored(tmp_path: Path) -> None:
    studio(tmp_path)
    lines = b"\xff\xfe\nx\x1b[2Jy\n" + b"z" * 100_000 + b"\nplain\n"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    environment |= {"HOME": str(tmp_path), "KB_RECORDS": str(tmp_path / "r")}
    ran = subprocess.run(
        [sys.executable, "-m", "kb", "--as", "mara", "quiz", "long"],
        input=lines,
        capture_output=True,
        cwd=tmp_path / "studio",
        env=environment,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert b"\x1b" not in ran.stdout
    assert ran.stdout.count(b"asked again") == 3
    assert [said for _, said in answers(tmp_path)] == ["plain"]
