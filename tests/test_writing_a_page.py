"""docs/procedures/writing-a-page.md shows each block, and each example is read as the page says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from conftest import ROOT
from kb.pages.front import KEYS
from kb.pages.levels import levels
from kb.pages.model import (
    Choice,
    Cloze,
    Fault,
    Matching,
    Mod,
    Multiple,
    Numeric,
    Ordering,
    Page,
    Patch,
    PatchPoint,
    Short,
)
from kb.pages.parse import parse
from kb.pages.quiz import TYPES
from kb.search.sources import load

PATH = "procedures/writing-a-page.md"
TEXT = (ROOT / "docs" / PATH).read_text(encoding="utf-8")


def examples() -> Iterator[tuple[str, str]]:
    """Each fenced example with the heading it stands under."""
    heading = ""
    inside: list[str] | None = None
    for line in TEXT.split("\n"):
        if line == "````markdown":
            inside = []
        elif line == "````" and inside is not None:
            yield heading, "".join(f"{one}\n" for one in inside)
            inside = None
        elif inside is not None:
            inside.append(line)
        elif line.startswith("##"):
            heading = line.lstrip("# ")


EXAMPLES = dict(examples())


def page(name: str) -> Page:
    example = EXAMPLES[name]
    if example.startswith("### "):
        example = "# T\n\n## Quiz\n\n" + example
    elif example.startswith("## "):
        example = "# T\n\n" + example
    read = parse("equipment/x.md", example.encode())
    assert not [p for p in read.problems if not p.warning], read.problems
    return read


def test_every_example_is_read_below() -> None:
    source = (ROOT / "tests" / "test_writing_a_page.py").read_text(encoding="utf-8")
    assert len(EXAMPLES) == 16
    assert [name for name in EXAMPLES if f'"{name}"' not in source] == []


def test_front_matter() -> None:
    front = page("The top of a page").front
    assert front.title == "Spring reverb"
    assert front.aliases == ("spring", "the tank")
    assert (front.room, front.tag, front.owner, front.touch) == (
        "B",
        "KL-R-101",
        "TK",
        "Assistants",
    )
    assert (front.for_role, front.verified) == ("assistant", date(2026, 11, 18))
    assert (front.verified_by, front.verify_days) == ("TK", 180)
    assert set(dict(front.lines)) <= set(KEYS)


def test_a_mod() -> None:
    (row,) = page("A mod").rows
    assert row.value == Mod(
        where="Ch 17–24",
        part="Insert point",
        stock="pre-EQ",
        here="post-EQ",
        do="Set the EQ first",
        since="2016-05-09",
        by="PL",
    )
    assert row.places == tuple(f"ch:{n}" for n in range(17, 25))


def test_levels_for_the_visitors_sheet() -> None:
    assert list(levels(page("The visitor's sheet"))) == [
        ("Line reference", "0 VU = +4 dBu = −18 dBFS")
    ]


def test_ranges() -> None:
    (row,) = page("Ranges").rows
    assert row.places == tuple(f"track:{n}" for n in (1, 3, 5, 6, 7, 8))


def test_patch_points() -> None:
    (row,) = page("Patch points").rows
    assert isinstance(row.value, Patch)
    assert len(row.value.points) == 48
    assert row.value.points[16] == PatchPoint(
        "C17", "Ch 17 insert send", "half", ("D17",), "Ch 17 insert return"
    )


def test_a_fault() -> None:
    (row,) = page("A fault").rows
    assert row.value == Fault("Ch 22", "Insert return thin", "none: do not use", "2026-11-03", "MO")
    assert row.open


def test_a_checklist() -> None:
    items = page("A checklist").sections[0].items
    assert [(i.number, i.text, i.critical, i.sign_off) for i in items] == [
        ("1", "Everything that makes sound is down", False, None),
        ("1.1", "Power amps off", False, None),
        ("2", "Console supplies: every rail lit", True, None),
        ("3", "Bias set by the sheet", False, "tech"),
    ]


KEYED = {
    "Pick one": Choice,
    "Pick all that hold": Multiple,
    "A few words": Short,
    "A number": Numeric,
    "Put in order": Ordering,
    "Match": Matching,
    "Fill in": Cloze,
}


@pytest.mark.parametrize("name", KEYED)
def test_every_kind_of_question_is_shown_with_its_id(name: str) -> None:
    (question,) = page(name).questions
    assert isinstance(question.key, KEYED[name])
    assert question.pinned


def test_all_kinds_are_shown() -> None:
    kinds = {question.key.kind for name in KEYED for question in page(name).questions}
    assert kinds == set(TYPES)


def test_what_the_questions_hold() -> None:
    def question(name: str):  # type: ignore[no-untyped-def]
        return page(name).questions[0]

    one = question("Pick one")
    assert one.critical
    assert one.id == "strip-19-loud"
    assert one.hint == "look for yellow tape."
    assert [(o.text, o.right, o.feedback) for o in one.key.options] == [
        ("A solo is on elsewhere", False, "Solo mutes nothing here."),
        ("Its VCA is bypassed", True, ""),
    ]
    assert one.why_links == ("equipment/console#differs-from-stock",)
    assert [o.right for o in question("Pick all that hold").key.options] == [True, True, False]
    assert question("A few words").key.answers == ("the large fader", "large fader", "large")
    number = question("A number").key
    assert (number.value, number.low, number.high, number.unit) == (6.8, 6.75, 6.85, "kΩ")
    assert question("Put in order").key.steps[1] == "48 V off, wait"
    match = question("Match").key
    assert (match.pairs, match.distractors) == ((("2", "hot"), ("3", "cold")), ("chassis",))
    cloze = question("Fill in").key
    assert (cloze.parts, cloze.blanks) == (
        ("Out of the ", ", into the ", "."),
        (("top",), ("bottom",)),
    )


def test_an_address() -> None:
    read = page("Links and addresses")
    assert read.sections[-1].address == "equipment/x#feed"
    assert [link.target for link in read.links] == [
        "../equipment/patchbay.md#rows-c-and-d-channel-inserts"
    ]


def test_words() -> None:
    read = parse("glossary.md", EXAMPLES["Words"].encode())
    (row,) = read.rows
    assert row.cells == ("talkback", "TB, T/B", "Control room to artists")


def test_the_page_itself_is_one_that_kb_finds() -> None:
    source = load(ROOT / "docs", PATH)
    assert source.entry["problems"] == 0
    assert source.documents
