"""What differs from stock: which mods are shown, and in which order."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, Ran
from kb.errors import KbError
from kb.room.mods import COLUMNS, Selection, newest_first, of_room, select
from kb.search.rows import FoundRow
from kb.studio import Studio
from kb.terms.glossary import Glossary
from kb.terms.nouns import NOUNS
from kb.views import mods as views
from kb.views.terminal import Screen

NO_WORDS = Glossary()


@pytest.fixture(scope="module")
def rows(our_studio: Studio) -> list[FoundRow]:
    return [row for row in our_studio.rows("mod") if not row.closed]


def mod(where: str, places: tuple[str, ...] = (), **cells: str) -> FoundRow:
    """A mod as the index carries it."""
    page = cells.pop("page", "equipment/desk")
    return FoundRow(
        address=f"{page}#mods/{where}",
        page=page,
        title=cells.pop("title", "Desk, Studio A"),
        section="Mods",
        path=f"{page}.md",
        line=int(cells.pop("line", "9")),
        kind="mod",
        rooms=tuple(cells.pop("rooms", "a").split()),
        cells={"where": where, "stock": "x", "here": "y", "do": "z", **cells},
        places=places,
        closed=False,
    )


def ch(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"ch:{n}" for n in range(first, last + 1))


def wheres(found: Selection) -> list[str]:
    return [row.cells["where"] for row in found.rows]


def test_a_row_covers_what_its_range_covers_narrowest_first() -> None:
    desk = [
        mod("Ch 1–48", ch(1, 48)),
        mod("Ch 17–24", ch(17, 24)),
        mod("Group 17–24", tuple(f"group:{n}" for n in range(17, 25))),
        mod("Ch 19", ch(19, 19)),
        mod("Ch 1–18", ch(1, 18)),
    ]
    assert wheres(select(desk, "ch 19", NO_WORDS)) == ["Ch 19", "Ch 17–24", "Ch 1–48"]
    assert wheres(select(desk, "group 19", NO_WORDS)) == ["Group 17–24"]
    assert wheres(select(desk, "ch 18-19", NO_WORDS)) == ["Ch 19", "Ch 17–24", "Ch 1–18", "Ch 1–48"]
    assert wheres(select(desk, "ch 49", NO_WORDS)) == []
    assert select(desk, "ch 19", NO_WORDS).full


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_every_place_and_range_of_our_pages_finds_exactly_what_covers_it(
    data: st.DataObject, rows: list[FoundRow]
) -> None:
    nouns = sorted({p.partition(":")[0] for row in rows for p in row.places} & NOUNS.keys())
    noun = data.draw(st.sampled_from(nouns))
    said = data.draw(st.sampled_from([name for name in NOUNS[noun] if name != "#"]))
    first = data.draw(st.integers(1, 60))
    last = first + data.draw(st.integers(0, 40))
    wanted = {f"{noun}:{n}" for n in range(first, last + 1)}
    covering = {row.address for row in rows if not wanted.isdisjoint(row.places)}
    typed = f"{said} {first}" if first == last else f"{said} {first}-{last}"
    found = {row.address for row in select(rows, typed, NO_WORDS).rows}
    if covering:
        assert found == covering
    else:
        assert not any(
            place in row.places for row in rows if row.address in found for place in wanted
        )


@pytest.mark.parametrize("typed", ["17", "17-24", "17–24", "17 to 24", "21/22"])
def test_numbers_alone_are_asked_what_they_are_of(typed: str, rows: list[FoundRow]) -> None:
    with pytest.raises(KbError, match=r"of what\? Say ch \d+.*, tie line \d+.* or "):
        select(rows, typed, NO_WORDS)


def test_a_range_that_ends_before_it_starts_is_no_range(rows: list[FoundRow]) -> None:
    with pytest.raises(KbError, match="ends before it starts"):
        select(rows, "ch 24-17", NO_WORDS)


@pytest.mark.parametrize(
    ("typed", "room", "wanted"),
    [
        ("1176 A", "", {"1176 A"}),
        ("1176 a", "", {"1176 A"}),
        ("LA-2A B", "", {"LA-2A B", "LA-2A A, B and C"}),
        ("la2a", "", {"LA-2A A", "LA-2A B", "LA-2A A, B and C", "L3"}),
        ("eqp-1a left", "", {"EQP-1A L and R"}),
        ("pultec", "", {"EQP-1A L and R", "EQP-1A M"}),
        ("U47", "", {"U 47"}),
        ("daw in 17", "", {"DAW in 1–48"}),
        ("aux 5/6", "A", {"Aux 5/6"}),
        ("insert 17", "A", {"Ch 17–24"}),
        ("ch 17 insert", "A", {"Ch 17–24"}),
        ("bus 20", "A", {"Group 17–24"}),
        ("G33/G34", "", {"G33/G34"}),
        ("A:G33", "", {"G33/G34"}),
        ("phantom", "A", {"Ch 1–16"}),
        ("footswich", "", {"Centre section"}),
        ("docs/equipment/console.md:62", "", {"Ch 19"}),
        ("zzyzx", "", set()),
    ],
)
def test_a_thing_is_found_by_what_people_call_it(
    typed: str, room: str, wanted: set[str], rows: list[FoundRow], our_studio: Studio
) -> None:
    assert set(wheres(select(of_room(rows, room), typed, our_studio.glossary))) == wanted


def test_a_page_by_its_name_is_that_of_every_room(rows: list[FoundRow], our_studio: Studio) -> None:
    def pages(typed: str) -> set[str]:
        return {row.page for row in select(rows, typed, our_studio.glossary).rows}

    assert pages("console") == {"equipment/console", "equipment/console-b"}
    assert pages("console") <= pages("desk")
    assert pages("console-b") == {"equipment/console-b"}
    assert pages("equipment/console") == pages("console.md") == {"equipment/console"}
    assert pages("equipment/console#differs") == {"equipment/console"}
    assert pages("B") == pages("room b") == {row.page for row in of_room(rows, "b")}


def test_a_page_comes_with_what_others_say_of_the_thing(rows: list[FoundRow]) -> None:
    found = select(rows, "talkback", NO_WORDS).rows
    theirs = [row.page for row in found]
    assert theirs[0] == "equipment/talkback"
    assert {"equipment/console", "equipment/monitoring"} <= set(theirs)
    assert len(theirs) == len({row.address for row in found})


def test_what_was_guessed_is_said(rows: list[FoundRow], our_studio: Studio) -> None:
    found = select(rows, "talkbak", our_studio.glossary)
    assert found.remarks == ("nobody wrote “talkbak”; looked for “talkback”",)
    found = select(rows, "timecode", our_studio.glossary)
    assert found.rows
    assert found.remarks == ("no Where or Part says “timecode”; these mention it",)


def test_rows_for_all_rooms_are_those_of_each() -> None:
    both = [
        mod("Ch 1", ch(1, 1), rooms="a b"),
        mod("Ch 1", ch(1, 1), rooms="b"),
        mod("X", rooms=""),
    ]
    assert [row.rooms for row in of_room(both, "A")] == [("a", "b"), ()]
    assert [row.rooms for row in of_room(both, "Z")] == [()]


def test_the_newest_comes_first_and_what_has_no_day_last() -> None:
    mods = [
        mod("old", since="1998-10-12"),
        mod("unknown", since="long ago"),
        mod("new", since="2026-02-09"),
        mod("year", since="2020"),
    ]
    assert [row.cells["where"] for row in newest_first(mods)] == ["new", "year", "old", "unknown"]


def test_json_has_every_column_and_where_it_stands(rows: list[FoundRow]) -> None:
    told = views.as_json(rows, "docs")
    assert len(told) == len(rows)
    keys = {*COLUMNS, "address", "page", "path", "line", "rooms"}
    assert all(set(one) == keys for one in told)
    text = (ROOT / told[0]["path"]).read_text(encoding="utf-8").splitlines()
    assert told[0]["where"] in text[told[0]["line"] - 1]


@pytest.mark.parametrize("width", [20, 40, 80, 100])
def test_a_list_keeps_to_the_screen_and_loses_no_mod(width: int, rows: list[FoundRow]) -> None:
    screen = Screen(io.StringIO())
    screen.width = width
    lines = list(views.lines(screen, Selection(tuple(rows)), "docs"))
    assert sum(bool(re.match(r" +\d+  \S", line)) for line in lines) == len(rows)
    assert max(len(line) for line in lines if not line.startswith("docs/")) <= width


def test_a_list_that_fits_a_screen_says_what_to_do() -> None:
    screen = Screen(io.StringIO())
    few = [mod(f"Ch {n}", ch(n, n), do="Add 6 dB of gain", part="Pad") for n in range(1, 6)]
    many = [mod(f"Ch {n}", ch(n, n), here="long " * 20, part="Pad") for n in range(1, 41)]
    assert "Add 6 dB of gain" in "\n".join(views.lines(screen, Selection(tuple(few)), "docs"))
    assert len(list(views.lines(screen, Selection(tuple(many)), "docs"))) == 42


def test_the_first_column_says_where_whatever_its_heading(
    tmp_path: Path, run_kb: Callable[..., Ran]
) -> None:
    page = tmp_path / "studio" / "docs" / "equipment" / "desk.md"
    page.parent.mkdir(parents=True)
    page.write_text(
        "# Desk\n\n| Strip | Stock | Here |\n|---|---|---|\n| Ch 3 | fuse | link |\n\n"
        "| Thing | Symptom | Workaround |\n|---|---|---|\n| Ch 3 | hums | none |\n"
    )
    for words in ("mods", "mods ch 3", "mods --json", "brief", "faults"):
        ran = run_kb(tmp_path, *words.split())
        assert ran.returncode == 0, ran.stdout
        assert "Ch 3" in ran.stdout
