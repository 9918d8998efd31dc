"""Places, ranges and numbers with units, as people in a studio write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.terms.ranges import LIMIT, RangeError, jack_names, members, places, step
from kb.terms.units import Quantity, UnitError, convert, number, quantity


@pytest.mark.parametrize("dash", ["-", "–", "—", "−", " - ", " to ", ".."])
def test_any_dash_makes_a_range(dash: str) -> None:
    assert places(f"Ch 17{dash}19") == ("ch:17", "ch:18", "ch:19")
    assert jack_names(f"C17{dash}C19") == jack_names(f"C17{dash}19") == ["C17", "C18", "C19"]
    assert step(f"Ch 17{dash}19 send", 3) == ["Ch 17 send", "Ch 18 send", "Ch 19 send"]


def test_a_channel_is_no_track() -> None:
    assert places("channel 19") == places("strip 19") == places("ch19") == ("ch:19",)
    assert places("track 19") == ("track:19",)
    assert places("tie line 19") == places("Tie-line 19") == ("tie:19",)
    assert places("19") == ()


def test_a_model_is_a_jack_only_where_jacks_are_meant() -> None:
    assert places("U47") == ("jack:u47",)
    assert places("U47", jacks=False) == ()
    assert places("A827") == ()
    assert places("C9-C5", jacks=False) == ()


@pytest.mark.parametrize("text", ["Ch 24–17", "Ch 1–513", "C1–D5", "C24–C17"])
def test_what_cannot_be_a_range_is_refused(text: str) -> None:
    with pytest.raises(RangeError):
        places(text)


def test_as_many_members_as_allowed() -> None:
    assert len(members(1, LIMIT)) == LIMIT
    with pytest.raises(RangeError):
        members(1, LIMIT + 1)


@pytest.mark.parametrize(
    ("text", "count", "first", "last"),
    [
        ("Ch 1–48 insert send", 48, "Ch 1 insert send", "Ch 48 insert send"),
        ("Ch 01–24", 24, "Ch 01", "Ch 24"),
        ("Plate return L/R", 2, "Plate return L", "Plate return R"),
        ("Aux 5/6 (+4/−10)", 2, "Aux 5 (+4/−10)", "Aux 6 (+4/−10)"),
        ("Group 1–8 to track 9–16", 8, "Group 1 to track 9", "Group 8 to track 16"),
        ("LA-2A in, Ch 3–4", 2, "LA-2A in, Ch 3", "LA-2A in, Ch 4"),
        ("box 1, 3, 5-8", 6, "box 1", "box 8"),
        ("B:H5–H8", 4, "B:H5", "B:H8"),
        ("no range", 4, "no range", "no range"),
        ("", 3, "", ""),
    ],
)
def test_a_text_steps_through_its_own_range(text: str, count: int, first: str, last: str) -> None:
    stepped = step(text, count)
    assert len(stepped) == count
    assert (stepped[0], stepped[-1]) == (first, last)


def test_a_range_of_another_length_is_refused() -> None:
    with pytest.raises(RangeError, match=r"Out 1–24 has 24 members, the row has 48"):
        step("Ch 1–24 send", 48, "Out")


@given(st.text("C1–9,/ Ch-:.5LRtoand+", max_size=40), st.integers(1, 600))
def test_no_text_raises_anything_else(text: str, count: int) -> None:
    for read in (places, jack_names, lambda t: step(t, count)):
        try:
            read(text)
        except RangeError:
            continue


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("+4 dBu", 4, "dBu"),
        ("−10 dbv", -10, "dBV"),
        ("minus 3,4 dB", -3.4, "dB"),
        ("6k8", 6.8, "kΩ"),
        ("6.81 k\u2126", 6.81, "kΩ"),
        ("75 ohms", 75, "Ω"),
        ("20 us", 20, "µs"),
        ("20 \u03bcs", 20, "µs"),
        ("15 ips", 15, "ips"),
        ('15"/s', 15, "ips"),
        ('2"', 2, "in"),
        ("2-inch", 2, "in"),
        ("370nWb/m", 370, "nWb/m"),
        ("79 dB SPL", 79, "dB SPL"),
        ("91 dBA", 91, "dB(A)"),
        ("1.228 V RMS", 1.228, "V"),
        ("0,5 s", 0.5, "s"),
        ("80%", 80, "%"),
        ("12", 12, ""),
    ],
)
def test_numbers_and_units_as_people_write_them(text: str, value: float, unit: str) -> None:
    assert quantity(text) == Quantity(value, unit)


@pytest.mark.parametrize(
    "text",
    ["nan", "inf", "1e999", "", "four", "1,000", "4 MV", "1/4 in", "4-", "1.2.3", "5 V 6", "--4"],
)
def test_what_is_no_number_here(text: str) -> None:
    with pytest.raises(UnitError):
        quantity(text)


def test_a_bare_k_is_read_by_what_is_asked_for() -> None:
    assert quantity("6.8k", "Ω") == Quantity(6.8, "kΩ")
    assert quantity("10k", "kHz") == Quantity(10, "kHz")
    with pytest.raises(UnitError):
        quantity("10k")


def test_units_of_one_kind_convert_and_no_others() -> None:
    assert convert(quantity("6800 ohm"), "kΩ") == 6.8
    assert convert(quantity("38.1 cm/s"), "ips") == 15
    assert convert(quantity("5"), "ms") == 5
    for text, unit in (("4 dBu", "dBV"), ("4 V", "dBu"), ("4 V", ""), ("4 m", "s")):
        with pytest.raises(UnitError):
            convert(quantity(text), unit)


@given(st.text(max_size=20))
def test_no_text_makes_a_number_raise_anything_else(text: str) -> None:
    for read in (number, quantity):
        try:
            read(text)
        except UnitError:
            continue
