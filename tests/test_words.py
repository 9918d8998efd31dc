"""What a studio writes is found however it is spelled, and nothing that differs is confused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.terms.glossary import Glossary
from kb.terms.query import words
from kb.terms.words import index_tokens, spans

CASES = Path(__file__).parent / "cases" / "words.txt"
GLOSSARY = Glossary(
    (("patchbay", "patch bay", "jackfield"), ("phantom", "phantom power", "48V", "+48")),
    (("speakers", ("NS10", "nearfields")),),
)


def cases() -> Iterator[tuple[str, list[str], list[str]]]:
    for line in CASES.read_text("utf-8").splitlines():
        if line and not line.startswith("# "):
            written, _, told = line.rpartition(" => ")
            wanted, _, unwanted = told.partition(" / ")
            yield written.strip(), wanted.split(), unwanted.split()


@pytest.mark.parametrize(("written", "wanted", "unwanted"), list(cases()))
def test_what_is_written_is_found_by_every_spelling_and_no_other(
    written: str, wanted: list[str], unwanted: list[str]
) -> None:
    tokens = set(index_tokens(written))
    assert set(wanted) <= tokens
    assert not set(unwanted) & tokens


@pytest.mark.parametrize(("written", "wanted", "unwanted"), list(cases()))
def test_what_is_typed_as_it_is_written_asks_for_a_token_of_it(
    written: str, wanted: list[str], unwanted: list[str]
) -> None:
    tokens = set(index_tokens(written))
    for word in words(written, Glossary()):
        assert any(set(phrase) <= tokens for phrase in word.exact)


def test_a_noun_and_its_number_are_one_word() -> None:
    (word,) = words("channel 19", GLOSSARY)
    assert word.places == ("ch:19",)


def test_a_range_asks_for_each_of_its_members() -> None:
    (word,) = words("ch 17-19", GLOSSARY)
    assert word.places == ("ch:17", "ch:18", "ch:19")


def test_words_of_no_subject_are_left_out_while_others_remain() -> None:
    assert [w.text for w in words("where is the insert", GLOSSARY)] == ["insert"]
    assert [w.text for w in words("what is the", GLOSSARY)] == ["what", "is", "the"]


def test_two_words_that_are_one_term_share_their_synonyms() -> None:
    (word,) = words("patch bay", GLOSSARY)
    assert ("jackfield",) in word.synonyms


def test_a_one_way_expansion_goes_one_way() -> None:
    (speakers,) = words("speakers", GLOSSARY)
    (ns10,) = words("ns10", GLOSSARY)
    assert ("ns10",) in speakers.wider
    assert not ns10.wider and not ns10.synonyms


def test_a_sign_that_is_typed_is_asked_for() -> None:
    (word,) = words("-10", GLOSSARY)
    assert word.exact == (("-10",),)


def test_only_what_was_asked_for_is_marked() -> None:
    line = "Ch 19 on track 19, +4 dBu"
    marked = [line[a:b] for a, b in spans(line, {"ch:19", "+4dbu"}, set(), str)]
    assert marked == ["Ch 19", "+4 dBu"]


def test_what_is_no_text_can_be_asked_for_all_the_same() -> None:
    asked = words("lamp \udcff x\udc80y", GLOSSARY)
    assert asked[0].text == "lamp"
    for word in asked:
        for phrase in word.exact:
            " ".join(phrase).encode()


@given(st.text() | st.text(st.characters(categories=["Cs", "Ll"])))
def test_any_text_is_cut_into_tokens_without_blanks(text: str) -> None:
    for token in index_tokens(text):
        assert token and not token.isspace()
        token.encode()  # as it stands in the index
    words(text, GLOSSARY)
    for start, end in spans(text, {"a", "1"}, {"b"}, str):
        assert 0 <= start < end <= len(text)
