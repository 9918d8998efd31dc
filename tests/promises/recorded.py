"""What is recorded stays recorded: writers killed, crowded and out of space, stores damaged.

The writers are processes of worker.py, which use the function that every command records with.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from trial import Trial

from kb.errors import KbError
from kb.records import doctor, restore
from kb.records.event import Event
from kb.records.journal import read_events
from kb.records.store import Records

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
WORKER = Path(__file__).with_name("worker.py")
ROOT = WORKER.parents[2]
LONGEST_WAIT = 10.0  # seconds
SMALL_DISK = 256 * 1024


def start(
    folder: Path, name: str, count: int, broken: str = "", limit: int = 0
) -> subprocess.Popen[str]:
    """A writer; with `limit` no file of its may be larger than that many bytes."""

    def less() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, str(WORKER), str(folder), name, str(count), broken],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=less,
    )


def opened(folder: Path) -> Records:
    """The store that the writers of a folder share."""
    return Records(folder / "data", folder / "state", clock=lambda: NOW)


def said(out: str) -> Iterator[tuple[str, float]]:
    """The ids a writer acknowledged, and how many seconds each took."""
    for line in out.splitlines():
        id_, _, took = line.partition(" ")
        yield id_, float(took) / 1000


def wrongs(folder: Path, acknowledged: list[str]) -> Iterator[tuple[str, str]]:
    """All that must never be: missing, torn or doubled records, two places that disagree."""
    with opened(folder) as records:
        events = list(records.everything())
        found = list(doctor.examine(records))
    yield from (("wrong", str(f)) for f in found if f.good is False)
    ids = Counter(event.id for event in events)
    yield from (("missing", id_) for id_ in acknowledged if id_ not in ids)
    yield from (("doubled", id_) for id_, count in ids.items() if count > 1)
    halves = Counter(event.body["n"] for event in events)
    yield from (("torn", f"{n}: {count}") for n, count in halves.items() if count != 2)
    journal = [
        e.id for e in read_events(folder / "state" / "journal.jsonl") if isinstance(e, Event)
    ]
    if Counter(journal) != ids:
        yield "wrong", "journal and store disagree"


def storm(folder: Path, kills: int, broken: str = "") -> Trial:
    """Three writers, one of them killed at a random moment again and again."""
    what = {"hurried": "says recorded before it is", "torn": "half an append can be seen"}
    trial = Trial(what.get(broken, "kills of three writers"), control=bool(broken))
    chance = random.Random(7)
    acknowledged: list[str] = []
    workers = [start(folder, f"w{n}", 100_000, broken) for n in range(3)]
    for kill in range(kills):
        one = chance.randrange(3)
        stdout = workers[one].stdout
        assert stdout
        first = stdout.readline()  # it is at work: on a busy machine starting alone takes a while
        time.sleep(chance.uniform(0.0, 0.1))
        workers[one].send_signal(signal.SIGKILL)
        acknowledged += [id_ for id_, _ in said(first + stdout.read())]
        _over(workers[one])
        workers[one] = start(folder, f"k{kill}", 100_000, broken)
        trial.tries += 1
        if kill % 10 == 9 and (folder / "data" / "records.db").exists():
            with opened(folder) as records:
                trial.remarks["integrity checks"] += 1
                if (told := records.pragma("integrity_check")) != ["ok"]:
                    trial.fault("wrong", f"integrity after {kill + 1} kills: {told[:1]}")
    for worker in workers:
        worker.kill()
        acknowledged += [id_ for id_, _ in said(worker.communicate()[0])]
    trial.remarks["records acknowledged"] = 2 * len(acknowledged)
    trial.faults += wrongs(folder, acknowledged)
    return trial


def _over(worker: subprocess.Popen[str]) -> None:
    worker.wait()
    for stream in (worker.stdout, worker.stderr):
        if stream:
            stream.close()


def crowd(
    folder: Path,
    processes: int,
    count: int,
    broken: str = "",
    rounds: int = 1,
    timed: bool = False,
) -> Trial:
    """All at once from nothing, each `count` times; again in an empty place for each round."""
    what = f"records by {processes} writers at once"
    if rounds > 1:
        what += f", {rounds} times from an empty place"
    trial = Trial("gives up where another is writing" if broken else what, control=bool(broken))
    longest = 0.0
    for round_ in range(rounds):
        place = folder / str(round_)
        place.mkdir()
        workers = [start(place, f"w{n}", count, broken) for n in range(processes)]
        acknowledged: list[str] = []
        for worker in workers:
            out, told = worker.communicate(timeout=600)
            for id_, took in said(out):
                acknowledged.append(id_)
                longest = max(longest, took)
            if worker.returncode or (told and not broken):
                trial.fault("refused", told.strip()[-200:])
        trial.tries += 2 * len(acknowledged)
        if not broken:
            trial.faults += wrongs(place, acknowledged)
            if len(acknowledged) != processes * count:
                trial.fault("missing", f"{len(acknowledged)} of {processes * count} acknowledged")
    trial.remarks["ms the longest wait:"] = round(1000 * longest)
    if timed and longest > LONGEST_WAIT:
        trial.fault("slow", f"one waited {longest:.1f} s")
    return trial


def full_disk(folder: Path, broken: str = "") -> Trial:
    """Write until the system says no: it is said, and all that was acknowledged is there."""
    trial = Trial(
        "takes no for an answer and says nothing"
        if broken
        else "writes up to a limit on file size",
        control=bool(broken),
    )
    limit, count = (SMALL_DISK // 3, 80) if broken else (SMALL_DISK, 10_000)
    worker = start(folder, "w", count, broken, limit)
    out, told = worker.communicate(timeout=300)
    acknowledged = [id_ for id_, _ in said(out)]
    trial.tries = len(acknowledged)
    if not broken and (worker.returncode == 0 or "NOT saved: disk full" not in told):
        trial.fault("silent", told.strip()[-200:])
    trial.faults += wrongs(folder, acknowledged)
    return trial


def damage(file: Path, kind: str, chance: random.Random) -> None:
    """Damage a store in one of several ways."""
    data = file.read_bytes()
    at = chance.randrange(len(data))
    page = at // 4096 * 4096
    if kind == "deleted":
        file.unlink()
        return
    file.write_bytes(
        {
            "a flipped bit": data[:at]
            + bytes([data[at] ^ 1 << chance.randrange(8)])
            + data[at + 1 :],
            "4 KiB of zeros": data[:page] + bytes(4096) + data[page + 4096 :],
            "cut": data[:at],
            "empty": b"",
            "another header": b"This is no database.\n" + data[21:],
        }[kind]
    )


KINDS = ("a flipped bit", "4 KiB of zeros", "cut", "empty", "deleted", "another header")


def hurt(folder: Path, rounds: int, look: bool = True) -> Trial:
    """Damage the store, see whether it is noticed, and bring it back."""
    trial = Trial("damaged stores brought back" if look else "nobody looks", control=not look)
    crowd(folder, 2, 30)
    folder /= "0"
    with opened(folder) as records:
        records.back_up()
        events = list(records.everything())
    file = folder / "data" / "records.db"
    whole = file.read_bytes()
    chance = random.Random(11)
    for number in range(rounds):
        kind = KINDS[number % len(KINDS)] if look else "a flipped bit"
        file.write_bytes(whole)
        damage(file, kind, chance)
        trial.tries += 1
        trial.remarks[f"{kind}:"] += 1
        try:
            with opened(folder) as records:
                noticed = look and any(f.good is False for f in doctor.examine(records))
                same = not noticed and list(records.everything()) == events
        except KbError:
            noticed, same = look, False
        if not noticed and not same:
            trial.fault("unnoticed", f"{kind} {number}")
        if look:
            restore.restore(folder / "data", folder / "state", NOW)
            with opened(folder) as records:
                if list(records.everything()) != events:
                    trial.fault("missing", f"{kind} {number}: not brought back")
        for left in (folder / "data").iterdir():
            left.unlink()
    return trial


def sqlite_alone(folder: Path) -> Trial:
    """The control of a changed byte in a text: SQLite's own check finds nothing wrong with it."""
    import sqlite3

    trial = Trial("SQLite's own check alone", control=True)
    crowd(folder, 1, 3)
    folder /= "0"
    file = folder / "data" / "records.db"
    file.write_bytes(file.read_bytes().replace(b"xxxx", b"xxyx", 1))
    raw = sqlite3.connect(file)
    sound = raw.execute("pragma integrity_check").fetchone()[0] == "ok"
    raw.close()
    with opened(folder) as records:
        ours = [found.what for found in doctor.examine(records) if found.good is False]
    if sound and "records" in ours:
        trial.fault("unnoticed", "SQLite says ok, kb names the record")
    return trial
