"""The bays of both rooms: which point is meant, what a cord does, where a signal goes."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from kb.errors import KbError
from kb.pages.parse import parse
from kb.room.bay import Bay, letters_said, stem
from kb.room.bay_rows import pair
from kb.room.concerns import concerns, jacks_of, phantom
from kb.room.cords import effect
from kb.room.exceptions import exceptions
from kb.room.jacks import SeveralError, find
from kb.room.mods import of_room, select
from kb.room.trace import MOST_PATHS, trace
from kb.room.via import plans
from kb.search.documents import documents
from kb.search.rows import FoundRow, found_row
from kb.studio import Studio
from kb.terms.glossary import Glossary
from kb.views import bay_rows, patch, routes
from kb.views.terminal import Screen

CASES = ROOT / "tests" / "cases" / "room" / "points.txt"


def cases() -> Iterator[tuple[str, str, str]]:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            room, typed, meant = (part.strip() for part in line.split("|"))
            yield room, typed, meant


@pytest.fixture(scope="module")
def known(our_studio: Studio) -> patch.Known:
    rows = {kind: our_studio.rows(kind) for kind in ("patch", "mod", "fault")}
    return patch.Known(Bay(rows["patch"]), rows["mod"], rows["fault"], "docs")


def bay_of(text: str, room: str = "A") -> Bay:
    """The bay of a page's tables, as the index would carry them."""
    return Bay(row for row in rows_of(text, room) if row.kind == "patch")


def rows_of(text: str, room: str = "A") -> list[FoundRow]:
    page = parse(f"equipment/bay-{room}.md", f"---\nroom: {room}\n---\n\n# Bay\n\n{text}".encode())
    assert not page.problems, page.problems
    stored = [json.loads(document.stored) for document in documents(page)]
    return [found_row(one) for one in stored if "cells" in one]


HEAD = "| Top | Out | Normal | Bottom | In | Wired to | Notes | Setup |\n" + "|---" * 8 + "|\n"


@pytest.mark.parametrize(("room", "typed", "meant"), list(cases()))
def test_a_jack_or_a_signal_is_understood(
    room: str, typed: str, meant: str, known: patch.Known, our_studio: Studio
) -> None:
    try:
        found = find(known.bay, typed, room, lambda: our_studio.glossary)
        told = {jack for one in found for jack in one.jacks}
    except SeveralError as error:
        told = {"several"} if error.fits else {"nothing to choose from"}
    except KbError:
        told = {"unknown"}
    assert told == set(meant.split())


def test_what_is_near_is_named(known: patch.Known, our_studio: Studio) -> None:
    for typed, near in (
        ("ch 999 insert send", "A:C1–C48 Ch 1–48 insert send"),
        ("C49", "A has C1–C48"),
        ("Z9", "A has rows A–H, J–N, P"),
    ):
        with pytest.raises(KbError, match=near):
            find(known.bay, typed, "A", lambda: our_studio.glossary)


def test_every_jack_of_both_bays_answers(known: patch.Known, our_studio: Studio) -> None:
    screen = Screen(io.StringIO())
    for jack in sorted({jack for point in known.bay.points for jack in point.jacks}):
        (found,) = find(known.bay, jack, "", lambda: our_studio.glossary)
        assert jack in found.jacks
        lines = list(patch.lines(screen, known, [found]))
        assert lines[0].startswith(jack)
        assert max(map(len, lines)) <= screen.width
        (told,) = patch.as_json(known, found)
        assert {cord["jack"] for cord in told["cords"]} == set(found.points[0].jacks)


def test_every_trace_of_both_bays_ends(known: patch.Known, our_studio: Studio) -> None:
    screen = Screen(io.StringIO())
    for point in known.bay.points:
        for jack in point.jacks:
            paths = trace(known.bay, jack)
            assert 0 < len(paths) < MOST_PATHS
            for path in paths:
                jacks = [step.jack for step in path.steps]
                assert jack in jacks
                assert len(set(jacks)) == len(jacks)
                assert not path.loop
            found = find(known.bay, jack, "", lambda: our_studio.glossary)
            assert all(len(x) <= screen.width for x in routes.traced(screen, known, found))


def test_a_trace_goes_through_a_box_and_comes_back_on_both_sides(known: patch.Known) -> None:
    ways = [[step.jack for step in path.steps] for path in trace(known.bay, "A:H25")]
    assert ways == [["A:G25", "A:H25", "A:G41", "A:H41"], ["A:G25", "A:H25", "A:G42", "A:H42"]]


