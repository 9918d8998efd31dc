"""The list of what is open beside the store: a search believes it, so it must never be wrong."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from kb.errors import KbError
from kb.house import read_house
from kb.records import openlist
from kb.records.event import Draft
from kb.records.openlist import CLOSES, OPENS
from kb.records.query import INSERT, to_row
from kb.records.store import Records
from kb.settings import studio_id

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)


def a_fault(number: int = 1, text: str = "no output") -> Draft:
    body = {"number": number, "where": "Ch 22", "shown": "Ch 22", "text": text, "initials": "MO"}
    return Draft(OPENS[0], "mara", "Ch 22", body={**body, "places": ["ch:22"]})


def a_tick() -> Draft:
    return Draft("tick", "mara", "open", "open/a", "1:x", {"run": "2026-11-22/A/1"})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path


def opened(place: Path, patience: float = 30) -> Records:
    clock = lambda: NOW  # noqa: E731
    return Records(place / "data", place / "state", clock=clock, patience=patience)


def at_hand(place: Path) -> list[str] | None:
    """The texts of what a search finds without opening the store; None where it has to."""
    found = openlist.read(place / "data", place / "state")
    return None if found is None else [event["body"]["text"] for event in found]


def asked(place: Path) -> list[str]:
    """The texts that a search comes to, whichever way."""
    found = at_hand(place)
    if found is None:
        with opened(place) as records:
            found = [event.body["text"] for event in records.listed_open()]
    return found


def test_where_nothing_was_ever_recorded_nothing_is_open(place: Path) -> None:
    assert at_hand(place) == []
    with opened(place) as records:
        assert records.listed_open() == []
    assert list(place.iterdir()) == []


def test_the_list_fits_after_every_commit_and_a_tick_is_one(place: Path) -> None:
    with opened(place) as records:
        records.append([a_tick()])
        assert at_hand(place) == []
        (fault,) = records.append([a_fault()])
        assert at_hand(place) == ["no output"]
        for _ in range(3):
            records.append([a_tick()])
            assert at_hand(place) == ["no output"]
        records.append([Draft(CLOSES[0], "mara", "Ch 22", fault.id)])
        assert at_hand(place) == []


def test_a_decision_that_is_given_up_leaves_the_list_as_it_was(place: Path) -> None:
    def refuse(_: Records) -> list[Draft]:
        raise KbError("no")

    with opened(place) as records:
        records.append([a_fault()])
        with pytest.raises(KbError):
            records.decide(refuse)
    assert at_hand(place) == ["no output"]


def killed(place: Path, how: str) -> None:
    """A process that records a fault and dies by kill -9 at this moment."""
    code = f"""
import os, signal, sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from kb.records import openlist, store
from test_openlist import a_fault, opened
from pathlib import Path

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

{how}
with opened(Path({str(place)!r})) as records:
    records.append([a_fault(2, "second")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr


BEFORE = "openlist.drop = die"
BETWEEN = "store.Records._list_open = die"
HALF_WRITTEN = """
real = os.fdopen
def torn(*words):
    file = real(*words)
    file.write(b"half of it")
    file.flush()
    die()
os.fdopen = torn
"""
kills = pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")


@kills
@pytest.mark.parametrize(("moment", "saved"), [(BEFORE, 1), (BETWEEN, 2), (HALF_WRITTEN, 2)])
def test_a_kill_between_commit_and_list_is_never_a_wrong_answer(
    place: Path, moment: str, saved: int
) -> None:
    wanted = ["no output", "second"][:saved]
    with opened(place) as records:
        records.append([a_fault()])
    killed(place, moment)
    assert at_hand(place) in (None, wanted)
    assert asked(place) == wanted
    assert at_hand(place) == wanted  # whoever asked has put it right


@kills
@pytest.mark.parametrize("careful", [True, False])
def test_nor_where_the_file_system_is_too_coarse_to_tell_two_commits_apart(
    place: Path, careful: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openlist, "_stamp", lambda _: [0])
    with opened(place) as records:
        records.append([a_fault()])
    coarse = "openlist._stamp = lambda _: [0]\n"
    killed(place, coarse + BETWEEN + ("" if careful else "\nopenlist.drop = lambda _: None"))
    # The control: without taking the list away first, the old one would still be believed.
    assert (asked(place) == ["no output", "second"]) is careful


@pytest.mark.parametrize("looks", [True, False])
def test_what_others_do_to_the_store_is_seen_by_its_times(
    place: Path, looks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(place) as records:
        records.append([a_fault()])
        (later,) = Records.append.__get__(opened(place / "other"))([a_fault(2, "by hand")])
    if not looks:  # the control: a list that is tied to nothing
        monkeypatch.setattr(openlist, "_stamp", lambda _: [0])
        with opened(place) as records:
            openlist.write(place / "data", records.still_open(NOW))
    with sqlite3.connect(place / "data" / "records.db") as stranger:
        stranger.execute(INSERT, to_row(later))
    stranger.close()
    assert ("by hand" in asked(place)) is looks


def test_an_older_store_put_back_in_place_is_seen(place: Path) -> None:
    store, copy = place / "data" / "records.db", place / "copy.db"
    with opened(place) as records:
        records.append([a_fault()])
        copy.write_bytes(store.read_bytes())
        info = store.stat()
        (fault,) = records.find(OPENS[0])
        records.append([Draft(CLOSES[0], "mara", "x", fault.id)])
    assert at_hand(place) == []
    store.write_bytes(copy.read_bytes())
    os.utime(store, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert at_hand(place) is None


def test_damage_to_the_list_is_noticed_wherever_it_is(place: Path) -> None:
    with opened(place) as records:
        records.append([a_fault()])
    file = place / "data" / openlist.FILE
    whole = file.read_bytes()
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert at_hand(place) is None
        file.write_bytes(whole[:at])
        assert at_hand(place) is None
    assert asked(place) == ["no output"]
    assert file.read_bytes() == whole


def test_whoever_reads_does_not_wait_for_whoever_writes(place: Path) -> None:
    with opened(place) as records:
        records.append([a_fault()])
    (place / "data" / openlist.FILE).unlink()
    with opened(place) as writer, writer.alone(), opened(place, patience=600) as reader:
        assert [event.body["text"] for event in reader.listed_open()] == ["no output"]
    assert at_hand(place) is None


ids = st.sampled_from(["kiln-lane", "a", "", "B c", "x" * 50])
head_lines = st.sampled_from(
    [
        'name = "Here"', "name = 'it''s'", 'day_ends = "06:00"  # late', "", "  # id = \"no\"",
        'pass = 0.8', "n = [1,", "2]", 'text = """', '"""', "a.b = 1", '"id" = "q"', "[roles]",
        "[[rooms]]", 'letter = "A"', "x = { id = \"y\" }", 'bad = "\\u0041"', "\t", "id =", "\x0b",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(head_lines | ids.map(lambda id_: f'id = "{id_}"'), max_size=6), st.booleans())
def test_the_quick_look_for_the_studio_s_id_agrees_with_a_whole_reading_or_says_nothing(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], dos: bool
) -> None:
    docs = tmp_path_factory.mktemp("studio")
    text = "".join(line + ("\r\n" if dos else "\n") for line in lines)
    (docs / "studio.toml").write_bytes(text.encode())
    quick = studio_id(docs)
    try:
        tomllib.loads(text)
        wanted = read_house(docs).id
    except (KbError, ValueError):
        return
    assert quick in (None, wanted)
