"""The half of markdown-it-py that is loaded reads blocks as the whole of it does."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from test_pages_any_bytes import MARKS

from conftest import ROOT
from kb.pages.commonmark import OPTIONS, block_tokens

lines = st.lists(st.sampled_from(MARKS) | st.text(max_size=4), max_size=60).map("".join)


def whole(text: str) -> tuple[list[Any], dict[str, Any]]:
    parser = MarkdownIt("commonmark", OPTIONS).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    env: dict[str, Any] = {}
    return parser.parse(text, env), env


@settings(max_examples=400, deadline=None)
@given(lines)
@example('[a]: <b c> "d"\n\n[A]: x\n[e]:\n  &amp;f\n')
@example("> " * 40 + "a\n\n" + "".join("  " * n + "- a\n" for n in range(40)))
@example("<div>\n*a*\n</div>\n\n<!-- a\n\nb -->\n\nA\n===\n\n|a|b|\n|-|:-:|\n|1|\\||\n")
def test_its_tokens_are_those_of_the_whole(text: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    assert block_tokens(text) == whole(text)


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.stem)
def test_so_are_those_of_our_own_pages(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert block_tokens(text) == whole(text)


def loaded(code: str) -> str:
    """What is printed by an interpreter that has only read a page."""
    start = "import sys\nfrom kb.pages.commonmark import block_tokens\nblock_tokens('# A')\n"
    ran = subprocess.run(
        [sys.executable, "-c", start + code], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert not ran.stderr
    return ran.stdout.strip()


def test_a_page_without_definitions_loads_no_inline_rules() -> None:
    code = "print([m for m in sys.modules if 'rules_inline' in m])"
    assert loaded(code) == "[]"


def test_whoever_asks_for_the_rest_of_it_gets_it() -> None:
    code = (
        "import markdown_it, markdown_it.renderer\n"
        "from markdown_it import MarkdownIt, rules_block\n"
        "print(MarkdownIt().render('*a*'), markdown_it.token.Token, markdown_it.__version__[:2],\n"
        "      block_tokens('[a]: b')[1]['references']['A']['href'])"
    )
    assert loaded(code) == "<p><em>a</em></p>\n <class 'markdown_it.token.Token'> 4. b"