def test_a_trace_crosses_a_tie_line_into_the_other_room() -> None:
    there = HEAD + (
        "| G1 | Group 1 out | half | H1 | To B 1 | B:C5 | | |\n"
        "| N1 | Tie line 1 | open | | | B:N1 | | |\n"
    )
    here = HEAD + (
        "| C5 | From A 1 | half | D5 | Ch 5 line in | | | |\n"
        "| N1 | Tie line 1 | open | | | A:N1 | | |\n"
    )
    bay = Bay([*rows_of(there, "A"), *rows_of(here, "B")])
    for jack in ("A:G1", "A:H1", "B:C5", "B:D5"):
        (path,) = trace(bay, jack)
        assert [step.jack for step in path.steps] == ["A:G1", "A:H1", "B:C5", "B:D5"]
        assert [step.how for step in path.steps] == ["", "half", "wire", "half"]
    (path,) = trace(bay, "B:N1")
    assert [step.jack for step in path.steps] == ["B:N1", "A:N1"]


def test_a_wire_back_to_where_it_came_from_is_a_loop() -> None:
    bay = bay_of(HEAD + "| G1 | Sum | half | H1 | Sum in | A:G1 | | |\n")
    assert trace(bay, "A:G1")[0].loop is False, "a jack is not wired to itself"
    ring = bay_of(
        HEAD
        + "| G1 | One | half | H1 | One in | A:G2 | | |\n"
        + "| G2 | Two | half | H2 | Two in | A:G3 | | |\n"
        + "| G3 | Three | half | H3 | Three in | A:G1 | | |\n"
    )
    paths = trace(ring, "A:G2")
    assert paths and all(path.loop for path in paths)


