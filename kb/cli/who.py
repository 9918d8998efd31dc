"""Who is typing, and in which room: said, or known, or asked; never guessed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kb.cli.session import Session, say
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.records.people import Person, Roster


def who(session: Session, *, ask: bool = False) -> Person:
    """The person at the keyboard: --as, KB_PERSON, else who said `kb me` less than four hours ago.

    With `ask`, somebody at a terminal confirms it, or says who they are.
    """
    studio = session.studio
    roster = studio.roster()
    said = session.person
    if not said:
        from kb.records.seat import sitting

        said = sitting(studio.record_folders[1], studio.clock()) or ""
    if ask and sys.stdin.isatty():
        return _asked(session, roster, said)
    if not said:
        raise KbError("who is this? say kb me PERSON, or --as PERSON")
    return _here(session, roster.find(said))


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
        answer = put(f"{what} in {' or '.join(letters)}? ")
        if answer.split()[-1].upper() in letters:  # `studio b` is B
            return rooms[letters.index(answer.split()[-1].upper())]


def put(question: str) -> str:
    """Ask until something is said. Raises KbError where nothing is to come."""
    while True:
        try:
            answer = input(question).strip()
        except EOFError:
            raise KbError("not recorded") from None
        if answer:
            return answer


def _asked(session: Session, roster: Roster, said: str) -> Person:
    while True:
        person = roster.find(said) if said else None
        question = f"as {person.initials}? Enter or initials: " if person else "who? initials: "
        try:
            answer = input(question).strip()
        except EOFError:
            raise KbError("nobody said who this is") from None
        if not answer and person:
            return _here(session, person)
        if answer:
            try:
                return _here(session, roster.find(answer))
            except KbError as error:
                say(str(error))


def _here(session: Session, person: Person) -> Person:
    """Somebody who is still with us; that they did something keeps their seat warm."""
    from kb.records.seat import sit, sitting

    if person.left:
        raise KbError(f"{person.handle} has left; kb people add brings them back")
    state, now = session.studio.record_folders[1], session.studio.clock()
    if sitting(state, now) == person.handle:
        sit(state, person.handle, now)
    return person
