"""Quizzes through the front door: killed, and out of space."""

from __future__ import annotations

import random
import resource
import time
from itertools import pairwise
from pathlib import Path

from commanded import ITEMS, crewed, seconds, sound
from forked import Break, Ran, Running
from furnished import records
from trial import Trial

from kb.errors import NOT_SAVED

JUDGED = ("Right.", "Not quite.")


def quizzes(home: Path, kills: int, broken: Break | None = None) -> Trial:
    """Quizzes killed at any moment: an answer that was judged aloud is kept, once."""
    trial = Trial("forgets what it judged" if broken else "quizzes killed", control=bool(broken))
    house = crewed(home)
    chance = random.Random(5)
    number = 0

    def sit() -> Running:
        nonlocal number
        lines = [f"answer {number + n}" for n in range(chance.randint(2, 12))]
        number += len(lines)
        words = ["--as", "p0", "quiz", "asked", "-n", str(ITEMS - 10)]
        return house.begin(words, typed="".join(f"{line}\n" for line in lines), broken=broken)

    judged: list[str] = []
    whole = seconds(lambda: judged.extend(_judged(sit().wait())))
    while trial.tries < kills:
        running = sit()
        time.sleep(chance.uniform(0.3, 1.2) * whole)
        judged += _judged(running.kill())
        trial.tries += 1
    trial.remarks["answers judged"] = len(judged)
    with records(house) as store:
        kept = [str(event.body["said"]) for event in store.find("answer")]
    trial.faults += [("missing", said) for said in sorted(set(judged) - set(kept))]
    trial.faults += [("doubled", said) for said in set(kept) if kept.count(said) > 1]
    sound(trial, house)
    return trial


def filled_up(home: Path) -> Trial:
    """The disk fills up in the middle of a quiz: it says so, and what was judged is kept."""
    trial = Trial("answers before the disk was full")
    house = crewed(home)
    size = (home / ".local" / "share" / "kb" / "here" / "records.db").stat().st_size + 24 * 1024
    ran = house.run(
        ["--as", "p0", "quiz", "asked", "-n", str(ITEMS - 10)],
        typed="".join(f"answer {n}\n" for n in range(ITEMS)),
        broken=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    judged = _judged(ran)
    trial.tries = len(judged)
    if ran.code != NOT_SAVED or "NOT saved" not in ran.err.splitlines()[-1]:
        trial.fault("silent", f"exit {ran.code} {ran.err[-200:]}")
    with records(house) as store:
        kept = {str(event.body["said"]) for event in store.find("answer")}
    trial.faults += [("missing", said) for said in judged if said not in kept]
    return trial


def _judged(ran: Ran) -> list[str]:
    """The answers that were echoed, and judged right below."""
    told = [line for line in ran.out.splitlines() if line.startswith(("> answer ", *JUDGED))]
    return [
        said.removeprefix("> ")
        for said, after in pairwise(told)
        if said.startswith(">") and after in JUDGED
    ]
