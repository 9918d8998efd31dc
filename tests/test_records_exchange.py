import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import KbError, NotSavedError
from kb.records import backup, doctor, ground
from kb.records.event import BadEventError, Draft, Event, compact, from_line, make, to_line, uuid7
from kb.records.exchange import import_file
from kb.records.journal import BadLine, read_events
from kb.records.restore import restore
from kb.records.store import Records

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)


def opened(place: Path, now: datetime = NOW) -> Records:
    return Records(place / "data", place / "state", clock=lambda: now)


def filled(place: Path, count: int = 10) -> list[Event]:
    with opened(place) as records:
        for n in range(count):
            records.append([Draft("tick", "mara", "open", f"open/{n}", body={"text": f"Step {n}"})])
        return list(records.everything())


def exported(place: Path, to: Path) -> Path:
    with opened(place) as records:
        to.write_text("".join(map(to_line, records.everything())))
    return to


def store(place: Path) -> Path:
    return place / "data" / "records.db"


def journal(place: Path) -> Path:
    return place / "state" / "journal.jsonl"


def everything(place: Path) -> list[Event]:
    with opened(place) as records:
        return list(records.everything())


def bad(place: Path) -> list[str]:
    with opened(place) as records:
        return [found.what for found in doctor.examine(records) if found.good is False]


def test_an_export_brings_the_same_events_into_an_empty_store_once(tmp_path: Path) -> None:
    events = filled(tmp_path / "a")
    file = exported(tmp_path / "a", tmp_path / "events.jsonl")
    for times in range(2):
        with opened(tmp_path / "b") as records:
            done = import_file(records, file)
            assert (done.added, done.known) == ((10, 0), (0, 10))[times]
            assert list(records.everything()) == events
    assert list(read_events(journal(tmp_path / "b"))) == events


def test_bad_lines_are_named_and_the_others_come_in(tmp_path: Path) -> None:
    filled(tmp_path / "a", 6)
    file = exported(tmp_path / "a", tmp_path / "events.jsonl")
    lines = file.read_text().splitlines(True)
    changed = json.loads(lines[1])
    changed["actor"] = "eve"
    lines[1] = json.dumps(changed) + "\n"
    lines[2] = "<<<<<<< HEAD\n"
    lines[3] = "x" * 70_000 + "\n"
    lines[5] = lines[5][:50]
    file.write_text("".join(lines))
    with opened(tmp_path / "b") as records:
        done = import_file(records, file)
        assert done.added == 2
        assert [str(line).removeprefix(str(file)) for line in done.bad] == [
            ":2: hash does not fit; set aside",
            ":3: not a line of JSON; set aside",
            ":4: longer than 64 KiB; set aside",
            ":6: incomplete, not a line of JSON; set aside",
        ]


