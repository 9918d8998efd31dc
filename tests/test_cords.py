"""A plan is carried out on a bay in brass: it must do what it says, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bay_model import BrassBay
from conftest import ROOT
from kb.errors import KbError
from kb.pages.parse import parse
from kb.room.bay import Bay, full, room_of
from kb.room.cords import Plan
from kb.room.via import plans
from kb.search.documents import documents
from kb.search.rows import FoundRow, found_row
from kb.terms.glossary import Glossary

NO_WORDS = Glossary()


def rows_of(name: str) -> Iterator[FoundRow]:
    page = parse(f"equipment/{name}.md", (ROOT / "docs/equipment" / f"{name}.md").read_bytes())
    for document in documents(page):
        stored = json.loads(document.stored)
        if "cells" in stored:
            yield found_row(stored)


ROWS = [row for name in ("patchbay", "patchbay-b") for row in rows_of(name)]
BAY = Bay(row for row in ROWS if row.kind == "patch")
FAULTS = [row for row in ROWS if row.kind == "fault"]


def in_brass() -> BrassBay:
    """The same bays, read from the rows by hand."""
    rows = []
    for row in ROWS:
        for _, top, out, normal, bottoms, input_, wired_to in row.points:
            room = row.rooms[0].upper()
            names = input_.split(", ") if len(bottoms) == 2 else [input_] * len(bottoms)
            top = full(room, top) if top else ""
            rows.append((room, top, out, normal, [full(room, b) for b in bottoms], names, wired_to))
    return BrassBay(rows)


REST = in_brass()
RESTING = REST.normals()


def carried_out(plan: Plan) -> BrassBay:
    """The bay with the plan's cords in it, watched at every plug that goes in and comes out."""
    bay = in_brass()
    last = [cord.end.jack for cord in plan.cords][-len(plan.start.points) :]
    direct = {jack: bay.hears(jack) for jack in last}
    for number, cord in enumerate(plan.cords):
        for end in cord:
            broken_by_it = bay.normals()
            bay.plug(number, end.jack)
            broken_by_it -= bay.normals()
            assert broken_by_it <= set(end.broken), "a plug breaks what was not told"
            assert not bay.has_two_sources()
            assert no_hum(bay)
        for jack in last:
            if cord.end.jack not in last and not any(end.broken for end in cord):
                assert bay.hears(jack) == direct[jack], "the signal goes on until the last cord"
    assert RESTING - bay.normals() == set(plan.broken), "breaks exactly what it says"
    assert bay.normals() <= RESTING
    again = in_brass()
    again.plugs = dict(bay.plugs)
    for jack in plan.way_back:
        again.pull(jack)
        assert not again.has_two_sources()
        assert no_hum(again)
    assert not again.plugs
    assert again.normals() == RESTING
    return bay


def no_hum(bay: BrassBay) -> bool:
    """No cord hangs from an input with nothing at its other end."""
    return all(
        bay.other_end(jack) or jack == bay.row_of[jack][1] or is_mult(jack) for jack in bay.plugs
    )


def is_mult(jack: str) -> bool:
    return BAY.at(jack).normal == "parallel"


def through(plan: Plan) -> list[set[str]]:
    """What each leg should sound of when its cords are in."""
    told = []
    for point in plan.start.points:
        signal = point.top
        for unit in plan.units:
            name = (
                unit.name.removesuffix("/R").removesuffix(" L") if "/R" in unit.name else unit.name
            )
            if not unit.tie and BAY.at(unit.legs[0][0]).normal != "parallel":
                side = " L" if point is plan.start.points[0] else " R"
                signal = f"{name}{side if '/R' in unit.name else ''}({signal})"
        told.append({signal})
    return told


def check(plan: Plan) -> None:
    bay = carried_out(plan)
    ends = [cord.end.jack for cord in plan.cords][-len(plan.start.points) :]
    assert [set(bay.hears(jack)) for jack in ends] == through(plan)


def boxes(room: str) -> list[str]:
    return [unit.name for unit in BAY.boxes if unit.room == room and "Track" not in unit.name]


def strips(room: str) -> int:
    return 48 if room == "A" else 24


