"""Fair grading: cases as data, and what must hold for any answer whatever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.pages import glossary
from kb.pages.model import (
    Choice,
    Cloze,
    Key,
    Matching,
    Multiple,
    Numeric,
    Option,
    Ordering,
    Question,
    Short,
)
from kb.pages.parse import parse
from kb.terms.spelling import Synonyms, fold
from kb.training.grading import expected, grade, own_answer
from kb.training.pairing import rising

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "tests" / "cases" / "grading").glob("*.txt"))
SYNONYMS = Synonyms(
    glossary.synonyms(parse("glossary.md", (ROOT / "docs" / "glossary.md").read_bytes()))[0]
)


class Case(NamedTuple):
    file: str
    line: int
    question: Question
    order: tuple[int, ...]
    answer: str
    word: str
    credit: float | None


def cases() -> Iterator[Case]:
    for file in FILES:
        at = 1
        for block in file.read_text("utf-8").strip().split("\n\n"):
            first, at = at, at + block.count("\n") + 2
            lines = [line for line in block.split("\n") if not line.startswith("# ")]
            critical = "critical" in lines
            order = next((line for line in lines if line.startswith("order ")), "order")
            key = [
                line
                for line in lines
                if not line.startswith(("> ", "order ")) and line != "critical"
            ]
            mark = "<!-- q: x critical -->\n" if critical else ""
            page = parse("x.md", f"# T\n\n## Quiz\n\n### Q\n{mark}\n{_spaced(key)}\n".encode())
            assert not page.problems, page.problems
            (question,) = [q for section in page.sections for q in section.questions]
            for n, line in enumerate(block.split("\n"), first):
                if line.startswith("> "):
                    answer, _, told = line[2:].rpartition("=> ")
                    word, _, credit = told.strip().partition(" ")
                    if told.startswith("wrong unit"):
                        word, credit = "wrong unit", ""
                    where = tuple(map(int, order.split()[1:]))
                    share = float(credit) if credit else None
                    yield Case(file.stem, n, question, where, answer.removesuffix(" "), word, share)


def _spaced(key: list[str]) -> str:
    first = "\n\n" if key[0].startswith("<!--") else "\n"
    return key[0] + first + "\n".join(key[1:])


CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}.txt:{case.line}")
def test_an_answer_is_graded_as_the_case_says(case: Case) -> None:
    question = case.question
    verdict = grade(
        question.key,
        case.answer,
        order=case.order,
        critical=question.critical,
        synonyms=SYNONYMS,
    )
    assert verdict.word == case.word, verdict
    if case.credit is not None:
        assert verdict.credit == case.credit
    assert (verdict.credit == 1) == (verdict.word == "right")
    assert (0 < verdict.credit < 1) == (verdict.word == "partly")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_kind_has_its_cases(file: Path) -> None:
    assert sum(case.file == file.stem for case in CASES) >= 25


text = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="|"), max_size=12
)
words = text.map(lambda t: " ".join(t.split())).filter(bool)
number = st.floats(-1e6, 1e6).map(lambda n: float(f"{n:.6g}"))


def options(low: int) -> st.SearchStrategy[tuple[Option, ...]]:
    made = st.lists(words, min_size=low, max_size=6, unique_by=fold)
    return made.flatmap(
        lambda texts: st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)).map(
            lambda right: tuple(map(Option, texts, [True, *right[1:]]))
        )
    )


def numeric(value: float, width: float) -> Numeric:
    unit = "dBu" if value > 0 else ""
    return Numeric(value, value - width, value + width, unit, f"{value!r} {unit}".strip())


keys: st.SearchStrategy[Key] = st.one_of(
    options(2).map(lambda o: Choice((o[0], *(x._replace(right=False) for x in o[1:])))),
    options(2).map(Multiple),
    st.lists(words, min_size=1, max_size=3).map(lambda a: Short(tuple(a))),
    st.builds(numeric, number, st.floats(0, 10)),
    st.lists(words, min_size=2, max_size=7, unique_by=fold).map(lambda s: Ordering(tuple(s))),
    st.lists(words, min_size=4, max_size=9, unique_by=fold).map(
        lambda s: Matching(tuple(zip(s[:2], s[2:4], strict=True)), tuple(s[4:]))
    ),
    st.lists(words, min_size=1, max_size=3).map(
        lambda b: Cloze(("",) * (len(b) + 1), tuple((x,) for x in b))
    ),
)


def places(key: Key) -> int:
    if isinstance(key, Choice | Multiple):
        return len(key.options)
    if isinstance(key, Ordering):
        return len(key.steps)
    return len(key.pairs) + len(key.distractors) if isinstance(key, Matching) else 0


@given(keys, st.text(max_size=30) | words, st.randoms(), st.booleans())
def test_grading_never_raises_and_never_gives_more_than_all(
    key: Key, answer: str, chance: object, critical: bool
) -> None:
    order = list(range(places(key)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    verdict = grade(key, answer, order=order, critical=critical, synonyms=SYNONYMS)
    assert 0 <= verdict.credit <= 1


@given(keys, st.randoms(), st.booleans())
def test_a_key_grades_itself_right_in_any_order(key: Key, chance: object, critical: bool) -> None:
    order = list(range(places(key)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    verdict = grade(key, own_answer(key, order), order=order, critical=critical)
    assert verdict.word == "right"
    assert grade(key, own_answer(key), critical=critical).word == "right"


@given(keys, st.sampled_from(["", " ", "\t", " ", "\n"]))
def test_an_empty_answer_is_never_right(key: Key, answer: str) -> None:
    assert grade(key, answer, synonyms=SYNONYMS).word == "wrong"


FOLDINGS = {
    "case": [str.upper, str.casefold],
    "white space": [lambda t: f"  {t}\t", lambda t: t.replace(" ", "  ")],
    "dashes": [lambda t: t.replace("-", "–"), lambda t: t.replace("-", "−")],
    "quotes": [lambda t: t.replace('"', "”").replace("'", "’")],
    "and": [lambda t: t.replace(" and ", " & ")],
    "accents": [lambda t: t.replace("e", "é")],
    "full stop": [lambda t: t + "."],
    "spelling": [lambda t: t.replace("centre", "center").replace("normalise", "normalize")],
    "synonyms": [lambda t: t.replace("console", "mixing desk")],
}
said = st.lists(
    st.sampled_from(
        "the centre of console and half-way normalise line 1/4\" RETURN it's +4 -10 dBV".split()
    ),
    min_size=1,
    max_size=6,
    unique=True,
).map(" ".join)


@given(said, st.sampled_from(sorted(FOLDINGS)), st.data())
def test_each_listed_folding_is_ignored(key: str, name: str, data: st.DataObject) -> None:
    change = data.draw(st.sampled_from(FOLDINGS[name]))
    assert grade(Short((key,)), change(key), synonyms=SYNONYMS).word == "right"


@given(said, st.data())
def test_nothing_else_is_ignored(key: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(key)))
    other = data.draw(st.sampled_from([*"abxyz0123456789+/%#,:;!?*=", " not "]))
    changed = key[:at] + other + key[at:]
    assert grade(Short((key,)), changed, synonyms=SYNONYMS).word == "wrong"


def test_a_long_or_unreadable_answer_is_asked_again() -> None:
    for answer in ("x" * 1_000_000, "a\x1b[2J", "a\0", "\udcff"):
        for key in (Short(("a",)), Choice((Option("a", True), Option("b", False)))):
            assert grade(key, answer).word == "again"


def test_of_several_blanks_it_is_said_which_are_wrong() -> None:
    key = Cloze(("a ", " b ", " c ", ""), (("one",), ("two",), ("three",)))
    assert grade(key, "one | 2 | three").remarks == ("blank 2 is wrong",)
    assert grade(key, "1 | two |").remarks == ("blanks 1, 3 are wrong",)
    assert grade(key, "one | two | three").remarks == ()
    assert grade(key, "1 | 2 | 3").remarks == (), "not one is right"


def test_the_longest_run_is_that_of_steps_in_right_order() -> None:
    assert len(rising([(0, 0), (1, 3), (2, 1), (3, 2), (4, 4)])) == 4
    assert len(rising([(0, 4), (1, 3), (2, 2), (3, 1), (4, 0)])) == 1
    assert rising([]) == []


def test_what_is_expected_is_said_in_the_plain_form() -> None:
    key = Matching((("1", "shield"), ("2", "hot")))
    assert expected(key) == "1 = shield | 2 = hot"
    assert grade(key, expected(key)).word == "right"
