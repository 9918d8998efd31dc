"""Same step, new words: what a senior may say of a rewording, so that nobody is asked again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from kb.errors import KbError
from kb.records.event import Draft, Event
from kb.training.ladder import Ladder
from kb.training.pairing import Pair
from kb.training.standing import History

KIND = "same-step"
_FIGURE = re.compile(r"[+\-−±]?\d[\d.,/:]*(?:\s?[^\W\d_]+)?")


def judgeable(two: Pair) -> bool:
    """Whether a person may call these the same step: reworded, with every figure as it was.

    A new value is a new step, and so is a step that now stops the run or needs a witness.
    """
    was, now = two.was, two.now
    if was is None or now is None or two.same:
        return False
    if (was.critical, was.sign_off) != (now.critical, now.sign_off):
        return False
    return _figures(was.text) == _figures(now.text)


def may_judge(role: str, ladder: Ladder) -> bool:
    """Whether somebody of this role may say so: those at the top of the ladder or beside it."""
    return ladder.rank(role) == ladder.rank(ladder.steps[-1])


def to_judge(history: History, only: Collection[str] | None = None) -> list[Pair]:
    """The rewordings of a checklist, from each of its former wordings, that may be judged.

    Those already judged are left out; with `only`, so are other items.
    """
    found: dict[tuple[str, str], Pair] = {}
    for _, _, pairs in history.past:
        for two in pairs:
            if not judgeable(two) or two.was is None or two.now is None:
                continue
            was, now = two.was.fingerprint, two.now.fingerprint
            judged = history.canon(was) == history.canon(now)
            if not judged and (only is None or two.now.address in only):
                found.setdefault((was, now), two)
    return list(found.values())


def to_draft(actor: str, address: str, two: Pair) -> Draft:
    """The event that says that two wordings are the same step. Raises KbError for what is not."""
    if two.was is None or two.now is None or not judgeable(two):
        item = two.now or two.was
        told = f"{item.number} is" if item else "nothing is"
        raise KbError(f"{told} not the same step in new words: its figures or marks changed")
    body = {"was": two.was.fingerprint, "was_text": two.was.text, "now_text": two.now.text}
    return Draft(KIND, actor, address, two.now.address, two.now.fingerprint, body)


def same_steps(events: Iterable[Event]) -> dict[str, dict[str, str]]:
    """For each checklist, the fingerprint that stands for each of those judged to be the same."""
    found: dict[str, dict[str, str]] = {}
    for event in events:
        was = event.body.get("was")
        if event.kind != KIND or not isinstance(was, str):
            continue
        to = found.setdefault(event.subject, {})
        a, b = to.get(was, was), to.get(event.fingerprint, event.fingerprint)
        first = min(a, b)
        to |= {old: first for old, stands in to.items() if stands in (a, b)}
        to |= {was: first, event.fingerprint: first, a: first, b: first}
    return found


def _figures(text: str) -> list[str]:
    return sorted("".join(figure.split()).replace("−", "-") for figure in _FIGURE.findall(text))
