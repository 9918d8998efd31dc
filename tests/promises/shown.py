"""Text that would drive a terminal, wherever a text can stand; and every byte kb prints of it."""

from __future__ import annotations

import re
from pathlib import Path

from forked import Break, House, Ran, replace
from furnished import Command, commands, furnish
from trial import Trial

EVIL = (
    "\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil\x1b\\\x1b[2J\x1b[35;41m\x9b2J\x9d0;evil\x9c"
    "\x07\x08\x0c\x0b\x7f\x84\u202e\u2066\u2028\u200b\ufeff[/][red]:smile:"
)
# What only a name, YAML or a record can hold: in a page these end a line.
EVIL_LINES = EVIL + "\r\nkb: forged"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
STYLE = re.compile(r"\x1b\[(?:0|1|2|1;36|1;33)m")
FORGED = re.compile(r"^kb: forged", re.M)


def wrong_in(shown: str, terminal: bool = False) -> str:
    """What must not be in the bytes of an output: kb's own styles are for a terminal only."""
    if terminal:
        shown = STYLE.sub("", shown).replace("\r\n", "\n").replace("\r", "")
    if bad := UNSAFE.search(shown):
        return f"{bad[0]!r} in …{shown[max(0, bad.start() - 40) : bad.end() + 20]!r}"
    if forged := FORGED.search(shown):
        return f"a line that is not kb's own: {shown[max(0, forged.start() - 40) : forged.end()]!r}"
    return ""


def check(home: Path, step: int = 1, broken: Break | None = None) -> Trial:
    """Every command over a hostile studio, piped and at a terminal of 80 columns."""
    what = "outputs of all commands over a hostile studio"
    trial = Trial("prints text as it is" if broken else what, control=broken is not None)
    for name, evil in (("page", EVIL), ("lines", EVIL_LINES)):
        house = furnish(home / name, evil, EVIL)
        _walk(trial, house, commands()[:: step if broken is None else 3], broken)
    return trial


def _walk(trial: Trial, house: House, calls: list[Command], broken: Break | None) -> None:
    for call in calls:
        for columns in (0, 80):
            if columns and (call.typed or "--as" in call.words):
                continue  # keys at a terminal: tests/test_terminal.py
            ran = house.run(call.words, typed=call.typed, columns=columns, broken=broken)
            trial.tries += 1
            for said in (ran.out, ran.err):
                if bad := wrong_in(said, terminal=bool(columns)):
                    trial.fault("unsafe", f"{call.line}: {bad}")
            if _crashed(ran):
                trial.fault("crash", f"{call.line}: {ran.code} {ran.err[-300:]}")


def _crashed(ran: Ran) -> bool:
    return ran.code not in (0, 1, 2, 3) or "Traceback" in ran.out + ran.err


def as_it_is() -> None:
    """The broken kb of the control: foreign text goes out as it came."""
    from kb.terms import text
    from kb.views import problems, terminal

    for module in (text, terminal, problems):
        replace(module, "clean", lambda said: said)
