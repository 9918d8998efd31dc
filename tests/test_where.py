"""What is understood of where something is broken, and until when a note holds."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, time

import pytest

from conftest import ROOT
from kb.errors import KbError
from kb.room.until import until
from kb.room.where import Map
from kb.search.rows import FoundRow

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)  # a Sunday
MORNING = time(6)


def found_row(page: str, rooms: str, kind: str, places: list[str], **cells: str) -> FoundRow:
    address = f"equipment/{page}#x/{next(iter(cells.values()))}"
    return FoundRow(
        address,
        f"equipment/{page}",
        page,
        "X",
        f"equipment/{page}.md",
        1,
        kind,
        tuple(rooms),
        cells,
        tuple(places),
        False,
    )


def strips(page: str, room: str, last: int) -> FoundRow:
    return found_row(page, room, "mod", [f"ch:{n}" for n in range(1, last + 1)], where="Ch")


def bay(page: str, room: str, row: str) -> FoundRow:
    jacks = [f"jack:{row}{n}" for n in range(1, 49)]
    full = [jack.replace("jack:", f"jack:{room}:") for jack in jacks]
    strip = [f"ch:{n}" for n in range(1, 25)]
    return found_row(page, room, "patch", [*jacks, *full, *strip], top=f"{row}1–48")


@pytest.fixture(scope="module")
def known() -> Map:
    pages = [
        ("console", "Console, Studio A", "A", ["desk", "the Merrow", "Merrow"]),
        ("console-b", "Console, Studio B", "B", []),
        ("patchbay", "Patchbay, Studio A", "A", []),
        ("patchbay-b", "Patchbay, Studio B", "B", []),
        ("microphones", "Microphone locker", "", []),
        ("talkback", "Talkback and comms", "A, B", []),
    ]
    return Map(
        [
            {"address": f"equipment/{name}", "title": title, "room": room, "also": also}
            for name, title, room, also in pages
        ],
        [
            strips("console", "a", 48),
            strips("console-b", "b", 24),
            bay("patchbay", "a", "c"),
            bay("patchbay", "a", "d"),
            bay("patchbay-b", "b", "c"),
            found_row("microphones", "", "table", [], mic="U 47", tag="KL-M-003"),
            found_row("talkback", "ab", "fault", [], where="Belt pack 3", symptom="deaf"),
        ],
    )


def where_cases() -> Iterator[tuple[str, str]]:
    for line in (ROOT / "tests" / "cases" / "where.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("# "):
            typed, _, told = line.partition(" => ")
            yield typed.strip(), told.strip()


@pytest.mark.parametrize(("typed", "told"), list(where_cases()))
def test_where_is_read_off_the_front_of_what_is_typed(known: Map, typed: str, told: str) -> None:
    words = shlex.split(typed) if '"' in typed else typed.split()
    if told.startswith("! "):
        with pytest.raises(KbError) as refused:
            known.read(words)
        assert told[2:] in str(refused.value)
        return
    where, text = known.read(words)
    room = where.rooms[0] if len(where.rooms) == 1 else "a"
    understood = (where.text, text, " ".join(where.rooms), where.page(room) or "?")
    assert understood == tuple(part.strip() for part in told.split("|"))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("", "2026-11-23 06:00"),
        ("today", "2026-11-23 06:00"),
        ("18:00", "2026-11-22 18:00"),
        ("02:00", "2026-11-23 02:00"),
        ("tomorrow", "2026-11-24 06:00"),
        ("Tomorrow 9:30", "2026-11-23 09:30"),
        ("sun", "2026-11-23 06:00"),
        ("fri", "2026-11-28 06:00"),
        ("friday, 18:00", "2026-11-27 18:00"),
        ("2026-12-01", "2026-12-02 06:00"),
        ("2026-11-21", "is past"),
        ("2026-11-22 14:00", "is past"),
        ("24:00", "no time of day"),
        ("soon", "no time kb knows"),
        ("2028-01-01", "more than a year"),
        ("9999-12-31", "more than a year"),
    ],
)
def test_until_when_is_said_as_people_say_it(said: str, wanted: str) -> None:
    try:
        assert f"{until(said, NOW, MORNING):%Y-%m-%d %H:%M}" == wanted
    except KbError as error:
        assert wanted in str(error)  # noqa: PT017


def test_after_midnight_today_is_still_last_night() -> None:
    late = datetime(2026, 11, 23, 3, 20, tzinfo=UTC)
    assert until("", late, MORNING) == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert until("tomorrow", late, MORNING) == datetime(2026, 11, 24, 6, tzinfo=UTC)
