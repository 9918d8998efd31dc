"""A quiz or a review from its first question to what comes next."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import typer

from kb import errors
from kb.cli.asking import Sitting, StoppedError, ask_all, asker_of, stopped
from kb.cli.session import Session, note, say, say_json, say_lines
from kb.cli.who import who, whoever
from kb.errors import KbError
from kb.training import attempt as events
from kb.training.attempt import Answered, Attempt, Scope
from kb.training.bank import Ask, about
from kb.training.picked import USUAL, chosen, of_role, of_room
from kb.training.quizzes import Quizzes
from kb.training.review import apart, in_turn
from kb.views import quiz as views

if TYPE_CHECKING:
    from kb.lessons import Lessons
    from kb.pages.model import Page
    from kb.records.people import Person


class Wanted(NamedTuple):
    """What was said on the command line."""

    pages: tuple[str, ...]
    role: str
    number: int | None
    kind: str
    only: str
    seed: int | None
    new: bool

    @property
    def options(self) -> tuple[str, ...]:
        """What must be the same for a quiz to be the one that was left."""
        return (str(self.number or ""), self.kind, self.only)


def take(session: Session, wanted: Wanted, command: str, json: bool) -> None:
    """One quiz. Leaves with NO where it is not passed."""
    studio = session.studio
    lessons = studio.lessons
    scope, asks = _about(session, lessons, wanted)
    if session.room and not (wanted.pages or wanted.role):
        command += f" --room {session.room}"
    if not asks:
        raise KbError(f"no such questions about {scope.title}; see them with kb questions")
    person = who(session, ask=True)
    attempt, planned, before = _plan(session, person, lessons, scope, asks, wanted)
    left = [ask for ask in planned if ask.id not in before]
    first = None if before else events.begin(person.handle, attempt)
    if before:
        note([f"{len(before)} of {len(planned)} answered on {attempt.at:%Y-%m-%d}; the rest now"])
    elif attempt.again:
        count = f"{len(left)} question{'s' * (len(left) != 1)}"
        note([f"{count} changed since you passed {scope.title}; asked again"])
    sitting = Sitting(
        session,
        person,
        asker_of(session, json),
        lessons.synonyms,
        attempt.id,
        attempt.seed,
        first,
    )
    try:
        answered = before | ask_all(sitting, left, len(before))
    except StoppedError as stop:
        _leave(session, person, attempt, stop, command)
    why_not = _why_not(session, lessons.pages, planned, answered)
    counted = [one for one in answered.values() if one.word != "disputed"]
    end = events.finish(
        person.handle,
        attempt,
        planned,
        passed=not why_not,
        right=sum(one.word == "right" for one in counted),
        credit=sum(one.credit for one in counted),
    )
    studio.records.append([end])
    if json:
        told = views.result_json(person.handle, attempt.seed, planned, answered, not why_not)
        say_json(told)
    else:
        name = studio.places.docs.name
        say_lines(views.over(session.screen, person.initials, planned, answered, why_not, name))
        say(views.next_due(lessons.dues(person.handle), studio.day))
    if why_not:
        raise typer.Exit(errors.NO)


def due_now(session: Session, number: int | None, json: bool) -> None:
    """What is due to somebody."""
    studio = session.studio
    person = who(session)
    dues = studio.lessons.dues(person.handle)
    found = in_turn(dues.values(), studio.day)
    if number is None:
        found = [due for due in found if due.day <= studio.day]
    found = found[:number]
    if json:
        name = studio.places.docs.name
        say_json({"questions": views.due_json(found, studio.day, name)})
        return
    say_lines(views.due(session.screen, found, studio.day))
    if not found:
        say("nothing is due")
    say(views.next_due(dues, studio.day))


def review_all(
    session: Session, number: int | None, seed: int | None, command: str, json: bool
) -> None:
    """Ask what is due: with a number that many, those that come soonest after the due ones."""
    studio = session.studio
    person = whoever(session)
    lessons = studio.lessons
    dues = lessons.dues(person.handle)
    found = in_turn(dues.values(), studio.day)
    if number is None:
        found = [due for due in found if due.day <= studio.day]
    asks = apart([due.ask for due in found])[: number or USUAL]
    seed = _seed(seed)
    answered: dict[str, Answered] = {}
    if asks:
        sitting = Sitting(session, person, asker_of(session, json), lessons.synonyms, "", seed)
        kept = len(studio.records.answers(actor=person.handle))
        try:
            answered = ask_all(sitting, asks)
        except StoppedError as stop:
            kept = len(studio.records.answers(actor=person.handle)) - kept
            note([stopped(kept, command)])
            raise typer.Exit(errors.INTERRUPTED if stop.interrupted else errors.NO) from None
    if json:
        right = all(one.word in ("right", "disputed") for one in answered.values())
        say_json(views.result_json(person.handle, seed, asks, answered, right))
        return
    if asks:
        name = studio.places.docs.name
        say_lines(views.over(session.screen, person.initials, asks, answered, None, name))
    else:
        say("nothing is due")
    say(views.next_due(lessons.dues(person.handle), studio.day))


def _about(session: Session, lessons: Lessons, wanted: Wanted) -> tuple[Scope, list[Ask]]:
    """What the quiz is about, and all that could be asked."""
    studio, pages, asks = session.studio, lessons.pages, lessons.asks
    if wanted.pages and wanted.role:
        raise KbError("name pages or say --for, not both")
    if wanted.pages:
        parts = []
        for name in wanted.pages:
            found_at = studio.find(name)
            page, section = found_at.page, found_at.section
            title = f"{page.title}: {section.heading}" if section else page.title
            address = section.address if section else page.address
            parts.append((Scope(address, title), about(asks, page, section)))
        scope = Scope(
            "+".join(dict.fromkeys(part.name for part, _ in parts)),
            ", ".join(dict.fromkeys(part.title for part, _ in parts)),
        )
        found = list({ask.id: ask for _, part in parts for ask in part}.values())
    elif wanted.role:
        if wanted.role not in studio.ladder.roles:
            known = ", ".join(studio.ladder.roles)
            raise KbError(f"{wanted.role!r} is no role here; choose from {known}")
        known_to = {page.address for page in of_role(pages, wanted.role, studio.ladder)}
        scope = Scope(f"for:{wanted.role}", f"For {wanted.role}")
        found = [ask for ask in asks if ask.page in known_to]
    else:
        room = session.room
        scope = Scope(f"room:{room.casefold()}", f"Room {room}" if room else studio.house.name)
        here = {page.address for page in of_room(pages, room)}
        found = [ask for ask in asks if ask.page in here]
    if wanted.kind:
        found = [ask for ask in found if ask.kind == wanted.kind]
    if wanted.only:
        found = [ask for ask in found if ask.made == (wanted.only == "made")]
    return scope, found


def _plan(
    session: Session,
    person: Person,
    lessons: Lessons,
    scope: Scope,
    asks: Sequence[Ask],
    wanted: Wanted,
) -> tuple[Attempt, list[Ask], dict[str, Answered]]:
    """The attempt, all it asks, and what of that was answered before."""
    studio = session.studio
    mine = lessons.answered(person.handle)
    past = studio.records.find(*events.KINDS, actor=person.handle)
    left = None if wanted.new else events.unfinished(past, person.handle, scope, wanted.options)
    now = {ask.id: ask for ask in asks}
    if left and wanted.seed in (None, left.seed):
        planned = [now[id_] for id_, _ in left.asked if id_ in now]
        before = {
            one.question: one
            for one in mine
            if one.attempt == left.id
            and one.question in now
            and one.fingerprint == now[one.question].fingerprint
        }
        if before:
            return left, planned, before
    again: list[Ask] = []
    if wanted.options == ("", "", "") and not wanted.new:
        quizzes = Quizzes(asks, mine, events.finished(past))
        standing = next((s for s in quizzes.of(person.handle) if s.address == scope.name), None)
        again = [now[item.address] for item in standing.missing] if standing else []
    seed = _seed(wanted.seed)
    dues = lessons.dues(person.handle)
    planned = apart(again) or chosen(asks, dues, wanted.number or USUAL, seed, studio.day)
    attempt = Attempt(
        os.urandom(8).hex(),
        person.handle,
        scope,
        seed,
        tuple((ask.id, ask.fingerprint) for ask in planned),
        wanted.options,
        studio.clock(),
        again=bool(again),
    )
    return attempt, planned, {}


def _why_not(
    session: Session, pages: Sequence[Page], asks: Sequence[Ask], answered: dict[str, Answered]
) -> str:
    """Why a quiz is not passed yet; empty where it is."""
    usual = session.studio.house.pass_mark
    marks = {page.address: page.front.pass_mark or usual for page in pages}
    counted = [ask for ask in asks if answered[ask.id].word != "disputed"]
    if not counted:
        return "every key was disputed"
    if any(ask.critical and answered[ask.id].word != "right" for ask in counted):
        return "a critical one (!) was missed"
    wanted = sum(marks[ask.page] for ask in counted)
    if sum(answered[ask.id].credit for ask in counted) < wanted - 1e-9:
        return f"{wanted / len(counted):.0%} is a pass"
    return ""


def _leave(
    session: Session, person: Person, attempt: Attempt, stop: StoppedError, command: str
) -> NoReturn:
    """What was answered is kept, the rest waits."""
    said = session.studio.records.answers(actor=person.handle)
    kept = sum(one.target == attempt.id and one.kind == "answer" for one in said)
    note([stopped(kept, command)])
    raise typer.Exit(errors.INTERRUPTED if stop.interrupted else errors.NO)


def _seed(said: int | None) -> int:
    return int.from_bytes(os.urandom(2)) if said is None else said
