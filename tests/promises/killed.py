"""Builders killed at random moments while others read: the old answer or the new one, always."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import time
from pathlib import Path

from forked import Break, House, replace, write
from trial import Trial

READERS = 2
NOTES = "procedures/notes.md"


def check(
    house: House,
    expected: dict[str, object],
    kills: int,
    seed: int = 1,
    broken: Break | None = None,
) -> Trial:
    """Start a build, kill it somewhere on its way, again and again, with readers running."""
    what = "answers while builders were killed"
    trial = Trial("index rebuilt in place" if broken else what, control=broken is not None)
    chance = random.Random(seed)
    stop = house.home / f"stop-{time.monotonic_ns()}"
    logs = [house.home / f"{stop.name}-{number}" for number in range(READERS)]
    start = time.monotonic()
    house.run(["reindex"], broken=broken)
    whole = time.monotonic() - start
    readers = [_reader(house, expected, log, stop, broken) for log in logs]
    try:
        for number in range(kills):
            _build_and_kill(house, number, chance.uniform(0.0, 1.3 * whole), trial, broken)
    finally:
        stop.touch()
        for reader in readers:
            os.waitpid(reader, 0)
    for log in logs:
        for line in log.read_text("utf-8").splitlines():
            query, found = json.loads(line)
            trial.compare(json.loads(json.dumps(expected[query])), found, f"“{query}”")
    trial.remarks["generations left behind:"] = sum(1 for _ in house.places().glob("gen-*"))
    return trial


def _build_and_kill(
    house: House, number: int, after: float, trial: Trial, broken: Break | None
) -> None:
    if number % 3 == 0 and broken is None:  # an update; readers would mend the broken kb by it
        write(house.docs / NOTES, f"# Notes\n\nLooked over again, entry {number}.\n")
        builder = house.begin(["search", "entry"], broken=broken)
        after /= 4
    else:
        if number % 3 == 1:  # a first build
            with contextlib.suppress(FileNotFoundError):
                (house.places() / "state.json").unlink()
        builder = house.begin(["reindex"], broken=broken)
    time.sleep(after)
    ended = builder.kill().code
    trial.remarks["killed" if ended < 0 else "had finished"] += 1


def _reader(
    house: House, expected: dict[str, object], log: Path, stop: Path, broken: Break | None
) -> int:
    """A process that searches until told to stop, and writes down every answer."""
    child = os.fork()
    if child:
        return child
    try:
        chance = random.Random(os.getpid())
        with log.open("w", encoding="utf-8") as file:
            while not stop.exists():
                query = chance.choice(list(expected))
                ran = house.search(query, broken=broken)
                answer = f"{ran.code} {ran.err[-300:]}" if ran.crashed else ran.answer
                file.write(json.dumps([query, answer]) + "\n")
                file.flush()
    finally:
        os._exit(0)


def in_place() -> None:
    """The broken kb of the control: a new generation is in use before it is written."""
    from kb.search import generations, writer

    made = generations.new

    def exposed(cache: Path, base: Path | None = None) -> Path:
        before = generations.current(cache)
        folder = made(cache, base)
        for name in ("MANIFEST.json", "pages.tsv", "meta.json"):
            if before is not None:
                shutil.copyfile(before / name, folder / name)
        if base is None:
            writer.Writer(folder).cancel()  # what is there first: an index of nothing
        (cache / "CURRENT").write_text(folder.name, "utf-8")
        time.sleep(0.6)
        return folder

    replace(generations, "new", exposed)
    replace(generations, "_checked", lambda folder, trust, name, *known: [name, *known])