@pytest.mark.parametrize("room", BAY.rooms)
def test_each_strip_goes_through_each_box_of_its_room(room: str) -> None:
    for strip in range(1, strips(room) + 1):
        for box in boxes(room):
            (plan,) = plans(BAY, f"ch {strip}", [box], room, NO_WORDS)
            check(plan)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_chain_of_boxes_goes_through_them_in_turn(data: st.DataObject) -> None:
    room = data.draw(st.sampled_from(BAY.rooms))
    strip = data.draw(st.integers(1, strips(room)))
    chain = data.draw(st.lists(st.sampled_from(boxes(room)), min_size=1, max_size=4, unique=True))
    (plan,) = plans(BAY, f"ch {strip} insert", chain, room, NO_WORDS)
    assert [unit.name for unit in plan.units] == chain
    assert len(plan.cords) == len(chain) + 1
    check(plan)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_from_any_point_there_is_a_way_through_a_box_or_a_reason_why_not(
    data: st.DataObject,
) -> None:
    point = data.draw(st.sampled_from(BAY.points))
    jack = data.draw(st.sampled_from(point.jacks))
    box = data.draw(st.sampled_from(boxes(point.room)))
    own = any(set(point.jacks) & set(leg) for unit in BAY.units for leg in unit.legs)
    if not point.top or not point.bottoms or point.normal == "parallel":
        with pytest.raises(KbError, match="has no other end"):
            plans(BAY, jack, [box], "", NO_WORDS)
        return
    try:
        (plan,) = plans(BAY, jack, [box], "", NO_WORDS)
    except KbError:
        if not own:
            raise
        return
    # A box whose own way out is the start, or whose way in the end, has it twice.
    assume(not any(set(leg) & set(point.jacks) for unit in plan.units for leg in unit.legs))
    assume(BAY.at(plan.cords[-1].end.jack).top not in {leg[1] for u in BAY.units for leg in u.legs})
    check(plan)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_tie_line_there_and_another_back_reach_a_box_of_the_other_room(
    data: st.DataObject,
) -> None:
    room, other = data.draw(st.permutations(BAY.rooms))
    strip = data.draw(st.integers(1, strips(room)))
    there, back = data.draw(st.lists(st.integers(1, 24), min_size=2, max_size=2, unique=True))
    box = data.draw(st.sampled_from(boxes(other)))
    via = [f"tie line {there}", box, f"tie line {back}"]
    (plan,) = plans(BAY, f"ch {strip}", via, room, NO_WORDS)
    assert [room_of(cord.source.jack) for cord in plan.cords] == [room, other, other, room]
    check(plan)


@pytest.mark.parametrize(
    ("where", "via", "room"),
    [
        ("stereo bus insert", ["bus compressor"], "A"),
        ("stereo bus insert", ["eqp-1a"], "A"),
        ("stereo bus insert", ["eqp-1a", "bus compressor"], "A"),
        ("ch 21/22", ["bus compressor"], "A"),
        ("cue 1", ["digital reverb"], "A"),
        ("stereo bus insert", ["bus compressor b"], "B"),
    ],
)
def test_a_pair_takes_four_cords_and_keeps_its_sides(where: str, via: list[str], room: str) -> None:
    (plan,) = plans(BAY, where, via, room, NO_WORDS)
    assert len(plan.cords) == 2 * (len(via) + 1)
    bay = carried_out(plan)
    for leg, point in enumerate(plan.start.points):
        (heard,) = bay.hears(plan.cords[leg - 2].end.jack)
        assert heard.count("(") == len(via)
        assert f"({point.top})" in heard


@pytest.mark.parametrize("jack", ["B:A27", "B:B27", "B:D35"])
def test_of_two_destinations_the_other_stays_as_it_was(jack: str) -> None:
    (plan,) = plans(BAY, jack, ["1176 C"], "", NO_WORDS)
    end = plan.cords[-1].end.jack
    assert end == ("B:D35" if jack == "B:D35" else "B:B27")
    other = "B:B27" if end == "B:D35" else "B:D35"
    bay = carried_out(plan)
    assert bay.hears(end) == {"1176 C(B:A27)"}
    assert bay.hears(other) == {"B:A27"}


def test_a_mic_line_loses_its_strip_with_the_first_plug() -> None:
    (plan,) = plans(BAY, "mic line 5", ["1176 A"], "A", NO_WORDS)
    assert plan.cords[0].source.broken == (("A:A5", "A:B5"),)
    check(plan)


