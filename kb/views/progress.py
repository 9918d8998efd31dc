"""How people stand: one person in full, or everybody in a table that fits the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kb.records.people import Person, Roster
from kb.terms.text import one_line
from kb.training.board import Board, missing_for
from kb.training.items import numbers
from kb.training.ladder import Ladder
from kb.training.standing import Standing, State
from kb.views.reworded import change
from kb.views.terminal import Screen, cells, padded

_ORDER = {"changed": 0, "in progress": 1, "never": 2, "current": 3}
_SIGN = {"never": ".", "in progress": "o", "current": "x", "changed": "C"}
_LEVELS = {"knows": "knows it", "supervised": "does it supervised", "alone": "does it alone"}


def of_one(
    screen: Screen, board: Board, person: Person, roster: Roster, ladder: Ladder, asker: str = ""
) -> Iterator[str]:
    """One person: what is asked again, what is open, what the next role wants.

    A quiz is current or due to everybody but `asker`, if that is who it is about. What somebody
    noted when they signed off is for these two alone.
    """
    own = asker == person.handle
    standings = ordered(board, shown_to(board.of(person.handle), own))
    left = ", left" if person.left else ""
    head = f"{person.initials}  {person.name}, {person.role}{left}"
    yield screen.bold(screen.text(head))
    if not standings:
        yield "no checklists yet"
    for one in standings:
        if one.kind == "quiz":
            yield from _quiz(screen, one, own)
        elif one.state != "never":
            yield from _standing(screen, board, one, roster)
        if one.kind == "signoff" and (signed := board.signed.get((person.handle, one.address))):
            last = signed[-1]
            if last.note and asker in (last.learner, last.signer):
                yield from screen.wrap(screen.text(one_line(last.note)), "        note: ", " " * 14)
    role = ladder.next(person.role)
    missing = missing_for(board, standings, ladder, role) if role else []
    never = [one for one in standings if one.state == "never"]
    beside = [s.address for s in never if s.kind == "checklist" and s.address not in missing]
    watched = [s.address for s in never if s.kind == "signoff"]
    if role:
        yield from _titles(screen, board, f"missing for {role}", missing)
    if beside:
        yield from _titles(screen, board, "never done", beside)
    if watched:
        yield from _titles(screen, board, "never signed off", watched)


def _titles(screen: Screen, board: Board, head: str, addresses: Sequence[str]) -> Iterator[str]:
    """Checklists in a paragraph, safety first."""
    first = sorted(addresses, key=lambda address: not board.safety(address))
    titles = [board.histories[address].now.title for address in first]
    text = f"{head}: {', '.join(titles) or 'nothing'}"
    yield from screen.wrap(screen.text(text), "", "  ")


def matrix(screen: Screen, board: Board, people: Sequence[Person]) -> Iterator[str]:
    """People across, checklists down, in blocks that fit the width."""
    rows = [a for a, history in board.histories.items() if history.now.items]
    quizzes = _quizzes(board, people)
    if not people or not (rows or quizzes):
        yield "nobody yet: kb people add" if not people else "no checklists yet"
        return
    states = {
        (person.handle, address): board.standing(person.handle, address).state
        for person in people
        for address in rows
    }

    def weight(address: str) -> tuple[int, bool, str]:
        worst = min(_ORDER[states[person.handle, address]] for person in people)
        title = board.histories[address].now.title
        return (0 if worst == 0 else 1), not board.safety(address), title

    rows.sort(key=weight)
    said = {a: board.histories[a].now.title for a in rows}
    for name, (title, by) in quizzes.items():
        rows.append(key := f"quiz {name}")
        said[key] = f"{title}: quiz"
        states |= {(person.handle, key): by.get(person.handle, "never") for person in people}
    titles = {a: _cut(screen, title, screen.width // 2) for a, title in said.items()}
    wide = max(map(cells, titles.values()))
    heads = [screen.text(person.initials) for person in people]
    column = max(2, *map(cells, heads)) + 1
    fit = max(1, (screen.width - wide - 1) // column)
    for start in range(0, len(people), fit):
        part = people[start : start + fit]
        if start:
            yield ""
        line = "".join(padded(head, column) for head in heads[start : start + fit])
        yield screen.dim(f"{' ' * wide} {line}".rstrip())
        for address in rows:
            signs = "".join(
                padded(_SIGN[states[person.handle, address]], column) for person in part
            )
            yield f"{padded(titles[address], wide)} {signs}".rstrip()
    yield "x current  C changed  o in progress  . never"


def _quizzes(board: Board, people: Sequence[Person]) -> dict[str, tuple[str, dict[str, State]]]:
    """Who has passed which quiz; that somebody has not is not told apart from never trying."""
    found: dict[str, tuple[str, dict[str, State]]] = {}
    for person in people:
        for one in shown_to(board.quizzes.of(person.handle), own=False):
            found.setdefault(one.address, (one.title, {}))[1][person.handle] = one.state
    return dict(sorted(found.items()))


def as_json(
    board: Board, person: Person, roster: Roster, ladder: Ladder, asker: str = ""
) -> dict[str, Any]:
    """One person as JSON; notes are for them and for staff, and stay out."""
    standings = ordered(board, shown_to(board.of(person.handle), asker == person.handle))
    role = ladder.next(person.role)
    return {
        "handle": person.handle,
        "initials": person.initials,
        "name": person.name,
        "role": person.role,
        "next_role": role or None,
        "missing": missing_for(board, standings, ladder, role) if role else [],
        "standing": [
            {
                "address": one.address,
                "title": one.title,
                "kind": one.kind,
                "state": one.state,
                "at": one.at.isoformat(timespec="seconds") if one.at else None,
                "by": roster.initials(one.by) if one.by else None,
                "level": one.level or None,
                "runs": one.runs,
                "questions": one.questions,
                "changed": [{"was": c.was, "now": c.now} for c in one.changed],
            }
            for one in standings
        ],
    }


def ordered(board: Board, standings: Sequence[Standing]) -> list[Standing]:
    """What matters first: changed, then safety, then what is under way."""
    return sorted(
        standings,
        key=lambda one: (
            one.state != "changed",
            one.state == "current",
            not board.safety(one.address),
            _ORDER[one.state],
        ),
    )


def shown_to(standings: Sequence[Standing], own: bool) -> list[Standing]:
    """The standings without what is nobody else's: a quiz that was tried and not passed."""
    return [s for s in standings if own or s.kind != "quiz" or s.state != "in progress"]


