import json
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.errors import KbError, NotSavedError
from kb.records.event import Draft, Event, from_line, to_line
from kb.records.store import Records

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)


def tick(item: str = "a", actor: str = "mara", **more: str) -> Draft:
    body = {"run": "2026-11-22/A/1", "text": f"Do {item}"}
    return Draft("tick", actor, "open", f"open/{item}", more.get("fingerprint", "1:x"), body)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path


def opened(place: Path, now: datetime = NOW, patience: float = 30) -> Records:
    return Records(place / "data", place / "state", clock=lambda: now, patience=patience)


def journal(place: Path) -> Path:
    return place / "state" / "journal.jsonl"


def store(place: Path) -> Path:
    return place / "data" / "records.db"


def lines(place: Path) -> list[Event]:
    return [from_line(line) for line in journal(place).read_text().splitlines()]


def test_looking_at_records_that_were_never_made_makes_nothing(place: Path) -> None:
    with opened(place) as records:
        assert records.find("tick") == []
        assert not records.exists
    assert list(place.iterdir()) == []


def test_what_is_appended_is_read_back_in_order(place: Path) -> None:
    with opened(place) as records:
        first = records.append([tick("a"), tick("b")])
    with opened(place) as records:
        second = records.append([tick("c")])
        assert records.find("tick") == [*first, *second]
        assert [e.lamport for e in records.everything()] == [1, 2, 3]
        assert [e.seq for e in records.everything()] == [1, 2, 3]


def test_the_journal_holds_each_event_as_soon_as_append_returns(place: Path) -> None:
    with opened(place) as records:
        events = records.append([tick("a"), Draft("note", "mara", "µ", body={"x": "\u2028\ud800"})])
        assert lines(place) == events
        assert [to_line(event) for event in events] == journal(place).read_text().splitlines(True)


