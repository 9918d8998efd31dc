"""A small studio with something for every command, and the one list of all commands.

Whatever stands in a page, a name or a record may have `evil` text beside it; what is asked for is
the same with it and without.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from forked import House, new_house, write

from kb.records.event import Draft, to_line
from kb.records.store import Records

CASES = Path(__file__).resolve().parents[1] / "cases" / "commands.txt"
PAGE = """---
title: {title}
aliases: [{title}]
room: A
owner: {title}
safety: {title}
location: {title}
touch: {title}
verified: 2024-01-02
verified_by: {title}
verify_every: 180d
---
# Lamp{x}

The zebrafish lamp{x} over the door: [the others]({link}).

## Differs{x}
<!-- id: differs -->

| Where | Part{x} | Stock | Here | Do | Since | By | Why{x} |
|---|---|---|---|---|---|---|---|
| Ch 17–24 | insert{x} | pre{x} | post{x} | EQ first{x} | 2020-01-02 | TK{x} | asked{x} |
| Ch 19 | fader{x} | VCA{x} | none{x} | press FLIP{x} | 2021-01-02 | PL{x} | lead{x} |
| Ch 30 | meter{x} | VU{x} | PPM{x} | add 8{x} | 2021-01-02 | PL{x} | lead{x} |

## Bay

| Top | Out | Normal | Bottom | In | Wired to | Notes{x} |
|---|---|---|---|---|---|---|
| C1–C24 | Ch 1–24 send | half | D1–D24 | Ch 1–24 return | | zebrafish{x} |

## Broken

| Where | Symptom{x} | Workaround | Reported | By |
|---|---|---|---|---|
| Ch 19 | crackles{x} | use ch 20{x} | 2026-08-17 | JB{x} |
| Lamp | blinks{x} | none: do not use | 2026-08-18 | JB |

## Quiz

### Which lamp{x}?
<!-- q: which critical -->

> Hint: the red one{x}.

- [x] red{x}
- [ ] green{x}
  > No, that is the exit{x}.
- [ ] blue{x}

