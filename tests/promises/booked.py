"""The fault book through the front door: crowded, killed, and read at another terminal."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterable
from pathlib import Path

from commanded import CREW, HANDLES, hire, seconds
from forked import Break, House, Ran, new_house, replace
from trial import Trial

PAGE = """---
room: A
---

# Console

Strips by number.

| Where | Stock | Here | Do |
|---|---|---|---|
| Ch 1–48 | a | b | c |
"""
_RECORDED = re.compile(r"Recorded, P\d: (?:fault|note) (\d+)(?: cleared| is in its page)?")


def studio(home: Path) -> House:
    """A console of forty-eight strips, and eight people."""
    house = new_house(home, [("equipment/console.md", PAGE)])
    hire(house)
    return house


def terminals(home: Path, each: int, broken: Break | None = None) -> Trial:
    """Eight terminals that open faults at once: each fault is there, under a number of its own."""
    what = f"faults opened at {CREW} terminals at once"
    trial = Trial("numbers before it has the lock" if broken else what, control=bool(broken))
    house = studio(home)
    said: list[tuple[int, str]] = []
    for item in range(1, each + 1):
        texts = [f"fault {item} of {handle}" for handle in HANDLES]
        running = [
            house.begin(["--as", handle, "fault", "ch", str(item), text], broken=broken)
            for handle, text in zip(HANDLES, texts, strict=True)
        ]
        for one, text in zip(running, texts, strict=True):
            ran = one.wait()
            trial.tries += 1
            if number := _number(ran):
                said.append((number, text))
            else:
                trial.fault("refused", ran.err[-200:])
    twice = len(said) - len({number for number, _ in said})
    trial.faults += [("doubled", "a number given to two faults")] * twice
    kept = _book(house, trial)
    trial.faults += [("missing", text) for number, text in said if kept.get(number) != text]
    return trial


def hasty() -> None:
    """The broken kb of a control: it gives a number without looking at what others are given."""
    from kb.records.store import Records

    real = Records.decide

    def decides(self: Records, decision: object) -> object:
        drafts = list(decision(self))  # type: ignore[operator]
        time.sleep(0.01)
        return real(self, lambda _: drafts)

    replace(Records, "decide", decides)


def storm(home: Path, kills: int, broken: Break | None = None) -> Trial:
    """Commands killed at any moment: what they said of a fault is so in every place it is read."""
    trial = Trial(
        "forgets what it recorded" if broken else "fault book commands killed",
        control=bool(broken),
    )
    house = studio(home)
    chance = random.Random(5)
    opened: dict[int, str] = {}
    gone: set[int] = set()
    written: set[int] = set()
    whole = seconds(lambda: house.run(["--as", "p0", "fault", "ch 48", "number to go by"]))
    # A storm in which nothing was recorded shows nothing: it goes on until something is.
    while trial.tries < kills or not (opened or trial.tries == 10 * kills):
        text = f"number {trial.tries}"
        kind = chance.choice(["fault", "fault", "fault", "note", "clear", "write"])
        left = sorted(opened.keys() - gone - written)
        if kind in ("clear", "write") and left:
            words = ["fault", kind, str(chance.choice(left))]
        else:
            kind = "note" if kind == "note" else "fault"
            words = [kind, "ch", str(trial.tries % 48 + 1), text]
        words += ["--use", "none"] if kind in ("fault", "write") else []
        running = house.begin(
            ["--as", chance.choice(HANDLES), *words], broken=broken, typed="none\ny\n"
        )
        time.sleep(chance.uniform(0.2, 1.6) * whole)
        ran = running.kill()
        trial.remarks["ended first" if ran.code >= 0 else "killed on the way"] += 1
        trial.tries += 1
        if number := _number(ran):
            if kind == "clear":
                gone.add(number)
            elif kind == "write":
                written.add(number)
            else:
                opened[number] = text
        if trial.tries % 10 == 0:
            _compare(trial, house, opened, gone, written)
    _compare(trial, house, opened, gone, written)
    trial.remarks["said recorded"] = len(opened) + len(gone) + len(written)
    return trial


def _compare(
    trial: Trial, house: House, opened: dict[int, str], gone: set[int], written: set[int]
) -> None:
    """Look in the list, in a search and in the page."""
    now, ever = _book(house, trial), _book(house, trial, "--all")
    found = json.loads(house.run(["number", "--json"]).out)["open"]
    searched = {one["number"] for one in found}
    page = (house.docs / "equipment" / "console.md").read_text("utf-8")

    def rows(number: int) -> int:
        return page.count(f"| {ever.get(number)} |")

    def bad(kind: str, numbers: Iterable[int]) -> None:
        trial.faults += [(kind, f"number {number}") for number in sorted(numbers)]

    bad("missing", (n for n, text in opened.items() if ever.get(n) != text))
    bad("back again", gone & now.keys())
    bad("not in its page", (n for n in written - gone if not rows(n)))
    bad("twice in its page", (n for n in ever if rows(n) > 1))
    bad("otherwise in a search", searched ^ now.keys())


def elsewhere(home: Path, faults: int, broken: Break | None = None) -> Trial:
    """A fault opened or cleared at one terminal is so in the next search at another."""
    what = "faults opened or cleared, and looked for at another terminal"
    trial = Trial("trusts a list older than the records" if broken else what, control=bool(broken))
    house = studio(home)
    for n in range(1, faults + 1):
        strip = ["ch", str(n % 48 + 1)]
        for words, expected in ((["fault", *strip, "dead"], [n]), (["fault", "clear", str(n)], [])):
            ran = house.run(["--as", HANDLES[n % CREW], *words], broken=broken)
            if ran.code:
                trial.fault("refused", ran.err[-200:])
            found = json.loads(house.run([*strip, "--json"], broken=broken).out)["open"]
            trial.compare(expected, [one["number"] for one in found], " ".join(words))
    return trial


def trust_list() -> None:
    """The broken kb of a control: the list of what is open counts, whatever the records have."""
    from kb.records import openlist

    replace(openlist, "_stamp", lambda _: [0])
    replace(openlist, "drop", lambda _: None)


def _number(ran: Ran) -> int:
    """The number that was said to be recorded, or 0."""
    found = _RECORDED.search(ran.out)
    return int(found[1]) if found else 0


def _book(house: House, trial: Trial, *words: str) -> dict[int, str]:
    """What is in the book: numbers and what was said."""
    found = json.loads(house.run(["faults", "--json", *words]).out)
    told = [one for one in (*found["faults"], *found["notes"]) if one["number"]]
    kept = {one["number"]: one["text"] for one in told}
    trial.faults += [("doubled", "a number listed twice")] * (len(told) - len(kept))
    return kept
