"""Every command wherever it may be run: terminals, streams, homes, clocks, another kb's store.

A clock here is what Python tells kb, set before kb is imported; the system's own clock and the
times of files stay as they are.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forked import NOBODY, Break, House, Ran, new_house, replace, settle, write
from furnished import Command, commands, furnish, records
from recorded import ROOT
from trial import Trial

from kb.errors import NO, NOT_SAVED, PIPE, USAGE

ESCAPE = r"\x1b"
COLOUR = r"\x1b\[(?:[0-9;]*;)?(?:3|4|9|10)[0-9](?:;[0-9;]*)?m"
# Files that commands name: some places have no folder of their own to find them in.
FILES = {"events.jsonl", "bay.csv", "sheet.html"}
CLOCK = """
import datetime, time
offset = datetime.datetime({year}, 1, 1, 0, 0, 30).timestamp() - time.time()
real, real_ns = time.time, time.time_ns
time.time = lambda: real() + offset
time.time_ns = lambda: real_ns() + int(offset * 10**9)

class date(datetime.date):
    @classmethod
    def today(cls):
        return cls.fromtimestamp(time.time())

class moment(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

datetime.date = date
datetime.datetime = moment
"""


@dataclass(frozen=True, slots=True)
class Place:
    """One circumstance: how kb is run there, and what is wrong with how a command ended."""

    name: str
    how: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[House], None] = lambda house: None
    inside: Break | None = None
    judge: Callable[[Command, Ran], str] = lambda call, ran: as_usual(call, ran)
    run: Callable[[House, Command], Ran] | None = None
    spared: str = ""


def as_usual(call: Command, ran: Ran) -> str:
    """What is wrong with a command that ought to end as ever."""
    if "Traceback" in ran.out + ran.err:
        return f"traceback: {ran.err[-300:]}"
    if ran.code != call.code:
        return f"exit {ran.code} in place of {call.code}: {(ran.err or ran.out)[-200:]}"
    return ""


def _without_keys(call: Command, ran: Ran) -> str:
    """As ever, but that nobody answers: a question at the keyboard ends in no or a stop."""
    allowed = (call.code, NO, USAGE) if call.typed or "--as" in call.words else (call.code,)
    return as_usual(call._replace(code=ran.code if ran.code in allowed else call.code), ran)


def _plain(call: Command, ran: Ran) -> str:
    found = re.search(ESCAPE, ran.out)
    return f"styled: {found[0]!r}" if found else _without_keys(call, ran)


def _no_colour(call: Command, ran: Ran) -> str:
    """Whoever is asked for keys sees the cursor move, and what is picked in bold."""
    found = re.search(COLOUR if call.typed else ESCAPE, ran.out)
    return f"coloured: {found[0]!r}" if found else _without_keys(call, ran)


def _no_wider(columns: int) -> Callable[[Command, Ran], str]:
    def judge(call: Command, ran: Ran) -> str:
        lines = re.sub(r"\x1b\[[0-9;]*m", "", ran.out).replace("\r\n", "\n").split("\n")
        wide = max(lines, key=len)
        free = {"--help", "--json", "github", "check", "doctor", "backup", "restore", "export"}
        paths = "/" in wide or "kb: " in wide  # these are never cut
        if len(wide) > columns and not (call.typed or paths or free & set(call.words)):
            return f"{len(wide)} wide: {wide!r}"
        return _without_keys(call, ran)

    return judge


def _head(call: Command, ran: Ran) -> str:
    """The reader has gone away: an exit code of its own, where anything was to be said."""
    return as_usual(call._replace(code=PIPE), ran) if ran.code == PIPE else _without_keys(call, ran)


def _into_head() -> None:
    reader, writer = os.pipe()
    os.dup2(writer, 1)
    os.close(writer)
    os.close(reader)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _no_input() -> None:
    os.close(0)
    sys.stdin = None  # type: ignore[assignment]  # as Python itself has it then


def _no_output() -> None:
    os.close(1)
    sys.stdout = None  # type: ignore[assignment]


def _nowhere() -> None:
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    Path(folder).rmdir()


def _nowhere_at_all(call: Command, ran: Ran) -> str:
    """The folder is gone and nobody said where the pages are: one line, exit code 2."""
    early = call.words[0] in ("--version", "--help") or "--explain" in call.words
    if early:
        return as_usual(call, ran)
    if ran.code != USAGE or ran.err.count("\n") != 1:
        return f"exit {ran.code}: {ran.err[-200:]}"
    return ""


def _homeless() -> None:
    os.environ.pop("HOME", None)
    os.path.expanduser = lambda path: path  # as for an account without a folder


def _home_read_only(house: House) -> None:
    for path in (house.home, *house.home.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        if path.is_dir() and house.docs.parent not in (path, *path.parents):
            path.chmod(0o555)
    (house.home / "tmp").chmod(0o777)


def _saves_nothing(call: Command, ran: Ran) -> str:
    """Whoever would record is told that it is not saved; whoever only reads is answered as ever."""
    reads = ("search", "show", "list", "check", "questions", "progress", "people", "--version")
    if call.words[0] in reads and not call.writes:
        return as_usual(call, ran)
    if "Recorded" in ran.out or (ran.code == NOT_SAVED and call.writes and "NOT" not in ran.err):
        return f"unclear: {ran.out[-100:]}{ran.err[-200:]}"
    return as_usual(call._replace(code=min(ran.code, NOT_SAVED)), ran)


def _newer(house: House) -> None:
    file = house.home / ".local" / "share" / "kb" / "here" / "records.db"
    connection = sqlite3.connect(file)
    connection.execute("pragma user_version = 99")
    connection.close()


def _newer_events(house: House) -> None:
    from kb.records import event
    from kb.records.event import Draft

    known, event.VERSION = event.VERSION, 99
    try:
        with records(house) as store:
            store.append(
                [Draft("answer", "mara", "which", "a9", body={"verdict": {"new": 1}}),
                 Draft("tick", "mara", "procedures/open#steps", "x", body={"run": 7}),
                 Draft("person", "neo", "neo", body={"name": ["a", "list"], "role": 3})]
            )  # fmt: skip
    finally:
        event.VERSION = known


def _at(year: int) -> Callable[[House, Command], Ran]:
    def run(house: House, call: Command) -> Ran:
        clock = house.home / "clock"
        clock.mkdir(exist_ok=True)
        (clock / "sitecustomize.py").write_text(CLOCK.format(year=year))
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "XDG_"))}
        environment |= {
            "HOME": str(house.home),
            "KB_CACHE": str(house.cache),
            "PYTHONPATH": os.pathsep.join([str(clock), str(ROOT)]),
        }
        ran = subprocess.run(
            [sys.executable, "-m", "kb", *call.words], cwd=house.docs.parent, env=environment,
            input=call.typed, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run


def _other_day(call: Command, ran: Ran) -> str:
    """On another day another run is open and another question due; nothing else differs."""
    lists = ("checklist", "review", "quiz", "signoff", "me")
    mine = call.words[0] == "--as" or call.words[0] in lists
    return as_usual(call._replace(code=ran.code if mine and ran.code < 3 else call.code), ran)


PLACES = (
    Place("a cp1252 stream", {"encoding": "cp1252"}),
    Place("an ASCII stream", {"encoding": "ascii"}),
    Place("a terminal with NO_COLOR", {"columns": 80}, {"NO_COLOR": "1"}, judge=_no_colour),
    Place("a dumb terminal", {"columns": 80}, {"TERM": "dumb"}, judge=_plain),
    Place("a terminal of 20 columns", {"columns": 20}, judge=_without_keys),
    Place("a terminal of 80 columns", {"columns": 80}, judge=_no_wider(80)),
    Place("a terminal of 400 columns", {"columns": 400}, judge=_no_wider(400)),
    Place("a pipe whose reader is gone", inside=_into_head, judge=_head),
    Place("standard input closed", inside=_no_input, judge=_without_keys),
    Place("standard output closed", inside=_no_output),
    Place("no home folder", inside=_homeless,
          environment={f"XDG_{kind}_HOME": f"{{home}}/.local/{folder}"
                       for kind, folder in (("DATA", "share"), ("STATE", "state"))}),
    Place("a home that is read-only", {"uid": NOBODY}, {"KB_CACHE": ""}, _home_read_only,
          judge=_saves_nothing),
    Place("a folder that is deleted under it", inside=_nowhere),
    Place("a deleted folder and no docs named", environment={"KB_DOCS": ""}, inside=_nowhere,
          judge=_nowhere_at_all),
    Place("a clock in 1970", run=_at(1970), judge=_other_day),
    Place("a clock in 2100", run=_at(2100), judge=_other_day),
    # What it restores is a store of this kb.
    Place("a store of a newer kb", prepare=_newer, judge=_saves_nothing, spared="restore"),
    Place("events of a newer kb", prepare=_newer_events),
)  # fmt: skip
NEEDS_ROOT = {"a home that is read-only"}


def check(home: Path, step: int, broken: Break | None = None) -> Trial:
    """Every command in every place; with `step` every so many of them, others in each place."""
    what = "any surprise is a traceback" if broken else "commands in other circumstances"
    trial = Trial(what, control=bool(broken))
    home.mkdir()
    home.chmod(0o755)
    for number, place in enumerate(PLACES):
        if place.name in NEEDS_ROOT and os.geteuid() != 0:
            continue
        if broken and place.name not in ("an ASCII stream", "a pipe whose reader is gone"):
            continue
        trial.remarks["circumstances"] += 1
        _walk(trial, home / f"place-{number}", place, number, step, broken)
    return trial


def _walk(
    trial: Trial, home: Path, place: Place, number: int, step: int, broken: Break | None
) -> None:
    house = furnish(home)
    house.environment = {k: v.format(home=home) for k, v in place.environment.items()}
    place.prepare(house)

    def inside() -> None:
        if place.inside:
            place.inside()
        if broken:
            broken()

    for call in commands()[number % step :: step]:
        if call.words[0] == place.spared:
            continue
        if call.words[-1] in FILES:
            folder = house.docs.parent
            call = call._replace(words=(*call.words[:-1], str(folder / call.words[-1])))
        if place.run:
            ran = place.run(house, call)
        else:
            keys = call.typed if not place.how.get("columns") else call.typed + "\x04"
            ran = house.run(call.words, typed=keys, broken=inside, **place.how)
        trial.tries += 1
        if step > 1 and ran.code in (0, 1, 2):  # what ran before it is not what it needs
            call = call._replace(code=ran.code)
        if wrong := place.judge(call, ran):
            trial.fault("wrong", f"{place.name}, {call.line}: {wrong}")


def startled() -> None:
    """The broken kb of a control: what cannot be written is an exception, and nobody catches it."""
    from kb.cli import app

    sys.stdout.reconfigure(errors="strict")  # type: ignore[union-attr]
    replace(app, "_pipe", lambda: 99)
    replace(app, "main", lambda: sys.exit(app._run()))


# --- ten thousand pages ------------------------------------------------------------------------


def ten_thousand(home: Path, count: int, broken: Break | None = None) -> Trial:
    """That many pages: indexed, searched, edited, listed and checked, and nothing is lost."""
    what = "the last page is never looked at" if broken else "answers from many pages"
    trial = Trial(what, control=bool(broken))
    house = new_house(
        home,
        [
            (f"equipment/{n % 100:02}/page{n:05}.md", f"# Page {n}\n\nThe needle{n:05} is here.\n")
            for n in range(count)
        ],
    )
    trial.remarks["pages"] = count
    for n in (0, 1, count // 2, count - 1):
        _needle(trial, house, n, f"needle{n:05}", broken)
    settle()
    changed = count - 7
    write(
        house.docs / f"equipment/{changed % 100:02}/page{changed:05}.md",
        f"# Page {changed}\n\nThe haystack{changed} is here.\n",
    )
    _needle(trial, house, changed, f"haystack{changed}", broken)
    if not broken:
        listed = house.run(["list", "--json"], timeout=600).out
        trial.compare(count, listed.count('"address"'), "kb list")
        said = house.run(["check"], timeout=600).out.splitlines()[-1]
        trial.compare(f"{count:,} pages: {count:,} warnings", said, "kb check")
    return trial


def _needle(trial: Trial, house: House, n: int, word: str, broken: Break | None) -> None:
    ran = house.run(["search", "--json", word], broken=broken, timeout=600)
    found = [address for address, _, _ in ran.answer] if ran.code == 0 else ran.err
    trial.compare([f"equipment/{n % 100:02}/page{n:05}"], found, word)


def short_sighted() -> None:
    """The broken kb of a control: a folder of pages is not listed to its end."""
    from kb.search import index

    real = index.entries
    replace(index, "entries", lambda docs, folder: real(docs, folder)[:-1])
