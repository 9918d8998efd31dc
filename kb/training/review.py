"""When each question is to be asked again, worked out from the answers: no second truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from fsrs import Card, Rating, Scheduler

from kb.house import studio_day
from kb.training.attempt import Answered
from kb.training.bank import Ask

# No steps of minutes: what was missed comes back the next day, not within the hour. No fuzz: the
# same answers give the same schedule on every machine.
_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
_HALF = 0.5


class Due(NamedTuple):
    """A question somebody has been asked, and when it is to come again.

    `missed` is the last answer; `reworded` says that it meant something else then.
    """

    ask: Ask
    day: date
    at: datetime
    recall: float
    missed: bool
    reworded: bool
    times: int


def schedule(
    asks: Iterable[Ask], answered: Iterable[Answered], now: datetime, day_ends: time
) -> dict[str, Due]:
    """Each question one person has been asked and that is still there, by its id.

    `now` is local: a day is the studio's.
    """
    known = {ask.id: ask for ask in asks}
    given: dict[str, list[Answered]] = defaultdict(list)
    for one in answered:
        if one.question in known and one.word != "disputed":
            given[one.question].append(one)
    return {id_: _due(known[id_], said, now, day_ends) for id_, said in given.items()}


def in_turn(dues: Iterable[Due], today: date) -> list[Due]:
    """Due ones first; of these the critical, the missed, then what is most nearly forgotten."""
    return sorted(
        dues,
        key=lambda due: (
            due.day > today,
            not due.ask.critical,
            not (due.missed or due.reworded),
            max(today, due.day),
            due.recall,
            due.ask.id,
        ),
    )


def apart(asks: Sequence[Ask]) -> list[Ask]:
    """The questions in this order, but never two on one row running; what cannot be, waits."""
    waiting = list(asks)
    found: list[Ask] = []
    while waiting:
        last = found[-1].about if found else None
        at = next((n for n, ask in enumerate(waiting) if ask.about != last), None)
        if at is None:
            break
        found.append(waiting.pop(at))
    return found


def coming(dues: Mapping[str, Due], today: date) -> list[tuple[date, int]]:
    """How many come on which day; what is overdue comes today."""
    days: dict[date, int] = defaultdict(int)
    for due in dues.values():
        days[max(due.day, today)] += 1
    return sorted(days.items())


def _due(ask: Ask, said: Sequence[Answered], now: datetime, day_ends: time) -> Due:
    at = said[0].at.astimezone(UTC)
    card = Card(card_id=0, due=at)
    for one in said:
        at = max(at, one.at.astimezone(UTC))  # a clock put back must not undo what was learnt
        card, _ = _SCHEDULER.review_card(card, _rating(one), at)
    last = said[-1]
    reworded = last.fingerprint != ask.fingerprint
    utc = now.astimezone(UTC)
    day = studio_day((utc if reworded else card.due).astimezone(now.tzinfo), day_ends)
    return Due(
        ask=ask,
        day=day,
        at=card.due,
        recall=0.0 if reworded else _SCHEDULER.get_card_retrievability(card, max(utc, at)),
        missed=last.word != "right",
        reworded=reworded,
        times=len(said),
    )


def _rating(one: Answered) -> Rating:
    if one.word == "right":
        return Rating.Hard if one.hinted else Rating.Good
    return Rating.Hard if one.word == "partly" and one.credit >= _HALF else Rating.Again
