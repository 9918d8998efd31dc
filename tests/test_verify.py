"""kb verify: a stamp under a heading, which lapses with the section and with time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import mdformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_edit import is_inside, questions, text_of
from test_history import git
from test_pages import ALL
from test_pages_any_bytes import markdownish

from conftest import ROOT, Ran
from kb.errors import KbError
from kb.pages import edit
from kb.pages.due import checked, dues, last_checked
from kb.pages.model import Page
from kb.pages.parse import parse
from kb.pages.stamp import worth

Kb = Callable[..., Ran]
DAY = date(2026, 11, 22)


def stamped(data: bytes, day: date = DAY, by: str = "tk") -> bytes:
    page = parse("equipment/x.md", data)
    addresses = {section.address for section in page.sections if worth(section)}
    return edit.stamped("equipment/x.md", data, addresses, day, by)[0]


def meaning(page: Page) -> object:
    return (
        [(s.address, s.kind, s.fingerprint, s.anchor, s.pinned) for s in page.sections],
        [(i.address, i.fingerprint) for s in page.sections for i in s.items],
        [(q.id, q.fingerprint) for q in page.questions],
        sorted(p.code for p in page.problems),
    )


@settings(max_examples=200, deadline=None)
@given(
    questions.map(text_of) | markdownish.map(lambda text: "# T\n\n" + text),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.booleans(),
)
def test_a_stamp_changes_nothing_but_itself(text: str, end: str, mark: bytes, cut: bool) -> None:
    data = mark + text.replace("\n", end).encode("utf-8", "surrogatepass")
    data = data.rstrip(b"\r\n") if cut else data
    before = parse("equipment/x.md", data)
    try:
        new = stamped(data)
    except KbError:
        # What would change the page is refused: a stamp among comments that somebody left open.
        assert b"<!" in data
        return
    after = parse("equipment/x.md", new)
    assert is_inside(data, new)
    assert meaning(after) == meaning(before)
    assert [bool(s.stamp) for s in after.sections] == [worth(s) for s in before.sections]
    assert all(
        checked(after, s) == (DAY, "tk", None, True, False) for s in after.sections if s.stamp
    )
    again = stamped(new, date(2026, 12, 1), "mara")
    assert len(edit.lines(again)) == len(edit.lines(new))
    assert stamped(again) == new


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.file.stem}: {case.title}")
def test_a_stamp_leaves_the_meaning_of_every_page_case(case: object) -> None:
    path, data = case.path, case.page.encode()  # type: ignore[attr-defined]
    before = parse(path, data)
    wanted = {section.address for section in before.sections if worth(section)}
    after = parse(path, edit.stamped(path, data, wanted, DAY, "tk")[0])
    assert meaning(after) == meaning(before)


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.stem)
def test_our_own_pages_can_be_stamped(path: Path) -> None:
    data = path.read_bytes()
    new = stamped(data)
    assert b"".join(line for line in edit.lines(new) if b"<!-- verified:" not in line) == data
    page = parse("equipment/x.md", new)
    assert last_checked(page)[:2] == (DAY, "tk")
    assert not any(due.whole or due.why == "changed" for due in dues(page))


@pytest.mark.parametrize("name", ["console", "patchbay", "levels"])
def test_a_stamp_survives_a_formatter_and_is_found_again(name: str) -> None:
    data = (ROOT / "docs" / "equipment" / f"{name}.md").read_bytes()
    text = mdformat.text(stamped(data).decode(), extensions={"gfm", "frontmatter", "tables"})
    page = parse("equipment/x.md", text.encode())
    assert last_checked(page)[:2] == (DAY, "tk")
    assert not any(due.why == "changed" for due in dues(page))
    again = parse("equipment/x.md", stamped(text.encode(), date(2026, 12, 1), "mara"))
    assert [p.code for p in again.problems] == [p.code for p in page.problems]
    assert last_checked(again)[:2] == (date(2026, 12, 1), "mara")


PLACES = {
    "below the heading": ("# T\n\nText.\n", "# T\n@\n\nText.\n"),
    "below an underlined heading": ("T\n===\nText.\n", "T\n===\n@\nText.\n"),
    "below an id": (
        "# T\n\n## L\n<!-- id: l -->\n\nText.",
        "# T\n\n## L\n<!-- id: l -->\n@\n\nText.",
    ),
    "above a text without heading": ("Text.\n", "@\nText.\n"),
    "above that text, below the front matter": (
        "---\ntitle: T\n---\nText.\n",
        "---\ntitle: T\n---\n@\nText.\n",
    ),
    "below the heading, not the text above it": (
        "Before.\n\n# T\n\nText.\n",
        "Before.\n\n# T\n@\n\nText.\n",
    ),
    "right above a table": ("# T\n|a|b|\n|-|-|\n|c|d|\n", "# T\n@\n|a|b|\n|-|-|\n|c|d|\n"),
    "at the end of a file without an end": ("# L\n## M\n- x", "# L\n## M\n@\n- x"),
    "in the place of another": (
        "# T\n<!-- verified: 2020-01-01 jt 1:0000000000000000 -->\nText.\n",
        "# T\n@\nText.\n",
    ),
    "in the place of several, and of what is none": (
        "# T\n<!-- verified: who knows -->\n<!-- id: t -->\n"
        "<!-- verified: 2020-01-01 jt 1:0000000000000000 -->\nText.\n",
        "# T\n@\n<!-- id: t -->\nText.\n",
    ),
    "beside another comment": (
        "# T\n<!-- id: t --> <!-- verified: 2020-01-01 jt 1:0000000000000000 -->\nText.\n",
        "# T\n<!-- id: t --> @\nText.\n",
    ),
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", PLACES)
def test_a_stamp_goes(name: str, end: str) -> None:
    text, expected = (part.replace("\n", end).encode() for part in PLACES[name])
    new = stamped(text)
    marks = [s.stamp for s in parse("equipment/x.md", new).sections if s.stamp]
    said = [f"<!-- verified: {m.day} {m.by} {m.fingerprint} -->".encode() for m in marks]
    for one in said:
        new = new.replace(one, b"@")
    assert new == expected


def test_a_stamp_lapses_with_the_meaning_of_its_section_and_of_no_other() -> None:
    data = b"# T\n\nIntro.\n\n## L\n\n- [ ] Mains on\n- [ ] Clock\n\n## M\n\nLevel +4 dBu.\n"
    new = stamped(data)
    for old, by, late in (
        (b"Level +4", b"Level -4", ["M"]),
        (b"Clock", b"Clock (!)", ["L"]),
        (b"## M", b"## N", ["N"]),
        (b"Level +4 dBu.", b"Level\n+4   dBu.", []),
        (b"- [ ] Mains", b"* [ ] Mains", []),
    ):
        page = parse("equipment/x.md", new.replace(old, by))
        assert [s.heading for s in page.sections if checked(page, s).changed] == late


# --- the command ----------------------------------------------------------------------------------

DESK = """---
owner: PL
room: A
verified: 2026-11-01
verify_every: 30d
---
# Desk

