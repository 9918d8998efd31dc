"""How records cost: `python tests/bench/records.py [events]`, ratios of medians, nothing absolute.

A studio of 100 people and 60 checklists with 200,000 events against the same with 1,000; a tick
against a bare Typer command.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.house import read_house
from kb.records.event import Draft
from kb.records.store import Records
from kb.settings import Places, find_records
from kb.studio import Studio
from kb.training import runs
from kb.training.checklist import to_draft

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, LISTS, ITEMS, ROUNDS = 100, 60, 10, 7
ROLES = ("intern", "assistant", "engineer")
BARE = """
import typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
@app.command()
def tick(page: str, items: list[str]): pass
app()
"""


def studio(home: Path, events: int) -> None:
    """Pages, people and ticks, the same ones each time."""
    docs = home / "studio" / "docs"
    (docs / "procedures").mkdir(parents=True)
    (docs / "equipment").mkdir()
    chance = random.Random(5)
    words = "clock rail mute level drive lamp cord strip bay tone fader cue gate".split()
    for n in range(LISTS):
        steps = [" ".join(chance.choices(words, k=7)) + f" {n}.{k}" for k in range(ITEMS)]
        text = f"---\nfor: {ROLES[n % 3]}\n---\n\n# Job {n}\n\n## Steps\n\n"
        (docs / "procedures" / f"job-{n}.md").write_text(
            text + "".join(f"- [ ] {s}\n" for s in steps)
        )
    os.environ.update(HOME=str(home), KB_RECORDS=str(home / "records"))
    opened = Studio(Places(docs, home / "cache"), datetime.now(UTC).date())
    lists = [opened.checklist(f"procedures/job-{n}") for n in range(LISTS)]
    now = datetime(2026, 1, 2, tzinfo=UTC)
    folder, state = find_records(None, read_house(docs).id)
    with Records(folder, state, clock=lambda: now) as records:
        drafts = [to_draft("p0", one) for one in lists]
        for n in range(PEOPLE):
            body = {"name": f"Person {n}", "initials": f"{n:03}", "role": ROLES[n % 3]}
            drafts.append(Draft("person", "p0", f"p{n}", body=body))
        records.append(drafts)
        left = events - len(drafts)
        while left > 0:
            now += timedelta(hours=12)
            drafts = []
            for _ in range(min(left, 400)):
                one = chance.choice(lists)
                run = runs.current([], one.address, now.date(), "a")
                actor = f"p{chance.randrange(PEOPLE)}"
                drafts.append(runs.to_draft("tick", actor, run, chance.choice(one.items)))
            records.append(drafts)
            left -= len(drafts)
    opened.close()


def timed(home: Path, *command: str) -> float:
    """Seconds for one run of a whole process."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"HOME": str(home), "KB_RECORDS": str(home / "records"), "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *command],
        cwd=home / "studio",
        env=environment,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start


def ratio(one: list[float], other: list[float]) -> float:
    """How many times the other."""
    return statistics.median(one) / statistics.median(other)


def main(events: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        many, few = Path(folder) / "many", Path(folder) / "few"
        studio(many, events)
        studio(few, 1000)
        bare = few / "bare.py"
        bare.write_text(BARE)
        asked = {
            "progress": ("-m", "kb", "progress"),
            "checklist list": ("-m", "kb", "--as", "p1", "checklist", "list"),
            "tick": ("-m", "kb", "--as", "p1", "checklist", "tick", "job-7", "1-3"),
        }
        took: dict[str, tuple[list[float], list[float], list[float]]] = {}
        for name, words in asked.items():
            took[name] = [], [], []
            for _ in range(ROUNDS):
                took[name][0].append(timed(many, *words))
                took[name][1].append(timed(few, *words))
                took[name][2].append(timed(few, str(bare), "job-7", "1-3"))
        print(f"{'':<16}{events:,} / 1,000 events   x a bare Typer command (1,000 events)")
        for name, (a, b, c) in took.items():
            print(f"{name:<16}{ratio(a, b):>8.2f}{ratio(b, c):>30.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
