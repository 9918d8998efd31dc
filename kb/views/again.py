"""Who will be asked what again because of an edit: by person, by page, and for a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kb.changes.people import Asked, AskedAgain
from kb.records.people import Roster
from kb.training.standing import Change
from kb.views.markdown import escaped
from kb.views.reworded import change, first_line
from kb.views.terminal import Screen


class _Wording(NamedTuple):
    """One rewording with everybody who is asked for it, or who is to be watched at it again.

    A question whose words are the same has a new answer.
    """

    number: str
    was: str
    now: str
    done: tuple[str, ...]
    signed: tuple[str, ...]


def lines(screen: Screen, found: AskedAgain, roster: Roster, docs_name: str) -> Iterator[str]:
    """Everything: who first, then page by page what was and what is asked now."""
    yield screen.bold(screen.text(_head(found)))
    for handle in dict.fromkeys(one.person for one in found.asked):
        yield ""
        yield screen.text(_person(roster, handle))
        for line in _of_person(found, handle, roster):
            yield from screen.wrap(screen.text(line), "    ", "      ")
    for path, page in _pages(found).items():
        yield ""
        yield f"{screen.bold(screen.text(f'{docs_name}/{path}'))}  {screen.text(page[0].page)}"
        for one in _wordings(page):
            yield from _wording(screen, one, roster)
        if whole := tuple(dict.fromkeys(a.person for a in page if not a.items)):
            yield screen.text(f"    signed for as a whole: {_who(roster, whole)}")
    for lost in found.gone:
        yield ""
        where = screen.text(f"{docs_name}/{lost.path}: {lost.title} ({lost.address}) is gone")
        yield from screen.wrap(where)
        said = screen.text(f"what {_who(roster, lost.people)} did there stands alone from now on")
        yield from screen.wrap(said, "    ", "    ")
    if found.gone:
        yield "    moved, not gone? kb check --changed says how to keep it"
    for address in found.same:
        yield ""
        said = screen.text(f"kb checklist same-step {address} --by PERSON")
        yield from screen.wrap(said, "same step, new words? ", "  ")


def markdown(found: AskedAgain, roster: Roster, docs_name: str) -> Iterator[str]:
    """The same to be pasted into a pull request."""
    yield f"**Asked again:** {escaped(_head(found))}"
    people = dict.fromkeys(one.person for one in found.asked)
    if people:
        yield from ("", "| who | is asked again for |", "|---|---|")
    for handle in people:
        what = "<br>".join(map(escaped, _of_person(found, handle, roster)))
        yield f"| {escaped(_person(roster, handle))} | {what} |"
    for path, page in _pages(found).items():
        yield ""
        yield f"**{escaped(page[0].page)}**, {escaped(f'{docs_name}/{path}')}"
        yield ""
        for one in _wordings(page):
            number = f"{escaped(one.number)}: " if one.number else ""
            was = f"{escaped(first_line(one.was))} → " if one.was and one.was != one.now else ""
            mark = "" if one.was else "new: "
            if one.was == one.now:
                mark = "new answer: "
            yield f"- {number}{mark}{was}**{escaped(first_line(one.now))}** ({_asked(one, roster)})"
        if whole := tuple(dict.fromkeys(a.person for a in page if not a.items)):
            yield f"- signed for as a whole: {escaped(_who(roster, whole))}"
    if found.gone:
        yield ""
    for lost in found.gone:
        where = f"{lost.title} ({docs_name}/{lost.path}, {lost.address})"
        who = _who(roster, lost.people)
        yield f"- **gone:** {escaped(where)}: what {escaped(who)} did there stands alone"


def as_json(found: AskedAgain, roster: Roster, docs_name: str) -> dict[str, Any]:
    """The same for a program."""
    people = []
    for handle in dict.fromkeys(one.person for one in found.asked):
        person = roster.people[handle]
        people.append(
            {
                "handle": handle,
                "initials": person.initials,
                "name": person.name,
                "role": person.role,
                "asked": [_asked_json(a, docs_name) for a in found.asked if a.person == handle],
            }
        )
    return {
        "since": found.since,
        "commit": found.commit,
        "changed": found.pages,
        "people": people,
        "pages": [
            {
                "path": f"{docs_name}/{path}",
                "title": page[0].page,
                "changed": [
                    {
                        "number": one.number,
                        "was": one.was,
                        "now": one.now,
                        "people": list(one.done),
                        "signoffs": list(one.signed),
                    }
                    for one in _wordings(page)
                ],
                "whole": list(dict.fromkeys(a.person for a in page if not a.items)),
            }
            for path, page in _pages(found).items()
        ],
        "gone": [
            {
                "address": lost.address,
                "title": lost.title,
                "path": f"{docs_name}/{lost.path}",
                "people": list(lost.people),
            }
            for lost in found.gone
        ],
        "same_step": list(found.same),
    }


def _asked_json(asked: Asked, docs_name: str) -> dict[str, Any]:
    return {
        "address": asked.address,
        "title": asked.title,
        "kind": asked.kind,
        "path": f"{docs_name}/{asked.path}",
        "line": asked.line,
        "by": asked.by or None,
        "changed": [
            {"number": one.item.number, "was": was, "now": now}
            for one in asked.items
            for was, now in [_texts(asked, one)]
        ],
    }


def _head(found: AskedAgain) -> str:
    pages = f"{found.pages} page{'s' * (found.pages != 1)} changed since {found.since}"
    count = len({one.person for one in found.asked})
    if not found.pages:
        return f"no page has changed since {found.since}: nobody is asked anything again"
    if not count:
        return f"{pages}: nobody is asked anything again"
    return f"{pages}: {count} {'person is' if count == 1 else 'people are'} asked again"


def _person(roster: Roster, handle: str) -> str:
    person = roster.people[handle]
    return f"{person.initials}  {person.name}, {person.role}"


def _who(roster: Roster, handles: tuple[str, ...]) -> str:
    return ", ".join(map(roster.initials, handles))


def _of_person(found: AskedAgain, handle: str, roster: Roster) -> Iterator[str]:
    for one in found.asked:
        if one.person != handle:
            continue
        if one.kind == "quiz":
            number = len(one.items)
            yield f"{one.title}: quiz, {number} question{'s' * (number != 1)}"
        elif one.kind == "checklist":
            yield f"{one.title}: {one.numbers}"
        else:
            what = one.numbers or "the whole page"
            yield f"{one.title}: sign-off, {what} ({roster.initials(one.by)} had signed)"


def _pages(found: AskedAgain) -> dict[str, list[Asked]]:
    by_path: dict[str, list[Asked]] = {}
    for one in found.asked:
        by_path.setdefault(one.path, []).append(one)
    return dict(sorted(by_path.items()))


def _wordings(page: list[Asked]) -> list[_Wording]:
    """Each rewording of a page once, in its order, with who is asked for it."""
    found: dict[tuple[str, str, str, str], tuple[list[str], list[str]]] = {}
    places: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    for asked in page:
        for at, one in enumerate(asked.items):
            key = (one.item.address, one.item.number, *_texts(asked, one))
            done, signed = found.setdefault(key, ([], []))
            places.setdefault(key, (asked.line, at))
            who = signed if asked.kind == "signoff" else done
            if asked.person not in who:
                who.append(asked.person)
    ordered = sorted(found, key=lambda key: (places[key][0], _order(key[1]), places[key][1]))
    return [_Wording(*key[1:], *map(tuple, found[key])) for key in ordered]


def _texts(asked: Asked, one: Change) -> tuple[str, str]:
    if asked.kind == "quiz":
        return one.was, one.now
    return (one.before.marked if one.before else ""), one.item.marked


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split(".") if part)


def _wording(screen: Screen, one: _Wording, roster: Roster) -> Iterator[str]:
    if one.was == one.now:
        yield from screen.wrap(screen.text(first_line(one.now)), "        new answer: ", " " * 20)
    else:
        yield from change(screen, one.number, one.was, one.now)
    yield from screen.wrap(screen.text(_asked(one, roster)), " " * 8 + "asked: ", " " * 15)


def _asked(one: _Wording, roster: Roster) -> str:
    parts = [_who(roster, one.done)] if one.done else []
    if one.signed:
        parts.append(f"sign-off: {_who(roster, one.signed)}")
    return "; ".join(parts)
