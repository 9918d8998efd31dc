"""Nothing acknowledged is lost: shown with real processes, each with a control that must fail.

Short here and in CI; `KB_PROMISES=full` runs the numbers that the README gives.
"""

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.records import doctor, restore
from kb.records.event import Event
from kb.records.journal import read_events
from kb.records.store import Records

FULL = os.environ.get("KB_PROMISES") == "full"
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
WORKER = Path(__file__).with_name("worker.py")
ROOT = WORKER.parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 and limits are POSIX's")


def start(
    folder: Path, name: str, count: int, broken: str = "", limit: int = 0
) -> subprocess.Popen[str]:
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
    return Records(folder / "data", folder / "state", clock=lambda: NOW)


def wrongs(folder: Path, acknowledged: list[str]) -> list[str]:
    """All that must never be: missing, torn or doubled records, two places that disagree."""
    with opened(folder) as records:
        events = list(records.everything())
        found = [str(f) for f in doctor.examine(records) if f.good is False]
    ids = Counter(event.id for event in events)
    found += [f"missing {id_}" for id_ in acknowledged if id_ not in ids]
    found += [f"doubled {id_}" for id_, count in ids.items() if count > 1]
    halves = Counter(event.body["n"] for event in events)
    found += [f"torn {n}: {count}" for n, count in halves.items() if count != 2]
    journal = [
        e.id for e in read_events(folder / "state" / "journal.jsonl") if isinstance(e, Event)
    ]
    if Counter(journal) != ids:
        found.append("journal and store disagree")
    return found


def storm(folder: Path, kills: int, broken: str = "") -> list[str]:
    """Three writers, and one of them killed at a random moment again and again."""
    chance = random.Random(7)
    acknowledged: list[str] = []
    workers = [start(folder, f"w{n}", 10_000, broken) for n in range(3)]
    for kill in range(kills):
        time.sleep(chance.uniform(0.0, 0.25))
        one = chance.randrange(3)
        workers[one].send_signal(signal.SIGKILL)
        acknowledged += workers[one].communicate()[0].split()
        workers[one] = start(folder, f"k{kill}", 10_000, broken)
    for worker in workers:
        worker.kill()
        acknowledged += worker.communicate()[0].split()
    assert len(acknowledged) > kills
    return wrongs(folder, acknowledged)


def crowd(folder: Path, processes: int, count: int, broken: str = "") -> tuple[int, int, list[str]]:
    """All at once from nothing: how many were acknowledged, how many refused."""
    workers = [start(folder, f"w{n}", count, broken) for n in range(processes)]
    acknowledged = []
    refused = 0
    for worker in workers:
        out, told = worker.communicate(timeout=300)
        acknowledged += out.split()
        refused += worker.returncode != 0
        if not broken:
            assert not told, told
    return len(acknowledged), refused, wrongs(folder, acknowledged)


def test_kill_9_at_any_moment_loses_tears_and_doubles_nothing(tmp_path: Path) -> None:
    assert storm(tmp_path, 200 if FULL else 15) == []


@pytest.mark.parametrize(("broken", "found"), [("hurried", "missing"), ("torn", "torn")])
def test_control_the_storm_catches_a_program_that_breaks_its_word(
    tmp_path: Path, broken: str, found: str
) -> None:
    assert any(line.startswith(found) for line in storm(tmp_path, 25, broken))


def test_terminals_that_start_together_are_never_refused(tmp_path: Path) -> None:
    for round_ in range(25 if FULL else 2):
        folder = tmp_path / str(round_)
        folder.mkdir()
        assert crowd(folder, 8, 60 if FULL else 10) == (480 if FULL else 80, 0, [])


def test_control_a_program_without_patience_is_refused(tmp_path: Path) -> None:
    acknowledged, refused, _ = crowd(tmp_path, 8, 30, "impatient")
    assert refused > 0
    assert acknowledged < 240


