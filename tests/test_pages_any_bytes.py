"""Whatever the bytes are, a page comes out of them, soon, and what it says of itself holds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.pages.model import Page
from kb.pages.parse import MOST_PROBLEMS, parse
from kb.search.sources import load

MARKS = [
    "# ", "## Quiz", "### ", "\n", "\n\n", "===\n", "---\n", "    ", "\t", "> ",
    "- ", "- [ ] ", "- [x] ", "* ", "1. ", "2) ", "(!)", "(sign-off tech)",
    "| a | b |\n|---|---|\n", "| Where | Stock | Here | Do |\n|---|---|---|---|\n",
    "| Top | Normal | Bottom |\n|-|-|-|\n", "| Symptom | Workaround |\n|-|-|\n",
    "|", "\\|", "| C1–C48 | half | D1–D48 |", "Ch 17–24", "Ch 24–17", "U 47", "+4",
    "`", "``", "```", "~~~", "*", "**", "_", "\\", "&amp;", "<b>", "<div>", "<!--", "-->",
    "<!-- id: x -->", "<!-- q: x critical type=cloze -->", "<!-- q: ", "type=",
    "**Answer:** ", "`1.2 V ± 3`", "`6k8`", " or ", "> Why: ", "> Hint: ",
    "[a](b.md#c)", "![", "](", "[x]: y", "title: a: b\n", "tags: [", "&a", "*a", "!!x",
    "\r", "\r\n", "\0", "\ufeff", "\x85", "\u2028", "é", "e\u0301", "Ω", "±", "word",
]  # fmt: skip
markdownish = st.lists(st.sampled_from(MARKS) | st.text(max_size=4), max_size=60).map("".join)


@given(st.binary(max_size=300))
@example(b"\xff\xfea\0")
@example(b"---\n")
@example(b"---\n---")
def test_no_bytes_make_the_parser_raise(data: bytes) -> None:
    holds(parse("equipment/x.md", data), data)


@settings(max_examples=400, deadline=None)
@given(markdownish, st.sampled_from(["equipment/x.md", "notes.md", "a/\udcff\n.md", ""]))
def test_nothing_like_markdown_makes_the_parser_raise(text: str, path: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    holds(parse(path, data), data)
    assert parse(path, data) == parse(path, data)


def holds(page: Page, data: bytes) -> None:
    """Addresses are unique, lines are those of the file, text keeps its lines, answers stay in."""
    last = data.count(b"\n") + data.count(b"\r") + 1
    addresses = [section.address for section in page.sections]
    for section in page.sections:
        assert 1 <= section.line <= section.end
        assert section.text.count("\n") == section.end - section.line
        rows = [row for table in section.tables for row in table.rows]
        addresses += [row.address for row in rows] + [item.address for item in section.items]
        assert section.kind == "quiz" or not section.questions
        assert section.kind != "quiz" or not section.tables
    if b"\0" not in data:
        assert len(addresses) == len(set(addresses))
        assert all(0 <= problem.line <= last for problem in page.problems)
    assert page.sections[0].address == page.address


GOOD = (
    "## S\n\nText with **bold** and `code` and [l](x.md#a).\n\n- [ ] a\n\n"
    "| a | b |\n|-|-|\n| 1 | 2 |\n\n"
)
BAD = {
    "brackets": "[" * 100_000,
    "images": "![" * 50_000,
    "open links": "[a](" * 250_000,
    "ticks": "` `` " * 50_000,
    "stars": "**a_b*" * 20_000,
    "short paragraphs of stars": ("*a " * 5_000 + "\n\n") * 7,
    "short paragraphs of links": ("[a](" * 4_000 + "\n\n") * 7,
    "a thousand quotes": "> " * 1_000 + "a",
    "a thousand lists": "".join("  " * n + "- a\n" for n in range(300)),
    "comments": "<!-- id: x -->\n" * 8_000,
    "equal ids": "## a\n<!-- id: x -->\n" * 3_000,
    "aliases": "---\na: &a [x]\n" + "".join(f"k{n}: *a\n" for n in range(5_000)) + "---\n",
    "YAML brackets": "---\na: " + "[" * 30_000 + "\n---\n",
}


@pytest.fixture(scope="module")
def usual() -> float:
    """How long a good page of 100,000 characters takes here and now."""
    data = (GOOD * (100_000 // len(GOOD))).encode()
    return min(timed(data) for _ in range(3))


def timed(data: bytes) -> float:
    began = time.perf_counter()
    parse("equipment/x.md", data)
    return time.perf_counter() - began


@pytest.mark.parametrize("name", BAD)
def test_bad_pages_cost_no_more_than_good_ones(name: str, usual: float) -> None:
    assert timed(BAD[name].encode()) < 3 * usual


@pytest.mark.parametrize("name", BAD)
def test_bad_pages_cost_no_more_than_good_ones_to_index(
    name: str, usual: float, tmp_path: Path
) -> None:
    (tmp_path / "x.md").write_bytes(BAD[name].encode())
    began = time.perf_counter()
    for document in load(tmp_path, "x.md").documents:
        document.terms()
    assert time.perf_counter() - began < 9 * usual


def test_a_page_of_ranges_does_not_fill_the_memory() -> None:
    head = "|Top|Out|Normal|Bottom|In|\n|-|-|-|-|-|\n"
    row = "|C1–C512|Ch 1–512 out|half|D1–D512|Ch 1–512 in|\n"
    page = parse("equipment/x.md", (head + row * 1_000).encode())
    rows = page.sections[0].tables[0].rows
    assert len(rows) == 1_000
    assert sum(len(row.places) for row in rows) < 102_000
    assert [p.message for p in page.problems if p.code == "range"]


def test_a_table_of_too_many_rows_is_named_and_the_rest_read() -> None:
    page = parse("x.md", b"# T\n\n|a|b|\n|-|-|\n" + b"|1|2|\n" * 20_001 + b"\nAfter.\n")
    assert len(page.sections[0].tables[0].rows) == 20_000
    assert page.sections[0].text.endswith("After.")
    assert "20,001 rows, limit 20,000" in page.problems[0].message


def test_a_long_paragraph_is_named_and_kept_as_written() -> None:
    page = parse("x.md", b"# T\n\n" + b"[a](" * 5_000)
    assert page.problems[0].message == (
        "paragraph of 20,000 characters, limit 16,384; shown as plain text"
    )
    assert "[a]([a](" in page.sections[0].text


def test_a_page_with_thousands_of_problems_says_so_once() -> None:
    page = parse("equipment/x.md", b"# T\n\n" + b"- [x] a\n" * 5_000)
    assert len(page.problems) == MOST_PROBLEMS + 1
    assert page.problems[-1].message == "4,000 more problems in this page"


@pytest.mark.parametrize(
    ("data", "where", "message"),
    [
        (b"# T\n\nab\xffc\n", (3, 3), "not UTF-8 (byte 0xff); shown as U+FFFD"),
        (b"\xef\xbb\xbf# T\r\rab\xe9\r\n", (3, 3), "not UTF-8 (byte 0xe9); shown as U+FFFD"),
        (b"# T\n\na\0b\n", (3, 0), "NUL byte"),
        ("# Tape\n\nMachine\n".encode("utf-16"), (1, 0), "looks like UTF-16; save as UTF-8"),
        ("# Tape\n\nMachine\n".encode("utf-16-be"), (1, 0), "looks like UTF-16; save as UTF-8"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, where: tuple[int, int], message: str) -> None:
    page = parse("x.md", data)
    assert [(p.line, p.column, p.message) for p in page.problems] == [(*where, message)]
    assert page.title in ("T", "Tape")
    assert page.sections[0].text.strip()


def test_every_bad_line_is_named_once() -> None:
    page = parse("x.md", b"# T\n\xff\xff\nb\xffc\xff\n")
    assert [(p.line, p.column) for p in page.problems] == [(2, 1), (3, 2)]


def test_questions_of_a_damaged_page_are_not_asked() -> None:
    page = parse("x.md", b"# T\xff\n\n## Quiz\n\n### Q\n\n**Answer:** `a`\n")
    assert not any(section.questions for section in page.sections)
    assert [p.line for p in page.problems if p.code == "quiz"] == [3]


def test_ends_of_line_and_a_byte_order_mark_make_no_difference() -> None:
    text = (Path(__file__).parent / "cases" / "quiz.md").read_text(encoding="utf-8")
    plain = parse("x.md", text.encode())
    assert parse("x.md", text.replace("\n", "\r\n").encode()) == plain
    assert parse("x.md", text.replace("\n", "\r").encode()) == plain
    assert parse("x.md", text.encode("utf-8-sig")) == plain
