"""What kb check says of pages taken together, as cases: see tests/cases/check/README.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from test_pages import ALL as PAGE_CASES
from test_pages import Case, cases, rewrite

from conftest import ROOT
from kb.pages.check import check
from kb.pages.folder import Files, parse_folder, read_files
from kb.pages.model import Page, Problem
from kb.pages.parse import parse
from kb.pages.rules import Rule, rules

TODAY = date(2026, 11, 22)
FILES = sorted((ROOT / "tests" / "cases" / "check").glob("*.md"))
CASES = [case for file in FILES if file.stem != "README" for case in cases(file)]
PART = re.compile(r"^==> (?P<path>[^(\n]+?)(?: \((?P<how>[^)]+)\))?\n", re.M)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file.stem}: {case.title}")
def test_check_says_what_its_case_says(
    case: Case, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    docs = tmp_path / "docs"
    before = lay_out(case.page, docs)
    found = "".join(f"{shown(problem)}\n" for problem in check_all(docs, before))
    if request.config.getoption("--rewrite"):
        rewrite(case, found)
    else:
        assert found == case.expected


def lay_out(text: str, docs: Path) -> dict[str, Page]:
    """Write the files of a case; gives the pages as they were before, where it has some."""
    docs.mkdir(parents=True)
    first, *parts = PART.split(text)
    files = [("x.md", None, first)] if first else []
    files += [(parts[n], parts[n + 1], parts[n + 2]) for n in range(0, len(parts), 3)]
    before = {}
    for path, how, body in files:
        if how == "before":
            before[path] = parse(path, body.encode())
            continue
        file = docs / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if how == "bytes":
            file.write_bytes(body[:-1].encode().decode("unicode_escape").encode("latin-1"))
        elif how and how.startswith("size "):
            with file.open("wb") as large:
                large.truncate(int(how.removeprefix("size ")))
        elif how:
            file.symlink_to(how.removeprefix("link to "))
        else:
            file.write_bytes(body.encode())
    return before


def check_all(docs: Path, before: dict[str, Page] | None = None) -> tuple[Problem, ...]:
    return check(parse_folder(read_files(docs)), TODAY, before=before)


def shown(problem: Problem) -> str:
    column = f":{problem.column}" if problem.column else ""
    remark = " (warning)" if problem.warning else ""
    return f"{problem.path}:{problem.line}{column} {problem.code} {problem.message}{remark}"


def codes_of_cases() -> Iterator[str]:
    for case in CASES:
        yield from re.findall(r"^\S+?:\d+(?::\d+)? ([a-z-]+) ", case.expected, re.M)
    for case in PAGE_CASES:
        yield from re.findall(r"^\d+(?::\d+)? (?:problem|warning) ([a-z-]+): ", case.expected, re.M)


# Cases of these would be pages of many thousand lines; tests/test_pages_any_bytes.py has them.
LONG = {"long-paragraph", "many-rows", "many-problems"}


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert set(codes_of_cases()) | LONG == set(rules())


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.code)
def test_a_rule_is_explained_by_examples_that_hold(rule: Rule, tmp_path: Path) -> None:
    assert rule.why
    for name, example in (("wrong", rule.wrong), ("right", rule.right)):
        if not example:
            continue
        if not example.startswith("---"):
            example = f"---\nowner: TK\n---\n{example}"
        page = tmp_path / name / "docs" / "equipment" / "x.md"
        page.parent.mkdir(parents=True)
        page.write_text(example + "\n", encoding="utf-8")
        found = check_all(page.parents[1])
        told = {problem.code for problem in found}
        assert (rule.code in told) == (name == "wrong"), found
        if name == "right":
            assert not told - {"no-id"}, found
        else:
            assert {p.warning for p in found if p.code == rule.code} == {rule.warning}


def test_our_own_pages_are_clean() -> None:
    assert [p for p in check_all(ROOT / "docs") if not p.warning] == []


def test_only_what_is_named_and_what_it_does_to_others_is_told(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    text = "[a](y.md#gone) [b](none.md)\n==> y.md\n# Y\n\n[c](none.md)\n==> z.md\n[d](y.md#no)\n"
    lay_out(text, docs)
    folder = parse_folder(read_files(docs))
    told = {(p.path, p.code) for p in check(folder, TODAY, only={"y.md"})}
    assert told == {("y.md", "link"), ("x.md", "anchor"), ("z.md", "anchor")}
    assert len(check(folder, TODAY)) > len(told)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file.stem}: {case.title}")
def test_a_few_pages_are_judged_as_among_all(case: Case, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    before = lay_out(case.page, docs)
    agrees(docs, before)


def test_our_own_pages_are_judged_one_by_one_as_among_all() -> None:
    agrees(ROOT / "docs", {})


def agrees(docs: Path, before: dict[str, Page]) -> None:
    files = read_files(docs)
    folder = parse_folder(files)
    for path in {*files.data, *before}:
        touched = {path} | (set(before) and files.data.keys() - before.keys())
        few = parse_folder(files, touched, before.values())
        found = check(few, TODAY, {path}, before)
        assert found == check(folder, TODAY, {path}, before)


def test_one_page_does_not_cost_the_reading_of_all() -> None:
    """A link leads to a page, a link leads from one; the rest is not looked into."""
    data = {f"{n}.md": f"# {n}\n\n[next]({n + 1}.md#{n + 1})\n".encode() for n in range(50)}
    files = Files("docs", data, frozenset(data))
    assert set(parse_folder(files, {"20.md"}).pages) == {"19.md", "20.md", "21.md"}


def test_the_order_of_files_does_not_matter() -> None:
    docs = ROOT / "docs"
    assert check_all(docs) == check_all(docs)
    found = check_all(docs)
    assert list(found) == sorted(found)
