"""The same promises through the front door: kb's own commands, killed and crowded."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

FULL = os.environ.get("KB_PROMISES") == "full"
ROOT = Path(__file__).parents[2]
ITEMS = 60
CREW = 8

FORGETFUL = """
import contextlib
from kb.records.store import Records

real = Records.alone

@contextlib.contextmanager
def forgetful(self):
    with real(self) as connection:
        yield connection
        connection.execute("rollback")
        connection.execute("begin immediate")

Records.alone = forgetful
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")


def environment(home: Path) -> dict[str, str]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "XDG_"))}
    plain.pop("PYTHONDONTWRITEBYTECODE", None)
    path = os.pathsep.join([str(home), str(ROOT)])
    plain |= {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
    return plain | {"HOME": str(home), "KB_RECORDS": str(home / "r")}


def start(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kb", *words],
        cwd=home / "studio",
        env=environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kb(home: Path, *words: str, text: str = "") -> str:
    process = start(home, *words)
    out, told = process.communicate(text)
    assert process.returncode == 0, told
    return out


def studio(home: Path) -> None:
    procedures = home / "studio" / "docs" / "procedures"
    procedures.mkdir(parents=True)
    steps = "".join(f"- [ ] Step {n} of many\n" for n in range(1, ITEMS + 1))
    (procedures / "long.md").write_text(f"# Long\n\n## All of it\n\n{steps}")
    (home / "studio" / "docs" / "studio.toml").write_text('id = "here"\n')


def join(home: Path) -> None:
    for n in range(CREW):
        words = ["people", "add", f"p{n}", "--name", f"P {n}", "--initials", f"P{n}"]
        kb(home, *words, "--role", "engineer")


def recorded(home: Path) -> list[dict[str, object]]:
    return list(json.loads(kb(home, "export", "--json"))["events"])


def test_eight_terminals_tick_sixty_items_each_from_a_cold_start(tmp_path: Path) -> None:
    studio(tmp_path)
    join(tmp_path)
    each = ITEMS if FULL else 5
    refused: list[str] = []

    def sit(n: int) -> None:
        for item in range(1, each + 1):
            process = start(tmp_path, "--as", f"p{n}", "checklist", "tick", "long", str(item))
            out, told = process.communicate()
            if process.returncode or "Recorded" not in out:
                refused.append(told)

    crew = [threading.Thread(target=sit, args=(n,)) for n in range(CREW)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    ticks = [(e["actor"], e["target"]) for e in recorded(tmp_path) if e["kind"] == "tick"]
    assert refused == []
    assert len(ticks) == len(set(ticks)) == CREW * each
    kb(tmp_path, "doctor")


def storm(home: Path, rounds: int) -> list[str]:
    """Kill one command after another at a random moment; all that they said and did not do."""
    chance = random.Random(3)
    said: set[tuple[str, str]] = set()
    signed: set[str] = set()
    left = [(n, item) for n in range(CREW) for item in range(1, ITEMS + 1)]
    chance.shuffle(left)
    killed = 0
    for round_ in range(rounds):
        kind = chance.choice(["tick", "tick", "do", "signoff", "backup"])
        n, item = left.pop()
        if kind == "signoff":
            words = ["signoff", f"p{n}", "long", "--by", f"p{(n + 1) % CREW}", "--level", "knows"]
            process = start(home, *words, "--note", f"note {round_}")
        elif kind == "backup":
            process = start(home, "backup")
        elif kind == "do":
            process = start(home, "--as", f"p{n}", "checklist", "do", "long")
            assert process.stdin
            process.stdin.write(f"{item}\n")
            process.stdin.flush()
        else:
            process = start(home, "--as", f"p{n}", "checklist", "tick", "long", str(item))
        time.sleep(chance.uniform(0.1, 1.5))
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
        if "Recorded" in out and kind == "signoff":
            signed.add(f"note {round_}")
        elif "Recorded" in out:
            said.add((f"p{n}", f"step-{item}-of-many"))
    events = recorded(home)
    ticks = [
        (e["actor"], str(e["target"]).rpartition("/")[2]) for e in events if e["kind"] == "tick"
    ]
    notes = [e["body"]["note"] for e in events if e["kind"] == "signoff"]  # type: ignore[index]
    assert killed > 0
    assert said
    wrong = [f"missing {tick}" for tick in said - set(ticks)]
    wrong += [f"missing {note}" for note in signed - set(notes)]
    wrong += ["doubled"] * (len(ticks) - len(set(ticks)) + len(notes) - len(set(notes)))
    kb(home, "doctor")
    return wrong


def test_commands_killed_at_any_moment_lose_nothing_they_said_was_recorded(tmp_path: Path) -> None:
    studio(tmp_path)
    join(tmp_path)
    assert storm(tmp_path, 200 if FULL else 15) == []


def test_control_a_kb_that_forgets_is_caught(tmp_path: Path) -> None:
    studio(tmp_path)
    join(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(FORGETFUL)
    assert storm(tmp_path, 15)