NORMALS = st.sampled_from(["full", "half", "open", "parallel"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(NORMALS, st.integers(1, 8), st.sampled_from("GH"), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_a_trace_ends_however_a_bay_is_wired(points: list[tuple[str, int, str, bool]]) -> None:
    lines = [
        f"| G{n} | Box {n} out | {normal} | H{n} | Box {n + other} in | A:{row}{to} | | |"
        for n, (normal, to, row, other) in enumerate(points, 1)
    ]
    bay = bay_of(HEAD + "\n".join(lines) + "\n")
    for point in bay.points:
        for jack in point.jacks:
            paths = trace(bay, jack)
            assert 0 < len(paths) <= MOST_PATHS
            for path in paths:
                jacks = [step.jack for step in path.steps]
                inside = jacks[1:] if path.loop and jacks[0] in jacks[1:] else jacks
                inside = inside[:-1] if path.loop else inside
                assert len(set(inside)) == len(inside)


@pytest.mark.parametrize(
    ("normal", "top", "bottom"),
    [
        ("full", "breaks", "breaks"),
        ("half", "listens", "breaks"),
        ("open", "takes", "feeds"),
        ("parallel", "joins", "joins"),
    ],
)
def test_a_cord_does_what_the_normal_says(normal: str, top: str, bottom: str) -> None:
    bay = bay_of(HEAD + f"| C1 | Send | {normal} | D1 | Return | | | |\n")
    point = bay.at("A:C1")
    told = [effect(point, jack) for jack in ("A:C1", "A:D1")]
    assert [one.verb for one in told] == [top, bottom]
    assert [bool(one.broken) for one in told] == [one.verb == "breaks" for one in told]


def test_of_two_destinations_a_cord_breaks_its_own(known: patch.Known) -> None:
    point = known.bay.at("B:A27")
    assert effect(point, "B:A27").kept == (("B:A27", "B:B27"), ("B:A27", "B:D35"))
    assert effect(point, "B:D35").broken == (("B:A27", "B:D35"),)
    assert effect(point, "B:D35").kept == (("B:A27", "B:B27"),)


def test_a_tie_line_leads_somewhere_and_an_oscillator_does_not(known: patch.Known) -> None:
    assert effect(known.bay.at("A:N5"), "A:N5").verb == "joins"
    assert effect(known.bay.at("B:G23"), "B:G23").verb == "takes"


def test_phantom_is_told_by_what_the_rows_say() -> None:
    bay = bay_of(
        HEAD
        + "| A1 | Mic line 1 | full | B1 | Ch 1 mic in | | | |\n"
        + "| A2 | Mics 2 | full | B2 | Ch 2 mic in | | | |\n"
        + "| A3 | Wall 3 | full | B3 | Pre 3 | | 48 V by strip | |\n"
        + "| A4 | Listen mic out | half | B4 | Listen mic in | | | |\n"
        + "| A5 | DAW out 5 | half | B5 | Ch 5 line in | | | |\n"
    )
    assert [phantom(point) for point in bay.points] == [True, True, True, False, False]


def test_all_mic_lines_of_both_bays_are_told_and_nothing_else(known: patch.Known) -> None:
    warned = {point.top for point in known.bay.points if phantom(point)}
    lines = {point.top for point in known.bay.points if point.out.startswith("Mic line")}
    assert warned == lines
    assert len(lines) == 48 + 24


ABOUT = """
| Where | Symptom | Workaround | Reported | By | Cleared |
|---|---|---|---|---|---|
| D2 | Dirty normal | Short cord | | | |
| Ch 3 | Insert return thin | none | | | |
| Ch 4 | Fader scratches | Leave it | | | |
| 1176 A | Output scratches | Set it first | | | |
| Bus compressor B | Meter dead | Ears | | | |
| LA-2A | Hums | none | | | |
| Ch 1 | Hum | gone | | | 2026-01-01 |
| Group 3 | Trim jumps | Leave it | | | |
"""


def test_what_is_wrong_is_told_where_it_matters() -> None:
    rows = rows_of(
        HEAD
        + "| C1–C8 | Ch 1–8 insert send | half | D1–D8 | Ch 1–8 insert return | | | |\n"
        + "| L1 | 1176 A out | open | M1 | 1176 A in | | | |\n"
        + "| L2 | 1176 B out | open | M2 | 1176 B in | | | |\n"
        + "| L3 | Bus compressor out | open | M3 | Bus compressor in | | | |\n"
        + "| L4 | LA-2A out | open | M4 | LA-2A in | | | |\n"
        + "| L5 | LA-2A B out | open | M5 | LA-2A B in | | | |\n"
        + ABOUT
    )
    bay = Bay(row for row in rows if row.kind == "patch")
    faults = [row for row in rows if row.kind == "fault"]

    def told(jack: str) -> list[tuple[str, bool]]:
        return [(c.row.cells["where"], c.itself) for c in concerns(bay, bay.at(jack), faults)]

    assert told("A:C1") == []
    assert told("A:C2") == [("D2", True)]
    assert told("A:D3") == [("Ch 3", True)]
    assert told("A:D4") == [("Ch 4", False)]
    assert told("A:M1") == [("1176 A", True)]
    assert told("A:M2") == told("A:M3") == told("A:M5") == []
    assert told("A:M4") == [("LA-2A", True)]
    assert jacks_of(bay, bay.at("A:C2"), faults[0]) == ("A:D2",)


def test_a_fault_of_a_wire_is_told_at_both_its_ends(known: patch.Known) -> None:
    for jack in ("A:N7", "B:N7"):
        found = concerns(known.bay, known.bay.at(jack), known.faults)
        assert [one.row.cells["where"] for one in found] == ["Tie line 7"]


def test_the_other_rooms_box_of_that_name_is_another(known: patch.Known) -> None:
    one, other = (
        {c.row.cells["where"] for c in concerns(known.bay, known.bay.at(jack), known.mods)}
        for jack in ("A:M9", "B:H5")
    )
    assert (one, other) == ({"Bus compressor"}, {"Bus compressor B"})


def test_where_a_bay_breaks_its_pattern() -> None:
    bay = bay_of(
        HEAD
        + "| G1–G8 | Group 1–8 out | half | H1–H8 | Track 1–8 in | | | |\n"
        + "| G9/G10 | Aux 1/2 out | half | H9/H10 | Cue 1 amp in L/R | | | |\n"
        + "| G11/G12 | Aux 5/6 out | half | H11/H12 | Cue 3 amp in L/R | | | |\n"
        + "| G13 | Oscillator out | open | H13 | Slate in | | | |\n"
        + "| G14 | Talkback out | half | H14 | Slate 2 in | | gated | |\n"
        + "| G15–G16 | | open | | | | | |\n"
        + "| G17 | Group 9 out | half | H20 | Track 9 in | | | |\n"
        + "| G18 | Group 10 out | half | H18 + H19 | Track 10 in | | | |\n"
    )
    found = [(one.points[0].top, len(one.points), one.whys) for one in exceptions(bay.points)]
    assert found == [
        ("A:G11", 2, ("jump",)),
        ("A:G13", 1, ("normal",)),
        ("A:G14", 1, ("notes",)),
        ("A:G15", 2, ("blank",)),
        ("A:G17", 1, ("jump",)),
        ("A:G18", 1, ("jump",)),
    ]
    assert {one.usual for one in exceptions(bay.points)} == {"half"}


def test_a_row_for_a_set_up_waits_for_it() -> None:
    bay = bay_of(
        HEAD
        + "| C1 | Ch 1 insert send | half | D1 | Ch 1 insert return | | | |\n"
        + "| C1 | Stem 1 out | half | D1 | Printer 1 in | | | stems |\n"
    )
    assert bay.name("A:C1") == "Ch 1 insert send"
    assert [point.out for point in bay.setups("A:C1")] == ["Stem 1 out"]
    assert [step.name for step in trace(bay, "A:C1")[0].steps] == [
        "Ch 1 insert send",
        "Ch 1 insert return",
    ]


@pytest.mark.parametrize("width", [20, 40, 80, 100])
def test_every_row_is_drawn_within_the_screen(width: int, known: patch.Known) -> None:
    screen = Screen(io.StringIO())
    screen.width = width
    for room in known.bay.rooms:
        for letter, jacks in known.bay.rows(room).items():
            rows = pair(known.bay, letter, room)
            assert letter in (rows.top, rows.bottom)
            lines = list(bay_rows.drawn(screen, known, rows))
            assert max(map(len, lines)) <= width
            drawn = [line[2:].split() for line in lines if line.startswith(f"{letter} ")]
            numbers = list(itertools.chain.from_iterable(drawn))
            assert len(numbers) == len(jacks)


def test_letters_are_said_in_runs() -> None:
    assert letters_said("ABCDEFGHJKLMNP") == "A–H, J–N, P"
    assert letters_said(["A", "AA", "AB", "B"]) == "A, AA, AB, B"


@pytest.mark.parametrize(
    ("name", "words", "side"),
    [
        ("1176 A out", ("1176", "a"), ""),
        ("Plate out L", ("plate",), "L"),
        ("EQP-1A L in", ("eqp-1a", "l"), ""),
        ("Chamber send", ("chamber",), ""),
        ("Effects return 1", (), ""),
        ("Out", (), ""),
    ],
)
def test_a_way_in_and_a_way_out_share_the_name_of_their_box(
    name: str, words: tuple[str, ...], side: str
) -> None:
    assert stem(name) == (words, side)


def test_without_a_bay_kb_says_so() -> None:
    with pytest.raises(KbError, match="no page has a table with Normal"):
        find(Bay([]), "C17", "", lambda: Glossary())


def test_pages_that_name_no_room_have_jacks_without_one() -> None:
    page = parse(
        "bay.md", ("# Bay\n\n" + HEAD + "| C1 | Send | half | D1 | Return | | | |\n").encode()
    )
    stored = [json.loads(document.stored) for document in documents(page)]
    bay = Bay(found_row(one) for one in stored if "cells" in one)
    (found,) = find(bay, "c1", "", lambda: Glossary())
    assert found.jacks == ("C1",)


PIECES = (
    "ch 17 17-24 24-17 999 insert send insrt C17 A: A:C17 C1-C9 room a b – / # , ; 1176 -10 mic"
    " line tie 1/2 in out (x) * [ talkbak"
).split(" ")
TYPED = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join),
)


@settings(max_examples=100, deadline=None)
@given(typed=TYPED, room=st.sampled_from(["", "A", "b", "Z", ":"]))
def test_whatever_is_typed_is_answered_or_refused(
    typed: str, room: str, known: patch.Known, our_studio: Studio
) -> None:
    glossary = our_studio.glossary
    for question in (
        lambda: find(known.bay, typed, room, lambda: glossary),
        lambda: plans(known.bay, typed, ["1176 1"], room, glossary, known.faults),
        lambda: plans(known.bay, "ch 17", [typed], room, glossary, known.faults),
        lambda: pair(known.bay, typed, room),
        lambda: select(of_room(known.mods, room), typed, glossary),
    ):
        with contextlib.suppress(KbError):
            assert question()


def test_what_a_page_holds_cannot_drive_the_terminal() -> None:
    evil = "\x1b]0;owned\x07"
    page = parse(
        "bay.md",
        (
            f'---\nroom: "{evil}"\n---\n\n# Bay {evil}\n\n{HEAD}'
            f"| C1 | Ch 1 {evil} send | half | D1 | Ch 1 {evil} return | {evil} | {evil} | |\n"
            f"| L1 | {evil} out | open | M1 | {evil} in | | | |\n"
        ).encode(),
    )
    rows = [found_row(one) for d in documents(page) if "cells" in (one := json.loads(d.stored))]
    known = patch.Known(Bay(rows), [], [], evil)
    screen = Screen(io.StringIO())
    told = list(bay_rows.drawn(screen, known, pair(known.bay, "C", "")))
    found = [
        meant for jack in ("C1", "L1") for meant in find(known.bay, jack, "", lambda: Glossary())
    ]
    told += [*patch.lines(screen, known, found), *routes.traced(screen, known, found)]
    told += patch.several(screen, known.bay, found)
    for plan in plans(known.bay, "C1", ["M1"], "", Glossary()):
        told += routes.planned(screen, known, plan)
    assert told
    assert all(line.isprintable() for line in told)
