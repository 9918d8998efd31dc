"""kb changes: what is different in the words of the pages, from real repositories."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_history import CLEAN, git

from conftest import ROOT, Ran
from kb.upkeep import Upkeep

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="no git here")

Kb = Callable[..., Ran]

DESK = """---
owner: TK
room: A
---
# Desk

Stays on day and night.

## Differs from stock

| Where | Part | Stock | Here | Do | Since | By | Removed |
|---|---|---|---|---|---|---|---|
| Ch 1–8 | Gain | 1:10 | 1:5 | Add 6 dB | 2014-03-17 | PL | |
| Ch 17–24 | Insert | pre-EQ | post-EQ | EQ first | 2016-05-09 | PL | |
| Ch 19 | VCA | in | bypassed | Ride the small one | 2018-10-02 | PL | |

## Levels

| Point | Level |
|---|---|
| Line | +4 dBu |

## Known faults

| Where | Symptom | Workaround | Reported | By | Cleared |
|---|---|---|---|---|---|
| Ch 14 | Fader scratches | Leave it | 2026-10-19 | MO | |
| Ch 22 | Insert thin | none: do not use | 2026-11-03 | MO | |

## Quiz

### Which strip has no VCA?
<!-- q: no-vca -->

- [x] Strip 19
- [ ] Strip 18
"""
BAY = """---
owner: TK
room: A
---
# Bay

| Top | Out | Normal | Bottom | In |
|---|---|---|---|---|
| C1–C8 | Ch 1–8 send | half | D1–D8 | Ch 1–8 return |
"""
OPENING = """---
owner: TK
room: A, B
safety: Monitors last.
---
# Opening

## Open the room

- [ ] Mains on (!)
- [ ] Clock first
- [ ] Monitors last

## After a power cut

1. Monitors off at the switch
2. Wait two minutes
3. From the top

