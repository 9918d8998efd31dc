from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.errors import KbError
from kb.records import people, seat
from kb.records.people import Person
from kb.records.store import Records

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
ROLES = ("intern", "assistant", "engineer", "chief", "tech")


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "data", tmp_path / "state", clock=lambda: NOW)


def join(records: Records, handle: str, initials: str, role: str = "intern") -> Person:
    return people.add(records, "", Person(handle, initials, handle.title(), role), ROLES)


def test_people_join_are_promoted_and_leave_with_their_history(records: Records) -> None:
    join(records, "Mara", "mo")
    join(records, "jt", "JT", "tech")
    people.promote(records, "jt", "MO", "assistant", ROLES)
    people.leave(records, "jt", "mara")
    roster = people.load(records)
    assert roster.find("mo") == Person("mara", "MO", "Mara", "assistant", left=True)
    assert [person.handle for person in roster.here] == ["jt"]
    assert len(list(records.everything())) == 4
    with pytest.raises(KbError, match="has left"):
        people.promote(records, "jt", "mara", "engineer", ROLES)
    assert join(records, "mara", "MO", "assistant").left is False
    assert people.load(records).find("mara").left is False


@pytest.mark.parametrize(
    ("handle", "initials", "role", "said"),
    [
        ("mara", "XX", "intern", "here already"),
        ("max", "mo", "intern", "has the initials MO"),
        ("mo", "XX", "intern", "has the initials MO"),
        ("max", "MARA", "intern", "has the initials MO"),
        ("max m", "MM", "intern", "no handle"),
        ("max", "MMMMM", "intern", "no initials"),
        ("max", "MM", "wizard", "no role here; choose from intern, assistant"),
    ],
)
def test_who_cannot_be_told_apart_does_not_join(
    records: Records, handle: str, initials: str, role: str, said: str
) -> None:
    join(records, "mara", "MO")
    with pytest.raises(KbError, match=said):
        join(records, handle, initials, role)
    assert len(people.load(records).people) == 1


def test_nobody_of_that_name_names_the_nearest(records: Records) -> None:
    with pytest.raises(KbError, match="kb people add"):
        people.load(records).find("mara")
    join(records, "mara", "MO")
    with pytest.raises(KbError, match="nearest: mara"):
        people.load(records).find("maara")
    with pytest.raises(KbError, match="see them with kb people"):
        people.load(records).find("zzz")


def test_whose_handle_is_their_initials_is_named_once(records: Records) -> None:
    join(records, "jt", "JT")
    with pytest.raises(KbError, match=r"nearest: jt$"):
        people.load(records).find("tk")


def test_who_sits_here_is_forgotten_after_four_idle_hours(tmp_path: Path) -> None:
    assert seat.sitting(tmp_path, NOW) is None
    seat.sit(tmp_path / "state", "mara", NOW)
    assert seat.sitting(tmp_path / "state", NOW + timedelta(hours=3, minutes=59)) == "mara"
    assert seat.sitting(tmp_path / "state", NOW + timedelta(hours=4)) is None
    assert seat.sitting(tmp_path / "state", NOW - timedelta(days=9)) is None
    (tmp_path / "state" / "me.json").write_text("[1")
    assert seat.sitting(tmp_path / "state", NOW) is None
    seat.sit(tmp_path / "state", "mara", NOW)
    seat.keep_warm(tmp_path / "state", NOW + timedelta(hours=3))
    assert seat.just_sat(tmp_path / "state", NOW + timedelta(minutes=4)) == "mara"
    assert seat.just_sat(tmp_path / "state", NOW + timedelta(hours=3)) is None
    assert seat.sitting(tmp_path / "state", NOW + timedelta(hours=6)) == "mara"