def test_a_return_that_is_listened_to_goes_on() -> None:
    (plan,) = plans(BAY, "ch 17", ["plate"], "A", NO_WORDS)
    assert plan.broken == (("A:G25", "A:H25"), ("A:C17", "A:D17"))
    bay = carried_out(plan)
    assert bay.hears("A:H41") == bay.hears("A:D17") == {"Plate(A:C17)"}


def test_a_mult_passes_a_signal_on() -> None:
    (plan,) = plans(BAY, "ch 17", ["mult 1"], "A", NO_WORDS)
    assert carried_out(plan).hears("A:D17") == {"A:C17"}


@pytest.mark.parametrize(
    ("where", "via", "room", "told"),
    [
        ("ch 17", "1176", "A", r"fits 1176 A \(M1/L1\), 1176 B \(M2/L2\); say one"),
        ("ch 17", "1176 3", "A", "no “1176 3” in A; there are 1176 A"),
        ("ch 17", "tie line 99", "A", "no “tie line 99” in A; there are Tie line 1"),
        ("ch 17", "neve", "A", "no box in A is called “neve”; there are"),
        ("ch 17", "1176 C", "A", "1176 C is in B: --via 'Tie line 1' --via '1176 C'"),
        ("ch 17", "spring", "A", "--via 'Tie line 2'"),
        ("stereo bus insert", "1176 A", "A", "1176 A is mono"),
        ("mult 1", "1176 A", "A", "no other end"),
        ("1176 A", "1176 A", "A", "would take two cords"),
        ("ch 999", "1176 A", "A", "nearest"),
    ],
)
def test_what_cannot_be_patched_is_refused_with_what_to_do(
    where: str, via: str, room: str, told: str
) -> None:
    with pytest.raises(KbError, match=told):
        plans(BAY, where, [via], room, NO_WORDS, FAULTS)


def test_a_box_in_another_room_twice_is_a_tie_line_short() -> None:
    with pytest.raises(KbError, match=r"another room; put a tie line between: --via 'Tie line 1'"):
        plans(BAY, "ch 17", ["tie line 5", "1176 C"], "A", NO_WORDS)


def test_without_a_bay_there_is_no_way() -> None:
    with pytest.raises(KbError, match="there is no bay"):
        plans(Bay([]), "ch 17", ["1176 A"], "", NO_WORDS)


def test_a_tie_line_with_a_fault_is_not_proposed() -> None:
    seven = next(row for row in FAULTS if row.cells["where"] == "Tie line 7")
    broken = [
        seven._replace(cells={**seven.cells, "where": f"Tie line {n}"}, places=(f"tie:{n}",))
        for n in (*range(1, 6), 7)
    ]
    with pytest.raises(KbError, match=r"'Tie line 6' .*'Tie line 8'"):
        plans(BAY, "ch 17", ["1176 C"], "A", NO_WORDS, broken)


def test_a_number_is_taken_for_the_unit_of_that_place() -> None:
    (plan,) = plans(BAY, "ch 17", ["1176 2"], "A", NO_WORDS)
    assert [unit.name for unit in plan.units] == ["1176 B"]
    assert plan.remarks == ("no “1176 2” in A; took the second: 1176 B",)


@pytest.mark.parametrize("typed", ["1176b", "1176-B", "1176 b"])
def test_a_box_is_found_by_its_name_in_one_word(typed: str) -> None:
    (plan,) = plans(BAY, "ch 17", [typed], "A", NO_WORDS)
    assert ([unit.name for unit in plan.units], plan.remarks) == (["1176 B"], ())


def test_a_stereo_box_on_one_strip_says_which_side_is_used() -> None:
    (plan,) = plans(BAY, "ch 17", ["bus compressor"], "A", NO_WORDS)
    assert plan.remarks == ("Bus compressor is stereo: only its left side is used, M9/L9",)
    check(plan)


def test_without_a_room_each_that_can_is_told_and_no_other() -> None:
    assert [p.start.points[0].room for p in plans(BAY, "ch 17", ["1176 1"], "", NO_WORDS)] == [
        "A",
        "B",
    ]
    assert [p.start.points[0].room for p in plans(BAY, "ch 17", ["1176 B"], "", NO_WORDS)] == ["A"]


def test_without_a_room_one_where_the_box_is_unclear_is_not_passed_over() -> None:
    found = plans(BAY, "ch 17", ["LA-2A"], "", NO_WORDS)
    assert [p.start.points[0].room for p in found] == ["B"]
    assert found[0].remarks[0].startswith("in A “LA-2A” fits LA-2A A")
