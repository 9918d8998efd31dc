"""Bad inputs laid out as their cases say, and a thousand good pages beside each of them."""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from forked import Break, House, new_house, replace
from trial import Trial

CASES = Path(__file__).resolve().parents[1] / "cases" / "bad-inputs.md"
PART = re.compile(r"^(?=## \d)", re.M)
STEP = re.compile(
    r"^<!-- (?P<path>[^\n:]+)(?:: (?P<how>[^\n]+))? -->$"
    r"|^```(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<body>.*?)^```$",
    re.M | re.S,
)
LARGE = "bad-09"  # 20,000 rows, each a document: seconds to index
MANY = re.compile(r"\{(.+?) \* (\d+)\}", re.S)


def cases() -> list[str]:
    """The text of each case."""
    return PART.split(CASES.read_text("utf-8"))[1:]


def many(text: str) -> str:
    """The text with `{TEXT * N}` written out."""
    return MANY.sub(lambda found: found[1] * int(found[2]), text)


def lay_out(step: re.Match[str], file: Path) -> None:
    """Make the file that a step of a case tells of."""
    file.parent.mkdir(parents=True, exist_ok=True)
    how = step["how"] or ""
    if step["file"]:
        body = step["body"]
        if step["kind"] == "bytes":
            text = many(body[:-1].encode().decode("unicode_escape"))
            file.write_bytes(text.encode("latin-1"))
        else:
            file.write_bytes(body.encode())
    elif how.startswith("link to "):
        file.symlink_to(how.removeprefix("link to "))
    elif how.endswith(" bytes"):
        file.touch()
        os.truncate(file, int(how.split()[0]))
    else:
        WAYS[how](file)


def _socket(file: Path) -> None:
    at = os.open(file.parent, os.O_RDONLY)  # the name of a socket may not be long
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{at}/{file.name}")
    os.close(at)


WAYS: dict[str, Callable[[Path], object]] = {
    "named pipe": lambda file: os.mkfifo(file),
    "socket": _socket,
    "folder": lambda file: (file.unlink(missing_ok=True), file.mkdir()),
    "unreadable": lambda file: file.chmod(0),
    "read-only": lambda file: file.chmod(0o555 if file.is_dir() else 0o444),
    "gone": lambda file: shutil.rmtree(file) if file.is_dir() else file.unlink(),
}


def place(home: Path, path: str) -> Path:
    """Where a path of a case lies."""
    raw = path.encode().decode("unicode_escape").encode("latin-1")
    name = raw.decode("utf-8", "surrogateescape")
    return home / "studio" / name if name.startswith("docs/") else home / name


def hold(store: Path) -> subprocess.Popen[str]:
    """Another program that is writing to the store, and does not come to an end."""
    code = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('begin immediate'); print('held', flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", code, str(store)]
    holder = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder


# --- one bad page costs one page ---------------------------------------------------------------


class Spoiled(NamedTuple):
    """The pages of one case, and whether `kb check` has something to say of them."""

    name: str
    steps: list[re.Match[str]]
    told: bool


def spoiled() -> Iterator[Spoiled]:
    """The cases that are about pages, as far as this user can lay them out."""
    for case in cases():
        steps = [
            step
            for step in STEP.finditer(case)
            if (step["file"] or step["path"] or "").startswith("docs/")
        ]
        if steps and "kb check" in case and "unreadable" not in case:
            number = case[3:].partition(" ")[0]
            yield Spoiled(f"bad-{number:0>2}", steps, "[exit 1]" in case)


def check(home: Path, good: int, timed: bool, broken: Break | None = None) -> Trial:
    """Good pages beside each bad input, and beside all: all good ones found, each bad one named."""
    what = "one bad page stops the reading" if broken else "answers from good pages beside bad ones"
    trial = Trial(what, control=bool(broken))
    chance = random.Random(1)
    house = new_house(home, [_good(number) for number in range(good)])
    alone = _reindexed(house)
    bad = list(spoiled())
    trial.remarks["good pages"] = good
    trial.remarks["bad inputs"] = len(bad)
    if not timed:
        bad = [one for one in bad if one.name != LARGE]
    for one in bad if not broken else bad[:2]:
        folder = house.docs / one.name
        _spoil(folder, one)
        for _ in range(2):
            _found(trial, house, chance.randrange(good), one.name, broken)
        if one.told and not broken:
            told = house.run(["check", f"docs/{one.name}"])
            if told.code != 1 or f"docs/{one.name}/" not in told.out:
                trial.fault("unnamed", f"{one.name}: {told.out[-200:]}{told.err[-200:]}")
        shutil.rmtree(folder)
    if broken:
        return trial
    for one in bad:
        _spoil(house.docs / one.name, one)
    together = _reindexed(house)
    trial.remarks["ms to index the good alone:"] = round(1000 * alone)
    trial.remarks["ms with all the bad:"] = round(1000 * together)
    if timed and together > 2 * alone + 10:
        trial.fault("slow", f"{alone:.1f} s alone, {together:.1f} s with the bad ones")
    for number in range(good):
        _found(trial, house, number, "all", None)
    return trial


def _good(number: int) -> tuple[str, str]:
    rows = "".join(f"| Ch {n} | part | stock | here{number} | do |\n" for n in range(1, 6))
    text = f"# Good {number}\n\nThe good{number:05} stands here.\n\n## Mods\n\n"
    head = "| Where | Part | Stock | Here | Do |\n|---|---|---|---|---|\n"
    return f"equipment/good{number:05}.md", text + head + rows


def _spoil(folder: Path, one: Spoiled) -> None:
    for step in one.steps:
        name = place(Path(), step["file"] or step["path"]).name
        lay_out(step, folder / name)


def _reindexed(house: House) -> float:
    start = time.monotonic()
    assert house.run(["reindex"], timeout=600).code == 0
    return time.monotonic() - start


def _found(trial: Trial, house: House, number: int, beside: str, broken: Break | None) -> None:
    ran = house.run(["search", "-n", "1", f"good{number:05}"], broken=broken)
    trial.tries += 1
    if f"docs/equipment/good{number:05}.md:1 " not in ran.out:
        trial.fault("lost", f"good{number:05} beside {beside}: {ran.code} {ran.err[-200:]}")
    if "no index" in ran.err:
        trial.fault("stopped", f"beside {beside}: {ran.err[-200:]}")


def stops() -> None:
    """The broken kb of a control: a page that is not as it should be is an exception."""
    from kb.search import build

    real = build.load

    def strict(docs: Path, path: str) -> object:
        source = real(docs, path)
        if source.entry["problems"]:
            raise ValueError(path)
        return source

    replace(build, "load", strict)
