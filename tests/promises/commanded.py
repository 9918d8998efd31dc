"""The same through the front door: commands killed, crowded and out of space, and a thousand."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from forked import NOBODY, Break, House, Ran, Running, new_house, replace, write
from furnished import commands, furnish, records
from trial import Trial

from kb.errors import NOT_SAVED, NOT_SHOWN, USAGE

ITEMS = 60
CREW = 8
HANDLES = [f"p{n}" for n in range(CREW)]


def crewed(home: Path) -> House:
    """A studio with a long checklist, a long quiz and eight people."""
    steps = "".join(f"- [ ] Step {n} of many\n" for n in range(1, ITEMS + 1))
    asked = "".join(f"### What is {n}?\n\n**Answer:** `it is {n}`\n\n" for n in range(ITEMS))
    house = new_house(
        home,
        [
            ("procedures/long.md", f"# Long\n\n## All of it\n\n{steps}"),
            ("equipment/asked.md", f"# Asked\n\n## Quiz\n\n{asked}"),
        ],
    )
    hire(house)
    return house


def hire(house: House) -> None:
    """Open the records of a house with eight people."""
    write(house.docs / "studio.toml", 'id = "here"\n')
    for n, handle in enumerate(HANDLES):
        words = ["people", "add", handle, "--name", f"P {n}", "--initials", f"P{n}"]
        ran = house.run([*words, "--role", "engineer"])
        assert ran.code == 0, ran.err


def storm(home: Path, kills: int, broken: Break | None = None) -> Trial:
    """Commands killed at any moment, one after another: what they said is recorded, is."""
    trial = Trial("forgets what it recorded" if broken else "commands killed", control=bool(broken))
    house = crewed(home)
    chance = random.Random(3)
    whole = seconds(lambda: house.run(["--as", "p0", "checklist", "tick", "long", "1"]))
    left = [(n, item) for n in range(CREW) for item in range(2, ITEMS + 1)]
    chance.shuffle(left)
    ticked: set[tuple[str, str]] = set()
    noted: set[str] = set()
    # A storm in which nothing was recorded shows nothing: it goes on until something is.
    while trial.tries < kills or (left and not ticked):
        kind = chance.choice(["tick", "tick", "do", "signoff", "backup"])
        n, item = left.pop()
        running = _begin(house, kind, n, item, trial.tries, broken)
        time.sleep(chance.uniform(0, 1.2 * whole))
        ran = running.kill()
        trial.remarks["ended first" if ran.code >= 0 else "killed on the way"] += 1
        trial.tries += 1
        if "Recorded" in ran.out and kind == "signoff":
            noted.add(f"note {trial.tries - 1}")
        elif "Recorded" in ran.out:
            ticked.add((f"p{n}", f"step-{item}-of-many"))
    trial.remarks["said recorded"] = len(ticked) + len(noted)
    with records(house) as store:
        events = list(store.everything())
    ticks = [(e.actor, e.target.rpartition("/")[2]) for e in events if e.kind == "tick"]
    notes = [str(e.body["note"]) for e in events if e.kind == "signoff"]
    trial.faults += [("missing", str(tick)) for tick in sorted(ticked - set(ticks))]
    trial.faults += [("missing", note) for note in sorted(noted - set(notes))]
    trial.faults += [("doubled", "")] * (
        len(ticks) - len(set(ticks)) + len(notes) - len(set(notes))
    )
    sound(trial, house)
    return trial


def _begin(
    house: House, kind: str, n: int, item: int, number: int, broken: Break | None
) -> Running:
    mine = ["--as", f"p{n}", "checklist"]
    if kind == "signoff":
        words = ["signoff", f"p{n}", "long", "--by", f"p{(n + 1) % CREW}", "--level", "knows"]
        return house.begin([*words, "--note", f"note {number}"], broken=broken)
    if kind == "backup":
        return house.begin(["backup"], broken=broken)
    if kind == "do":
        return house.begin([*mine, "do", "long"], typed=f"{item}\nq\n", broken=broken)
    return house.begin([*mine, "tick", "long", str(item)], broken=broken)


def seconds(what: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.monotonic()
    what()
    return time.monotonic() - start


def sound(trial: Trial, house: House) -> None:
    """Have kb look its records over."""
    if (ran := house.run(["doctor"])).code != 0:
        trial.fault("wrong", f"kb doctor: {ran.out[-300:]}{ran.err[-300:]}")


def forgetful() -> None:
    """The broken kb of a control: what is written is rolled back, and nobody is told."""
    from kb.records.store import Records

    real = Records.alone

    @contextlib.contextmanager
    def forgets(self: Records) -> Iterator[sqlite3.Connection]:
        with real(self) as connection:
            yield connection
            connection.execute("rollback")
            connection.execute("begin immediate")

    replace(Records, "alone", forgets)


def terminals(home: Path, each: int, broken: Break | None = None) -> Trial:
    """Eight terminals that tick at once: none is refused, every tick is there."""
    what = f"ticks at {CREW} terminals at once"
    trial = Trial("gives up where another is writing" if broken else what, control=bool(broken))
    house = crewed(home)
    for item in range(1, each + 1):
        running = [
            house.begin(["--as", handle, "checklist", "tick", "long", str(item)], broken=broken)
            for handle in HANDLES
        ]
        for one in running:
            ran = one.wait()
            trial.tries += 1
            if ran.code or "Recorded" not in ran.out:
                trial.fault("refused", ran.err[-200:])
    with records(house) as store:
        ticks = {(event.actor, event.target) for event in store.find("tick")}
    if len(ticks) + len(trial.faults) != CREW * each:
        trial.fault("missing", f"{len(ticks)} of {CREW * each}")
    sound(trial, house)
    return trial


def impatient() -> None:
    """The broken kb of a control: it does not wait for whoever is writing."""
    from kb.records import connection, store
    from kb.records.store import Records

    connection.PATIENCE = store.PATIENCE = 0
    real = Records.__init__

    def hasty(self: Records, *words: object, **how: object) -> None:
        real(self, *words, **{**how, "patience": 0})  # type: ignore[arg-type]

    replace(Records, "__init__", hasty)


# --- what cannot be saved ----------------------------------------------------------------------

Obstacle = Callable[[House], tuple["int | None", "Break | None"]]


def unsaved(home: Path, step: int, broken: Break | None = None) -> Iterator[Trial]:
    """Every command that records, where nothing can be written: exit 3, one line, nothing lost."""
    for name, obstacle in OBSTACLES.items():
        if os.geteuid() != 0 and name in NEED_ROOT:
            continue
        trial = Trial(
            f"takes no for an answer, {name}" if broken else f"commands with {name}",
            control=bool(broken),
        )
        with _house_on(home / name.replace(" ", "-"), small=name == "a disk that is full") as house:
            before = _everything(house)
            uid, limits = obstacle(house)

            def inside(limits: Break | None = limits) -> None:
                if limits:
                    limits()
                if broken:
                    broken()

            for call in _recording()[::step]:
                ran = house.run(call.words, typed=call.typed, uid=uid, broken=inside)
                trial.tries += 1
                _judge(trial, call.line, ran)
                if _everything(house) != before:
                    trial.fault("half-saved", call.line)
        yield trial


def _judge(trial: Trial, line: str, ran: Ran) -> None:
    if ran.code != NOT_SAVED or "Recorded" in ran.out:
        trial.fault("silent", f"{line}: exit {ran.code}: {ran.out[-100:]}{ran.err[-200:]}")
    elif ran.err.count("kb: ") != 1 or "NOT saved" not in ran.err.splitlines()[-1]:
        trial.fault("unclear", f"{line}: {ran.err[-300:]}")


def _recording() -> Sequence[object]:
    """The commands that add to the records, each possible where nothing has been added yet."""
    ticks = ("checklist tick", "checklist do", "checklist finish")
    kinds = ("people add", "signoff", *ticks, "quiz", "fault ch", "note lamp")
    return [call for call in commands() if call.writes and call.name.startswith(kinds)]


def _everything(house: House) -> list[object]:
    with records(house) as store:
        return list(store.everything())


@contextlib.contextmanager
def _house_on(home: Path, small: bool) -> Iterator[House]:
    """A furnished house; its records lie on a disk of 2 MiB where that is asked for."""
    house = furnish(home)
    share = home / ".local"
    if not small:
        yield house
        return
    aside = home / "aside"
    share.rename(aside)
    share.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "kb-small", str(share)],
        check=True, capture_output=True,
    )  # fmt: skip
    try:
        shutil.copytree(aside, share, dirs_exist_ok=True)
        yield house
    finally:
        subprocess.run(["umount", str(share)], check=True, capture_output=True)


def _full(house: House) -> tuple[int | None, Break | None]:
    filler = house.home / ".local" / "filler"
    file = os.open(filler, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while os.write(file, bytes(4096)):
            pass
    os.close(file)
    return None, None


def _limited(house: House) -> tuple[int | None, Break | None]:
    """No file may grow beyond what the store has already, as with a quota."""
    size = (house.home / ".local" / "share" / "kb" / "here" / "records.db").stat().st_size
    return None, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))


def _read_only_file(house: House) -> tuple[int | None, Break | None]:
    _give_away(house)
    (house.home / ".local" / "share" / "kb" / "here" / "records.db").chmod(0o444)
    return NOBODY, None


def _read_only_folder(house: House) -> tuple[int | None, Break | None]:
    _give_away(house)
    (house.home / ".local" / "share" / "kb" / "here").chmod(0o555)
    return NOBODY, None


def _give_away(house: House) -> None:
    for path in (house.home, *house.home.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


OBSTACLES: dict[str, Obstacle] = {
    "a limit on file size": _limited,
    "a disk that is full": _full,
    "a read-only store": _read_only_file,
    "a read-only folder": _read_only_folder,
}
NEED_ROOT = {"a disk that is full", "a read-only store", "a read-only folder"}


def careless() -> None:
    """The broken kb of a control: it takes no for an answer and says nothing."""
    from kb.errors import KbError
    from kb.records.store import Records

    real = Records.decide

    def goes_on(self: Records, decision: object) -> object:
        try:
            return real(self, decision)  # type: ignore[arg-type]
        except KbError:
            return []

    replace(Records, "decide", goes_on)


def not_shown(home: Path, step: int, broken: Break | None = None) -> Trial:
    """Standard output that takes nothing: what was recorded stands, and the exit code tells."""
    what = "commands into /dev/full"
    trial = Trial("does not look whether it was shown" if broken else what, control=bool(broken))
    house = furnish(home)
    for call in commands()[::step]:

        def into_full() -> None:
            import sys

            os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
            if broken:
                broken()
            sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]

        before = len(_everything(house))
        ran = house.run(call.words, typed=call.typed, broken=into_full)
        trial.tries += 1
        if step > 1 and ran.code == USAGE:
            continue  # what ran before it is not what it needs
        if ran.code != NOT_SHOWN:
            shown = house.run(call.words, typed=call.typed)  # it may have nothing to show at all
            if shown.out or shown.code != ran.code:
                trial.fault("silent", f"{call.line}: exit {ran.code} {ran.err[-200:]}")
        if "Traceback" in ran.err:
            trial.fault("crash", f"{call.line}: {ran.err[-300:]}")
        if len(_everything(house)) < before:
            trial.fault("missing", call.line)
    return trial


def never_flushed() -> None:
    """The broken kb of a control: nobody asks whether the output arrived."""
    from kb.cli import session

    replace(session, "flush", lambda: None)


# --- only ever added ---------------------------------------------------------------------------


def only_added(home: Path, count: int, broken: Break | None = None) -> Trial:
    """Random commands: every row that was there before them is there after, byte for byte."""
    trial = Trial("mends a row in place" if broken else "random commands", control=bool(broken))
    house = furnish(home)
    file = home / ".local" / "share" / "kb" / "here" / "records.db"
    chance = random.Random(9)
    # Whoever has left is refused from then on.
    calls = [
        call for call in commands() if call.writes and not {"restore", "leave"} & {*call.words}
    ]
    rows = _rows(file)
    while trial.tries < count:
        call = chance.choice(calls)
        words = [_varied(word, chance) for word in call.words]
        house.run(words, typed=call.typed, broken=broken)
        trial.tries += 1
        if trial.tries % 10 == 0 or trial.tries == count:
            now = _rows(file)
            if now[: len(rows)] != rows:
                trial.fault("changed", f"after {trial.tries} commands")
            rows = now
    trial.remarks["rows"] = len(rows)
    for statement in ("update events set actor = 'x'", "delete from events"):
        connection = sqlite3.connect(file)
        try:
            connection.execute(statement)
            trial.fault("changed", f"{statement} was let through")
        except sqlite3.IntegrityError:
            trial.remarks["triggers that refuse"] += 1
        finally:
            connection.close()
    return trial


def _varied(word: str, chance: random.Random) -> str:
    """Another person or item now and then, so that not every command is one that was before."""
    if word in ("tk", "mara", "jt", "MO", "TK") and chance.random() < 0.5:
        return chance.choice(["mara", "jt", "tk", f"x{chance.randrange(50)}"])
    return chance.choice(["1", "2", "3-4", "5"]) if word == "1" else word


def _rows(file: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return connection.execute("select rowid, * from events order by rowid").fetchall()
    finally:
        connection.close()


def mends_in_place() -> None:
    """The broken kb of a control: taking back a tick changes the tick."""
    from kb.records.store import Records

    real = Records._after_commit

    def mends(self: Records, now: object) -> None:
        self._connection.execute("drop trigger if exists events_never_change")
        self._connection.execute("update events set at = replace(at, '2026', '2025') where seq = 3")
        real(self, now)  # type: ignore[arg-type]

    replace(Records, "_after_commit", mends)
