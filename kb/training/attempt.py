"""Attempts and answers as events, and what they were as read back from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from kb.records.event import Draft, Event, Said
from kb.training.bank import Ask
from kb.training.grading import Verdict, expected, shown

Word = Literal["right", "partly", "wrong", "wrong unit", "disputed"]

_WORDS: tuple[Word, ...] = get_args(Word)
KINDS = ("attempt", "finish")


class Scope(NamedTuple):
    """What a quiz is about: a page, several, all that a role must know, or a room."""

    name: str
    title: str


class Attempt(NamedTuple):
    """A quiz that was begun. `asked` are ids and fingerprints, in the order they are asked.

    `again` says that it asked only for what had changed since an earlier one was passed.
    """

    id: str
    actor: str
    scope: Scope
    seed: int
    asked: tuple[tuple[str, str], ...]
    options: tuple[str, ...]
    at: datetime
    again: bool = False


class Finished(NamedTuple):
    """How an attempt ended; `asked` are ids, fingerprints and prompts."""

    attempt: str
    actor: str
    scope: Scope
    passed: bool
    again: bool
    at: datetime
    asked: tuple[tuple[str, str, str], ...]


class Answered(NamedTuple):
    """One answer, with the wording it was given to."""

    id: str
    actor: str
    question: str
    fingerprint: str
    attempt: str
    at: datetime
    word: Word
    credit: float
    given: str
    hinted: bool


def begin(actor: str, attempt: Attempt) -> Draft:
    """The event of a quiz that begins."""
    body = {
        "title": attempt.scope.title,
        "seed": attempt.seed,
        "asked": [list(one) for one in attempt.asked],
        "options": list(attempt.options),
        "again": attempt.again,
    }
    return Draft("attempt", actor, attempt.scope.name, attempt.id, body=body)


def answer(
    actor: str,
    ask: Ask,
    order: Sequence[int],
    verdict: Verdict,
    *,
    attempt: str,
    seed: int,
    said: str,
    hinted: bool = False,
    disputed: str | None = None,
) -> Draft:
    """The event of an answer: what was shown, what was said, how it was judged."""
    word = verdict.word if disputed is None else "disputed"
    body: dict[str, Any] = {
        "page": ask.page,
        "type": ask.kind,
        "prompt": ask.prompt,
        "shown": list(shown(ask.key, order)),
        "key": expected(ask.key),
        "said": said,
        "given": verdict.given,
        "verdict": word,
        "credit": verdict.credit,
        "seed": seed,
    }
    if ask.made:
        body["made"] = True
    if ask.critical:
        body["critical"] = True
    if hinted:
        body["hinted"] = True
    if disputed:
        body["why"] = disputed
    return Draft("answer", actor, ask.id, attempt, ask.fingerprint, body)


def dispute(actor: str, ask: Ask, of: str, why: str) -> Draft:
    """The event that disputes the key of an answer already given."""
    return Draft("dispute", actor, ask.id, of, ask.fingerprint, {"why": why})


def finish(
    actor: str, attempt: Attempt, asks: Sequence[Ask], *, passed: bool, right: int, credit: float
) -> Draft:
    """The event of a quiz that is over, with the questions that it stands on."""
    body = {
        "title": attempt.scope.title,
        "passed": passed,
        "right": right,
        "credit": credit,
        "again": attempt.again,
        "asked": [[ask.id, ask.fingerprint, ask.prompt] for ask in asks],
    }
    return Draft("finish", actor, attempt.scope.name, attempt.id, body=body)


def answers(said: Iterable[Said]) -> list[Answered]:
    """The answers in order; one that was disputed later is a disputed one."""
    found: dict[str, Answered] = {}
    for one in said:
        if one.kind == "dispute":
            if one.target in found:
                found[one.target] = found[one.target]._replace(word="disputed", credit=0.0)
            continue
        body = _body(one.body)
        word, credit, given = body.get("verdict"), body.get("credit"), body.get("given")
        if word not in _WORDS or not isinstance(credit, int | float):
            continue
        found[one.id] = Answered(
            one.id,
            one.actor,
            one.subject,
            one.fingerprint,
            one.target,
            datetime.fromisoformat(one.at),
            word,
            float(credit),
            given if isinstance(given, str) else "",
            body.get("hinted") is True,
        )
    return list(found.values())


def attempts(events: Iterable[Event]) -> list[Attempt]:
    """The quizzes that were begun, in order."""
    return [
        Attempt(
            event.target,
            event.actor,
            Scope(event.subject, event.text("title") or event.subject),
            seed if isinstance(seed := event.body.get("seed"), int) else 0,
            tuple((one[0], one[1]) for one in _rows(event.body, 2)),
            tuple(o for o in _list(event.body, "options") if isinstance(o, str)),
            event.at,
            event.body.get("again") is True,
        )
        for event in events
        if event.kind == "attempt"
    ]


def finished(events: Iterable[Event]) -> list[Finished]:
    """The quizzes that are over, in order."""
    return [
        Finished(
            event.target,
            event.actor,
            Scope(event.subject, event.text("title") or event.subject),
            event.body.get("passed") is True,
            event.body.get("again") is True,
            event.at,
            tuple((one[0], one[1], one[2]) for one in _rows(event.body, 3)),
        )
        for event in events
        if event.kind == "finish"
    ]


def unfinished(
    events: Sequence[Event], actor: str, scope: Scope, options: Sequence[str]
) -> Attempt | None:
    """The newest attempt of this very quiz by this person, if it was left before its end."""
    mine = [
        one
        for one in attempts(events)
        if (one.actor, one.scope.name, one.options) == (actor, scope.name, tuple(options))
    ]
    over = {one.attempt for one in finished(events)}
    return mine[-1] if mine and mine[-1].id not in over else None


def _body(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name)
    return value if isinstance(value, list) else []


def _rows(body: Mapping[str, Any], width: int) -> list[list[str]]:
    return [
        row
        for row in _list(body, "asked")
        if isinstance(row, list) and len(row) == width and all(isinstance(x, str) for x in row)
    ]
