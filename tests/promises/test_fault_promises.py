"""The fault book through the front door: crowded, killed, and read in another terminal."""

from __future__ import annotations

import json
import random
import re
import signal
import threading
import time
from pathlib import Path

import pytest
from test_checklist_promises import FORGETFUL, FULL, kb, start

CREW = 8
RECORDED = re.compile(r"Recorded, P\d: (fault|note) (\d+)( cleared| is in its page)?")

# Gives a number without looking at what others are giving.
HASTY = """
from kb.records.store import Records

def alone(self, decision, real=Records.decide):
    drafts = list(decision(self))
    return self.append(drafts)

Records.decide, Records.real = alone, Records.decide
Records.append = lambda self, drafts: Records.real(self, lambda _: drafts)
"""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX's")


def studio(home: Path) -> None:
    page = home / "studio" / "docs" / "equipment" / "console.md"
    page.parent.mkdir(parents=True)
    rows = "| Where | Stock | Here | Do |\n|---|---|---|---|\n| Ch 1–48 | a | b | c |\n"
    page.write_text(f"---\nroom: A\n---\n\n# Console\n\nStrips by number.\n\n{rows}", "utf-8")
    (home / "studio" / "docs" / "studio.toml").write_text('id = "here"\n')


def join(home: Path) -> None:
    for n in range(CREW):
        words = ["people", "add", f"p{n}", "--name", f"P {n}", "--initials", f"P{n}"]
        kb(home, *words, "--role", "engineer")


def book(home: Path, *words: str) -> dict[int, str]:
    """What is in the book: numbers and what was said."""
    found = json.loads(kb(home, "faults", "--json", *words))
    told = [*found["faults"], *found["notes"]]
    numbers = [one["number"] for one in told if one["number"]]
    assert len(numbers) == len(set(numbers))
    return {one["number"]: one["text"] for one in told if one["number"]}


def crowd(home: Path, each: int) -> tuple[list[str], list[str]]:
    """All at once from nothing: what was acknowledged, as number and text, and what was not."""
    said: list[str] = []
    refused: list[str] = []

    def sit(n: int) -> None:
        for item in range(1, each + 1):
            words = ["fault", "ch", str(item), f"fault {item} of {n}"]
            out, told = (process := start(home, "--as", f"p{n}", *words)).communicate()
            if process.returncode or not (match := RECORDED.match(out)):
                refused.append(told)
            else:
                said.append(f"{match[2]} fault {item} of {n}")

    crew = [threading.Thread(target=sit, args=(n,)) for n in range(CREW)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    return said, refused


def test_eight_terminals_open_thirty_faults_each_and_each_has_a_number_of_its_own(
    tmp_path: Path,
) -> None:
    studio(tmp_path)
    join(tmp_path)
    each = 30 if FULL else 3
    said, refused = crowd(tmp_path, each)
    assert refused == []
    assert len(said) == CREW * each
    assert sorted(f"{n} {text}" for n, text in book(tmp_path).items()) == sorted(said)
    assert set(book(tmp_path)) == set(range(1, CREW * each + 1))
    kb(tmp_path, "doctor")


def test_control_a_kb_that_numbers_before_it_has_the_lock_gives_one_number_twice(
    tmp_path: Path,
) -> None:
    studio(tmp_path)
    join(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(HASTY)
    for _ in range(5):
        said, _ = crowd(tmp_path, 3)
        numbers = [one.partition(" ")[0] for one in said]
        if len(set(numbers)) < len(numbers):
            return
    pytest.fail("not caught")


def storm(home: Path, rounds: int) -> list[str]:
    """Kill one command after another at a random moment; all that they said and did not do."""
    chance = random.Random(5)
    opened: dict[int, str] = {}
    gone: set[int] = set()
    in_page: set[int] = set()
    wrong: list[str] = []
    killed = 0
    began = time.monotonic()
    kb(home, "--as", "p0", "fault", "ch 48", "number to go by")
    whole = time.monotonic() - began
    for round_ in range(rounds):
        kind = chance.choice(["fault", "fault", "fault", "note", "clear", "write"])
        left = sorted(opened.keys() - gone - in_page)
        number = str(chance.choice(left)) if left else ""
        words = [kind, "ch", str(round_ % 48 + 1), f"number {round_}"]
        if kind in ("clear", "write"):
            words = ["fault", kind, number] if number else ["fault", "ch 1", f"number {round_}"]
            kind = words[1] if number else "fault"
        if words[0] == "fault" and kind != "clear":
            words += ["--use", "none"]
        process = start(home, "--as", f"p{round_ % CREW}", *words)
        time.sleep(chance.uniform(0.2, 1.6) * whole)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
        if match := re.search(RECORDED, out):
            if kind == "clear":
                gone.add(int(match[2]))
            elif kind == "write":
                in_page.add(int(match[2]))
            else:
                opened[int(match[2])] = f"number {round_}"
        if round_ % 10 == 0:
            wrong += missed(home, opened, gone, in_page)
    assert killed > 0
    assert opened
    return wrong + missed(home, opened, gone, in_page)


def missed(home: Path, opened: dict[int, str], gone: set[int], in_page: set[int]) -> list[str]:
    """What was said to be recorded and is not so, in the list, in a search and in the page."""
    now, ever = book(home), book(home, "--all")
    found = json.loads(kb(home, "number", "--json"))["open"]
    searched = {one["number"]: one["text"] for one in found}
    page = (home / "studio" / "docs" / "equipment" / "console.md").read_text("utf-8")
    wrong = [f"lost {n}" for n, text in opened.items() if ever.get(n) != text]
    wrong += [f"back again {n}" for n in gone & now.keys()]
    wrong += [f"not in its page {n}" for n in in_page - gone if f"| {ever.get(n)} |" not in page]
    wrong += [f"the search says otherwise: {n}" for n in searched.keys() ^ now.keys()]
    wrong += [f"twice in its page {n}" for n in in_page if page.count(f"| {ever.get(n)} |") > 1]
    kb(home, "doctor")
    return wrong


def test_commands_killed_at_any_moment_lose_no_fault_they_said_was_recorded(
    tmp_path: Path,
) -> None:
    studio(tmp_path)
    join(tmp_path)
    assert storm(tmp_path, 60 if FULL else 15) == []


def test_control_a_kb_that_forgets_is_caught(tmp_path: Path) -> None:
    studio(tmp_path)
    join(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(FORGETFUL)
    assert storm(tmp_path, 15)


def test_a_fault_typed_in_one_terminal_is_in_the_next_search_in_another(tmp_path: Path) -> None:
    studio(tmp_path)
    join(tmp_path)
    for n in range(1, 11 if FULL else 4):
        kb(tmp_path, "--as", f"p{n % CREW}", "fault", "ch", str(n), "dead")
        result = json.loads(kb(tmp_path, "ch", str(n), "--json"))
        assert [one["number"] for one in result["open"]] == [n]
        kb(tmp_path, "--as", "p0", "fault", "clear", str(n))
        assert json.loads(kb(tmp_path, "ch", str(n), "--json"))["open"] == []