Ring the tech.
"""


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    root = tmp_path / "studio"
    (root / "docs" / "equipment").mkdir(parents=True)
    (root / "docs" / "procedures").mkdir(parents=True)
    write(root, "equipment/desk.md", DESK)
    write(root, "equipment/bay.md", BAY)
    write(root, "procedures/opening.md", OPENING)
    git(root, "init", "-q", "-b", "main")
    commit(root, "2026-11-01")
    return root


def write(studio: Path, path: str, text: str) -> None:
    (studio / "docs" / path).write_text(text, encoding="utf-8", newline="\n")


def commit(studio: Path, day: str) -> str:
    git(studio, "add", "-A")
    at = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    words = ["git", "-C", str(studio), "commit", "-qm", day]
    subprocess.run(words, env=CLEAN | at, check=True)
    return git(studio, "rev-parse", "HEAD")


def changes(studio: Path, run_kb: Kb, *words: str) -> list[dict[str, Any]]:
    ran = run_kb(studio.parent, "changes", "--json", *(words or ("HEAD",)))
    assert ran.returncode == 0, ran.stdout
    found: list[dict[str, Any]] = json.loads(ran.stdout)["changes"]
    return found


def told(studio: Path, said: str = "HEAD") -> list[tuple[str, str, str, str]]:
    """The same without a process of its own."""
    upkeep = Upkeep(studio / "docs", date(2026, 11, 22))
    found = upkeep.changes(upkeep.base(said)).changes
    return [(one.kind, one.title, one.was, one.now) for one in found]


EDITS = {
    "a mod altered": (
        "equipment/desk.md", "| bypassed | Ride the small one", "| in again | Ride the small one",
        [("mod altered", "Ch 19, VCA", "bypassed", "in again")],
    ),
    "a mod to be treated otherwise": (
        "equipment/desk.md", "Add 6 dB", "Add 7 dB",
        [("mod altered", "Ch 1–8, Gain", "Do: Add 6 dB", "Do: Add 7 dB")],
    ),
    "a mod added": (
        "equipment/desk.md", "| Ch 19 |",
        "| Ch 9 | Pad | none | −10 dB | Add 10 dB | 2026-11-20 | TK | |\n| Ch 19 |",
        [("mod added", "Ch 9, Pad", "", "−10 dB (stock: none); do: Add 10 dB")],
    ),
    "a mod taken out": (
        "equipment/desk.md", "2018-10-02 | PL | |", "2018-10-02 | PL | 2026-11-20 |",
        [("mod removed", "Ch 19, VCA", "bypassed", "removed 2026-11-20; Ride the small one")],
    ),
    "a mod's row deleted": (
        "equipment/desk.md", "| Ch 19 | VCA | in | bypassed | Ride the small one "
        "| 2018-10-02 | PL | |\n", "", [("mod removed", "Ch 19, VCA", "bypassed", "")],
    ),
    "a fault opened": (
        "equipment/desk.md", "| Ch 22 |", "| Ch 6 | Thumps | Mute it | 2026-11-20 | JB | |\n"
        "| Ch 22 |", [("fault opened", "Ch 6", "", "Thumps; meanwhile: Mute it")],
    ),
    "a fault cleared": (
        "equipment/desk.md", "2026-11-03 | MO | |", "2026-11-03 | MO | 2026-11-20 |",
        [("fault cleared", "Ch 22", "Insert thin", "cleared 2026-11-20")],
    ),
    "another workaround": (
        "equipment/desk.md", "none: do not use", "Use 23",
        [("fault altered", "Ch 22", "Workaround: none: do not use", "Workaround: Use 23")],
    ),
    "a patch row": (
        "equipment/bay.md", "| half |", "| full |",
        [("patch row altered", "C1–C8", "Normal: half", "Normal: full")],
    ),
    "a step reworded": (
        "procedures/opening.md", "Clock first", "Word clock first",
        [("step reworded", "Open the room", "Clock first", "Word clock first")],
    ),
    "a step that stops the run now": (
        "procedures/opening.md", "Clock first", "Clock first (!)",
        [("step reworded", "Open the room", "Clock first", "Clock first (!)")],
    ),
    "a step of a numbered list": (
        "procedures/opening.md", "Wait two minutes", "Wait three minutes",
        [("step reworded", "After a power cut", "Wait two minutes", "Wait three minutes")],
    ),
    "a step added": (
        "procedures/opening.md", "- [ ] Monitors", "- [ ] Log the keys\n- [ ] Monitors",
        [("step added", "Open the room", "", "Log the keys")],
    ),
    "a step removed": (
        "procedures/opening.md", "- [ ] Clock first\n", "",
        [("step removed", "Open the room", "Clock first", "")],
    ),
    "steps in another order": (
        "procedures/opening.md", "- [ ] Clock first\n- [ ] Monitors last\n",
        "- [ ] Monitors last\n- [ ] Clock first\n",
        [("steps in another order", "Open the room", "", "")],
    ),
    "a plain row": (
        "equipment/desk.md", "+4 dBu", "+6 dBu",
        [("row altered", "Line", "Level: +4 dBu", "Level: +6 dBu")],
    ),
    "a section rewritten": (
        "procedures/opening.md", "Ring the tech.", "Ring the tech first.",
        [("section rewritten", "After a power cut", "", "")],
    ),
    "a section added": (
        "procedures/opening.md", "## After", "## Before\n\nRead the book.\n\n## After",
        [("section added", "Before", "", "")],
    ),
    "a section removed": (
        "equipment/desk.md", "## Levels\n\n| Point | Level |\n|---|---|\n| Line | +4 dBu |\n\n", "",
        [("section removed", "Levels", "", "")],
    ),
    "a heading": (
        "procedures/opening.md", "## After a power cut", "## When the power was cut",
        [("section renamed", "When the power was cut", "After a power cut",
          "When the power was cut")],
    ),
    "a safety note": (
        "procedures/opening.md", "safety: Monitors last.", "safety: [Monitors last., No drinks.]",
        [("page altered", "Opening", "safety: Monitors last.",
          "safety: Monitors last.; No drinks.")],
    ),
    "a page verified": (
        "equipment/bay.md", "owner: TK", "owner: TK\nverified: 2026-11-20\nverified_by: TK",
        [("page verified", "Bay", "", "2026-11-20 by TK")],
    ),
    "a question, whose words would tell": (
        "equipment/desk.md", "- [ ] Strip 18", "- [ ] Strip 18\n- [ ] Strip 20",
        [("quiz changed", "Desk", "", "1 changed")],
    ),
    "nothing but white space": ("equipment/desk.md", "day and night.", "day\nand  night.", []),
    "rows in another order": (
        "equipment/bay.md", "| C1–C8 | Ch 1–8 send | half | D1–D8 | Ch 1–8 return |",
        "| C1–C8 | Ch 1–8 send   | half | D1–D8 | Ch 1–8 return |", [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_told_once_in_the_words_of_the_page(name: str, studio: Path) -> None:
    path, old, new, expected = EDITS[name]
    text = (studio / "docs" / path).read_text(encoding="utf-8")
    assert old in text
    write(studio, path, text.replace(old, new))
    assert told(studio) == expected
    for end in ("\r\n", "\r"):
        data = text.replace(old, new).replace("\n", end).encode()
        (studio / "docs" / path).write_bytes(data)
        assert told(studio) == expected


def test_each_change_says_where_it_stands(studio: Path, run_kb: Kb) -> None:
    write(studio, "equipment/desk.md", DESK.replace("bypassed", "in").replace("Use 23", "none"))
    opening = OPENING.replace("Clock first", "Clock at first").replace("Wait two", "Wait three")
    write(studio, "procedures/opening.md", opening.replace("Ring the tech", "Ring"))
    git(studio, "add", "-A")
    found = changes(studio, run_kb)
    assert [(one["kind"], one["path"], one["line"], one["number"]) for one in found] == [
        ("mod altered", "docs/equipment/desk.md", 15, ""),
        ("step reworded", "docs/procedures/opening.md", 11, "2"),
        ("step reworded", "docs/procedures/opening.md", 17, "2"),
        ("section rewritten", "docs/procedures/opening.md", 14, ""),
    ]
    assert [one["room"] for one in found] == ["A", "A, B", "A, B", "A, B"]
    assert found[0]["address"] == "equipment/desk#differs-from-stock/ch-19"


def test_the_screen_goes_room_by_room_and_mods_and_faults_come_first(
    studio: Path, run_kb: Kb
) -> None:
    desk = DESK.replace("bypassed", "in again").replace(
        "2026-11-03 | MO | |", "2026 | MO | today |"
    )
    write(studio, "equipment/desk.md", desk.replace("night.", "night, always."))
    write(studio, "procedures/opening.md", OPENING.replace("Clock first", "Word clock first"))
    write(studio, "words.md", "# Words\n\nOf this house.\n")
    ran = run_kb(studio.parent, "changes", "HEAD")
    assert ran.returncode == 0
    assert (
        ran.stdout
        == """\