def test_nobody_else_may_look_in(place: Path) -> None:
    with opened(place) as records:
        records.append([tick()])
        copy = records.back_up()
    for folder in (place / "data", place / "state", copy.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in (store(place), journal(place), copy, place / "state" / "machine.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_store_keeps_a_rollback_journal_and_syncs_fully(place: Path) -> None:
    with opened(place) as records:
        records.append([tick()])
        assert records.pragma("journal_mode") == ["delete"]
        assert records.pragma("synchronous") == ["3"]
        assert records.pragma("busy_timeout") == ["30000"]


@pytest.mark.parametrize(
    "sql",
    [
        "update events set actor = 'eve'",
        "delete from events",
        "replace into events select * from events",
        "insert or replace into events select * from events",
        "insert into events select * from events",
    ],
)
def test_no_event_can_be_changed_or_removed(place: Path, sql: str) -> None:
    with opened(place) as records:
        events = records.append([tick()])
        raw = sqlite3.connect(store(place))
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(sql)
        raw.close()
        assert list(records.everything()) == events


def test_all_of_an_append_is_kept_or_none(place: Path) -> None:
    with opened(place) as records:
        with pytest.raises(KbError, match="cannot be recorded"):
            records.append([tick("a"), Draft("tick", "mara", "nul\0")])
        assert records.count() == 0
        with pytest.raises(KbError, match="longer than 64 KiB"):
            records.append([tick("a"), Draft("note", "mara", "x", body={"text": "x" * 70_000})])
        with pytest.raises(KbError, match="cannot be recorded"):
            records.append([Draft("note", "mara", "x", body={"x": float("nan")})])
        assert records.count() == 0
        records.append([tick("b")])


def test_a_decision_sees_what_the_others_wrote_before_it(place: Path) -> None:
    with opened(place) as one, opened(place) as two:
        one.append([tick("a")])

        def once(records: Records) -> list[Draft]:
            return [] if records.find("tick", target="open/a") else [tick("a")]

        assert two.decide(once) == []


def test_a_lagging_journal_is_brought_up_on_opening(place: Path) -> None:
    with opened(place) as records:
        events = records.append([tick("a"), tick("b"), tick("c")])
    text = journal(place).read_text().splitlines(True)
    for left in (text[0], text[0] + text[1][:100], text[0] + text[1].rstrip("\n"), ""):
        journal(place).write_text(left)
        opened(place).close()
        assert lines(place) == events
    journal(place).unlink()
    opened(place).close()
    assert lines(place) == events


def test_a_bad_line_at_the_end_of_the_journal_does_not_hide_what_came_before(place: Path) -> None:
    with opened(place) as records:
        records.append([tick("a")])
        with journal(place).open("a") as file:
            file.write("<<<<<<< HEAD\n")
        records.append([tick("b")])
    text = journal(place).read_text().splitlines()
    assert len(text) == 3
    assert from_line(text[2]).target == "open/b"


@pytest.mark.parametrize("damage", ["gone", "empty", "garbage", "folder", "half", "foreign", "old"])
def test_a_lost_store_is_never_started_afresh(place: Path, damage: str) -> None:
    with opened(place) as records:
        records.append([tick("a")])
        old = store(place).read_bytes()
        records.append([tick(str(n)) for n in range(99)])
    file = store(place)
    whole = file.read_bytes()
    file.unlink()
    if damage == "empty":
        file.touch()
    elif damage == "garbage":
        file.write_bytes(b"not a database, not at all" * 40)
    elif damage == "folder":
        file.mkdir()
    elif damage == "half":
        file.write_bytes(whole[: len(whole) // 2])
    elif damage == "foreign":
        raw = sqlite3.connect(file)
        raw.execute("create table t (x)")
        raw.commit()
        raw.close()
    elif damage == "old":
        file.write_bytes(old)
    before = file.read_bytes() if file.is_file() else None
    for _ in range(2):
        with pytest.raises(NotSavedError, match="kb restore") as caught, opened(place) as records:
            records.append([tick("z")])
        assert "100 records were here" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert caught.value.code == 3
    assert (file.read_bytes() if file.is_file() else None) == before


def test_a_store_removed_under_a_running_program_is_noticed_before_the_next_write(
    place: Path,
) -> None:
    with opened(place) as records:
        records.append([tick("a")])
        store(place).unlink()
        with pytest.raises(NotSavedError, match="NOT saved"):
            records.append([tick("b")])


def test_a_changed_byte_is_noticed_when_the_record_is_read(place: Path) -> None:
    with opened(place) as records:
        records.append([tick("a")])
    raw = store(place).read_bytes()
    store(place).write_bytes(raw.replace(b'"Do a"', b'"Do e"'))
    with opened(place) as records, pytest.raises(NotSavedError, match="hash does not fit"):
        records.find("tick")


def test_a_newer_store_is_read_and_not_written(place: Path) -> None:
    with opened(place) as records:
        records.append([tick("a")])
    raw = sqlite3.connect(store(place))
    raw.execute("pragma user_version = 99")
    raw.close()
    before = journal(place).read_bytes()
    with opened(place) as records:
        assert len(records.find("tick")) == 1
        with pytest.raises(NotSavedError, match="newer kb"):
            records.append([tick("b")])
    assert journal(place).read_bytes() == before


def test_kinds_and_versions_from_a_newer_kb_are_kept(place: Path) -> None:
    with opened(place) as records:
        records.append([Draft("telepathy", "mara", "x")])
        assert [event.kind for event in records.everything()] == ["telepathy"]


def test_a_busy_store_says_so(place: Path) -> None:
    with opened(place) as records:
        records.append([tick("a")])
    raw = sqlite3.connect(store(place), isolation_level=None)
    raw.execute("begin immediate")
    with opened(place, patience=0.1) as records:
        with pytest.raises(NotSavedError, match="in use by another program; NOT saved, try again"):
            records.append([tick("b")])
        raw.execute("rollback")
        records.append([tick("b")])
        assert records.count() == 2
    raw.close()


def test_a_journal_that_cannot_be_written_does_not_unsay_what_is_saved(place: Path) -> None:
    with opened(place) as records:
        records.append([tick("a")])
        journal(place).unlink()
        journal(place).mkdir()
        events = records.append([tick("b")])
        assert len(events) == 1
        assert any("saved, but not yet in the journal" in line for line in records.warnings)
    journal(place).rmdir()
    with opened(place) as records:
        assert len(lines(place)) == 2


def test_the_first_write_of_a_day_makes_a_backup(place: Path) -> None:
    for day in range(3):
        for _ in range(2):
            with opened(place, NOW + timedelta(days=day)) as records:
                records.append([tick("a")])
                assert records.warnings == []
    assert len(list((place / "state" / "backups").iterdir())) == 3


def test_another_machine_or_a_copied_folder_counts_for_itself(place: Path) -> None:
    with opened(place) as records:
        first = records.append([tick("a")])[0]
    other = place / "copy"
    (place / "state").rename(other)
    (place / "state").mkdir()
    (other / "journal.jsonl").rename(journal(place))
    said = json.loads((other / "machine.json").read_text())
    (place / "state" / "machine.json").write_text(json.dumps({**said, "bound": "elsewhere"}))
    with opened(place) as records:
        second = records.append([tick("b")])[0]
    assert second.machine != first.machine
    assert (second.seq, second.lamport) == (1, 2)


def test_ticks_taken_back_do_not_count_as_done(place: Path) -> None:
    with opened(place) as records:
        kept, gone = records.append([tick("a", fingerprint="1:a"), tick("b", fingerprint="1:b")])
        records.append([Draft("untick", "jt", "open", gone.id)])
        assert [done.items for done in records.done()] == [{kept.fingerprint}]
        assert records.done(actor="jt") == []
        assert records.run_counts() == {("mara", "open"): 1}


def test_words_for_words_no_forbidden_way_to_write_is_used() -> None:
    banned = [".atomic(", "db.begin(", "with conn", "alter=True", "upsert", "replace="]
    banned += ["delete_where", ".update("]
    folder = Path(__file__).parent.parent / "kb" / "records"
    for path in folder.glob("*.py"):
        if path.name != "migrations.py":
            for word in banned:
                assert word not in path.read_text(), f"{path.name}: {word}"