def _quiz(screen: Screen, one: Standing, own: bool) -> Iterator[str]:
    words = {"changed": "changed" if own else "due", "in progress": "not yet"}
    day = f", {one.at.astimezone():%Y-%m-%d}" if one.at else ""
    count = f", {one.questions} question{'s' * (one.questions != 1)}" if one.questions else ""
    text = screen.text(f"{one.title}: quiz: {words.get(one.state, one.state)}{day}{count}")
    for line in screen.wrap(text, "", "  "):
        yield screen.warn(line) if one.state == "changed" else line
    if own:
        for two in one.changed:
            if two.was == two.now:
                yield from screen.wrap(
                    screen.text(one_line(two.now)), "        new answer: ", " " * 20
                )
            else:
                yield from change(screen, two.item.number, two.was, two.now)


def _standing(screen: Screen, board: Board, one: Standing, roster: Roster) -> Iterator[str]:
    said = one.state if one.kind == "checklist" else f"signed off: {one.state}"
    not_yet = one.kind == "signoff" and one.state == "in progress"
    if not_yet:
        said = "signed off: not yet" + (f" ({one.level})" if one.level else "")
    parts = [said]
    if one.at:
        parts.append(f"{one.at.astimezone():%Y-%m-%d}")
    if one.kind == "signoff" and one.by:
        if not not_yet:
            parts.append(_LEVELS.get(one.level, one.level))
        parts.append(f"says {roster.initials(one.by)} (claimed)")
    if one.runs and one.kind == "checklist":
        parts.append(f"{one.runs} run{'s' * (one.runs != 1)}")
    safety = " (safety)" if board.safety(one.address) and one.state != "current" else ""
    text = screen.text(f"{one.title}{safety}: {', '.join(parts)}")
    for line in screen.wrap(text, "", "  "):
        yield screen.warn(line) if one.state == "changed" else line
    for two in one.changed:
        yield from change(screen, two.item.number, two.was, two.now)
    rest = [item for item in one.missing if item not in {two.item for two in one.changed}]
    if rest and one.state != "never":
        all_ = board.histories[one.address].now.items
        yield f"        to do: item{'s' * (len(rest) > 1)} {numbers(rest, all_)}"


def _cut(screen: Screen, title: str, width: int) -> str:
    text = screen.text(title)
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 2:
        text = text[:-1]
    return text.rstrip() + ".."
