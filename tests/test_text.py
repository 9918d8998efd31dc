"""What may be shown as it is, and how the rest is shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.terms.text import clean, clean_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ω, µ and –", "Ω, µ and –"),
        ("a\tb", "a\tb"),
        ("a\x1b[2J\x07b", "a\\x1b[2J\\x07b"),
        ("odd\udcff.md", "odd\\xff.md"),
        ("a\nkb: forged", "a\\nkb: forged"),
        ("turned \u202eround", "turned \\u202eround"),
    ],
)
def test_what_could_drive_a_terminal_or_begin_a_line_is_shown_escaped(
    text: str, shown: str
) -> None:
    assert clean(text) == shown


@given(st.text() | st.text(st.sampled_from('\x1b\x7f\x9b\u202e\ud800\udcff\U000e0041a\n\\"')))
def test_json_says_the_same_with_nothing_in_it_that_could(text: str) -> None:
    shown = clean_json(json.dumps({"text": text}, ensure_ascii=False, indent=2))
    assert shown.count("\n") == 2
    assert "".join(map(clean, shown.split("\n"))) == shown.replace("\n", "")
    told = json.loads(shown)["text"]
    assert told.encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass")
