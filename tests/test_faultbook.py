"""The fault book: what its events come to, and what everybody sees of it."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Ran
from kb.book import Open
from kb.errors import KbError
from kb.records import openlist
from kb.records.event import Draft
from kb.records.openlist import CLOSES, KINDS, OPENS, SETTLED, WRITTEN, plain
from kb.records.store import Records
from kb.room.faultbook import entries, find, newest_first, still_open
from kb.search.hit import BookEntry
from kb.settings import Places
from kb.studio import Studio
from kb.views.faults import listed
from kb.views.terminal import Screen

Kb = Callable[..., Ran]
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
bodies = st.dictionaries(
    st.sampled_from("number where shown text use room places page initials rows odd".split()),
    json_values | st.integers(1, 4),
    max_size=6,
)
targets = st.integers(0, 30) | st.sampled_from(
    ["", "no time", "2026-11-22T13:00:00.000Z", "2026-11-30T06:00:00.000Z"]
)
told = st.lists(st.tuples(st.sampled_from(KINDS), targets, bodies), max_size=30)


def drafts(events: list[tuple[str, int | str, Any]], ids: list[str]) -> Iterator[Draft]:
    for kind, target, body in events:
        wanted = target if isinstance(target, str) else ids[target % len(ids)] if ids else ""
        yield Draft(kind, "mara", "x", wanted, body=body)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told)
def test_whatever_the_events_say_store_list_and_book_agree_on_what_is_open(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, int | str, Any]]
) -> None:
    place = tmp_path_factory.mktemp("store")
    ids: list[str] = []
    with Records(place / "data", place / "state", clock=lambda: NOW) as records:
        for event in events:
            ids += [made.id for made in records.append(drafts([event], ids))]
        everything = [plain(event) for event in records.find(*KINDS)]
        asked = [plain(event) for event in records.still_open(NOW)]
    listed = openlist.read(place / "data", place / "state")
    assert listed == asked
    book = still_open(entries(everything, NOW), [], NOW)
    assert still_open(entries(asked, NOW), [], NOW) == book
    closed = {event["target"] for event in everything if event["kind"] in CLOSES}
    faults = {event["id"] for event in everything if event["kind"] == OPENS[0]}
    assert {entry.id for entry in book if entry.kind == "fault"} == faults - closed
    assert len({entry.label for entry in book}) == len(book)
    for entry in book:
        assert find(book, entry.label, NOW) == entry
    assert entries([*everything, *everything], NOW) == entries(everything, NOW)


def told_event(number: int, kind: str = OPENS[0], **more: Any) -> dict[str, Any]:
    at = more.pop("at", NOW - timedelta(hours=1))
    body = {"number": number, "where": "Ch 22", "text": "dead", "initials": "MO", **more}
    id_ = more.pop("id", f"{number:08}-0000-7000-8000-0000000000{number:02}")
    target = more.pop("target", "")
    plain_ = {"id": id_, "kind": kind, "actor": "mara", "at": at.isoformat()}
    return {**plain_, "target": target, "body": body}


def test_two_stores_that_gave_one_number_are_told_apart_and_neither_is_cleared_by_mistake() -> None:
    one, other = told_event(3, id="x-11ab"), told_event(3, id="x-22cd")
    book = entries([one, other], NOW)
    assert [entry.label for entry in book] == ["3-ab", "3-cd"]
    assert find(book, "3-CD", NOW).id == "x-22cd"
    with pytest.raises(KbError, match=r"3 stands for several: 3-ab Ch 22: dead; 3-cd Ch 22: dead"):
        find(book, "3", NOW)
    book = entries([one, other, told_event(3, CLOSES[0], target="x-11ab")], NOW)
    assert find(book, "3", NOW).label == "3"
    assert find(book, "3-cd", NOW) == find(book, "3", NOW)
    with pytest.raises(KbError, match="cleared already, by MO 2026-11-22 13:03"):
        find(book, "3-ab", NOW)


def written(days: int, *rows: str) -> list[BookEntry]:
    at = NOW - timedelta(days=days)
    fault = told_event(1, at=at)
    into = {"page": "equipment/console", "rows": list(rows)}
    return entries([fault, told_event(1, WRITTEN, target=fault["id"], at=at, **into)], NOW)


def test_what_was_written_gives_way_to_its_row_wherever_that_stands_in_the_page() -> None:
    book = written(1, "ch-22", "ch-22-dead")
    assert still_open(book, [], NOW) == book
    assert still_open(book, ["equipment/console-b#known-faults/ch-22"], NOW) == book
    assert still_open(book, ["equipment/console#known-faults/ch-22-other"], NOW) == book
    for row in ("known-faults/ch-22", "cleared/ch-22", "known-faults/ch-22-dead"):
        assert still_open(book, [f"equipment/console#{row}"], NOW) == []


def test_long_after_it_was_written_the_page_alone_tells_of_a_fault() -> None:
    assert still_open(written(SETTLED.days, "ch-22"), [], NOW)
    assert not still_open(written(SETTLED.days + 1, "ch-22"), [], NOW)


def test_a_terminal_shows_the_book_whole_and_as_much_of_the_pages_as_fits() -> None:
    book = entries([told_event(n, shown="Ch 22") for n in range(1, 4)], NOW)
    rows = [book[0]._replace(label="", address=f"x#y/{n}", path="x.md", line=n) for n in range(40)]
    note = entries([told_event(4, OPENS[1], target="2026-11-23T06:00:00.000Z")], NOW)
    screen = Screen(io.StringIO())
    opened = Open(newest_first([*book, *rows]), note)
    assert len(list(listed(screen, opened, NOW))) == 3 + 40 + 3
    screen.terminal, screen.height = True, 24
    shown = list(listed(screen, opened, NOW))
    assert len(shown) < 24
    assert sum("x.md" in line for line in shown) == 15
    assert "and 25 older in the pages: kb faults | less" in shown


CONSOLE = """---
room: A
---