5 changes on 3 pages since HEAD

Room A
  mod altered: Ch 19, VCA  docs/equipment/desk.md:15
      was: bypassed
      now: in again
  fault cleared: Ch 22  docs/equipment/desk.md:28
      was: Insert thin
      now: cleared today
  section rewritten: Desk  docs/equipment/desk.md:5

Room A, B
  steps: Opening: Open the room  docs/procedures/opening.md:11
     2  was: Clock first
        now: Word clock first

Everywhere
  page new: Words  docs/words.md
"""
    )
    one_room = changes(studio, run_kb, "HEAD", "--room", "b")
    assert [one["title"] for one in one_room] == ["Open the room", "Words"]


@pytest.mark.parametrize("say_so", [False, True])
@pytest.mark.parametrize("name", ["equipment/merrow.md", "equipment/Desk.md", "desk.md"])
def test_a_page_is_followed_when_it_is_renamed(name: str, say_so: bool, studio: Path) -> None:
    (studio / "docs" / "equipment" / "desk.md").rename(studio / "docs" / name)
    text = DESK.replace("bypassed", "in again")
    if say_so:
        text = text.replace("owner: TK", "owner: TK\nwas: equipment/desk")
    write(studio, name, text)
    expected = [
        ("mod altered", "Ch 19, VCA", "bypassed", "in again"),
        ("page renamed", "Desk", "equipment/desk.md", name),
    ]
    assert told(studio) == expected
    before = git(studio, "rev-parse", "HEAD")
    commit(studio, "2026-11-05")
    assert told(studio, before) == expected


def test_questions_without_an_id_go_with_their_page(studio: Path) -> None:
    write(studio, "equipment/desk.md", DESK.replace("<!-- q: no-vca -->\n", ""))
    commit(studio, "2026-11-02")
    (studio / "docs" / "equipment" / "desk.md").rename(studio / "docs" / "merrow.md")
    assert told(studio) == [("page renamed", "Desk", "equipment/desk.md", "merrow.md")]


def test_a_page_that_moved_and_was_rewritten_is_followed_by_what_it_says_it_was(
    studio: Path,
) -> None:
    (studio / "docs" / "equipment" / "bay.md").unlink()
    write(studio, "equipment/rows.md", "---\nwas: equipment/bay\n---\n# Rows\n\nNone left.\n")
    found = told(studio)
    assert ("page renamed", "Rows", "equipment/bay.md", "equipment/rows.md") in found
    assert not any(kind in ("page new", "page gone") for kind, *_ in found)


def test_pages_that_are_new_or_gone_are_told_in_a_line(studio: Path) -> None:
    (studio / "docs" / "equipment" / "desk.md").unlink()
    write(studio, "procedures/tea.md", "# Tea\n\n- [ ] Kettle\n- [ ] Wait\n")
    assert told(studio) == [
        ("page gone", "Desk", "3 mods, 2 open faults", ""),
        ("page new", "Tea", "", "2 checklist steps"),
    ]


def test_a_page_that_cannot_be_read_is_not_said_to_be_gone(studio: Path) -> None:
    page = studio / "docs" / "equipment" / "desk.md"
    page.unlink()
    page.symlink_to("bay.md")
    assert told(studio) == [("page not read", "Desk", "", "symbolic link; not read")]


# --- since when -----------------------------------------------------------------------------------


@pytest.fixture
def week(studio: Path) -> dict[str, str]:
    """A commit on each of three days, one of them on a branch that is merged later."""
    commits = {"one": git(studio, "rev-parse", "HEAD")}
    git(studio, "tag", "v1.2")
    git(studio, "checkout", "-q", "-b", "work")
    write(studio, "equipment/desk.md", DESK.replace("bypassed", "in again"))
    commits["desk"] = commit(studio, "2026-11-10")
    git(studio, "checkout", "-q", "main")
    write(studio, "equipment/bay.md", BAY.replace("half", "full"))
    commits["bay"] = commit(studio, "2026-11-15")
    at = {"GIT_AUTHOR_DATE": "2026-11-20T12:00:00Z", "GIT_COMMITTER_DATE": "2026-11-20T12:00:00Z"}
    words = ["git", "-C", str(studio), "merge", "-q", "--no-ff", "-m", "merge", "work"]
    subprocess.run(words, env=CLEAN | at, check=True)
    return commits


def pages(studio: Path, run_kb: Kb, *words: str) -> list[str]:
    return [one["page"] for one in changes(studio, run_kb, *words)]


def test_since_a_day_tells_what_has_been_here_since(
    studio: Path, week: dict[str, str], run_kb: Kb
) -> None:
    for said in ("2026-11-01", "v1.2", "main~2", week["one"][:8], "3w"):
        assert pages(studio, run_kb, said) == ["Desk", "Bay"], said
        assert pages(studio, run_kb, f"--since={said}") == ["Desk", "Bay"], said
    # The desk was edited on the 10th, and came here with the merge on the 20th.
    assert pages(studio, run_kb, "--since", "2026-11-16") == ["Desk"]
    assert pages(studio, run_kb, "2026-11-15") == ["Desk", "Bay"]
    assert pages(studio, run_kb, "2026-11-21") == pages(studio, run_kb, "yesterday") == []
    assert pages(studio, run_kb, "3d") == ["Desk"]


def test_a_day_before_the_first_commit_begins_there(studio: Path, run_kb: Kb) -> None:
    write(studio, "equipment/bay.md", BAY.replace("half", "full"))
    ran = run_kb(studio.parent, "changes", "--since", "2020-01-01")
    assert ran.stdout.startswith("1 change on 1 page since 2026-11-01, where its history begins\n")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("2026-13-01", "2026-13-01 is no day: say 2026-11-01, yesterday or 3d"),
        ("2026-12-24", "2026-12-24 is still to come"),
        ("nowhere", "git knows no nowhere here; name a branch, a tag or a commit"),
        ("--since=--output=x", "git knows no --output=x here; name a branch, a tag or a commit"),
    ],
)
def test_a_time_that_is_none_is_refused(said: str, told: str, studio: Path, run_kb: Kb) -> None:
    ran = run_kb(studio.parent, "changes", said)
    assert (ran.returncode, ran.stdout) == (2, f"kb: {told}\n")


def test_two_times_are_one_too_many(studio: Path, run_kb: Kb) -> None:
    ran = run_kb(studio.parent, "changes", "HEAD", "--since", "3d")
    assert (ran.returncode, ran.stdout) == (2, "kb: since HEAD or since 3d? Say one\n")
    assert run_kb(studio.parent, "changes", "HEAD", "--since", "HEAD").returncode == 0
    asked = run_kb(studio.parent, "changes", "yesterday").stdout
    assert run_kb(studio.parent, "changes", "since", "yesterday").stdout == asked
    assert run_kb(studio.parent, "changes", "1", "day").stdout == asked


def test_each_is_told_what_changed_since_they_last_asked(
    studio: Path, week: dict[str, str], run_kb: Kb
) -> None:
    home = studio.parent
    first = run_kb(home, "--as", "mara", "changes").stdout
    assert "since 2026-11-08, as you ask for the first time" in first
    assert "bypassed" in first
    again = run_kb(home, "--as", "mara", "changes").stdout
    assert again == (
        "nothing has changed since 2026-11-22 14:03, when you last asked\n"
        f"what you were told then: kb changes {week['one'][:12]}\n"
    )
    assert run_kb(home, "--as", "mara", "changes").stdout == again
    # What is not committed yet is told too, but once only.
    write(studio, "equipment/desk.md", DESK)
    assert "mod altered: Ch 19" in run_kb(home, "--as", "mara", "changes").stdout
    assert "nothing has changed" in run_kb(home, "--as", "mara", "changes").stdout
    commit(studio, "2026-11-22")
    assert "nothing has changed" in run_kb(home, "--as", "mara", "changes").stdout
    write(studio, "equipment/desk.md", DESK.replace("Add 6 dB", "Add 7 dB"))
    later = run_kb(home, "--as", "mara", "changes", day="2026-11-23").stdout
    assert later.startswith("1 change on 1 page since 2026-11-22 14:03, when you last asked\n")
    for other in (["--as", "jt"], []):
        assert "for the first time" in run_kb(home, *other, "changes").stdout
    assert "for the first time" in run_kb(home, "--as", "mara", "--room", "A", "changes").stdout


def test_who_could_not_read_it_has_not_been_told(studio: Path, run_kb: Kb) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    others = ("KB_", "XDG_", "PYTHONUNBUFFERED")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(others)}
    environment |= {"HOME": str(studio.parent), "PYTHONPATH": str(ROOT)}
    environment["KB_RECORDS"] = str(studio.parent / "records")
    with os.fdopen(writing, "wb") as gone:
        ran = subprocess.run(
            [sys.executable, "-m", "kb", "changes"],
            cwd=studio,
            env=environment,
            stdout=gone,
            check=False,
        )
    assert ran.returncode == 141
    assert "for the first time" in run_kb(studio.parent, "changes").stdout


def test_what_was_asked_for_by_name_is_not_taken_for_all_that_was_seen(
    studio: Path, week: dict[str, str], run_kb: Kb
) -> None:
    home = studio.parent
    run_kb(home, "changes", "HEAD")
    run_kb(home, "changes", "--since", "yesterday")
    assert "for the first time" in run_kb(home, "changes").stdout


def test_who_asks_is_the_person_whether_by_handle_or_initials(studio: Path, run_kb: Kb) -> None:
    home = studio.parent
    words = ["people", "add", "mara", "--name", "Mara", "--initials", "MO", "--role", "intern"]
    run_kb(home, *words)
    run_kb(home, "--as", "MO", "changes")
    run_kb(home, "me", "mara")
    assert "when you last asked" in run_kb(home, "changes").stdout
    ran = run_kb(home, "--as", "nobody", "changes")
    assert (ran.returncode, ran.stdout) == (
        2,
        "kb: nobody is called 'nobody'; see them with kb people\n",
    )


def test_a_history_that_was_rewritten_is_told_from_the_day(
    studio: Path, week: dict[str, str], run_kb: Kb
) -> None:
    home = studio.parent
    run_kb(home, "changes", day="2026-11-16")
    (state,) = (home / ".local" / "state" / "kb").glob("*/changes.json")
    kept = json.loads(state.read_text())
    kept["/"][1] = "0" * 40
    state.write_text(json.dumps(kept))
    assert pages(studio, run_kb, "--room", "") == ["Desk"]
    state.write_text("{broken")
    assert "for the first time" in run_kb(home, "changes").stdout


def test_where_it_cannot_be_kept_that_is_said(studio: Path, run_kb: Kb) -> None:
    (studio.parent / ".local").write_text("a file where a folder should be")
    ran = run_kb(studio.parent, "changes")
    assert ran.returncode == 0
    assert ran.stdout.startswith("nothing has changed since")
    assert "next time you will be told this again" in ran.stdout


def test_a_shallow_clone_says_so_where_it_does_not_reach_back(
    studio: Path, week: dict[str, str], run_kb: Kb, tmp_path: Path
) -> None:
    home = tmp_path / "elsewhere"
    home.mkdir()
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{studio}", str(home / "studio"))
    assert pages(home / "studio", run_kb, "HEAD") == []
    for words in ([], ["--since", "2026-11-16"], ["--since", "v1.2"]):
        ran = run_kb(home, "changes", *words)
        assert ran.returncode == 2, ran.stdout
        if words != ["--since", "v1.2"]:
            assert "this clone is shallow and does not reach back to 2026-11-" in ran.stdout
    assert pages(home / "studio", run_kb, "2026-11-21") == []


def test_without_a_repository_or_a_commit_that_is_said(tmp_path: Path, run_kb: Kb) -> None:
    docs = tmp_path / "studio" / "docs"
    (docs / "equipment").mkdir(parents=True)
    ran = run_kb(tmp_path, "changes")
    assert (ran.returncode, ran.stdout) == (2, f"kb: {docs} is in no git repository\n")
    git(docs.parent, "init", "-q")
    ran = run_kb(tmp_path, "changes")
    assert (ran.returncode, ran.stdout) == (2, "kb: nothing is committed here yet\n")


def test_text_of_the_pages_stays_text_in_a_pull_request(studio: Path, run_kb: Kb) -> None:
    write(studio, "equipment/desk.md", DESK.replace("bypassed", "*out* `x` \\| <b>@tk</b> \x1b[2J"))
    ran = run_kb(studio.parent, "changes", "HEAD", "--markdown")
    assert ran.stdout == (
        "**1 change on 1 page since HEAD**\n\n**Room A**\n\n"
        "- mod altered: Ch 19, VCA: bypassed → **out x \\| &#64;tk \\\\x1b\\[2J**"
        " (docs/equipment/desk.md:15)\n"
    )
    for line in run_kb(studio.parent, "changes", "HEAD").stdout:
        assert "\x1b" not in line


def test_a_hostile_repository_runs_nothing(studio: Path, week: dict[str, str], run_kb: Kb) -> None:
    if os.name == "nt":
        pytest.skip("the trap is a shell script")
    canary, trap = studio.parent / "canary", studio.parent / "trap"
    trap.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{canary}'\ncat\n")
    trap.chmod(0o755)
    for name in (
        "core.fsmonitor", "core.pager", "diff.external", "gpg.program", "pager.rev-list",
        "core.sshCommand", "filter.evil.clean", "diff.evil.textconv",
    ):  # fmt: skip
        git(studio, "config", name, str(trap))
    git(studio, "config", "log.showSignature", "true")
    (studio / ".gitattributes").write_text("*.md filter=evil diff=evil\n")
    for words in (["--since", "2026-11-16"], ["v1.2"], []):
        assert run_kb(studio.parent, "changes", *words).returncode == 0
    assert not canary.exists(), canary.read_text()


def test_what_was_opened_and_cleared_in_the_fault_book_since_is_told_too(
    studio: Path, run_kb: Kb
) -> None:
    home = studio.parent
    words = ["people", "add", "mara", "--name", "Mara", "--initials", "MO", "--role", "intern"]
    run_kb(home, *words, day="2026-11-19")
    run_kb(home, "--as", "mara", "fault", "ch 4", "hums", "--room", "A", day="2026-11-19")
    run_kb(home, "--as", "mara", "changes", day="2026-11-20")
    said = ("fault", "ch 5", "no output", "--use", "take 6", "--room", "A")
    run_kb(home, "--as", "mara", *said, day="2026-11-21")
    run_kb(home, "--as", "mara", "fault", "clear", "1", "new", "fuse", day="2026-11-21")
    ran = run_kb(home, "--as", "mara", "changes", "--json")
    assert [
        (c["kind"], c["title"], c["was"], c["now"]) for c in json.loads(ran.stdout)["changes"]
    ] == [
        ("fault cleared", "Ch 4", "hums", "new fuse; MO 2026-11-21 14:03"),
        ("fault opened", "Ch 5", "", "no output; meanwhile: take 6; MO 2026-11-21 14:03"),
    ]
    assert changes(studio, run_kb, "--since", "2026-11-22") == []
    assert len(changes(studio, run_kb, "HEAD")) == 2