Stays on day and night.

## Levels

Line level is +4 dBu.

### Meters

Zero is +4 dBu.

## Known faults

| Where | Symptom | Workaround | Reported | By | Cleared |
|---|---|---|---|---|---|
| Ch 22 | Insert thin | none: do not use | 2026-11-03 | MO | |
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    docs = tmp_path / "studio" / "docs"
    (docs / "equipment").mkdir(parents=True)
    (docs / "studio.toml").write_text('id = "here"\nname = "Here"\n')
    (docs / "equipment" / "desk.md").write_text(DESK)
    return tmp_path


def page_of(home: Path) -> Path:
    return home / "studio" / "docs" / "equipment" / "desk.md"


def test_without_records_whoever_is_named_has_looked(home: Path, run_kb: Kb) -> None:
    ran = run_kb(home, "verify", "desk#levels", "--by", "TK")
    assert (ran.returncode, ran.stdout) == (
        0,
        "docs/equipment/desk.md: Levels; Meters verified by TK, 2026-11-22\n"
        "kb: written; commit it\n",
    )
    page = parse("equipment/desk.md", page_of(home).read_bytes())
    assert [s.heading for s in page.sections if s.stamp] == ["Levels", "Meters"]
    assert not (home / "records").exists()
    ran = run_kb(home, "verify", "desk#meters", "--by", "jt", day="2026-11-23")
    assert ran.stdout.startswith("docs/equipment/desk.md:16: Meters verified by jt, 2026-11-23\n")
    for words, told in (
        (["desk"], "who looked at it? say --by PERSON"),
        (
            ["desk", "--by", "T K"],
            "'T K' is no name for a stamp: letters, digits, dots and hyphens",
        ),
        (
            ["desk#known", "--by", "TK"],
            "docs/equipment/desk.md: nothing there to verify; faults have own dates",
        ),
        (["nosuch", "--by", "TK"], "no page is called 'nosuch'; see them with kb list"),
    ):
        ran = run_kb(home, "verify", *words)
        assert (ran.returncode, ran.stdout) == (2, f"kb: {told}\n")


def test_with_a_list_of_people_it_must_be_one_of_them(home: Path, run_kb: Kb) -> None:
    words = ["people", "add", "tk", "--name", "T. Kerr", "--initials", "TKK", "--role", "tech"]
    assert run_kb(home, *words).returncode == 0
    ran = run_kb(home, "verify", "desk", "--by", "jt")
    assert (ran.returncode, page_of(home).read_text()) == (2, DESK)
    assert run_kb(home, "verify", "desk", "--by", "tkk").stdout == (
        "docs/equipment/desk.md: Desk; Levels; Meters verified by tk, 2026-11-22\n"
        "kb: written; commit it\n"
    )
    run_kb(home, "me", "tk")
    assert run_kb(home, "verify", "desk", day="2026-11-22").returncode == 0
    run_kb(home, "people", "leave", "tk")
    ran = run_kb(home, "verify", "desk", "--by", "tk")
    assert (ran.returncode, ran.stdout) == (2, "kb: tk has left; kb people add brings them back\n")


