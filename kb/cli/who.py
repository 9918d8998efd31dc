"""Who is typing, and in which room: said, or known, or asked; never guessed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kb.cli.session import Session, say
from kb.errors import KbError
from kb.terms.text import clean

if TYPE_CHECKING:
    from kb.records.people import Person, Roster

_LEAVE = ("q", "quit")
_NOBODY = 'nobody is entered here yet: kb people add HANDLE --name "…" --initials XX --role intern'


def who(session: Session, *, ask: bool = False) -> Person:
    """The person at the keyboard: --as, KB_PERSON, else who said `kb me` less than four hours ago.

    With `ask`, somebody at a terminal confirms it, or says who they are: whoever said `kb me` may
    be gone by now. Who has just said it, in this command or by `kb me`, is not asked.
    """
    from kb.records.seat import just_sat, sitting

    studio = session.studio
    roster = studio.roster()
    said = session.person
    if not said:
        state, now = studio.record_folders[1], studio.clock()
        said = sitting(state, now) or ""
        if ask and sys.stdin.isatty() and not just_sat(state, now):
            return _asked(session, roster, said)
    if not said:
        if not roster.here:
            raise KbError(_NOBODY)
        raise KbError("who is this? say kb me PERSON, or --as PERSON")
    return _here(session, roster.find(said))


def whoever(session: Session) -> Person:
    """The person at the keyboard, asked for only where they have not said so."""
    return perhaps(session) or who(session, ask=True)


def perhaps(session: Session) -> Person | None:
    """The person at the keyboard if they have said so."""
    try:
        return who(session)
    except KbError as error:
        if session.person:
            raise
        if error.code != KbError.code:
            raise
        return None


def which_room(what: str, rooms: Sequence[str]) -> str:
    """One of these rooms, as it is spelled here. Raises KbError where nobody can be asked."""
    letters = [room.upper() for room in rooms]
    if not sys.stdin.isatty():
        options = " or ".join(f"--room {letter}" for letter in letters)
        raise KbError(f"{what} is in {' and in '.join(letters)}; say {options}")
    while True:
        said = put(f"{what} in {' or '.join(letters)}? ").split()[-1].upper()
        if said in letters:  # `studio b` is B
            return rooms[letters.index(said)]
        say(f"say {' or '.join(letters)}; q leaves")


def put(question: str) -> str:
    """Ask until something is said. Raises KbError where somebody leaves with `q` or Ctrl-D."""
    while True:
        try:
            answer = input(clean(question)).strip()
        except EOFError:
            raise KbError("not recorded") from None
        if answer in _LEAVE:
            raise KbError("not recorded")
        if answer:
            return answer
        say("nothing said; q leaves")


def _asked(session: Session, roster: Roster, said: str) -> Person:
    if not roster.here:
        raise KbError(_NOBODY)
    while True:
        person = roster.find(said) if said else None
        try:
            answer = input(
                f"as {person.initials}? Enter or initials: " if person else "who? initials: "
            ).strip()
        except EOFError:
            raise KbError("nobody said who this is") from None
        if not answer and person:
            return _here(session, person, confirmed=True)
        try:
            if answer:
                return _here(session, roster.find(answer))
        except KbError as error:
            if answer in _LEAVE:
                raise KbError("nobody said who this is") from None
            say(session.screen.text(str(error)))
        say("initials first; q leaves")


def _here(session: Session, person: Person, confirmed: bool = False) -> Person:
    """Somebody who is still with us; that they did something keeps their seat warm."""
    from kb.records.seat import keep_warm, sit, sitting

    if person.left:
        raise KbError(f"{person.handle} has left; kb people add brings them back")
    state, now = session.studio.record_folders[1], session.studio.clock()
    if sitting(state, now) == person.handle:
        if confirmed:
            sit(state, person.handle, now)
        else:
            keep_warm(state, now)
    return person
