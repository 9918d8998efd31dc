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
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from test_transcripts import BLOCK, session

from conftest import ROOT, Ran

FILE = ROOT / "tests" / "cases" / "bad-inputs.md"
PART = re.compile(r"^(?=## \d)", re.M)
STEP = re.compile(rf"^<!-- (?P<path>[^\n:]+)(?:: (?P<how>[^\n]+))? -->$|{BLOCK.pattern}", re.M | re.S)
MANY = re.compile(r"\{(.+?) \* (\d+)\}", re.S)
TEXT = FILE.read_text("utf-8")
CASES = PART.split(TEXT)[1:]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="pipes, links and other users")


@pytest.fixture(scope="module")
def ready() -> Iterator[Path]:
    import forked

    with tempfile.TemporaryDirectory(prefix="kb-bad-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        forked.import_everything(folder)
        yield folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.partition("\n")[0][3:])
def test_a_bad_input_gets_a_clear_line(
    case: str, ready: Path, request: pytest.FixtureRequest
) -> None:
    from commanded import impatient
    from forked import NOBODY, new_house

    house = new_house(ready / f"case-{CASES.index(case)}", [])
    house.environment = {"KB_RECORDS": str(house.home / "records"), "COLUMNS": "80"}
    put(house.home / "studio/docs/studio.toml", b'id = "here"\n')
    uid: int | None = None
    holder: subprocess.Popen[str] | None = None

    def run(*words: str, typed: str) -> Ran:
        how = {"uid": uid, "together": True, "broken": impatient if holder else None}
        said = many(typed.encode().decode("unicode_escape"))
        ran = house.run([many(word) for word in words], typed=said, **how)
        assert ran.code >= 0, f"killed by signal {-ran.code}"
        assert ran.code not in (70, 99), ran.out
        return Ran(words, ran.code, ran.out.replace(f"{date.today()}", "2026-11-22"), "")

    def step(match: re.Match[str]) -> str:
        nonlocal uid, holder
        if match["path"] == "as nobody":
            if os.geteuid() == 0:
                give_away(house.home, NOBODY)
                uid = NOBODY
        elif match["how"] == "locked":
            holder = hold(place(house.home, match["path"]))
        elif match["path"]:
            make(house.home, match["path"], match["how"])
        elif match["kind"] == "console":
            happened = "".join(session(match["body"], run, house.home))
            return f"```console\n{happened}```"
        elif match["file"]:
            put(place(house.home, match["file"]), contents(match["kind"], match["body"]))
        return match[0]

    happened = STEP.sub(step, case)
    if holder:
        holder.kill()
        holder.communicate()
    if request.config.getoption("--rewrite"):
        now = FILE.read_text("utf-8")
        FILE.write_text(now.replace(case, happened), "utf-8", newline="\n")
    elif happened != case:
        lines = difflib.unified_diff(case.splitlines(), happened.splitlines(), "told", "happened")
        pytest.fail("\n".join(lines), pytrace=False)


def test_all_forty_are_there_but_those_about_exchange() -> None:
    numbers = {int(re.match(r"## (\d+)", case)[1]) for case in CASES}  # type: ignore[index]
    assert numbers == set(range(1, 39))
    assert "39 and 40" in TEXT.partition("## ")[0]


def many(text: str) -> str:
    return MANY.sub(lambda found: found[1] * int(found[2]), text)


def contents(kind: str, body: str) -> bytes:
    if kind != "bytes":
        return body.encode()
    return many(body[:-1].encode().decode("unicode_escape")).encode("latin-1")


def place(home: Path, path: str) -> Path:
    """Where a path of a case lies."""
    name = path.encode().decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape")
    return home / "studio" / name if name.startswith("docs/") else home / name


def put(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def hold(store: Path) -> subprocess.Popen[str]:
    """Another program that is writing to the store, and does not come to an end."""
    code = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('begin immediate'); print('held', flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", code, str(store)]
    holder = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert holder.stdout and holder.stdout.readline() == "held\n"
    return holder


def make(home: Path, path: str, how: str) -> None:
    """Make something of a path that is no plain file."""
    file = place(home, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    if how.startswith("link to "):
        file.symlink_to(how.removeprefix("link to "))
    elif how.endswith(" bytes"):
        file.touch()
        os.truncate(file, int(how.split()[0]))
    elif how == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            at = os.open(file.parent, os.O_RDONLY)
            made.bind(f"/proc/self/fd/{at}/{file.name}")
            os.close(at)
    else:
        WAYS[how](file)


WAYS: dict[str, Callable[[Path], None]] = {
    "named pipe": os.mkfifo,
    "folder": lambda file: (file.unlink(missing_ok=True), file.mkdir())[1],
    "unreadable": lambda file: file.chmod(0),
    "read-only": lambda file: file.chmod(0o555 if file.is_dir() else 0o444),
    "gone": lambda file: shutil.rmtree(file) if file.is_dir() else file.unlink(),
}


def give_away(home: Path, uid: int) -> None:
    for path in (home, *home.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)
