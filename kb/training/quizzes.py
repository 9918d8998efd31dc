"""How somebody stands with the quizzes they have passed: current, or changed since."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kb.pages.across import now_at
from kb.training.attempt import Answered, Finished
from kb.training.bank import Ask
from kb.training.pairing import Wording, pair
from kb.training.standing import Change, Standing, State

_NEARLY = 0.85  # difflib's ratio of two prompts about one row


class Quizzes(NamedTuple):
    """All that was asked, answered and finished, for the standings of everybody."""

    asks: Sequence[Ask]
    answered: Sequence[Answered]
    finished: Sequence[Finished]

    def of(self, handle: str) -> list[Standing]:
        """One person's quizzes: those passed, and those only tried, which are nobody else's."""
        mine: dict[str, list[Finished]] = {}
        for one in self.finished:
            if one.actor == handle and not one.again:
                mine.setdefault(one.scope.name, []).append(one)
        right = {
            (one.question, one.fingerprint)
            for one in self.answered
            if one.actor == handle and one.word == "right"
        }
        return [self._standing(tries, right) for tries in mine.values()]

    def _standing(self, tries: Sequence[Finished], right: set[tuple[str, str]]) -> Standing:
        passed = [one for one in tries if one.passed]
        last = passed[-1] if passed else tries[-1]
        asked = {row[0]: row for one in passed for row in one.asked}
        changed = _changed(asked.values(), self.asks, right)
        state: State = ("changed" if changed else "current") if passed else "in progress"
        return Standing(
            last.scope.name,
            last.scope.title,
            "quiz",
            state,
            at=last.at,
            changed=tuple(changed),
            missing=tuple(change.item for change in changed),
            questions=len(asked),
        )


NO_QUIZZES = Quizzes((), (), ())


def moved(answered: Iterable[Answered], to: Mapping[str, str]) -> list[Answered]:
    """The answers, those on a page's former address brought to the present one."""
    if not to:
        return list(answered)
    return [one._replace(question=now_at(one.question, to)) for one in answered]


def moved_finished(finished: Iterable[Finished], to: Mapping[str, str]) -> list[Finished]:
    """The same of finished quizzes."""
    if not to:
        return list(finished)
    return [
        one._replace(
            scope=one.scope._replace(name=now_at(one.scope.name, to)),
            asked=tuple((now_at(id_, to), print_, text) for id_, print_, text in one.asked),
        )
        for one in finished
    ]


def _changed(
    asked: Iterable[tuple[str, str, str]], asks: Sequence[Ask], right: set[tuple[str, str]]
) -> tuple[Change, ...]:
    """The questions passes stood on that mean something else now; those gone are let go."""
    now = {ask.id: ask for ask in asks}
    was = {id_: Wording(id_, "", print_, text) for id_, print_, text in asked}
    became = {id_: now[id_] for id_ in was if id_ in now}
    gone = [old for id_, old in was.items() if id_ not in now]
    if gone:
        others = [ask for ask in asks if ask.id not in was]
        became |= _renamed(gone, [ask for ask in others if not ask.made])
        became |= _moved_rows(gone, [ask for ask in others if ask.made])
    return tuple(
        Change(_wording(ask), was[id_])
        for id_, ask in became.items()
        if ask.fingerprint != was[id_].fingerprint and (ask.id, ask.fingerprint) not in right
    )


def _renamed(gone: Sequence[Wording], asks: Sequence[Ask]) -> dict[str, Ask]:
    """A question without a pinned id has a new one when its wording changes."""
    found = {}
    for page in {old.address.partition("#")[0] for old in gone if "#" in old.address}:
        here = [ask for ask in asks if ask.id.partition("#")[0] == page]
        before = [old for old in gone if old.address.partition("#")[0] == page]
        by_id = {ask.id: ask for ask in here}
        for two in pair(before, [_wording(ask) for ask in here]):
            if two.was and two.now:
                found[two.was.address] = by_id[two.now.address]
    return found


def _moved_rows(gone: Sequence[Wording], asks: Sequence[Ask]) -> dict[str, Ask]:
    """A row is named by its first cell: where that has changed, what is asked of it still reads
    nearly the same, far nearer than what is asked of another row.
    """
    found = {}
    for old in gone:
        page, sort = old.address.partition("#")[0], old.address.rpartition(":")[2]
        likely = [
            (_likeness(old.text, ask.prompt), ask)
            for ask in asks
            if ask.page == page and ask.id.rpartition(":")[2] == sort
        ]
        best = max(likely, key=lambda two: (two[0], two[1].id), default=(0.0, None))
        if best[1] is not None and best[0] >= _NEARLY:
            found[old.address] = best[1]
    return found


def _likeness(was: str, now: str) -> float:
    return difflib.SequenceMatcher(None, was, now, autojunk=False).ratio()


def _wording(ask: Ask) -> Wording:
    return Wording(ask.id, "", ask.fingerprint, ask.prompt, ask.critical)
