"""Questions made from the pages: honest, stable, and right by their own key."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pathlib import Path

import mdformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from kb.pages.model import Choice, Matching, Mod, Multiple, Ordering, Page
from kb.pages.parse import parse
from kb.terms.spelling import fold
from kb.training.bank import Ask, written
from kb.training.grading import grade, own_answer, shown
from kb.training.made import made
from kb.training.picked import order_of

DOCS = ROOT / "docs"
PAGES = [
    parse(path.relative_to(DOCS).as_posix(), path.read_bytes())
    for path in sorted(DOCS.rglob("*.md"))
]
MADE = made(PAGES)
ALL = [*written(PAGES), *MADE]

MODS = """# Desk

| Where | Part | Stock | Here | Do | Since | By |
|---|---|---|---|---|---|---|
| Ch 1–8 | Mic transformer | 1:10 | 1:5 | Add 6 dB of gain | 2014-03-17 | PL |
| Ch 9–16 | Op-amps | TL072 | NE5532 | Nothing | 2019-08-06 | TK |
| Ch 17–24 | Insert point | pre-EQ | post-EQ | Set the EQ before the threshold | 2016-05-09 | PL |
| Ch 19 | Fader | VCA | bypassed | Ride on the monitor path | 2018-10-02 | PL |
| Ch 25–32 | Direct out | post-fader | pre-fader | Leave the mic gain alone | 2017-02-20 | PL |
"""
BAY = """# Bay