def full_disk(folder: Path, broken: str = "") -> tuple[list[str], str, int]:
    """Write until the system says no; what was acknowledged, what was told, the exit code."""
    worker = start(folder, "w", 10_000, broken, limit=256 * 1024)
    out, told = "", ""
    try:
        out, told = worker.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        worker.kill()
        out, told = worker.communicate()
    return out.split(), told.strip().split("\n")[-1], worker.returncode


def test_a_full_disk_is_said_and_what_was_saved_before_is_there(tmp_path: Path) -> None:
    acknowledged, told, code = full_disk(tmp_path)
    assert code != 0
    assert "NOT saved: disk full" in told
    assert len(acknowledged) > 50
    assert wrongs(tmp_path, acknowledged) == []


def test_control_a_careless_program_loses_records_on_a_full_disk(tmp_path: Path) -> None:
    folder = tmp_path
    worker = start(folder, "w", 450, "careless", limit=256 * 1024)
    acknowledged = worker.communicate(timeout=120)[0].split()
    assert any("missing" in line for line in wrongs(folder, acknowledged))


@pytest.mark.parametrize("what", ["data", "data/records.db"])
def test_a_read_only_place_is_read_and_says_that_nothing_is_saved(
    tmp_path: Path, what: str
) -> None:
    (tmp_path / "probe").mkdir(mode=0o500)
    if os.access(tmp_path / "probe", os.W_OK):
        pytest.skip("who runs this may write anywhere")
    assert crowd(tmp_path, 1, 5)[0] == 5
    (tmp_path / what).chmod(0o500 if what == "data" else 0o400)
    worker = start(tmp_path, "w", 1)
    assert "NOT saved" in worker.communicate()[1]
    with opened(tmp_path) as records:
        assert records.count() == 10


def damage(data: bytes, kind: str, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    if kind == "flip":
        return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
    if kind == "zero":
        page = at // 4096 * 4096
        return data[:page] + bytes(4096) + data[page + 4096 :]
    return data[:at]


def hurt(folder: Path, rounds: int, look: bool = True) -> list[str]:
    """Damage the store in many ways; name each that was neither noticed nor brought back."""
    crowd(folder, 2, 60)
    with opened(folder) as records:
        records.back_up()
        events = list(records.everything())
    file = folder / "data" / "records.db"
    whole = file.read_bytes()
    chance = random.Random(11)
    found = []
    for n in range(rounds):
        kind = ("flip", "zero", "cut")[n % 3]
        file.write_bytes(damage(whole, kind, chance))
        try:
            with opened(folder) as records:
                noticed = any(f.good is False for f in doctor.examine(records))
                same = not noticed and list(records.everything()) == events
        except restore.NotSavedError:
            noticed, same = True, False
        if not (noticed and look) and not same:
            found.append(f"{kind} {n} not noticed")
        if look:
            restore.restore(folder / "data", folder / "state", NOW)
            with opened(folder) as records:
                if list(records.everything()) != events:
                    found.append(f"{kind} {n} not brought back")
        for left in (folder / "data").iterdir():
            left.unlink()
    return found


def test_any_damage_to_the_store_is_noticed_and_mended_from_backup_and_journal(
    tmp_path: Path,
) -> None:
    assert hurt(tmp_path, 300 if FULL else 24) == []


def test_control_damage_goes_unnoticed_by_those_who_do_not_look(tmp_path: Path) -> None:
    assert hurt(tmp_path, 12, look=False)


def test_control_sqlite_alone_does_not_notice_a_changed_byte(tmp_path: Path) -> None:
    crowd(tmp_path, 1, 3)
    file = tmp_path / "data" / "records.db"
    file.write_bytes(file.read_bytes().replace(b"xxxx", b"xxyx", 1))
    raw = sqlite3.connect(file)
    assert raw.execute("pragma integrity_check").fetchone()[0] == "ok"
    raw.close()
    with opened(tmp_path) as records:
        assert [f.what for f in doctor.examine(records) if f.good is False] == [
            "records",
            "journal",
        ]