# Console

## Known faults

| Where | Symptom | Workaround | Reported | By |
|---|---|---|---|---|
| Ch 14 | Fader scratches | Set it once | 2026-10-19 | MO |

## Gain

| Where | Stock | Here | Do |
|---|---|---|---|
| Ch 1–48 | pot | switch | Note the step |
"""
OPENING = "---\nroom: A\n---\n\n# Opening\n\n- [ ] Mains on\n- [ ] Tone on ch 30\n"


@pytest.fixture
def home(tmp_path: Path, run_kb: Kb) -> Path:
    for name, text in (("equipment/console", CONSOLE), ("procedures/opening", OPENING)):
        page = tmp_path / "studio" / "docs" / f"{name}.md"
        page.parent.mkdir(parents=True)
        page.write_text(text, "utf-8")
    (tmp_path / "studio" / "docs" / "studio.toml").write_text('id = "here"\n')
    words = ["people", "add", "mara", "--name", "M", "--initials", "MO", "--role", "intern"]
    assert run_kb(tmp_path, *words).returncode == 0
    return tmp_path


def fault(run_kb: Kb, home: Path, *words: str) -> None:
    ran = run_kb(home, "--as", "mo", *words)
    assert "Recorded, MO" in ran.stdout, ran.stdout


def found(run_kb: Kb, home: Path, *words: str) -> Any:
    return json.loads(run_kb(home, *words, "--json").stdout)


def open_in(result: Any) -> list[int]:
    return [entry["number"] for entry in result["open"]]


def test_a_search_has_what_is_open_at_the_place_and_about_the_words(home: Path, run_kb: Kb) -> None:
    fault(run_kb, home, "fault", "ch 22", "no output", "--use", "strip 23")
    fault(run_kb, home, "fault", "boiler", "whines")
    for query, wanted in [
        ("ch 22", [1]),
        ("strip 22 gain", [1]),
        ("ch 21-23", [1]),
        ("no output", [1]),
        ("boiler", [2]),
        ("boilers whining", [2]),
        ("why does the boiler leak", [2]),
        ("ch 23", []),
        ("track 22", []),
        ("output level", []),
        ("whine", [2]),
        ("--room B ch 22", []),
        ("--room A ch 22", [1]),
    ]:
        assert open_in(found(run_kb, home, *query.split())) == wanted, query
    result = found(run_kb, home, "gain switch output")
    assert result["open"] == []
    assert found(run_kb, home, "search", "--kind", "mod", "ch", "22")["hits"][0]["open"] == ["1"]


def test_a_search_with_an_open_fault_and_no_hit_has_an_answer(home: Path, run_kb: Kb) -> None:
    fault(run_kb, home, "fault", "boiler", "whines")
    ran = run_kb(home, "boiler")
    assert (ran.returncode, ran.stdout) == (0, "open fault 1 · MO 14:03 · Boiler: whines\n")
    assert run_kb(home, "zzyzx").returncode == 1


def test_a_search_without_an_index_still_has_what_is_open(home: Path, run_kb: Kb) -> None:
    fault(run_kb, home, "fault", "ch 22", "no output")
    (home / "cache2").write_text("no folder")
    ran = run_kb(home, "--cache", str(home / "cache2"), "ch", "22")
    assert "open fault 1" in ran.stdout


def test_a_search_with_open_faults_opens_no_store_and_reads_no_toml(home: Path, run_kb: Kb) -> None:
    fault(run_kb, home, "fault", "ch 22", "no output")
    run_kb(home, "ch", "22")
    ran = run_kb(home, "ch", "22", python=("-X", "importtime"))
    assert "open fault 1" in ran.stdout
    loaded = set(re.findall(r"^import time: .*\| +([\w.]+)", ran.stdout, re.M))
    assert not loaded & {"sqlite3", "tomllib", "kb.records.store", "kb.records.event", "kb.house"}
    assert "whoosh.fields" in loaded


def test_a_store_that_was_lost_is_said_and_a_search_answers_all_the_same(
    home: Path, run_kb: Kb
) -> None:
    fault(run_kb, home, "fault", "ch 22", "no output")
    (home / "records" / "here" / "records.db").unlink()
    ran = run_kb(home, "ch", "22")
    assert ran.returncode == 0
    assert "the fault book cannot be read" in ran.stdout
    assert "kb restore" in ran.stdout
    assert run_kb(home, "restore").returncode == 0
    assert "open fault 1" in run_kb(home, "ch", "22").stdout


def test_export_into_an_empty_store_gives_the_same_open_list(home: Path, run_kb: Kb) -> None:
    fault(run_kb, home, "fault", "ch 22", "no output", "--use", "strip 23")
    fault(run_kb, home, "fault", "boiler", "whines")
    fault(run_kb, home, "fault", "clear", "2")
    fault(run_kb, home, "fault", "ch 14", "dead")
    fault(run_kb, home, "fault", "write", "3", "--use", "none")
    fault(run_kb, home, "note", "ch 9", "ribbon on it")
    (home / "studio" / "all.jsonl").write_text(run_kb(home, "export").stdout)
    elsewhere = ("--records", str(home / "elsewhere"))
    assert "0 set aside" in run_kb(home, *elsewhere, "import", "all.jsonl").stdout
    for words in (["faults"], ["faults", "--all"], ["ch", "22"], ["ch", "9"]):
        here = found(run_kb, home, *words)
        assert found(run_kb, home, *elsewhere, *words) == here
    fault(run_kb, home, *elsewhere, "fault", "ch 1", "dead")  # the numbers go on from there
    assert found(run_kb, home, *elsewhere, "faults")["faults"][0]["number"] == 5
    assert run_kb(home, "doctor").returncode == 0


def test_stores_that_gave_one_number_are_merged_with_both_shown(home: Path, run_kb: Kb) -> None:
    elsewhere = ("--records", str(home / "elsewhere"))
    (home / "studio" / "people.jsonl").write_text(run_kb(home, "export").stdout)
    run_kb(home, *elsewhere, "import", "people.jsonl")
    fault(run_kb, home, "fault", "ch 1", "here")
    fault(run_kb, home, *elsewhere, "fault", "ch 2", "there")
    (home / "studio" / "there.jsonl").write_text(run_kb(home, *elsewhere, "export").stdout)
    run_kb(home, "import", "there.jsonl")
    both = [one for one in found(run_kb, home, "faults")["faults"] if one["number"]]
    assert {one["text"] for one in both} == {"here", "there"}
    assert {one["number"] for one in both} == {1}
    assert len({one["label"] for one in both}) == 2
    assert "1 stands for several" in run_kb(home, "--as", "mo", "fault", "clear", "1").stdout
    fault(run_kb, home, "fault", "clear", both[0]["label"])
    (left,) = [one for one in found(run_kb, home, "faults")["faults"] if one["number"]]
    assert (left["text"], left["label"]) == (both[1]["text"], "1")


def test_a_second_try_to_write_a_fault_adds_no_second_row(home: Path, run_kb: Kb) -> None:
    fault(run_kb, home, "fault", "ch 22", "no output", "--use", "strip 23")
    page = home / "studio" / "docs" / "equipment" / "console.md"
    for _ in range(2):
        fault(run_kb, home, "fault", "write", "1")
        assert (
            page.read_text("utf-8").count("| Ch 22 | no output | strip 23 | 2026-11-22 | MO |") == 1
        )
    ran = run_kb(home, "--as", "mo", "fault", "clear", "1")
    assert "its row in equipment/console is still to be cleared" in ran.stdout


BAY = """---
room: A
---