| Top | Out | Normal | Bottom | In |
|---|---|---|---|---|
| G1–G8 | Group 1–8 out | half | H1–H8 | Track 1–8 in |
| G9 | Aux 1 out | half | H9 | Plate in |
| G10 | Aux 2 out | half | H10 | Chamber send |
| G11 | Aux 3 out | open | H11 | Delay in |
| G12 | Cue 1 out | half | H12 | Cue 1 amp in |
"""


def of(text: str, path: str = "equipment/x.md") -> list[Ask]:
    page = parse(path, text.encode())
    assert not [p for p in page.problems if not p.warning], page.problems
    return made([page])


def ids(asks: list[Ask]) -> list[str]:
    return [ask.id.rpartition("/")[2] for ask in asks]


def right(ask: Ask) -> str:
    assert isinstance(ask.key, Choice)
    return next(option.text for option in ask.key.options if option.right)


def test_our_pages_yield_sixty_questions_of_several_sorts() -> None:
    sorts = {re.sub(r"-\d+$", "", ask.id.rpartition(":")[2]) for ask in MADE}
    assert len(MADE) >= 60
    assert sorts == set("here where do top bottom goes normal order next workarounds".split())


@given(st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_every_question_of_our_pages_is_answered_right_by_its_own_key(seed: int) -> None:
    for ask in ALL:
        order = order_of(ask, seed)
        verdict = grade(ask.key, own_answer(ask.key, order), order=order, critical=ask.critical)
        assert verdict.word == "right", ask.id


def test_ids_are_unique_and_a_made_question_says_where_to_read() -> None:
    assert len({ask.id for ask in ALL}) == len(ALL)
    lines = {page.path: len((DOCS / page.path).read_text("utf-8").splitlines()) for page in PAGES}
    for ask in ALL:
        assert 0 < ask.line <= lines[ask.path], ask.id
        assert ask.address.startswith(ask.page) or not ask.made, ask.id


def test_one_option_is_right_and_no_other_says_the_same() -> None:
    for ask in MADE:
        if isinstance(ask.key, Choice):
            texts = [fold(option.text) for option in ask.key.options]
            assert sum(option.right for option in ask.key.options) == 1, ask.id
            assert len(set(texts)) == len(texts) > 1, ask.id
        if isinstance(ask.key, Matching):
            rights = [fold(text) for text in shown(ask.key)]
            assert len(set(rights)) == len(rights), ask.id


def test_no_option_is_also_true() -> None:
    """No wrong place is one that the mod reaches, nor is what is said of an overlapping row."""
    mods = {
        row.address: (row, row.value, page)
        for page in PAGES
        for section in page.sections
        for table in section.tables
        for row in table.rows
        if isinstance(row.value, Mod)
    }
    seen = 0
    for ask in MADE:
        if ask.id.rpartition(":")[2] not in ("where", "do") or not isinstance(ask.key, Choice):
            continue
        row, mod, page = mods[ask.about]
        wrong = {option.text for option in ask.key.options if not option.right}
        for other, m, where in mods.values():
            overlaps = other is not row and not set(other.places).isdisjoint(row.places)
            if where is page and overlaps and other.open:
                seen += 1
                assert m.where not in wrong, ask.id
                assert m.do not in wrong, ask.id
        assert mod.where not in wrong
        assert mod.do not in wrong
    assert seen > 10


def test_never_who_or_when() -> None:
    for ask in MADE:
        texts = [ask.prompt, *shown(ask.key)]
        assert not [t for t in texts if re.search(r"\b(19|20)\d\d-\d\d\b", t)], ask.id
        assert not re.match(r"(?i)(who|when was|since)\b", ask.prompt), ask.id


def test_mods_ask_what_is_here_where_and_what_to_say() -> None:
    asks = of(MODS)
    assert ids(asks) == [
        "ch-1-8:here",
        "ch-1-8:where",
        "ch-1-8:do",
        "ch-17-24:here",
        "ch-17-24:where",
        "ch-17-24:do",
        "ch-19:here",
        "ch-19:where",
        "ch-19:do",
        "ch-25-32:here",
        "ch-25-32:where",
        "ch-25-32:do",
    ]
    assert [right(ask) for ask in asks[:3]] == ["1:5", "Ch 1–8", "Add 6 dB of gain"]
    assert {"pre-EQ", "post-EQ"} <= set(shown(asks[3].key))
    assert "Ch 19" not in shown(asks[4].key)  # it is one of 17–24
    assert "Ride on the monitor path" not in shown(asks[5].key)


def test_a_mod_that_changes_nothing_for_anybody_is_not_asked() -> None:
    assert not [ask for ask in of(MODS) if "ch-9-16" in ask.id]


def test_no_honest_distractor_no_question() -> None:
    lines = MODS.split("\n")
    assert ids(of("\n".join(lines[:5]) + "\n")) == ["ch-1-8:here"]
    none = "\n".join(lines[:5]).replace("| 1:10 |", "| none |") + "\n"
    assert of(none) == []
    also = "\n".join(lines[:5]).replace("| 1:5 |", "| also 1:5 |") + "\n"
    assert of(also) == []


def test_of_a_thing_there_is_one_of_this_or_that_is_no_question() -> None:
    head = "\n".join(MODS.split("\n")[:4])
    row = "\n| {} | Feet | hard | on springs | Wedge nothing under it | 2011-08-22 | TK |\n"
    assert ids(of(head + row.format("Track 3"))) == ["track-3:here"]
    assert of(head + row.format("Plate")) == []
    assert of(head + row.format("R44")) == []  # a microphone, not a jack


def test_what_is_said_of_another_part_of_the_same_thing_is_no_wrong_answer() -> None:
    head = "\n".join(MODS.split("\n")[:4])
    rows = [
        "Plate | Feet | hard | on springs | Wedge nothing under it",
        "Plate | Damper | by hand | by motor | Turn the remote slowly",
        "Spring | Tank | loose | on rubber | Shut the door softly",
        "Chamber | Send | direct | filtered | Send the full signal",
        "Delay | Switch | +4 | −10 | Leave it alone",
    ]
    text = head + "".join(f"\n| {row} | 2011-08-22 | TK |" for row in rows) + "\n"
    asks = {ask.id.rpartition("/")[2]: ask for ask in of(text)}
    assert "Turn the remote slowly" not in shown(asks["plate-feet:do"].key)
    assert "Shut the door softly" in shown(asks["plate-feet:do"].key)


def test_a_question_does_not_say_its_own_answer() -> None:
    def asked(old: str, new: str) -> list[str]:
        assert old in MODS
        return ids(of(MODS.replace(old, new)))

    assert "ch-17-24:where" not in asked("post-EQ", "post-EQ on 17, 18 and up to 24")
    assert "ch-25-32:do" not in asked("Leave the mic gain alone", "Leave 25 to 32 alone")
    assert "ch-17-24:do" not in asked("Set the EQ before the", "Before the insert, set the")
    assert "ch-1-8:where" in ids(of(MODS))  # 1:5 says a 1 and means no channel


def test_a_hint_does_not_say_the_answer() -> None:
    marked = MODS.replace("| By |\n|---|", "| By | Mark |\n|---|---|").replace(
        "| PL |", "| PL | {} |"
    )
    marked = marked.replace("| TK |", "| TK | |")
    hints = {
        ask.id.rpartition("/")[2]: ask.hint for ask in of(marked.replace("{}", "tape bypassed"))
    }
    assert hints["ch-19:here"] == ""
    assert hints["ch-17-24:here"] == "on the spot: tape bypassed"


def test_who_and_when_change_no_meaning_and_what_is_asked_does() -> None:
    before = {ask.id: ask.fingerprint for ask in of(MODS)}
    assert {
        a.id: a.fingerprint for a in of(MODS.replace("2014-03-17 | PL", "2015-01-01 | TK"))
    } == (before)
    after = {a.id: a.fingerprint for a in of(MODS.replace("| 1:5 |", "| 1:3 |"))}
    changed = {id_.rpartition("/")[2] for id_ in before if after[id_] != before[id_]}
    assert changed == {"ch-1-8:here", "ch-1-8:where", "ch-1-8:do"}


def test_another_row_changes_no_question_of_this_one() -> None:
    before = {ask.id: ask.fingerprint for ask in of(MODS)}
    more = (
        MODS
        + "| Ch 33–40 | Mic input | 1:10 | none fitted | Keep lines short | 2020-01-01 | PL |\n"
    )
    after = {ask.id: ask.fingerprint for ask in of(more)}
    assert before.items() <= after.items()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_formatter_changes_no_made_question(page: Page) -> None:
    text = (DOCS / page.path).read_text("utf-8")
    formatted = mdformat.text(text, extensions={"gfm", "frontmatter", "tables"})
    again = made([parse(page.path, formatted.encode())])
    assert [(a.id, a.fingerprint, a.key) for a in again] == [
        (a.id, a.fingerprint, a.key) for a in made([page])
    ]


def test_a_straight_row_is_never_asked_for_where_it_goes() -> None:
    asks = of(BAY)
    goes = [ask for ask in asks if ask.id.endswith(":goes")]
    assert ids(goes) == ["g9:goes", "g10:goes", "g11:goes"]
    assert [right(ask) for ask in goes] == [
        "Plate in",
        "Chamber send",
        "Nowhere, until it is patched",
    ]
    assert "Delay in" in shown(goes[2].key)


def test_a_bay_asks_for_both_jacks_of_a_normal_and_for_what_breaks_the_pattern() -> None:
    asks = {ask.id.rpartition("/")[2]: ask for ask in of(BAY)}
    assert right(asks["g1-g8:top"]).startswith("It keeps its signal")
    assert right(asks["g1-g8:bottom"]).startswith("Your cord only")
    assert right(asks["g11:normal"]).startswith("open")
    full = {ask.id.rpartition("/")[2]: ask for ask in of(BAY.replace("| half |", "| full |"))}
    assert right(full["g1-g8:top"]).startswith("It loses its signal")


def test_of_boxes_in_a_row_that_all_break_the_pattern_one_is_asked() -> None:
    more = (
        "| G13 | Box out | open | H13 | Box in |\n| G14 | Cue 2 out | half | H14 | Cue 2 amp in |\n"
    )
    assert [i for i in ids(of(BAY + more)) if i.endswith(":normal")] == ["g11:normal"]


def test_what_goes_to_two_places_is_not_asked_for_what_one_cord_breaks() -> None:
    two = BAY.replace("H1–H8 | Track 1–8 in", "H1–H8 + J1–J8 | Track 1–8 in, meter 1–8")
    assert "g1-g8:bottom" not in ids(of(two))
    assert "g9:bottom" in ids(of(two))


def steps(marks: str, heading: str = "Open the room") -> str:
    items = "".join(f"- [ ] Step {n} of it{' (!)' * (m == '!')}\n" for n, m in enumerate(marks, 1))
    return f"# P\n\n## {heading}\n\n{items}"


def test_procedures_ask_for_the_order_and_for_the_step_that_stops_a_run() -> None:
    asks = of(steps("..!..."))
    assert ids(asks) == ["x#open-the-room:order", "step-2-of-it:next"]
    assert isinstance(asks[0].key, Ordering)
    assert right(asks[1]) == "Step 3 of it"


def test_a_step_is_not_cut_inside_a_bracket() -> None:
    long = "Supplies in rack 1 (B: rack 6), every rail lit and the desk warm under the hand"
    asks = of(steps("!!!!").replace("Step 2 of it", long))
    assert right(next(ask for ask in asks if ":next" in ask.id)) == "Supplies in rack 1 (B: rack 6)"


def test_where_the_order_does_not_matter_none_is_asked() -> None:
    assert of(steps("......")) == []
    assert of(steps("..!...", "Check every line")) == []


def test_a_long_procedure_is_asked_in_parts() -> None:
    parts = [ask for ask in of(steps("!.............!")) if ":order" in ask.id]
    assert [ask.id.rpartition(":")[2] for ask in parts] == ["order-1", "order-3"]
    assert all(isinstance(ask.key, Ordering) and len(ask.key.steps) <= 6 for ask in parts)


def test_numbered_steps_are_asked_and_a_speech_is_not() -> None:
    listed = (
        "# P\n\n1. Swap the cord\n2. Try the next point\n3. Look at the fuse\n4. Ring the tech\n"
    )
    assert ids(of(listed)) == ["x:order"]
    said = '# P\n\n1. "One thing."\n2. "Two things."\n3. "Three."\n4. "Four."\n'
    assert of(said) == []


def test_faults_are_paired_with_what_to_do_and_only_open_ones() -> None:
    head = "# P\n\n| Where | Symptom | Workaround | Cleared |\n|---|---|---|---|\n"
    rows = [
        "| Ch 3 | Hums | Use ch 4 | |",
        "| Ch 5 | Clicks | none: do not use | |",
        "| Ch 6 | Dull | EQ it | 2026-01-01 |",
        "| Meter 1 | Lamp dim | Live with it | |",
    ]
    (ask,) = of(head + "\n".join(rows) + "\n")
    assert isinstance(ask.key, Matching)
    assert ask.key.pairs == (("Ch 3: Hums", "Use ch 4"), ("Ch 5: Clicks", "none: do not use"))
    assert of(head + rows[0] + "\n") == []


@given(st.integers(0, 10**9))
def test_the_same_seed_shows_the_same_and_steps_are_never_shown_in_order(seed: int) -> None:
    ask = random.Random(seed).choice(ALL)
    order = order_of(ask, seed)
    assert order == order_of(ask, seed)
    assert sorted(order) == list(range(len(order)))
    if isinstance(ask.key, Ordering):
        assert any(a > b for a, b in pairwise(order))


def test_figures_are_shown_rising_and_all_of_these_last() -> None:
    page = (
        "# P\n\n## Quiz\n\n### Q\n\n- [ ] 0 VU\n- [x] −3.4 VU\n- [ ] +3.4 VU\n- [ ] −6 VU\n\n"
        "### R\n\n- [ ] All of these\n- [x] b\n- [ ] c\n- [ ] d\n"
    )
    figures, last = written([parse("x.md", page.encode())])
    for seed in range(20):
        assert shown(figures.key, order_of(figures, seed)) == (
            "−6 VU",
            "−3.4 VU",
            "0 VU",
            "+3.4 VU",
        )
        assert shown(last.key, order_of(last, seed))[-1] == "All of these"
    assert len({order_of(last, seed) for seed in range(20)}) > 3


def test_page_files_that_cannot_be_read_right_raise_nothing(tmp_path: Path) -> None:
    chance = random.Random(5)
    for page in PAGES:
        data = bytearray((DOCS / page.path).read_bytes())
        for _ in range(20):
            data[chance.randrange(len(data))] = chance.choice(b"|\n-#[]x 1\xff")
            for ask in made([parse(page.path, bytes(data))]):
                assert not isinstance(ask.key, Multiple)
