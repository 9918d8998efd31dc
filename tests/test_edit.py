"""What kb writes into pages: lines are added, and every other byte stays."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_pages import ALL
from test_pages_any_bytes import markdownish

from conftest import ROOT, Ran
from kb.errors import KbError, NotSavedError
from kb.pages import edit, forms
from kb.pages.model import Fault, Mod, Page, Patch, Section
from kb.pages.parse import parse

QUESTIONS = [
    "### {}\n\n- [x] a\n- [ ] b\n\n",
    "### {}\n**Answer:** `a`\n",
    "### {}\n<!-- type=cloze -->\n\nThe **a** is b.\n\n",
    "### {}\n<!--q: critical-->\n1. a\n2. b\n\n",
    "{}\n---\n\n- [x] a\n- [ ] b\n\n",
    "### {}\n\n```\n<!-- q: not-me -->\n```\n\n**Answer:** `a`\n\n",
    "### {}\n<!-- q: pinned-{} -->\n\n**Answer:** `a`\n\n",
    "### {}\n\n- [ ] none right\n- [ ] b\n\n",
    "### {} ###\n\n> Hint: look\n\n**Answer:** `5 dB`\n\n> Why: so.\n\n",
]
titles = st.sampled_from(["Which?", "Which", "+4 or −10?", "Ä `b` *c*", "!", "Q" * 90])
questions = st.lists(st.tuples(st.sampled_from(QUESTIONS), titles), max_size=6)


def text_of(drawn: list[tuple[str, str]]) -> str:
    body = "".join(shape.format(title, n) for n, (shape, title) in enumerate(drawn))
    return "# T\n\nIntro\n\n## Quiz\n\n" + body


def is_inside(small: bytes, large: bytes) -> bool:
    """Whether `large` is `small` with bytes put in between."""
    rest = iter(large)
    return all(byte in rest for byte in small)


@settings(max_examples=200, deadline=None)
@given(
    questions.map(text_of) | markdownish.map(lambda text: text_of([]) + text),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.integers(0, 3),
)
def test_fix_adds_ids_and_nothing_else(text: str, end: str, mark: bytes, cut: int) -> None:
    data = text.replace("\n", end).encode("utf-8", "surrogatepass")
    data = mark + (data.rstrip(b"\r\n") if cut == 0 else data)
    before = parse("equipment/x.md", data)
    new, _ = edit.with_ids("equipment/x.md", data)
    after = parse("equipment/x.md", new)
    missing = [question for question in before.questions if not question.pinned]
    assert is_inside(data, new)
    more = sum(len(f"<!-- q: {question.id} -->{end}".encode()) for question in missing)
    assert len(new) - len(data) <= more
    assert [(q.id, q.fingerprint, q.critical) for q in after.questions] == [
        (q.id, q.fingerprint, q.critical) for q in before.questions
    ]
    assert edit.with_ids("equipment/x.md", new) == (new, 0)
    if text.startswith("# T\n\nIntro") and "\0" not in text:
        assert [p.code for p in after.problems] == [p.code for p in before.problems]


@pytest.mark.parametrize("shape", QUESTIONS)
def test_fix_pins_every_kind_of_question(shape: str) -> None:
    data = text_of([(shape, "Which?"), (QUESTIONS[0], "Which?")]).encode()
    after = parse("x.md", edit.with_ids("x.md", data)[0])
    assert all(question.pinned for question in after.questions)


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.file.stem}: {case.title}")
def test_fix_leaves_the_meaning_of_every_page_case(case: object) -> None:
    path, data = case.path, case.page.encode()  # type: ignore[attr-defined]
    before, after = parse(path, data), parse(path, edit.with_ids(path, data)[0])
    assert [s.fingerprint for s in before.sections] == [s.fingerprint for s in after.sections]


def test_a_new_line_ends_as_its_neighbours_do() -> None:
    assert edit.inserted(b"a\r\nb\r\n", 1, ["x"]) == b"a\r\nx\r\nb\r\n"
    assert edit.inserted(b"a\rb", 2, ["x", "y"]) == b"a\rb\rx\ry"
    assert edit.inserted(b"a", 1, ["x"]) == b"a\nx"
    assert edit.inserted(b"", 0, ["x"]) == b"x\n"
    assert edit.inserted(b"\xef\xbb\xbfa\nb", 1, ["x"]) == b"\xef\xbb\xbfa\nx\nb"


# --- rows -----------------------------------------------------------------------------------------

MOD = {"where": "Ch 5", "part": "Fuse", "stock": "1 A", "here": "2 A", "do": "Nothing", "by": "TK"}
TABLES = {
    "tight": "|Where|Part|Stock|Here|Do|Since|By|\n|-|-|-|-|-|-|-|\n|Ch 1|a|b|c|d|e|f|\n",
    "odd widths": "|Where | Part |Stock|Here| Do | Since|By |\n|--|:-:|-|-|-|-|-|\n|Ch 1 | a|b|\n",
    "no outer bars": "Where | Part | Stock | Here | Do\n--|--|--|--|--\nCh 1 | a | b | c | d\n",
    "empty": "| Where | Part | Stock | Here | Do |\n|---|---|---|---|---|\n",
    "in a quote": "> | Where | Part | Stock | Here | Do |\n> |-|-|-|-|-|\n> |a|b|c|d|e|\n",
    "in a list": "- x\n\n  | Where | Part | Stock | Here | Do |\n  |---|---|---|---|---|\n",
    "first column called otherwise": "| Strip | Stock | Here | Do | Part |\n|-|-|-|-|-|\n",
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("after", ["", "\n## More\n\ntext\n", "\ntext"])
@pytest.mark.parametrize("name", TABLES)
def test_a_row_goes_below_the_last_one(name: str, after: str, end: str) -> None:
    text = f"# T\n\n{TABLES[name]}{after}"
    for data in (text.encode(), text.rstrip("\n").encode()):
        data = b"\xef\xbb\xbf" + data.replace(b"\n", end.encode())
        new, numbers, page = add(data, "mod", [MOD, MOD | {"where": "Ch | 6"}])
        found = [row.value for row in page.rows if row.line in numbers]
        assert [(m.where, m.part, m.do) for m in found if isinstance(m, Mod)] == [
            ("Ch 5", "Fuse", "Nothing"),
            ("Ch | 6", "Fuse", "Nothing"),
        ]
        assert new.startswith(data[: len(data) - len(after) - 4])
        assert without(new, numbers) in (data, data + end.encode())
        assert len(edit.lines(new)) == len(edit.lines(data)) + 2
        assert new[-1:].isspace() == data[-1:].isspace()


def add(
    data: bytes, kind: forms.Kind, values: list[dict[str, str]]
) -> tuple[bytes, list[int], Page]:
    form = forms.form(kind, parse("x.md", data), row=forms.letter(values[0]))
    new, numbers = forms.added(data, form, values)
    return new, numbers, parse("x.md", new)


def without(data: bytes, numbers: list[int]) -> bytes:
    lines = edit.lines(data)
    return b"".join(line for n, line in enumerate(lines, 1) if n not in numbers)


def test_a_row_is_aligned_where_its_table_is() -> None:
    table = (
        b"# T\n\n"
        b"| Where | Part    | Stock | Here | Do      |\n"
        b"| ----- | ------- | ----- | ---- | ------- |\n"
    )
    new, *_ = add(table, "mod", [MOD])
    assert edit.lines(new)[-1] == b"| Ch 5  | Fuse    | 1 A   | 2 A  | Nothing |\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "page",
    [
        "# T",
        "# T\n",
        "# T\n\ntext\n\n\n",
        "# T\n\n## Quiz\n\n### Q\n\n**Answer:** `a`\n",
        "# T\n## Quiz\n",
        "# T\n\n## Differs from stock\n\nNothing yet.\n\n## Levels\n",
        "# T\n\n## Differs from stock\n## Levels\n",
        "",
    ],
)
def test_a_table_is_made_where_there_is_none(page: str, end: str) -> None:
    data = page.replace("\n", end).encode()
    new, numbers, after = add(data, "mod", [MOD])
    assert [row.value.where for row in after.rows if isinstance(row.value, Mod)] == ["Ch 5"]
    section = next(s for s in after.sections if s.tables)
    assert section.heading == "Differs from stock"
    assert section.line < numbers[0] <= section.end
    assert is_inside(data, new)
    assert len(after.questions) == len(parse("x.md", data).questions)
    assert [s.heading for s in parse("x.md", data).sections if s.heading] == [
        s.heading
        for s in after.sections
        if s.heading and (s.heading != section.heading or section.heading in page)
    ]


def test_the_right_table_is_found() -> None:
    def above(kind: forms.Kind, page: Page, section: Section | None = None, row: str = "") -> str:
        line = forms.form(kind, page, section, row).line
        return next(s.address for s in page.sections if line in [t.line for t in s.tables])

    console = parse("equipment/console.md", (ROOT / "docs/equipment/console.md").read_bytes())
    assert above("mod", console) == "equipment/console#differs-from-stock"
    assert above("fault", console) == "equipment/console#known-faults"
    bay = parse("equipment/patchbay.md", (ROOT / "docs/equipment/patchbay.md").read_bytes())
    assert above("patch", bay, row="L").endswith("#rows-l-and-m-outboard")
    with pytest.raises(KbError, match="has several such tables; name a section"):
        forms.form("patch", bay, row="R")
    section = next(s for s in bay.sections if s.address.endswith("#rows-j-and-k-direct-outs"))
    assert above("patch", bay, section) == section.address


def test_a_bay_comes_from_a_spreadsheet() -> None:
    head = "Top;Out;Normal;Bottom;In;Notes\r\n"
    text = head + 'C1–C2;"Ch 1–2; send";half;D1–D2;Ch 1–2;"a|b"\r\n;;;;;\r\n'
    for data in (text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("cp1252")):
        found = forms.from_csv("bay.csv", data)
        assert found == [
            (2, {"top": "C1–C2", "out": "Ch 1–2; send", "normal": "half", "bottom": "D1–D2",
                 "in": "Ch 1–2", "notes": "a|b"})
        ]  # fmt: skip
        *_, page = add(b"# T\n", "patch", [values for _, values in found])
        (row,) = page.rows
        assert isinstance(row.value, Patch)
        assert row.value.notes == "a|b"
        assert len(row.value.points) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no rows in it"),
        ("Top,Out,Normal\n", "no rows in it"),
        ("C1,send,half\n", "bay.csv:1: the first line must name the columns"),
        ("Top,Normal,Colour\nC1,open,red\n", "bay.csv:1: no column 'Colour' in a bay"),
        ("Top,Normal\nC1,open,what\n", "bay.csv:2: more cells than the first line has"),
    ],
)
def test_a_spreadsheet_that_is_none_is_told(text: str, told: str) -> None:
    with pytest.raises(KbError, match=re.escape(told)):
        forms.from_csv("bay.csv", text.encode())


# --- files ----------------------------------------------------------------------------------------


def test_a_page_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    page = tmp_path / "x.md"
    page.write_bytes(b"theirs")
    page.chmod(0o640)
    with pytest.raises(NotSavedError, match=r"changed meanwhile; NOT written"):
        edit.replace(tmp_path, "x.md", b"old", b"new")
    assert page.read_bytes() == b"theirs"
    edit.replace(tmp_path, "x.md", b"theirs", b"ours")
    assert page.read_bytes() == b"ours"
    assert stat.S_IMODE(page.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["x.md"]
    with pytest.raises(KbError, match="is there already; nothing was written"):
        edit.create(tmp_path, "x.md", b"new")
    assert page.read_bytes() == b"ours"


@pytest.mark.parametrize("kind", ["equipment", "procedure"])
@pytest.mark.parametrize("title", ["Spring reverb", "A: b # c", '"Q" & [A] *b* <i> `c` \\', "Ü 47"])
def test_a_new_page_passes_the_check(
    kind: str, title: str, tmp_path: Path, run_kb: Callable[..., Ran]
) -> None:
    (tmp_path / "studio" / "docs" / "equipment").mkdir(parents=True)
    ran = run_kb(tmp_path, "new", kind, title, "--owner", "TK", "--room", "A")
    assert ran.returncode == 0, ran.stdout
    path = ran.stdout.split("\n")[0].removesuffix(":1")
    written = (tmp_path / "studio" / path).read_bytes()
    page = parse(path.removeprefix("docs/"), written)
    assert page.title == title
    assert page.sections[0].heading == title
    assert page.front.verified is None, "nobody has held an empty page against the gear"
    assert run_kb(tmp_path, "check", "--strict").returncode == 0
    again = run_kb(tmp_path, "new", kind, title, "--owner", "RH")
    assert again.returncode == 2
    assert "is there already; nothing was written" in again.stdout
    assert (tmp_path / "studio" / path).read_bytes() == written


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminal here")
def test_on_a_terminal_the_columns_are_asked_for(tmp_path: Path) -> None:
    import pty
    import sys

    docs = tmp_path / "docs" / "equipment"
    docs.mkdir(parents=True)
    (docs / "desk.md").write_text("---\nowner: TK\n---\n# Desk\n")
    editor = tmp_path / "vi"
    editor.write_text(f"#!/bin/sh\necho \"$@\" > '{tmp_path}/told'\n")
    editor.chmod(0o755)
    child, master = pty.fork()
    if not child:
        os.environ.update(PYTHONPATH=str(ROOT), EDITOR=str(editor), KB_CACHE=str(tmp_path / "c"))
        os.environ.pop("VISUAL", None)
        os.chdir(tmp_path)
        words = ["-m", "kb", "new", "fault", "desk", "--by", "MO", "--edit"]
        os.execv(sys.executable, [sys.executable, *words])
    os.write(master, b"Ch 22\n\nThin\nuse 23\n")
    printed = b""
    try:
        while piece := os.read(master, 4096):
            printed += piece
    except OSError:
        pass  # the other end is closed
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, printed
    assert printed.count(b"Symptom") == 2  # an empty answer is asked for again
    page = parse("equipment/desk.md", (docs / "desk.md").read_bytes())
    (row,) = page.rows
    assert isinstance(row.value, Fault)
    assert (row.value.where, row.value.symptom, row.value.by) == ("Ch 22", "Thin", "MO")
    assert (tmp_path / "told").read_text() == f"+{row.line} {docs / 'desk.md'}\n"


@pytest.mark.parametrize(
    ("editor", "command"),
    [
        ("vim", ["vim", "+7", "x.md"]),
        ("emacsclient -nw", ["emacsclient", "-nw", "+7", "x.md"]),
        ("code --wait", ["code", "--wait", "--goto", "x.md:7"]),
        ("/usr/bin/hx", ["/usr/bin/hx", "x.md:7"]),
        ("ed", ["ed", "x.md"]),
    ],
)
def test_editors_are_told_the_line_in_their_own_way(editor: str, command: list[str]) -> None:
    from kb.cli.new import editor_command

    assert editor_command(editor, "x.md", 7) == command