> Why: it is red{x}; see [Differs](#differs).

### Which two{x}?
<!-- q: two -->

- [x] red{x}
- [x] round{x}
- [ ] square{x}

### How much{x}?
<!-- q: much -->

**Answer:** `370 nWb/m`

### What is it called{x}?
<!-- q: called -->

**Answer:** `zebrafish`

### In order{x}?
<!-- q: order -->

1. open{x}
2. wait{x}
3. close{x}

### Match{x}
<!-- q: pairs -->

| Jack{x} | Goes to{x} |
|---|---|
| C1{x} | D1{x} |
| C2{x} | D2{x} |

### Fill in{x}
<!-- q: gaps type=cloze -->

Press **FLIP** and ride the **small** fader{x}.

### No key{x}

Nothing here says what is right{x}.
"""
OPEN = """---
room: A
owner: RH
for: intern
---
# Open the room{x}

## Steps{x}
<!-- id: steps -->

- [ ] Lamp on{x}
- [ ] Rails lit{x} (!)
  - [ ] Left rail{x}
- [ ] Aligned{x} (sign-off)
- [ ] Log it{x}
"""
PLAIN = """---
owner: RH
---
# Plain

Nothing to see.
"""
GLOSSARY = """# Glossary

| Term | Also called | Meaning |
|---|---|---|
| Lamp{x} | light{x} | what shines{x} |
"""
BAY = "Top,Out,Normal,Bottom,In\nG1-G4,Bus 1-4 out,half,H1-H4,Tape 5-8\n"


class Command(NamedTuple):
    """One call of kb: its words, how it ends, whether it writes, what is typed to it."""

    words: tuple[str, ...]
    code: int
    writes: bool
    typed: str

    @property
    def line(self) -> str:
        """As one would type it."""
        return shlex.join(["kb", *self.words])

    @property
    def name(self) -> str:
        """Its name without arguments, as far as it can be told: `checklist tick`."""
        named = re.sub(r"^(?:--as \S+ |--\S+ ?)+", "", " ".join(self.words)).split()
        return " ".join(word for word in named[:2] if word.isidentifier() or "-" in word[1:])


def commands() -> list[Command]:
    """All commands, in their order, as tests/cases/commands.txt has them."""
    found: list[Command] = []
    for line in CASES.read_text("utf-8").splitlines():
        if line.startswith("< "):
            found[-1] = found[-1]._replace(typed=f"{found[-1].typed}{line[2:]}\n")
        elif line and not line.startswith("#"):
            call, _, code = line.removeprefix("! ").partition(" => ")
            words = tuple(shlex.split(call))
            found.append(Command(words, int(code or 0), line.startswith("! "), ""))
    return found


def records(house: House) -> Records:
    """The store that kb finds in this house."""
    folders = [house.home / ".local" / kind / "kb" / "here" for kind in ("share", "state")]
    return Records(*folders, clock=lambda: datetime.now(UTC))


def furnish(home: Path, evil: str = "", in_pages: str | None = None) -> House:
    """The studio, with two people, what they did, and `evil` wherever a text can stand.

    In the lines of a page stands `in_pages`, where that is another.
    """
    said = {"x": evil if in_pages is None else in_pages, "title": json.dumps(f"Lamp{evil}")}
    said["link"] = "../procedures/open.md" + re.sub(r"[()\s]", "", said["x"])
    texts = {"equipment/lamp.md": PAGE, "procedures/open.md": OPEN, "glossary.md": GLOSSARY}
    house = new_house(home, [(path, _filled(text, said)) for path, text in texts.items()])
    write(house.docs / "procedures" / "plain.md", PLAIN)
    if evil:
        _named_oddly(house, evil)
    write(house.docs / "studio.toml", f'id = "here"\nname = {json.dumps(f"Studio{evil}")}\n')
    write(house.docs.parent / "bay.csv", BAY)
    house.docs.parent.joinpath(".git").mkdir()  # a studio is a work tree, if a broken one
    with records(house) as store:
        store.append(_people(evil))
        store.append(_history(evil))
    write(house.docs.parent / "events.jsonl", _from_elsewhere(home, evil))
    return house


def _filled(text: str, said: dict[str, str]) -> str:
    for name, value in said.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _named_oddly(house: House, evil: str) -> None:
    """Pages whose very names are evil, as far as the system takes them."""
    for number, name in enumerate((evil, f"\nkb: forged{evil}", "--help", "[red]x[/]", "\udcff")):
        short = name.replace("/", "")[:60]
        write(house.docs / "equipment" / f"odd{number}{short}.md", f"# Odd{evil}\n\nzebrafish\n")


def _people(evil: str) -> Iterator[Draft]:
    for handle, initials, role in (("mara", "MO", "intern"), ("jt", "JT", "chief")):
        body = {"name": f"{handle}{evil}", "initials": initials, "role": role}
        yield Draft("person", handle, handle, body=body)
    if evil:
        body = {"name": evil, "initials": evil, "role": evil}
        yield Draft("person", evil, f"odd{evil}", body=body)


def _history(evil: str) -> Iterator[Draft]:
    """What was done in a run of today, and answers, by whoever has an evil keyboard."""
    run = f"{datetime.now().astimezone() - timedelta(hours=6):%Y-%m-%d}/A/1"
    about = "procedures/open#steps"
    for kind in ("tick", "fail", "note", "skip"):
        item = f"{about}/lamp-on"
        body = {"run": run, "text": f"Lamp on{evil}", "reason": f"why{evil}", "note": evil}
        yield Draft(kind, f"odd{evil}" if evil else "jt", about, item, "1:0", body)
    body = {"level": "alone", "ok": True, "note": f"saw it{evil}", "run": run, "items": []}
    yield Draft("signoff", "jt", about, "mara", f"2:{'0' * 16}", body)
    for number in range(6):
        body = {"verdict": "wrong", "credit": 0, "given": f"green{evil}", "said": f"b{evil}"}
        body |= {"prompt": f"Which{evil}", "key": "red", "page": "equipment/lamp", "type": "choice"}
        yield Draft("answer", f"p{number}{evil}", "which", f"a{number}", f"1:{evil}", body)
    body = {"asked": [["which", f"1:{evil}", f"Which{evil}"]], "passed": True, "title": f"L{evil}"}
    yield Draft("finish", "mara", "equipment/lamp", "a0", body=body)
    yield Draft(f"from-a-newer-kb{evil}", f"jt{evil}", f"x{evil}", f"y{evil}", evil, {evil: [evil]})


def _from_elsewhere(home: Path, evil: str) -> str:
    """Lines of another machine: sound ones, and ones that are not."""
    with Records(home / "far", home / "far-state", clock=lambda: datetime.now(UTC)) as far:
        events = far.append([Draft("note", f"jt{evil}", f"a{evil}", body={"text": evil})] * 2)
    broken = [json.dumps({"sha256": "x", "id": "x", f"odd{evil}": 1}), f"<<<<<<< HEAD{evil}"]
    return "".join([*map(to_line, events), *(f"{line}\n" for line in broken if evil)])
