"""A quiz on the screen: the question, how it went, what to read, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from kb.pages.model import Choice, Cloze, Key, Matching, Multiple, Numeric, Ordering, Short
from kb.terms.text import one_line
from kb.training.attempt import Answered
from kb.training.bank import Ask
from kb.training.grading import Verdict, expected, shown
from kb.training.reading import BAR, letter
from kb.training.review import Due, coming
from kb.views.terminal import Screen

_FORMS = {
    "choice": "a letter",
    "multiple": "letters: a c",
    "short": "in words",
    "numeric": "a number and its unit",
    "order": "the letters in order: c a b",
    "match": "pairs: 1b 2a",
    "cloze": "the blanks, | between",
}
_WORDS = {
    "right": "Right.",
    "partly": "Partly right.",
    "wrong": "Not quite.",
    "wrong unit": "Right number, wrong unit.",
    "disputed": "Disputed, counted neither way.",
}
_MOST_DAYS = 4


def head(screen: Screen, number: int, of: int, ask: Ask) -> str:
    """Which of how many, of which page, and whether it was made."""
    marks = " (!)" * ask.critical + ("  made from the page" if ask.made else "")
    return screen.dim(f"{number} of {of}  {screen.text(ask.title)}{marks}")


def prompt(screen: Screen, ask: Ask) -> Iterator[str]:
    """What is asked."""
    first, *more = ask.prompt.split("\n\n")
    yield from map(screen.bold, screen.wrap(screen.text(" ".join(first.split()))))
    for paragraph in more:
        yield from screen.wrap(screen.text(" ".join(paragraph.split())))


def question(screen: Screen, number: int, of: int, ask: Ask, order: Sequence[int]) -> Iterator[str]:
    """A question as it is asked in plain lines, with the form of its answer."""
    yield head(screen, number, of, ask)
    yield from prompt(screen, ask)
    yield from body(screen, ask.key, order)
    yield screen.dim(f"({form(ask.key)})")


def form(key: Key) -> str:
    """How an answer of this kind is written."""
    if isinstance(key, Numeric) and not key.unit:
        return "a number"
    if isinstance(key, Cloze) and len(key.blanks) == 1:
        return "the blank"
    return _FORMS[key.kind]


def body(screen: Screen, key: Key, order: Sequence[int]) -> Iterator[str]:
    """The options with their letters; for pairs the left-hand side with its numbers too."""
    if isinstance(key, Cloze):
        yield from screen.wrap(screen.text(gaps(key)), "  ", "  ")
    if isinstance(key, Matching):
        for n, (left, _) in enumerate(key.pairs, 1):
            yield from screen.wrap(screen.text(one_line(left)), f"  {n}  ", "     ")
    margin = "     " if isinstance(key, Matching) else "  "
    for n, text in enumerate(shown(key, order)):
        yield from screen.wrap(
            screen.text(one_line(text)), f"{margin}{letter(n)}  ", margin + "   "
        )


def gaps(key: Cloze) -> str:
    """The text with its blanks."""
    single = len(key.blanks) == 1
    text = key.parts[0]
    for n, part in enumerate(key.parts[1:], 1):
        text += ("____" if single else f"__{n}__") + part
    return " ".join(text.split())


def verdict(screen: Screen, ask: Ask, given: Verdict, docs_name: str) -> Iterator[str]:
    """How it went; of what was not right the right answer, the author's why, and where to read."""
    word = "disputed" if given.word == "again" else given.word
    said = _WORDS[word]
    if given.remark == "no answer":
        said = "No answer."
    elif given.remark.startswith("right number, but"):
        said = "Right number, but it is a bare one."
    yield screen.bold(said) if word == "right" else said
    if word == "right":
        return
    for remark in given.remarks:
        yield from screen.wrap(screen.text(one_line(remark)), "  ", "  ")
    yield from _answer(screen, ask.key)
    if ask.why:
        yield from screen.wrap(screen.text(one_line(ask.why)), "  Why: ", "       ")
    yield from _place(screen, "  Read: ", ask, docs_name)


def _answer(screen: Screen, key: Key) -> Iterator[str]:
    label, margin = "  It is: ", " " * 9
    if isinstance(key, Choice | Short | Numeric):
        texts = [expected(key)]
    elif isinstance(key, Multiple):
        texts = [one_line(option.text) for option in key.options if option.right]
    elif isinstance(key, Ordering):
        texts = [f"{n}. {one_line(step)}" for n, step in enumerate(key.steps, 1)]
    elif isinstance(key, Matching):
        texts = [f"{one_line(left)}: {one_line(right)}" for left, right in key.pairs]
    else:
        texts = [BAR.join(blank[0] for blank in key.blanks)]
    for n, text in enumerate(texts):
        yield from screen.wrap(screen.text(text), margin if n else label, margin)


