"""Asking one question after another, wherever the answers come from; each is saved when given."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kb.cli.session import Session, say
from kb.training import attempt as events
from kb.training.bank import Ask
from kb.training.grading import Verdict, grade, own_answer
from kb.training.picked import order_of
from kb.training.reading import LONGEST
from kb.views import quiz as views

if TYPE_CHECKING:
    from kb.records.event import Draft
    from kb.records.people import Person
    from kb.terms.spelling import Synonyms
    from kb.training.attempt import Answered

HINT, DISPUTE, PASS = "?", "!", "-"
_AGAIN = Verdict("again")


class StoppedError(Exception):
    """Somebody left before the end, with Ctrl-C or because there was no more to read."""

    def __init__(self, interrupted: bool) -> None:
        super().__init__()
        self.interrupted = interrupted


class Asker(Protocol):
    """Where questions are shown and answers come from."""

    def show(self, number: int, of: int, ask: Ask, order: Sequence[int]) -> None:
        """Put a question before somebody."""

    def read(self, ask: Ask, order: Sequence[int]) -> str:
        """An answer in the plain form. Raises EOFError where there is none to come."""

    def tell(self, lines: Sequence[str]) -> None:
        """Say how it went, or what would be an answer."""

    def dispute(self) -> str | None:
        """After a wrong answer: why the key is wrong, or None to go on."""


class Plain:
    """Questions as lines, answers line by line from standard input."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self._screen = session.screen
        self._say = say
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="surrogateescape")

    def show(self, number: int, of: int, ask: Ask, order: Sequence[int]) -> None:
        """The question in plain lines."""
        self.tell([""] if number > 1 else [])
        self.tell(list(views.question(self._screen, number, of, ask, order)))

    def read(self, ask: Ask, order: Sequence[int]) -> str:
        """The next line; it is echoed, so that the whole reads as it went."""
        line = sys.stdin.readline(LONGEST * 2)
        if not line:
            raise EOFError
        while line and not line.endswith("\n") and len(line) >= LONGEST * 2:
            rest = sys.stdin.readline(LONGEST * 2)
            line = line[: LONGEST * 2] + rest[-1:]  # too long already: the rest is read, not kept
        said = line.rstrip("\r\n")
        self._say(self._screen.text(f"> {said[:200]}"))
        return said

    def tell(self, lines: Sequence[str]) -> None:
        """Lines as they are."""
        for line in lines:
            self._say(line)

    def dispute(self) -> str | None:
        """Nobody waits in a pipe; there `!` in place of an answer disputes a key."""
        return None


class Sitting(NamedTuple):
    """One person, the questions before them, and where the answers go."""

    session: Session
    person: Person
    asker: Asker
    synonyms: Synonyms
    attempt: str
    seed: int
    first: Draft | None = None


def ask_all(sitting: Sitting, asks: Sequence[Ask], before: int = 0) -> dict[str, Answered]:
    """Ask them all; every answer is saved before it is judged aloud. Raises StoppedError.

    `before` of this attempt were asked in an earlier sitting.
    """
    given: dict[str, Answered] = {}
    first = sitting.first
    for number, ask in enumerate(asks, before + 1):
        order = order_of(ask, sitting.seed)
        try:
            given[ask.id] = _one(sitting, ask, order, number, before + len(asks), first)
        except KeyboardInterrupt:
            raise StoppedError(True) from None
        except EOFError:
            raise StoppedError(False) from None
        first = None
    return given


def _one(
    sitting: Sitting, ask: Ask, order: Sequence[int], number: int, of: int, first: Draft | None
) -> Answered:
    asker, screen = sitting.asker, sitting.session.screen
    asker.show(number, of, ask, order)
    hinted = False
    disputed: str | None = None
    said = ""
    verdict = _AGAIN
    while verdict.word == "again":
        said = asker.read(ask, order)
        if said.strip() == HINT:
            hint = ask.hint or "no hint for this one"
            asker.tell([screen.text(line) for line in hint.split("\n")])
            hinted = hinted or bool(ask.hint)
        elif said.startswith(DISPUTE):
            disputed = said.removeprefix(DISPUTE).strip()
            break
        else:
            verdict = _judged(sitting, ask, order, said)
            if verdict.word == "again":
                asker.tell([screen.text(f"{verdict.remark}; asked again")])
    draft = events.answer(
        sitting.person.handle,
        ask,
        order,
        verdict,
        attempt=sitting.attempt,
        seed=sitting.seed,
        said=said[:LONGEST],
        hinted=hinted,
        disputed=disputed,
    )
    records = sitting.session.studio.records
    saved = records.append([first, draft] if first else [draft])[-1]
    name = sitting.session.studio.places.docs.name
    asker.tell(list(views.verdict(screen, ask, verdict, name)))
    word = verdict.word if disputed is None and verdict.word != "again" else "disputed"
    if word not in ("right", "disputed") and (why := asker.dispute()) is not None:
        records.append([events.dispute(sitting.person.handle, ask, saved.id, why)])
        asker.tell(["Noted; counted neither way."])
        word = "disputed"
    return events.Answered(
        saved.id,
        saved.actor,
        ask.id,
        ask.fingerprint,
        sitting.attempt,
        saved.at,
        word,
        verdict.credit,
        verdict.given,
        hinted,
    )


def _judged(sitting: Sitting, ask: Ask, order: Sequence[int], said: str) -> Verdict:
    if said.strip() == PASS and own_answer(ask.key, order) != PASS:
        return Verdict("wrong", remark="no answer")
    return grade(ask.key, said, order=order, critical=ask.critical, synonyms=sitting.synonyms)


def stopped(kept: int, command: str) -> str:
    """What to say to somebody who leaves."""
    answers = f"{kept} answer{'s' * (kept != 1)} kept"
    return f"stopped; {answers}, continue with {command}"


def asker_of(session: Session, json: bool) -> Asker:
    """A terminal's keys where somebody sits at one, else lines; with `json` beside the result."""
    stream = sys.stderr if json else sys.stdout
    dumb = os.environ.get("TERM", "") in ("", "dumb") and os.name != "nt"
    if sys.stdin.isatty() and stream.isatty() and not dumb:
        from kb.cli.keys import Keys

        return Keys(session, stream)

    def aside(line: str) -> None:
        sys.stderr.write(line + "\n")

    def aloud(line: str) -> None:
        say(line)
        sys.stdout.flush()  # told before the next answer is waited for

    return Plain(session, aside if json else aloud)
