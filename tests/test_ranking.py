"""What stands first and what is found at all, rule by rule, on pages of a few lines."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kb.search.build import build
from kb.search.engine import Reader
from kb.search.hit import Result
from kb.search.index import fresh
from kb.search.search import Filters, search
from kb.search.stems import stem

Ask = Callable[[str], Result]

# Long enough that a word in it is rare, and says nothing that a test asks for.
FILLER = "\n\n".join(f"## Part {n}\n\nNothing of interest under this heading." for n in range(12))


@pytest.fixture
def pages(tmp_path: Path) -> Callable[..., Ask]:
    """Write pages, by address without its folder, and ask them as they are at that moment."""
    docs = tmp_path / "docs"

    def write(**texts: str) -> Ask:
        for name, text in {"filler": f"# Filler\n\n{FILLER}\n", **texts}.items():
            path = docs / "equipment" / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            os.utime(path, (1, 1))  # not so fresh that it might change within the same tick

        def ask(query: str) -> Result:
            found = fresh(docs, tmp_path / "cache", build)
            reader = Reader(found.folder)
            try:
                return search(reader, found.meta, query, 5, Filters(), "docs", date(2026, 11, 22))
            finally:
                reader.close()

        return ask

    return write


def addresses(result: Result) -> list[str]:
    return [hit.address.removeprefix("equipment/") for hit in result.hits]


def test_words_of_one_paragraph_stand_above_words_all_over_a_text(
    pages: Callable[..., Ask],
) -> None:
    strike = "# Strike\n\n- All solos out\n- Mutes out\n- Nothing else on\n- Lamps off\n"
    desk = "# Desk\n\nSolo here is AFL. It mutes nothing else, and that is how it was built.\n"
    ask = pages(strike=strike, desk=f"{desk}\n{FILLER}\n")
    assert addresses(ask("solo mutes nothing"))[:2] == ["desk", "strike"]


def test_a_paragraph_may_be_wrapped_and_an_item_may_go_on(pages: Callable[..., Ask]) -> None:
    wrapped = "# Wrapped\n\nThe lamp over the door\nflickers when the\nfridge starts.\n"
    apart = "# Apart\n\nThe lamp is old.\n\nThe fridge is not.\n\nThe tape flickers.\n"
    ask = pages(wrapped=wrapped, apart=apart)
    assert addresses(ask("lamp flickers fridge"))[0] == "wrapped"


def test_what_an_item_says_before_its_colon_is_what_it_is_about(
    pages: Callable[..., Ask],
) -> None:
    ask = pages(
        shock="# Shock\n\n1. Reach the extinguisher.\n2. Shout.\n3. Wait.\n",
        minute="# Minute\n\n- Door: west.\n- Extinguisher: by both doors, and in the rack room.\n"
        "- Phones: red, two of them.\n- Meet at the gate, all of you, and count.\n",
    )
    assert addresses(ask("extinguisher"))[0] == "minute"


def test_who_asks_who_or_where_is_told_from_the_top_of_a_page(pages: Callable[..., Ask]) -> None:
    front = (
        "---\ntouch: Assistants patch. Interns never touch a mic row.\nlocation: Cellar\n---\n\n"
    )
    ask = pages(
        bay=f"{front}# Bay\n\nFourteen rows of jacks.\n",
        accident="# Accident\n\nSomebody patched a mic row, and the mic row was live.\n",
    )
    assert addresses(ask("who may patch a mic row"))[0] == "bay"
    assert addresses(ask("patch a mic row"))[0] == "accident"
    assert addresses(ask("where is the bay"))[0] == "bay"


def test_another_name_of_a_page_that_a_row_of_it_has_means_the_row(
    pages: Callable[..., Ask],
) -> None:
    table = "| Mic | Supply |\n|---|---|\n| U 47 | its own |\n| C 12 | its own |\n"
    ask = pages(tubes=f"---\naliases: [U 47, valve mics]\n---\n\n# Tubes\n\nFive.\n\n{table}")
    assert addresses(ask("u47"))[0] == "tubes#/u-47"
    assert addresses(ask("valve mics"))[0] == "tubes"


def test_a_row_is_found_by_every_name_of_its_page(pages: Callable[..., Ask]) -> None:
    table = "## Faults\n\n| What | Do |\n|---|---|\n| Thump in the speakers | say so |\n"
    ask = pages(
        a_up=f"# Power-up\n\nFirst.\n\n{table}",
        down=f"---\naliases: [shut down]\n---\n\n# Power-down\n\nLast.\n\n{table}",
    )
    assert addresses(ask("speakers thump"))[0] == "a_up#faults/thump-in-the-speakers"
    assert addresses(ask("speakers thump at shutdown"))[0] == "down#faults/thump-in-the-speakers"


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("The equaliser is out.", "equalizer"),
        ("The center jack is dead.", "centre"),
        ("The VU reads low.", "VUs"),
        ("The red light is on.", "redlight"),
        ("It runs on 120 V there.", "voltage"),
        ("Fed through 6.8 kΩ.", "resistor"),
    ],
)
def test_one_thing_is_found_in_the_words_of_another(
    pages: Callable[..., Ask], written: str, typed: str
) -> None:
    assert addresses(pages(page=f"# Page\n\n{written}\n")(typed))[0] == "page"


def test_two_words_that_the_pages_write_as_one_are_that_one(pages: Callable[..., Ask]) -> None:
    ask = pages(
        order="# Order\n\nThe desk is no part of power-up: it stays as it is, day and night, and "
        "whoever finds it cold leaves it alone and rings the tech before anything else.\n",
        power="# Power\n\nThe power is the tech's.\n",
    )
    assert addresses(ask("power up"))[0] == "order"


def test_what_is_wrong_is_looked_for_among_the_faults(pages: Callable[..., Ask]) -> None:
    faults = "## Known faults\n\n| Where | Symptom | Workaround |\n|---|---|---|\n"
    ask = pages(
        machine=f"# Machine\n\nIt has a counter.\n\n{faults}| Counter | Slips | Zero it |\n",
        counter="# Counter\n\nThe counter is in the remote. Zero it at the leader.\n",
    )
    assert addresses(ask("counter"))[0] == "counter"
    assert addresses(ask("counter is wrong"))[0] == "machine#known-faults/counter"


def test_a_slip_is_mended_by_words_of_the_last_edit_and_by_none_that_are_gone(
    pages: Callable[..., Ask],
) -> None:
    ask = pages(one="# One\n\nThe varispeed is behind a flap.\n")
    assert ask("varispead").guesses == (("varispead", "varispeed"),)
    ask = pages(two="# Two\n\nThe azimuth comes first.\n")
    assert ask("azimuht").guesses == (("azimuht", "azimuth"),)
    ask = pages(one="# One\n\nNothing.\n")
    assert not ask("varispead").hits


def test_one_slip_is_likelier_than_two_words_run_together(pages: Callable[..., Ask]) -> None:
    ask = pages(page="# Page\n\nAn overdub is played over. It stands at 4 dBu.\n")
    assert ask("overdbu").guesses == (("overdbu", "overdub"),)


@pytest.mark.parametrize(
    ("one", "other"),
    [("equalise", "equalizing"), ("colour", "colors"), ("metre", "meters"), ("call", "calling")],
)
def test_two_spellings_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_an_insert_is_not_the_word_in() -> None:
    assert stem("ins") == "ins"