def test_a_file_without_one_whole_record_is_no_export(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("# Here\n\nWords\n")
    with opened(tmp_path) as records:
        with pytest.raises(KbError) as told:
            import_file(records, file)
        assert str(told.value) == (
            f"{file} is no export of kb: not a record on any of its lines; "
            "line 1: not a line of JSON"
        )
        assert list(records.everything()) == []


def test_the_same_id_with_other_content_is_set_aside(tmp_path: Path) -> None:
    event = filled(tmp_path, 1)[0]
    other = make(
        Draft("tick", "eve", "open"), machine="m", seq=1, lamport=1, now=NOW, entropy=bytes
    )
    forged = json.loads(to_line(other)) | {"id": event.id}
    del forged["sha256"]
    forged["sha256"] = sha256(compact(forged).encode()).hexdigest()
    file = tmp_path / "forged.jsonl"
    file.write_text(compact(forged) + "\n")
    with opened(tmp_path) as records:
        done = import_file(records, file)
        assert done.added == done.known == 0
        assert "other content" in str(done.bad[0])
        assert list(records.everything()) == [event]


def test_events_after_an_import_come_later_in_the_order(tmp_path: Path) -> None:
    filled(tmp_path / "a", 10)
    file = exported(tmp_path / "a", tmp_path / "events.jsonl")
    with opened(tmp_path / "b") as records:
        import_file(records, file)
        new = records.append([Draft("tick", "jt", "open")])[0]
        assert (new.lamport, new.seq) == (11, 1)


def test_a_missing_file_is_a_plain_error(tmp_path: Path) -> None:
    with opened(tmp_path) as records, pytest.raises(KbError, match="no such file"):
        import_file(records, tmp_path / "none.jsonl")


@pytest.mark.parametrize("damage", ["gone", "empty", "garbage", "half", "zeroed", "flipped", "old"])
def test_damage_is_found_and_restored_with_nothing_missing(tmp_path: Path, damage: str) -> None:
    early = filled(tmp_path, 3)
    old = store(tmp_path).read_bytes()
    filled(tmp_path, 60)
    events = everything(tmp_path)
    assert events[:3] == early
    whole = store(tmp_path).read_bytes()
    store(tmp_path).unlink()
    if damage != "gone":
        store(tmp_path).write_bytes(
            {
                "empty": b"",
                "garbage": b"garbage" * 999,
                "half": whole[: len(whole) // 2],
                "zeroed": whole[:8192] + bytes(4096) + whole[12288:],
                "flipped": whole.replace(b'"Step 30"', b'"Step 38"'),
                "old": old,
            }[damage]
        )
    if damage in ("zeroed", "flipped"):
        assert bad(tmp_path)
    else:
        with pytest.raises(NotSavedError, match="kb restore"):
            opened(tmp_path)
    built = restore(tmp_path / "data", tmp_path / "state", NOW)
    assert built.total == 63
    assert everything(tmp_path) == events
    assert bad(tmp_path) == []
    kept = list((tmp_path / "data").glob("records.db.before-*"))
    assert len(kept) == (damage != "gone")


def test_without_backups_and_journal_what_can_be_read_of_the_store_is_saved(tmp_path: Path) -> None:
    filled(tmp_path, 200)
    journal(tmp_path).unlink()
    for path in backup.listed(tmp_path / "state"):
        path.unlink()
    whole = store(tmp_path).read_bytes()
    store(tmp_path).write_bytes(whole.replace(b'"Step 30"', b'"Step 38"'))
    built = restore(tmp_path / "data", tmp_path / "state", NOW)
    assert (built.from_old, built.total) == (199, 199)
    assert len(list(read_events(journal(tmp_path)))) == 199


def test_a_damaged_journal_is_written_anew_from_the_store(tmp_path: Path) -> None:
    events = filled(tmp_path, 20)
    lines = journal(tmp_path).read_text().splitlines(True)
    journal(tmp_path).write_text("".join(lines[:5]) + "torn\n" + "".join(lines[8:]))
    assert set(bad(tmp_path)) == {"journal", "trial restore"}
    restore(tmp_path / "data", tmp_path / "state", NOW)
    assert {event.id for event in read_events(journal(tmp_path))} == {event.id for event in events}
    assert everything(tmp_path) == events
    assert bad(tmp_path) == []


def test_a_damaged_backup_is_passed_over(tmp_path: Path) -> None:
    events = filled(tmp_path, 20)
    with opened(tmp_path, NOW + timedelta(days=1)) as records:
        newest = records.back_up()
    newest.write_bytes(newest.read_bytes()[:5000])
    journal(tmp_path).rename(tmp_path / "elsewhere")
    store(tmp_path).unlink()
    assert restore(tmp_path / "data", tmp_path / "state", NOW).backup != newest
    store(tmp_path).unlink()
    (tmp_path / "elsewhere").rename(journal(tmp_path))
    restore(tmp_path / "data", tmp_path / "state", NOW)
    assert everything(tmp_path) == events


def test_nothing_to_restore_from_is_said_and_leaves_all_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(NotSavedError, match="nothing to restore from"):
        restore(tmp_path / "data", tmp_path / "state", NOW)
    assert not list((tmp_path / "data").iterdir())


def test_the_doctor_finds_nothing_wrong_with_a_sound_store_and_proves_a_restore(
    tmp_path: Path,
) -> None:
    filled(tmp_path, 10)
    with opened(tmp_path) as records:
        found = {found.what: found for found in doctor.examine(records)}
    assert found["trial restore"].said == "10 of 10 records come back"
    assert all(one.good is not False for one in found.values())
    assert not list((tmp_path / "state").glob("trial-*"))


def test_the_doctor_works_where_the_store_does_not_open(tmp_path: Path) -> None:
    filled(tmp_path, 10)
    store(tmp_path).unlink()
    with pytest.raises(NotSavedError) as caught:
        opened(tmp_path)
    found = list(doctor.examine_lost(tmp_path / "data", tmp_path / "state", caught.value))
    assert [one.good for one in found if one.what == "store"] == [False]
    assert "10 records would come back" in [one.said for one in found]


def test_backups_are_thinned_to_days_weeks_and_months(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    with opened(tmp_path) as records:
        (tmp_path / "state" / "backups").mkdir(exist_ok=True)
        for day in range(400):
            at = NOW + timedelta(days=day)
            backup.make(records._connection, records.state, at)
    names = [path.name[8:18] for path in backup.listed(tmp_path / "state")]
    last = NOW + timedelta(days=399)
    assert {f"{last - timedelta(days=n):%Y-%m-%d}" for n in range(7)} <= set(names)
    assert len(names) <= 7 + 4 + 12
    assert (last - datetime.fromisoformat(min(names) + "T00:00Z")).days > 300


def test_a_backup_left_half_made_by_a_kill_is_no_backup_and_is_swept(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    folder = tmp_path / "state" / "backups"
    part = folder / "records-2026-11-20T00-00-00Z.db.77.part"
    part.write_bytes(b"half")
    os.utime(part, (0, 0))
    assert part not in backup.listed(tmp_path / "state")
    with opened(tmp_path, NOW + timedelta(days=2)) as records:
        records.append([Draft("tick", "mara", "open")])
    assert not part.exists()


def test_shares_synced_folders_and_work_trees_are_warned_of(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/a / ext4 rw 0 0\nnas:/x /mnt/my\\040nas nfs4 rw 0 0\n")
    assert ground.file_system(Path("/mnt/my nas/kb"), mounts) == "nfs4"
    assert ground.file_system(Path("/home"), mounts) == "ext4"
    assert "network" in ground.warnings(Path("/mnt/my nas/kb"), mounts)[0]
    assert "synced" in ground.warnings(Path("/home/x/Dropbox/kb"), mounts)[0]
    (tmp_path / ".git").mkdir()
    assert "work tree" in ground.warnings(tmp_path / "data", mounts)[0]
    assert ground.warnings(Path("/var/kb"), mounts) == []


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_reading_a_line_never_fails_otherwise_than_by_saying_it_is_bad(line: bytes | str) -> None:
    with pytest.raises(BadEventError):
        from_line(line)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(JSON, st.sampled_from(["id", "v", "seq", "lamport", "at", "machine", "body", "kind"]))
def test_any_value_put_in_place_of_another_is_noticed(value: object, name: str) -> None:
    event = make(
        Draft("tick", "m", "s"), machine="m", seq=1, lamport=1, now=NOW, entropy=lambda n: bytes(n)
    )
    plain = json.loads(to_line(event))
    if plain[name] != value:
        with pytest.raises(BadEventError):
            from_line(json.dumps(plain | {name: value}))


@given(st.dictionaries(st.text(), JSON, max_size=4), st.datetimes(timezones=st.just(UTC)))
def test_an_event_is_read_back_as_it_was_written(body: dict[str, object], now: datetime) -> None:
    event = make(
        Draft("tick", "m", "s", body=body), machine="m", seq=1, lamport=1, now=now, entropy=bytes
    )
    assert from_line(to_line(event)) == event


def test_ids_sort_by_time_and_are_uuids_of_version_7() -> None:
    ids = [uuid7(NOW + timedelta(milliseconds=n), lambda n: b"\xff" * n) for n in range(50)]
    assert ids == sorted(ids)
    assert {(id_[14], id_[19]) for id_ in ids} == {("7", "b")}


def test_a_bad_line_says_where_it_is() -> None:
    assert str(BadLine(Path("x.jsonl"), 14, "hash does not fit")) == (
        "x.jsonl:14: hash does not fit; set aside"
    )


def test_a_restore_waits_for_no_one_who_only_reads(tmp_path: Path) -> None:
    events = filled(tmp_path, 5)
    reader = sqlite3.connect(store(tmp_path))
    reader.execute("select * from events").fetchone()
    restore(tmp_path / "data", tmp_path / "state", NOW)
    reader.close()
    assert everything(tmp_path) == events


def test_a_line_shows_nothing_that_a_terminal_obeys() -> None:
    event = make(
        Draft("tick", "m", "s", body={"text": "\x7f\x1b\x9b"}),
        machine="m",
        seq=1,
        lamport=1,
        now=NOW,
        entropy=bytes,
    )
    assert to_line(event).rstrip("\n").isprintable()
    assert from_line(to_line(event)) == event