def _place(screen: Screen, label: str, ask: Ask, docs_name: str) -> Iterator[str]:
    """File and line, and the section's part of the address: the page's part says the file."""
    section = ask.address.partition("#")[2]
    at = f"{docs_name}/{ask.path}:{ask.line}" + f"  #{section}" * bool(section)
    yield from map(screen.dim, screen.wrap(screen.text(at), label, " " * len(label)))


def over(
    screen: Screen,
    initials: str,
    asks: Sequence[Ask],
    answered: dict[str, Answered],
    why_not: str | None,
    docs_name: str,
) -> Iterator[str]:
    """The end: right of asked, of a quiz passed or not yet, what to read again."""
    given = [answered[ask.id] for ask in asks]
    counted = [one for one in given if one.word != "disputed"]
    right = sum(one.word == "right" for one in counted)
    parts = sum(one.word == "partly" for one in counted)
    said = f"Recorded, {screen.text(initials)}: {right} right of {len(counted)}"
    if parts:
        said += f", {parts} in part"
    if disputed := len(given) - len(counted):
        said += f", {disputed} disputed"
    yield ""
    if why_not is not None:
        said += f": not yet, {why_not}" if why_not else ": passed"
    yield from map(screen.bold, screen.wrap(said, rest="  "))
    missed = [ask for ask in asks if answered[ask.id].word not in ("right", "disputed")]
    places = {ask.address: ask for ask in missed}
    if places:
        yield "read again:"
        for ask in places.values():
            yield from _place(screen, "  ", ask, docs_name)


def next_due(dues: dict[str, Due], today: date) -> str:
    """What comes when, in one line."""
    days = coming(dues, today)
    if not days:
        return "nothing to review yet"
    told = [f"{count} {_day(day, today)}" for day, count in days[:_MOST_DAYS]]
    rest = sum(count for _, count in days[_MOST_DAYS:])
    told += [f"{rest} later"] if rest else []
    return f"next: {', '.join(told)} (kb review)"


def _day(day: date, today: date) -> str:
    away = (day - today).days
    return {0: "today", 1: "tomorrow"}.get(away, f"on {day:%a %d %b}".replace(" 0", " "))


def due(screen: Screen, dues: Iterable[Due], today: date) -> Iterator[str]:
    """What is due, a line or two for each."""
    for one in dues:
        marks = " (!)" * one.ask.critical
        why = "reworded" if one.reworded else "missed" if one.missed else ""
        when = _day(one.day, today) if one.day > today else "due"
        tail = f", {why}" if why else ""
        yield screen.dim(screen.text(f"{when}{tail}  {one.ask.title}{marks}"))
        yield from screen.wrap(screen.text(one_line(one.ask.prompt)), "  ", "  ")


def due_json(dues: Iterable[Due], today: date, docs_name: str) -> list[dict[str, Any]]:
    """What is due, as JSON."""
    return [
        {
            "id": one.ask.id,
            "kind": one.ask.kind,
            "made": one.ask.made,
            "critical": one.ask.critical,
            "due": one.day.isoformat(),
            "is_due": one.day <= today,
            "missed": one.missed,
            "reworded": one.reworded,
            "asked": one.times,
            "prompt": one.ask.prompt,
            "address": one.ask.address,
            "path": f"{docs_name}/{one.ask.path}",
            "line": one.ask.line,
        }
        for one in dues
    ]


def result_json(
    handle: str, seed: int, asks: Sequence[Ask], answered: dict[str, Answered], passed: bool
) -> dict[str, Any]:
    """A quiz that is over, or was left, as JSON; `credit` is null where the key was disputed."""
    given = [(ask, answered[ask.id]) for ask in asks if ask.id in answered]
    counted = [one for _, one in given if one.word != "disputed"]
    return {
        "person": handle,
        "seed": seed,
        "asked": len(counted),
        "right": sum(one.word == "right" for one in counted),
        "passed": passed,
        "questions": [
            {
                "id": ask.id,
                "kind": ask.kind,
                "made": ask.made,
                "verdict": one.word,
                "credit": None if one.word == "disputed" else one.credit,
                "given": one.given,
                "expected": expected(ask.key),
                "address": ask.address,
            }
            for ask, one in given
        ],
    }