# Bay

| Top | Out | Normal | Bottom | In |
|---|---|---|---|---|
| C1–C48 | Ch 1–48 insert send | half | D1–D48 | Ch 1–48 insert return |
"""


def test_a_jack_tells_what_is_open_there(home: Path, run_kb: Kb) -> None:
    (home / "studio" / "docs" / "equipment" / "bay.md").write_text(BAY, "utf-8")
    fault(run_kb, home, "fault", "c22", "loose", "--use", "hold it")
    fault(run_kb, home, "fault", "ch 22", "insert return thin")
    fault(run_kb, home, "note", "c22", "cord stays", "--until", "18:00")
    shown = " ".join(run_kb(home, "patch", "A:C22").stdout.split())
    assert "open fault C22: loose. Meanwhile: hold it (fault 1, MO)" in shown
    assert "open fault Ch 22: insert return thin (fault 2, MO)" in shown
    assert "note C22: cord stays (note 3, MO, until 2026-11-22 18:00)" in shown
    (point,) = found(run_kb, home, "patch", "A:C22")["points"]
    told = {(one["address"], one["path"], one["line"]) for one in point["faults"]}
    assert told == {(name, None, None) for name in ("fault 1", "fault 2", "note 3")}
    assert "loose" not in run_kb(home, "patch", "A:C23").stdout


def test_what_is_open_is_to_be_had_room_by_room(
    home: Path, run_kb: Kb, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(run_kb, home, "fault", "ch 22", "no output", "--use", "strip 23")
    fault(run_kb, home, "note", "ch 9", "ribbon on it")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    places = Places(home / "studio" / "docs", home / "cache")
    studio = Studio(places, NOW.date(), clock=lambda: NOW, records=str(home / "records"))
    opened = studio.book.opened("A")
    assert [one.label for one in (*opened.faults, *opened.notes)] == ["1", "", "2"]
    assert studio.book.opened("B") == Open([], [])
    studio.close()


def test_control_characters_and_what_is_too_long_are_kept_out(home: Path, run_kb: Kb) -> None:
    fault(run_kb, home, "fault", "ch 22", "dead\x1b]0;owned\x07\nagain \u202e")
    (one,) = [one for one in found(run_kb, home, "faults")["faults"] if one["number"]]
    assert one["text"] == "dead\\x1b]0;owned\\x07 again \\u202e"
    ran = run_kb(home, "--as", "mo", "fault", "ch 22", "x" * 401)
    assert (ran.returncode, "longer than 400" in ran.stdout) == (2, True)


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_failed_item_offers_to_open_a_fault(home: Path, run_kb: Kb, terminal: Any) -> None:
    at = terminal(home, "--as", "mo", "checklist", "do", "opening")
    at.until("MO>")
    at.send("f 2 dead\r")
    at.until("open a fault: Tone on ch 30: dead?")
    at.send("\r")
    at.until("Recorded, MO: fault 1")
    at.send("f 1 ch 7 hums\r")
    at.until("open a fault: Ch 7: hums?")
    at.send("n\r")
    at.until("MO>")
    at.send("f 1 smell\r")
    at.until("open a fault: Mains on: smell?")
    at.send("ch 22\r")
    at.until("Recorded, MO: fault 2 · Ch 22, room A: smell")
    at.send("q\r")
    assert at.ends() == 0
    assert open_in(found(run_kb, home, "ch", "30")) == [1]


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_the_prompt_greets_with_what_is_open_and_has_what_is_typed_elsewhere(
    home: Path, run_kb: Kb, terminal: Any
) -> None:
    fault(run_kb, home, "fault", "ch 22", "no output")
    at = terminal(home)
    at.until("2 pages, 2 open faults.")
    at.until("1  MO")
    at.until("kb>")
    at.send("ch 30\r")
    at.until("Ch 1–48")
    at.until("kb>")
    fault(run_kb, home, "fault", "ch 30", "hums")
    at.send("ch 30\r")
    at.until("open fault 2")
    at.until("kb>")
    at.send("\x04")
    assert at.ends() == 0


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_at_a_terminal_what_is_missing_is_asked_for(home: Path, terminal: Any) -> None:
    other = home / "studio" / "docs" / "equipment" / "console-b.md"
    other.write_text(CONSOLE.replace("room: A", "room: B").replace("# Console", "# Console B"))
    at = terminal(home, "fault", "ch", "22")
    at.until("Ch 22 in A or B?")
    at.send("c\r")
    at.until("say A or B; q leaves")
    at.until("Ch 22 in A or B?")
    at.send("b\r")
    at.until("what is wrong with Ch 22, room B?")
    at.send("dead\r")
    at.until("who? initials:")
    at.send("1-3\r")
    at.until("nobody is called '1-3'")
    at.until("q leaves")
    at.send("mo\r")
    at.until("Recorded, MO: fault 1 · Ch 22, room B: dead")
    assert at.ends() == 0
    at = terminal(home, "--as", "mo", "--room", "B", "fault", "ch", "22", "dead")
    at.until("already open: fault 1. Open one more? y or n:")
    at.send("n\r")
    assert at.ends() == 0


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_checklist_of_two_rooms_asks_which(home: Path, terminal: Any) -> None:
    page = home / "studio" / "docs" / "procedures" / "opening.md"
    page.write_text(page.read_text("utf-8").replace("room: A", "room: A, B"), "utf-8")
    at = terminal(home, "--as", "mo", "checklist", "do", "opening")
    at.until("Opening in A or B?")
    at.send("studio b\r")
    at.until("MO>")
    at.send("1\r")
    at.until("Recorded, MO: 1")
    at.until("Opening, B: 1 of 2")
    at.send("q\r")
    assert at.ends() == 0


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_whoever_has_just_said_who_they_are_is_not_asked_again(home: Path, terminal: Any) -> None:
    def answer(*said: str) -> int:
        at = terminal(home, "checklist", "do", "opening")
        for wanted in said:
            at.until(wanted)
            at.send("\r" if wanted.endswith("?") else "q\r")
        return int(at.ends())

    assert answer("who? initials:") == 2
    at = terminal(home, "me", "mo")
    at.until("MO sits here")
    assert at.ends() == 0
    assert answer("MO>") == 0
    (seat,) = home.rglob("me.json")
    said = json.loads(seat.read_text("utf-8"))
    before = datetime.fromisoformat(said["said"]) - timedelta(minutes=10)
    seat.write_text(json.dumps({**said, "said": before.isoformat()}), "utf-8")
    assert answer("as MO?", "MO>") == 0
    assert answer("MO>") == 0


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_where_nobody_is_entered_nobody_is_asked_who_they_are(
    tmp_path: Path, terminal: Any
) -> None:
    page = tmp_path / "studio" / "docs" / "equipment" / "console.md"
    page.parent.mkdir(parents=True)
    page.write_text(CONSOLE, "utf-8")
    at = terminal(tmp_path, "fault", "ch", "31", "no", "output")
    at.until("nobody is entered here yet: kb people add")
    assert at.ends() == 2
