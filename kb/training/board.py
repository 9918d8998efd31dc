"""Who stands how with what, for everybody at once: pages and events put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.pages.across import former_address, now_at
from kb.pages.model import Page
from kb.records.event import Done, Event
from kb.training.checklist import Checklist, checklists, versions, whole
from kb.training.ladder import Ladder
from kb.training.quizzes import NO_QUIZZES, Quizzes
from kb.training.samestep import same_steps
from kb.training.standing import (
    History,
    RoleAt,
    SignOff,
    Standing,
    sign_offs,
    signed_off,
    standing,
)

KINDS = ("wording", "same-step", "signoff")


@dataclass(frozen=True, slots=True)
class Board:
    """All standings; each is worked out when asked for."""

    histories: Mapping[str, History]
    done: Mapping[tuple[str, str], Done]
    signed: Mapping[tuple[str, str], Sequence[SignOff]]
    runs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    quizzes: Quizzes = NO_QUIZZES

    def of(self, handle: str) -> list[Standing]:
        """How one person stands, in the order of the pages: checklists, sign-offs, quizzes."""
        found = []
        for address, history in self.histories.items():
            if history.now.items:
                found.append(self.standing(handle, address))
        for address, history in self.histories.items():
            signed = self.signed.get((handle, address), ())
            if signed or history.watched:
                found.append(signed_off(history, signed))
        return found + self.quizzes.of(handle)

    def standing(self, handle: str, address: str) -> Standing:
        """How one person stands with one checklist."""
        key = handle, address
        return standing(
            self.histories[address],
            self.done.get(key),
            self.signed.get(key, ()),
            self.runs.get(key, 0),
        )

    def safety(self, address: str) -> bool:
        """Whether a checklist is about safety: its page says so, or an item stops the run."""
        if address not in self.histories:
            return False
        now = self.histories[address].now
        return now.safety or any(item.critical for item in now.items)


def board(
    pages: Iterable[Page],
    done: Iterable[Done],
    runs: Mapping[tuple[str, str], int],
    events: Iterable[Event],
    ladder: Ladder,
    role_at: RoleAt,
    quizzes: Quizzes = NO_QUIZZES,
) -> Board:
    """The board of these pages and events; what was done under a page's former address counts."""
    known = list(pages)
    moved = former(known)
    told = [replace(event, subject=now_at(event.subject, moved)) for event in events]
    signed = sign_offs(told, ladder, role_at)
    before, same = versions(told), same_steps(told)
    about = {address for _, address in signed}
    histories = {}
    for page in known:
        lists = checklists(page)
        if page.address in about and page.address not in {one.address for one in lists}:
            lists.append(whole(page))
        for one in lists:
            histories[one.address] = History(
                one, before.get(one.address, ()), same.get(one.address, {}), ladder
            )
    return Board(histories, _joined(done, moved), signed, _counted(runs, moved), quizzes)


def former(pages: Iterable[Page]) -> dict[str, str]:
    """The present address of each page that had another one."""
    return {former_address(old): page.address for page in pages for old in page.front.was}


def missing_for(
    board: Board, standings: Iterable[Standing], ladder: Ladder, role: str
) -> list[str]:
    """The checklists somebody must still show before they can have a role."""
    found = []
    for one in standings:
        if one.kind != "checklist" or one.state == "current":
            continue
        now: Checklist = board.histories[one.address].now
        if not now.for_role:
            continue
        if ladder.must_know(role, now.for_role):
            found.append(one.address)
    return found


def _joined(rows: Iterable[Done], moved: Mapping[str, str]) -> dict[tuple[str, str], Done]:
    found: dict[tuple[str, str], Done] = {}
    for row in rows:
        subject = now_at(row.subject, moved) if moved else row.subject
        old = found.get((row.actor, subject))
        if old:
            prints = f"{old.fingerprints} {row.fingerprints}"
            row = Done(row.actor, subject, prints, max(old.at, row.at))
        found[row.actor, subject] = row
    return found


def _counted(
    runs: Mapping[tuple[str, str], int], moved: Mapping[str, str]
) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for (actor, subject), count in runs.items():
        key = actor, now_at(subject, moved)
        found[key] = found.get(key, 0) + count
    return found
