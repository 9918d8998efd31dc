"""Fingerprints: a formatter changes none, a changed meaning changes one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import mdformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_pages import ALL

from kb.pages.parse import parse

DOCS = Path(__file__).resolve().parents[1] / "docs"
EXTENSIONS = {"gfm", "frontmatter", "tables"}


def meanings(text: str) -> Iterator[tuple[str, str]]:
    """The address and fingerprint of all that has them."""
    for section in parse("equipment/x.md", text.encode()).sections:
        yield section.address, section.fingerprint
        yield f"{section.address} steps", " -> ".join(section.steps)
        for table in section.tables:
            yield from ((row.address, row.fingerprint) for row in table.rows)
        yield from ((item.address + item.number, item.fingerprint) for item in section.items)
        yield from ((question.id + "?", question.fingerprint) for question in section.questions)


PAGES = {str(p.relative_to(DOCS)): p.read_text(encoding="utf-8") for p in DOCS.rglob("*.md")} | {
    f"{case.file.stem}: {case.title}": case.page
    for case in ALL
    if not parse(case.path, case.page.encode()).problems
}


@pytest.mark.parametrize("options", [{}, {"wrap": 60, "number": True}], ids=["keep", "wrap"])
@pytest.mark.parametrize("name", PAGES)
def test_a_formatter_changes_no_fingerprint(name: str, options: dict[str, object]) -> None:
    formatted = mdformat.text(PAGES[name], extensions=EXTENSIONS, options=options)
    assert list(meanings(formatted)) == list(meanings(PAGES[name]))


word = st.text("abcdefghäß", min_size=1, max_size=8)
sign = st.sampled_from(["+4", "−10", '1/4"', "**x**", "`a b`"])
words = st.lists(word | sign, min_size=1, max_size=40).map(" ".join)


@given(words, words, words, st.integers(10, 80))
def test_wrapping_changes_no_fingerprint(one: str, two: str, three: str, width: int) -> None:
    def page(wrap: int) -> str:
        def wrapped(text: str, indent: str) -> str:
            lines = textwrap.wrap(text, wrap, break_long_words=False, break_on_hyphens=False)
            return ("\n" + indent).join(lines)

        return (
            f"# T\n\nIntro {wrapped(one, '')}\n\n- [ ] Step {wrapped(two, '  ')}\n\n"
            f"1. Then {wrapped(three, '   ')}\n\n## Quiz\n\n### Q\n\n"
            f"- [x] {wrapped(two, '  ')}\n- [ ] no {wrapped(three, '  ')}\n"
            f"  > Not {wrapped(one, '  > ')}\n"
        )

    assert list(meanings(page(width))) == list(meanings(page(10_000)))


PAGE = """\
# Desk

The insert is after the EQ on 17.

| Where | Part | Stock | Here | Do | Since | By |
|---|---|---|---|---|---|---|
| Ch 17–24 | Level | −10 dBV | +4 dBu, 2 mV hum | Turn it down | 2016 | PL |

- [ ] Look at the rails (!)
- [ ] Sign the book (sign-off tech)

## Quiz

### How loud is it at +4?

- [x] 1.23 V
- [ ] 0.77 mV

### Feed resistor?

**Answer:** `6.8 kΩ ± 0.05`

### In order

1. Plug in
2. Switch on

### Match

| a | b |
|---|---|
| full | both |
| half | bottom |

### Fill in
<!-- type=cloze -->

Out of the **top**, into the **bottom**.
"""


def changed(before: str, after: str) -> set[str]:
    assert before in PAGE
    new = dict(meanings(PAGE.replace(before, after, 1)))
    return {address for address, mark in meanings(PAGE) if new.get(address) != mark}


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("+4 dBu,", "-4 dBu,", "#/ch-17-24"),
        ("+4 dBu,", "4 dBu,", "#/ch-17-24"),
        ("2 mV", "2 MV", "#/ch-17-24"),
        ("Turn it", "Switch it", "#/ch-17-24"),
        ("rails (!)", "rails", "#/look-at-the-rails1"),
        ("(sign-off tech)", "(sign-off)", "#/sign-the-book2"),
        ("- [x] 1.23 V\n- [ ] 0.77 mV", "- [ ] 1.23 V\n- [x] 0.77 mV", "#how-loud-is-it-at-4?"),
        ("0.77 mV", "0.77 MV", "#how-loud-is-it-at-4?"),
        ("at +4?", "at -4?", "#how-loud-is-it-at-4?"),
        ("± 0.05", "± 0.5", "#feed-resistor?"),
        ("6.8 kΩ", "6.8 MΩ", "#feed-resistor?"),
        ("1. Plug in\n2. Switch on", "1. Switch on\n2. Plug in", "#in-order?"),
        ("| full | both |", "| full | none |", "#match?"),
        ("into the **bottom**", "into the bottom", "#fill-in?"),
        ("after the EQ on 17", "before the EQ on 17", ""),
    ],
)
def test_a_changed_meaning_changes_its_fingerprint(before: str, after: str, what: str) -> None:
    assert "equipment/x" + what in changed(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("+4 dBu,", "`+4 dBu`,"),
        ("+4 dBu,", "**+4**  dBu,"),
        ("Turn it down", "Turn\u00a0it down"),
        ("- [ ] Look", "* [ ]  Look"),
        ("1. Plug in\n2. Switch on", "1) Plug in\n\n1) Switch on"),
        ("after the EQ", "after\nthe EQ"),
        ("6.8 kΩ", "6.8 k\u2126"),
    ],
)
def test_what_is_inert_changes_nothing(before: str, after: str) -> None:
    assert changed(before, after) == set()


def test_a_moved_step_keeps_its_fingerprint_and_address() -> None:
    one, two = "- [ ] Look at the rails (!)\n", "- [ ] Sign the book (sign-off tech)\n"
    before = {a[:-1]: m for a, m in meanings(PAGE) if "#/" in a}
    after = {a[:-1]: m for a, m in meanings(PAGE.replace(one + two, two + one)) if "#/" in a}
    assert before == after


def test_a_fingerprint_says_by_which_rule_it_was_made() -> None:
    assert all(mark.startswith("1:") for address, mark in meanings(PAGE) if "steps" not in address)
