"""Whatever the bytes: the targets of the fuzzer, driven by Hypothesis and by former finds."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import ROOT

sys.path.append(str(ROOT / "tests" / "fuzz"))
import targets

# What a fuzzer found, by target; a find comes here once it is mended.
FOUND = [
    ("query", b"lamp \xff\xfe"),
    ("key", b"**Answer:** `U 47\x16` or `the U47`"),
    ("key", b"<!-- q: x type=cloze -->\n\nPress **F1|F2** and then **FLIP**."),
    ("line", b'{"id": "x", "sha256": "x", "fi\\nger": 1}'),
]
PIECES = [
    b"- [x] ", b"- [ ] ", b"**Answer:** `", b"`", b" or ", b"1. ", b"|a|b|\n|-|-|\n", b"|",
    b"\n\n", b"### ", b"<!-- q: x type=cloze -->", b"**", b"> Why: ", b"\xc2\xb1", b"6k8",
    b"Ch 1\xe2\x80\x939",
    b"{", b"}", b'"', b":", b"[", b"]", b'"run"', b"null", b"1e999", b"\0", b"\xff", b"\r\n",
]  # fmt: skip
data = st.binary(max_size=120) | st.lists(
    st.sampled_from(PIECES) | st.binary(max_size=6), max_size=30
).map(b"".join)


@pytest.mark.parametrize("name", targets.TARGETS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data)
def test_no_bytes_break_what_must_hold(name: str, data: bytes) -> None:
    targets.TARGETS[name](data)


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_was_found_holds_now(name: str, data: bytes) -> None:
    targets.TARGETS[name](data)


@pytest.mark.parametrize("body", targets.BODIES)
def test_bodies_of_every_kind_with_the_keys_of_every_other(body: bytes) -> None:
    targets.history(body)