def test_what_is_due_is_listed_soonest_first_with_its_owner(home: Path, run_kb: Kb) -> None:
    assert run_kb(home, "list", "--stale").stdout == "nothing is due\n"
    never = "---\nowner: RH\nverify_every: 30d\n---\n# Bay\n\nText.\n"
    (page_of(home).parent / "bay.md").write_text(never)
    run_kb(home, "verify", "desk#levels", "--by", "tk")
    text = page_of(home).read_text().replace("Line level is +4", "Line level is -10")
    page_of(home).write_text(text)
    ran = run_kb(home, "list", "--stale", day="2026-12-10")
    assert ran.stdout == (
        "            RH  Bay: never verified  docs/equipment/bay.md:1\n"
        "2026-11-22  PL  Desk › Levels: changed since tk verified it\n"
        "                docs/equipment/desk.md:12\n"
        "2026-12-01  PL  Desk  docs/equipment/desk.md:4\n"
    )
    found = json.loads(run_kb(home, "list", "--stale", "--json", day="2026-12-23").stdout)["pages"]
    assert [(one["address"], one["due"], one["why"], one["owner"]) for one in found] == [
        ("equipment/bay", None, "never", "RH"),
        ("equipment/desk#levels", "2026-11-22", "changed", "PL"),
        ("equipment/desk", "2026-12-01", "time", "PL"),
        ("equipment/desk#meters", "2026-12-22", "time", "PL"),
    ]
    run_kb(home, "verify", "desk", "--by", "tk", day="2026-12-23")
    run_kb(home, "verify", "bay", "--by", "tk", day="2026-12-23")
    assert run_kb(home, "list", "--stale", day="2026-12-23").stdout == "nothing is due\n"
    (desk,) = [
        one
        for one in json.loads(run_kb(home, "list", "--json", day="2026-12-23").stdout)["pages"]
        if one["address"] == "equipment/desk"
    ]
    assert (desk["verified"], desk["stale"]) == ("2026-12-23", False)


def test_what_is_due_can_be_told_room_by_room(home: Path, run_kb: Kb) -> None:
    page_of(home).write_text(
        DESK.replace("room: A", "room: A, B").replace("2026-11-01", "2026-01-01")
    )
    for room, due in (("b", 1), ("A", 1), ("C", 0)):
        ran = run_kb(home, "--room", room, "list", "--stale", "--json")
        assert len(json.loads(ran.stdout)["pages"]) == due


def test_a_hit_in_a_section_that_lapsed_says_so(home: Path, run_kb: Kb) -> None:
    run_kb(home, "verify", "desk#levels", "--by", "tk")
    page_of(home).write_text(page_of(home).read_text().replace("level is +4", "level is -10"))
    ran = run_kb(home, "line level")
    assert "    changed since it was verified on 2026-11-22: trust the gear first\n" in ran.stdout
    (hit,) = json.loads(run_kb(home, "search", "--json", "-n", "1", "line level").stdout)["hits"]
    assert hit["stale"]
    assert "trust the gear first" not in run_kb(home, "meters zero").stdout
    ran = run_kb(home, "meters zero", day="2026-12-30")
    assert "not checked since it fell due on 2026-12-22: trust the gear first" in ran.stdout
    run_kb(home, "verify", "desk#levels", "--by", "tk")
    assert "trust the gear first" not in run_kb(home, "line level").stdout


def test_a_page_changed_meanwhile_is_not_written_over(home: Path) -> None:
    docs = home / "studio" / "docs"
    old = page_of(home).read_bytes()
    page_of(home).write_bytes(old + b"more\n")
    with pytest.raises(KbError, match="NOT written"):
        edit.replace(docs, "equipment/desk.md", old, stamped(old))


@pytest.mark.skipif(not shutil.which("git"), reason="no git here")
def test_a_stamp_is_a_line_in_git_and_is_told_among_the_changes(home: Path, run_kb: Kb) -> None:
    studio = home / "studio"
    page_of(home).write_bytes(DESK.replace("\n", "\r\n").encode())
    git(studio, "init", "-q", "-b", "main")
    git(studio, "add", "-A")
    git(studio, "commit", "-qm", "one")
    run_kb(home, "verify", "desk#meters", "--by", "tk")
    assert git(studio, "diff", "--numstat") == "1\t0\tdocs/equipment/desk.md"
    ran = run_kb(home, "changes", "HEAD")
    assert "  verified: Desk, Levels › Meters, 2026-11-22 by tk\n" in ran.stdout
