import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, Ran

Kb = Callable[..., Ran]
PAGE = """---
room: A
---

# Opening

## Open the room

- [ ] Mains on (!)
- [ ] Clock first
- [ ] Drives
  - [ ] Drive A
  - [ ] Drive B
- [ ] Monitors last
"""


@pytest.fixture
def home(tmp_path: Path, run_kb: Kb) -> Path:
    docs = tmp_path / "studio" / "docs"
    (docs / "procedures").mkdir(parents=True)
    (docs / "procedures" / "opening.md").write_text(PAGE)
    (docs / "studio.toml").write_text('id = "here"\nname = "Here"\n')
    for handle, initials, role in (("mara", "MO", "intern"), ("rh", "RH", "chief")):
        words = ["people", "add", handle, "--name", handle, "--initials", initials]
        assert run_kb(tmp_path, *words, "--role", role).returncode == 0
    return tmp_path


def walk(home: Path, text: str, *words: str) -> Ran:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "XDG_"))}
    environment |= {
        "HOME": str(home),
        "KB_RECORDS": str(home / "records"),
        "PYTHONPATH": os.pathsep.join([str(home), str(ROOT)]),
        "PYTHONIOENCODING": "utf-8",
        "TZ": "UTC",
    }
    return subprocess.run(
        [sys.executable, "-m", "kb", *words],
        cwd=home / "studio",
        env=environment,
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def run_now(home: Path, run_kb: Kb) -> dict[str, object]:
    (run,) = json.loads(run_kb(home, "checklist", "status", "--json").stdout)["runs"]
    return dict(run)


def test_a_checklist_is_walked_in_any_order_and_each_line_is_saved(home: Path, run_kb: Kb) -> None:
    lines = "3-4\n1\n+ 1 smelled warm\nu 4\nnonsense\n4\nn 2 no clock today\n"
    ran = walk(home, lines, "--as", "mo", "checklist", "do", "opening")
    assert ran.returncode == 0, ran.stdout
    assert "'nonsense' is no item: say 3, 3.2 or 1-4" in ran.stdout
    assert "Recorded, MO: 3-4 of Opening: 4 of 6" in ran.stdout
    assert "all done" in ran.stdout
    run = run_now(home, run_kb)
    assert run["state"] == "finished"
    states = [(i["number"], i["state"]) for i in run["items"]]  # type: ignore[attr-defined]
    assert states == [
        ("1", "done"),
        ("2", "not applicable"),
        ("3", "done"),
        ("3.1", "done"),
        ("3.2", "done"),
        ("4", "done"),
    ]
    assert run["items"][0]["notes"] == ["MO: smelled warm"]  # type: ignore[index]


def test_a_failed_critical_item_stops_the_run_for_everyone_and_says_so(
    home: Path, run_kb: Kb
) -> None:
    ran = walk(home, "f 1 breaker tripped\n2\n", "--as", "mo", "checklist", "do", "opening")
    assert "STOPPED: 1 failed, MO: breaker tripped" in ran.stdout
    assert "the run is stopped, 1 failed: breaker tripped; tick 1 once it is right" in ran.stdout
    ran = run_kb(home, "--as", "rh", "checklist", "tick", "opening", "2")
    assert (ran.returncode, "the run is stopped" in ran.stdout) == (2, True)
    assert run_kb(home, "--as", "rh", "checklist", "finish", "opening").returncode == 2
    assert run_kb(home, "--as", "rh", "checklist", "tick", "opening", "1-2").returncode == 0


def test_two_terminals_in_one_run_see_each_other_at_the_next_key(home: Path, run_kb: Kb) -> None:
    environment = {"HOME": str(home), "KB_RECORDS": str(home / "records"), "TZ": "UTC"}
    environment["PYTHONPATH"] = os.pathsep.join([str(home), str(ROOT)])
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "kb", "--as", "mo", "checklist", "do", "opening"],
        cwd=home / "studio",
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as one:
        assert one.stdin and one.stdout
        while "Monitors last" not in one.stdout.readline():
            pass
        run_kb(home, "--as", "rh", "checklist", "tick", "opening", "2")
        out, _ = one.communicate("\n", timeout=30)
    assert "Clock first  RH 14:03" in out


def test_the_store_deleted_in_the_middle_of_the_week_loses_nothing(home: Path, run_kb: Kb) -> None:
    run_kb(home, "--as", "mo", "checklist", "tick", "opening", "1-3")
    before = run_kb(home, "progress", "--json").stdout
    for path in (home / "records").rglob("records.db"):
        path.unlink()
    ran = run_kb(home, "--as", "mo", "checklist", "tick", "opening", "4")
    assert ran.returncode == 3
    assert "8 records were here" in ran.stdout
    assert "kb restore" in ran.stdout
    assert run_kb(home, "doctor").returncode == 3
    assert run_kb(home, "restore").returncode == 0
    assert run_kb(home, "progress", "--json").stdout == before
    assert run_kb(home, "doctor").returncode == 0


def test_an_export_into_an_empty_store_gives_the_same_standings(home: Path, run_kb: Kb) -> None:
    run_kb(home, "--as", "mo", "checklist", "tick", "opening", "1-3")
    run_kb(home, "signoff", "mo", "opening", "--by", "rh", "--level", "knows")
    before = run_kb(home, "progress", "--json").stdout
    (home / "studio" / "all.jsonl").write_text(run_kb(home, "export").stdout)
    elsewhere = ("--records", str(home / "elsewhere"))
    for told in ("9 new, 0 known", "0 new, 9 known"):
        assert told in run_kb(home, *elsewhere, "import", "all.jsonl").stdout
    assert run_kb(home, *elsewhere, "progress", "--json").stdout == before
    assert run_kb(home, "export", "--csv").stdout.count("\n") == 10
    assert len(json.loads(run_kb(home, "export", "--json").stdout)["events"]) == 9


def test_a_page_moved_to_another_name_keeps_what_was_done(home: Path, run_kb: Kb) -> None:
    run_kb(home, "--as", "mo", "checklist", "tick", "opening", "1-4")
    old = home / "studio" / "docs" / "procedures" / "opening.md"
    new = old.with_name("power-up.md")
    new.write_text(PAGE.replace("room: A", "room: A\nwas: procedures/opening"))
    old.unlink()
    (standing,) = json.loads(run_kb(home, "progress", "mo", "--json").stdout)["people"][0][
        "standing"
    ]
    assert (standing["address"], standing["state"]) == (
        "procedures/power-up#open-the-room",
        "current",
    )


def test_a_listing_says_whose_records_it_shows_where_there_are_several(
    home: Path, run_kb: Kb
) -> None:
    assert "these are the records" not in run_kb(home, "people").stdout
    (home / "studio" / "docs" / "studio.toml").write_text('id = "there"\nname = "There"\n')
    run_kb(home, "people", "add", "x", "--name", "X", "--initials", "X", "--role", "intern")
    assert "these are the records of There" in run_kb(home, "people").stdout


@pytest.mark.parametrize(
    "words",
    [
        "--as mo checklist tick opening 1",
        "checklist list",
        "checklist status",
        "progress",
        "people",
        "me mo",
    ],
)
def test_the_everyday_commands_do_without_sqlite_utils(home: Path, run_kb: Kb, words: str) -> None:
    run_kb(home, "--as", "mo", "checklist", "tick", "opening", "2")
    ran = run_kb(home, *words.split(), python=("-X", "importtime"))
    assert ran.returncode == 0, ran.stdout[-500:]
    assert "kb.records.store" in ran.stdout
    assert not {"sqlite_utils", "whoosh", "rich"} & set(ran.stdout.replace("|", " ").split())
