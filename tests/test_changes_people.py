"""kb changes --people: who will be asked what again, told before an edit is merged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_history import git

from conftest import Ran

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="no git here")

Kb = Callable[..., Ran]
OPENING = """---
owner: TK
---
# Opening

## Open the room

- [ ] Mains on (!)
- [ ] Clock first
- [ ] Monitors last
"""
DESK = """---
owner: TK
---
# Desk

Strip 19 has no VCA.

## Quiz

### Which strip has no VCA?
<!-- q: no-vca -->

- [x] Strip 19
- [ ] Strip 18
"""


@pytest.fixture
def home(tmp_path: Path, run_kb: Kb) -> Path:
    """A studio in git where MO has done everything and JT the first step."""
    docs = tmp_path / "studio" / "docs"
    (docs / "procedures").mkdir(parents=True)
    write(tmp_path, "opening", OPENING)
    write(tmp_path, "desk", DESK)
    (docs / "studio.toml").write_text('id = "here"\nname = "Here"\n')
    git(docs.parent, "init", "-q", "-b", "main")
    git(docs.parent, "add", "-A")
    git(docs.parent, "commit", "-q", "-m", "one")
    for handle, role in (("mo", "intern"), ("jt", "intern"), ("rh", "chief")):
        words = ["people", "add", handle, "--name", handle, "--initials", handle, "--role", role]
        assert run_kb(tmp_path, *words).returncode == 0
    run_kb(tmp_path, "--as", "mo", "checklist", "tick", "opening", "1-3")
    run_kb(tmp_path, "--as", "jt", "checklist", "tick", "opening", "1")
    words = ["--as", "mo", "quiz", "desk", "--only", "written"]
    assert run_kb(tmp_path, *words, typed="Strip 19\n").returncode == 0
    return tmp_path


def write(home: Path, name: str, text: str) -> None:
    path = home / "studio" / "docs" / "procedures" / f"{name}.md"
    path.write_text(text, encoding="utf-8", newline="\n")


def told(home: Path, run_kb: Kb, *words: str) -> dict[str, Any]:
    ran = run_kb(home, "changes", "--people", "--json", *words)
    assert ran.returncode == 0, ran.stdout
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def asked(found: dict[str, Any]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        (person["initials"], one["kind"], [(c["was"], c["now"]) for c in one["changed"]])
        for person in found["people"]
        for one in person["asked"]
    ]


def test_only_who_has_done_a_step_is_asked_for_it_again(home: Path, run_kb: Kb) -> None:
    assert asked(told(home, run_kb)) == []
    write(home, "opening", OPENING.replace("Mains on", "Mains and UPS on"))
    both = [("Mains on (!)", "Mains and UPS on (!)")]
    assert asked(told(home, run_kb)) == [("MO", "checklist", both), ("JT", "checklist", both)]
    write(home, "opening", OPENING.replace("Clock first", "Word clock first"))
    clock = [("MO", "checklist", [("Clock first", "Word clock first")])]
    assert asked(told(home, run_kb)) == clock
    git(home / "studio", "checkout", "-q", "-b", "work")
    git(home / "studio", "commit", "-qam", "two")
    assert asked(told(home, run_kb)) == clock
    for rev in ("main", "HEAD~1"):
        assert told(home, run_kb, rev)["since"] == rev
    assert asked(told(home, run_kb, "HEAD")) == []


def test_what_was_to_be_done_anyhow_is_not_put_down_to_the_edit(home: Path, run_kb: Kb) -> None:
    write(home, "opening", OPENING.replace("Clock first", "Word clock first"))
    git(home / "studio", "commit", "-qam", "two")
    later = OPENING.replace("Clock first", "Word clock first, then wait")
    write(home, "opening", later.replace("Monitors last", "Monitors last, level down"))
    expected = [("Monitors last", "Monitors last, level down")]
    assert asked(told(home, run_kb)) == [("MO", "checklist", expected)]


def test_steps_that_moved_or_went_ask_nobody(home: Path, run_kb: Kb) -> None:
    moved = OPENING.replace("- [ ] Clock first\n", "") + "- [ ] Clock first\n"
    write(home, "opening", moved)
    assert asked(told(home, run_kb)) == []
    write(home, "opening", OPENING.replace("- [ ] Clock first\n", ""))
    found = told(home, run_kb)
    assert (found["changed"], asked(found), found["gone"]) == (1, [], [])


def test_a_quiz_is_asked_again_for_the_question_that_changed(home: Path, run_kb: Kb) -> None:
    write(home, "desk", DESK.replace("Which strip has", "Which one has"))
    expected = [("Which strip has no VCA?", "Which one has no VCA?")]
    assert asked(told(home, run_kb)) == [("MO", "quiz", expected)]
    key = DESK.replace("[x] Strip 19", "[ ] Strip 19").replace("[ ] Strip 18", "[x] Strip 18")
    write(home, "desk", key)
    ran = run_kb(home, "changes", "--people")
    assert "MO  mo, intern\n    Desk: quiz, 1 question\n" in ran.stdout
    assert "        new answer: Which strip has no VCA?\n        asked: MO\n" in ran.stdout
    assert "Strip 18" not in ran.stdout
    write(home, "desk", DESK.partition("## Quiz")[0])
    assert asked(told(home, run_kb)) == []


def test_a_checklist_or_page_taken_out_is_said_with_who_had_done_it(home: Path, run_kb: Kb) -> None:
    run_kb(home, "signoff", "mo", "desk", "--by", "rh", "--level", "knows")
    docs = home / "studio" / "docs" / "procedures"
    write(home, "opening", OPENING.partition("## ")[0] + "No checklist any more.\n")
    (docs / "desk.md").unlink()
    found = told(home, run_kb)
    assert [(gone["address"], gone["people"]) for gone in found["gone"]] == [
        ("procedures/desk", ["mo"]),
        ("procedures/opening#open-the-room", ["mo", "jt"]),
    ]
    ran = run_kb(home, "changes", "--people")
    assert "what MO, JT did there stands alone from now on" in ran.stdout


@pytest.mark.parametrize("name", ["power-up", "Opening"])
def test_a_page_that_moved_and_says_so_asks_for_what_changed_only(
    name: str, home: Path, run_kb: Kb
) -> None:
    docs = home / "studio" / "docs" / "procedures"
    (docs / "opening.md").rename(docs / f"{name}.md")
    assert [gone["people"] for gone in told(home, run_kb)["gone"]] == [["mo", "jt"]]
    for was in ("procedures/opening", "docs/procedures/opening.md"):
        text = OPENING.replace("owner: TK", f"owner: TK\nwas: {was}")
        write(home, name, text.replace("Clock first", "Word clock first"))
        found = told(home, run_kb)
        assert asked(found) == [("MO", "checklist", [("Clock first", "Word clock first")])]
        assert found["gone"] == []


def test_a_page_that_cannot_be_read_is_not_taken_for_gone(home: Path, run_kb: Kb) -> None:
    page = home / "studio" / "docs" / "procedures" / "opening.md"
    page.unlink()
    page.symlink_to("desk.md")
    found = told(home, run_kb)
    assert (found["changed"], found["people"], found["gone"]) == (1, [], [])


def test_a_page_signed_for_is_to_be_signed_again_when_it_says_something_else(
    home: Path, run_kb: Kb
) -> None:
    run_kb(home, "signoff", "mo", "desk", "--by", "rh", "--level", "alone")
    write(home, "desk", DESK.replace("Strip 19 has no VCA", "Strip 19 has no VCA at all"))
    ran = run_kb(home, "changes", "--people")
    assert "    Desk: sign-off, the whole page (RH had signed)\n" in ran.stdout
    assert "    signed for as a whole: MO\n" in ran.stdout
    assert told(home, run_kb)["pages"][0]["whole"] == ["mo"]


def test_who_has_left_is_asked_nothing(home: Path, run_kb: Kb) -> None:
    run_kb(home, "people", "leave", "mo")
    write(home, "opening", OPENING.replace("Clock first", "Word clock first"))
    assert "nobody is asked anything again" in run_kb(home, "changes", "--people").stdout


def test_the_line_ends_of_a_checkout_ask_nobody(home: Path, run_kb: Kb) -> None:
    page = home / "studio" / "docs" / "procedures" / "opening.md"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    assert told(home, run_kb)["changed"] == 0


def test_text_of_the_pages_stays_text_in_a_pull_request(home: Path, run_kb: Kb) -> None:
    write(home, "opening", OPENING.replace("Clock first", "Clock | `first` <b>@tk</b>\x1b[31m *"))
    ran = run_kb(home, "changes", "--people", "--markdown")
    assert r"**Clock \| first &#64;tk\\x1b\[31m \***" in ran.stdout
    ran = run_kb(home, "changes", "--people", "--markdown", "--json")
    assert (ran.returncode, ran.stdout) == (2, "kb: --json or --markdown, not both\n")


def test_where_there_are_no_records_or_no_history_that_is_said(home: Path, run_kb: Kb) -> None:
    ran = run_kb(home, "--records", str(home / "elsewhere"), "changes", "--people")
    assert ran.returncode == 2
    assert ran.stdout.startswith("kb: no records here (")
    ran = run_kb(home, "changes", "nowhere", "--people")
    assert ran.returncode == 2
    assert ran.stdout == "kb: git knows no nowhere here; name a branch, a tag or a commit\n"
    shutil.rmtree(home / "studio" / ".git")
    ran = run_kb(home, "changes", "--people")
    assert (ran.returncode, ran.stdout) == (2, f"kb: {home}/studio/docs is in no git repository\n")
