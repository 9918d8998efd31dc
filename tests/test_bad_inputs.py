"""Forty bad inputs, each with the line and the exit code that a person gets, as data.

They are in tests/cases/bad-inputs.md.

A case is a heading that begins with a number, and below it a transcript as CONTRIBUTING.md tells
of, in a studio of its own. Beside plain files it may have

    ```bytes docs/x.md                    \\xff stands for that byte, {TEXT * 900} for many of it
    <!-- docs/x.md: link to /etc/passwd -->
    <!-- docs/x.md: 5000000 bytes -->     so long a file, of nothing
    <!-- docs/x.md: named pipe -->        or: socket, folder, unreadable, read-only, gone
    <!-- records/here/records.db: locked -->   by another program, and kb's patience is at an end
    <!-- as nobody -->                    what follows is run without root's rights

Paths begin with docs/, records/ or cache/. `pytest tests/test_bad_inputs.py --rewrite` as there.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from spoiled import CASES, STEP, cases, hold, lay_out, many, place
from test_transcripts import session

from conftest import Ran

TEXTS = cases()
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="pipes, links and other users")


@pytest.fixture(scope="module")
def ready() -> Iterator[Path]:
    import forked

    with tempfile.TemporaryDirectory(prefix="kb-bad-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        forked.import_everything(folder)
        yield folder


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.partition("\n")[0][3:])
def test_a_bad_input_gets_a_clear_line(
    case: str, ready: Path, request: pytest.FixtureRequest
) -> None:
    from commanded import impatient
    from forked import NOBODY, new_house, write

    house = new_house(ready / f"case-{TEXTS.index(case)}", [])
    house.environment = {"KB_RECORDS": str(house.home / "records"), "COLUMNS": "80"}
    write(house.docs / "studio.toml", 'id = "here"\n')
    uid: int | None = None
    holder: subprocess.Popen[str] | None = None

    def run(_: str, *words: str, typed: str) -> Ran:
        how = {"uid": uid, "together": True, "broken": impatient if holder else None}
        said = many(typed.encode().decode("unicode_escape"))
        ran = house.run([many(word) for word in words], typed=said, **how)
        assert ran.code >= 0, f"killed by signal {-ran.code}"
        assert ran.code not in (70, 99), ran.out
        return Ran(words, ran.code, ran.out.replace(TODAY, "2026-11-22"), "")

    def step(match: re.Match[str]) -> str:
        nonlocal uid, holder
        if match["path"] == "as nobody":
            if os.geteuid() == 0:
                give_away(house.home, NOBODY)
                uid = NOBODY
        elif match["how"] == "locked":
            holder = hold(place(house.home, match["path"]))
        elif match["kind"] == "console":
            happened = "".join(session(match["body"], run, house.home))
            return f"```console\n{happened}```"
        elif path := match["file"] or match["path"]:
            lay_out(match, place(house.home, path))
        return match[0]

    happened = STEP.sub(step, case)
    if holder:
        holder.kill()
        holder.communicate()
    if request.config.getoption("--rewrite"):
        now = CASES.read_text("utf-8")
        CASES.write_text(now.replace(case, happened), "utf-8", newline="\n")
    elif happened != case:
        lines = difflib.unified_diff(case.splitlines(), happened.splitlines(), "told", "happened")
        pytest.fail("\n".join(lines), pytrace=False)


def test_all_forty_are_there_but_those_about_exchange() -> None:
    numbers = {int(re.match(r"## (\d+)", case)[1]) for case in TEXTS}  # type: ignore[index]
    assert numbers == set(range(1, 39))
    assert "39 and 40" in CASES.read_text("utf-8").partition("## ")[0]


def give_away(home: Path, uid: int) -> None:
    for path in (home, *home.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)
