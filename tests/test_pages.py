"""What kb makes of a page, as cases that anyone can add to: see tests/cases/README.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from kb.pages.model import (
    Choice,
    Cloze,
    Front,
    Item,
    Matching,
    Multiple,
    Numeric,
    Ordering,
    Page,
    Patch,
    Question,
    Section,
    Short,
    Table,
)
from kb.pages.parse import parse

CASES = Path(__file__).parent / "cases"
SHOWN_POINTS = 3


@dataclass(frozen=True)
class Case:
    """One case of a file: `number` counts them, `expected` is an outline."""

    file: Path
    number: int
    title: str
    page: str
    expected: str

    @property
    def path(self) -> str:
        """The path the page is read as."""
        match = re.search(r"\((\S+\.md)\)$", self.title)
        return match[1] if match else "equipment/x.md"


@cache
def cases(file: Path) -> list[Case]:
    parts = re.split(r"^\.\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = []
    for n in range(0, len(parts) - 2, 3):
        title = parts[n].strip().split("\n")[-1]
        found.append(Case(file, n // 3, title, parts[n + 1], parts[n + 2]))
    return found


ALL = [c for file in sorted(CASES.glob("*.md")) if file.stem != "README" for c in cases(file)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.file.stem}: {case.title}")
def test_page_is_read_as_its_case_says(case: Case, request: pytest.FixtureRequest) -> None:
    outline = "".join(line + "\n" for line in shown(parse(case.path, case.page.encode())))
    if request.config.getoption("--rewrite"):
        rewrite(case, outline)
    else:
        assert outline == case.expected


def rewrite(case: Case, outline: str) -> None:
    parts = re.split(r"^\.\n", case.file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts[case.number * 3 + 2] = outline
    case.file.write_text(".\n".join(parts), encoding="utf-8")


def test_no_case_is_there_twice() -> None:
    titles = [(case.file.stem, case.title) for case in ALL]
    assert len(titles) == len(set(titles)) > 50


# --- an outline of a page, in words -------------------------------------------------------------


def shown(page: Page) -> Iterator[str]:
    yield f'{page.address} "{page.title}"'
    for name, value in page.front._asdict().items():
        if value != Front._field_defaults[name] and name != "lines":
            yield f"  {name}: {'; '.join(value) if isinstance(value, tuple) else value}"
    for section in page.sections:
        yield from shown_section(section)
    for link in page.links:
        yield f"{link.line} {'image' if link.image else 'link'} {link.target}"
    for problem in page.problems:
        column = f":{problem.column}" if problem.column else ""
        kind = "warning" if problem.warning else "problem"
        yield f"{problem.line}{column} {kind} {problem.code}: {problem.message}"


def shown_section(section: Section) -> Iterator[str]:
    pinned = " (pinned)" if section.pinned else ""
    yield f"{section.line}-{section.end} {section.kind} {section.address}{pinned}"
    if len(section.breadcrumb) > 2:
        yield f"  below: {' > '.join(section.breadcrumb)}"
    lines = section.text.split("\n")
    assert len(lines) == section.end - section.line + 1
    if section.kind != "quiz":
        for n, line in enumerate(lines):
            if line:
                yield f"  {section.line + n} | {line}"
    for table in section.tables:
        yield from shown_table(section, table)
    for item in section.items:
        yield shown_item(section, item)
    if section.steps:
        yield f"  steps: {' -> '.join(section.steps)}"
    for question in section.questions:
        yield from shown_question(question)


def shown_table(section: Section, table: Table) -> Iterator[str]:
    yield f"  {table.line} {table.kind}: {' | '.join(table.columns)}"
    for row in table.rows:
        closed = "" if row.open else " (closed)"
        address = row.address.removeprefix(section.address)
        yield f"  {row.line} {address}{closed} = {' | '.join(row.cells)}"
        if row.places:
            yield f"       at {together(row.places)}"
        if isinstance(row.value, Patch):
            points = row.value.points
            for point in points[:SHOWN_POINTS]:
                bottoms = " + ".join(point.bottoms)
                wired = f" wired to {point.wired_to}" if point.wired_to else ""
                yield (
                    f"       {point.top or '–'} {point.out or '–'} |{point.normal}| "
                    f"{bottoms or '–'} {point.input or '–'}{wired}"
                )
            if len(points) > SHOWN_POINTS:
                yield f"       … {len(points)} in all"


def together(places: tuple[str, ...]) -> str:
    """Places with runs of numbers drawn together: `ch:17..24`."""
    runs: list[list[str]] = []
    for place in places:
        stem, number = re.fullmatch(r"(.*?)(\d*)", place).groups()  # type: ignore[union-attr]
        run = next(
            (r for r in runs if r[0] == stem and number and int(r[2]) + 1 == int(number)), None
        )
        if run:
            run[2] = number
        else:
            runs.append([stem, number, number or "0"])
    return ", ".join(s + a + (f"..{b}" if a and a != b else "") for s, a, b in runs)


def shown_item(section: Section, item: Item) -> str:
    marks = " (!)" if item.critical else ""
    if item.sign_off is not None:
        marks += f" (sign-off {item.sign_off})" if item.sign_off else " (sign-off)"
    text = item.text.replace("\n", " / ")
    return (
        f"  {item.line} {item.number}. {text}{marks} {item.address.removeprefix(section.address)}"
    )


def shown_question(question: Question) -> Iterator[str]:
    key = question.key
    marks = (" pinned" if question.pinned else "") + (" critical" if question.critical else "")
    prompt = question.prompt.replace("\n", " / ")
    yield f"  {question.line} {key.kind} {question.id}{marks}: {prompt}"
    if question.hint:
        yield f"     hint: {question.hint}"
    match key:
        case Choice() | Multiple():
            for option in key.options:
                remark = f" > {option.feedback}" if option.feedback else ""
                box = "x" if option.right else " "
                yield f"     {option.line} [{box}] {option.text}{remark}"
        case Short():
            yield f"     {' or '.join(key.answers)}"
        case Numeric():
            yield f"     {key.value:g} {key.unit} ({key.low:g} to {key.high:g}), shown: {key.shown}"
        case Ordering():
            yield from (f"     {n}. {step}" for n, step in enumerate(key.steps, 1))
        case Matching():
            yield from (f"     {left} = {right}" for left, right in key.pairs)
            yield from (f"     nothing = {right}" for right in key.distractors)
        case Cloze():
            blanks = ["[" + "/".join(blank) + "]" for blank in key.blanks]
            text = "".join(
                part + blank for part, blank in zip(key.parts, [*blanks, ""], strict=True)
            )
            yield f"     {text!r}"
    if question.why:
        links = f" -> {', '.join(question.why_links)}" if question.why_links else ""
        yield f"     why: {question.why}{links}"
