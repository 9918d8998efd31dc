"""Who an edit makes do what again: the same events, against the pages before and after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from kb.changes.since import Since
from kb.pages.across import now_at
from kb.pages.model import Page
from kb.records.store import Records
from kb.settings import STUDIO
from kb.training.attempt import answers, finished
from kb.training.bank import Ask, written
from kb.training.board import KINDS, Board, board, former
from kb.training.items import numbers
from kb.training.ladder import Ladder
from kb.training.made import made
from kb.training.pairing import Wording, pair
from kb.training.quizzes import Quizzes, moved, moved_finished
from kb.training.samestep import judgeable
from kb.training.standing import Change, RoleAt, Standing


class Asked(NamedTuple):
    """What one person will be asked again of one page.

    `title` is that of the checklist or quiz, `page` that of the page at `path`. No `items` mean
    the page as a whole. `numbers` are those of a checklist's items; `by` is who had signed.
    """

    person: str
    kind: str
    address: str
    title: str
    page: str
    path: str
    line: int
    items: tuple[Change, ...]
    numbers: str = ""
    by: str = ""


class Gone(NamedTuple):
    """A checklist, or a page signed for, that is not there any more, and who had done it."""

    address: str
    title: str
    path: str
    people: tuple[str, ...]


class AskedAgain(NamedTuple):
    """Everything, in the order of the people, and how many pages differ.

    `same` are the checklists of which a senior may say: same step, new words.
    """

    since: str
    commit: str
    pages: int
    asked: tuple[Asked, ...]
    gone: tuple[Gone, ...]
    same: tuple[str, ...]


Boards = Callable[[Sequence[Page]], Board]


def boards(records: Records, ladder: Ladder, role_at: RoleAt) -> Boards:
    """What makes the board of some pages from the events, which are read once."""
    done, runs, events = records.done(), records.run_counts(), records.find(*KINDS)
    over = finished(records.find("finish"))
    said = answers(records.answers()) if over else []

    def of(pages: Sequence[Page]) -> Board:
        to = former(pages)
        asks = [*written(pages), *made(pages)] if over else []
        quizzes = Quizzes(asks, moved(said, to), moved_finished(over, to))
        return board(pages, done, runs, events, ladder, role_at, quizzes)

    return of


def asked_again(
    since: Since, now: Sequence[Page], boards: Boards, people: Sequence[str]
) -> AskedAgain:
    """What each of these people will be asked again, now that the pages that differ are so."""
    then, today = boards(list(since.before.values())), boards(now)
    to = former(now)
    comparison = _Comparison(then, today, to, now)
    asked = tuple(one for handle in people for one in comparison.of(handle))
    gone = tuple(_gone(then, today, to, people))
    pages = sum(path != STUDIO for path in since.touched)
    base = since.base
    return AskedAgain(base.name, base.commit, pages, asked, gone, comparison.same(asked))


class _Comparison:
    def __init__(
        self, then: Board, today: Board, to: Mapping[str, str], pages: Sequence[Page]
    ) -> None:
        self.then = then
        self.today = today
        self.to = to
        self.titles = {page.path: page.title for page in pages}
        self.places = _places(pages, today.quizzes.asks)
        self.old = {now_at(a, to): history.now.items for a, history in then.histories.items()}
        self.became = cache(self._became)

    def of(self, handle: str) -> Iterator[Asked]:
        """What one person had shown of the pages as they were, and has to show again."""
        was = {(s.kind, now_at(s.address, self.to)): s for s in self.then.of(handle)}
        for now in self.today.of(handle):
            old = was.get((now.kind, now.address))
            if old is None or old.state == "never" or now.state == "never":
                continue
            if now.kind == "quiz":
                yield from self._quiz(handle, old, now)
            else:
                yield from self._checklist(handle, old, now)

    def _checklist(self, handle: str, old: Standing, now: Standing) -> Iterator[Asked]:
        checklist = self.today.histories[now.address].now
        became = self.became(now.address)
        # What was still to be done before the edit is not asked because of it.
        open_ = {*old.missing, *(change.item for change in old.changed)}
        items = tuple(c for c in now.changed if became.get(c.item) not in open_)
        whole = not checklist.items and (old.state, now.state) == ("current", "changed")
        if items or whole:
            yield Asked(
                handle,
                now.kind,
                now.address,
                now.title,
                self.titles[checklist.path],
                checklist.path,
                checklist.line or 1,
                items,
                numbers([c.item for c in items], checklist.items),
                now.by if now.kind == "signoff" else "",
            )

    def _quiz(self, handle: str, old: Standing, now: Standing) -> Iterator[Asked]:
        open_ = {change.before.address for change in old.changed if change.before}
        by_path: dict[str, list[Change]] = {}
        for change in now.changed:
            if change.before and change.before.address not in open_:
                by_path.setdefault(self.places[change.item.address][0], []).append(change)
        for path, items in by_path.items():
            line = min(self.places[change.item.address][1] for change in items)
            page = self.titles[path]
            yield Asked(handle, "quiz", now.address, now.title, page, path, line, tuple(items))

    def _became(self, address: str) -> dict[Wording, Wording]:
        """The items of today's checklist with what each was before."""
        pairs = pair(self.old.get(address, ()), self.today.histories[address].now.items)
        return {two.now: two.was for two in pairs if two.now and two.was}

    def same(self, asked: Iterable[Asked]) -> tuple[str, ...]:
        """The checklists in which a step that is asked again may be the same in new words."""
        found: dict[str, None] = {}
        for one in asked:
            if one.kind == "quiz" or not one.items:
                continue
            pairs = pair(self.old.get(one.address, ()), self.today.histories[one.address].now.items)
            wanted = {change.item for change in one.items}
            if any(two.now in wanted and judgeable(two) for two in pairs):
                found[one.address] = None
        return tuple(found)


def _places(pages: Iterable[Page], asks: Iterable[Ask]) -> dict[str, tuple[str, int]]:
    """Where each question stands, or what it is made from."""
    found = {ask.id: (ask.path, ask.line) for ask in asks}
    for page in pages:
        found |= {question.id: (page.path, question.line) for question in page.questions}
    return found


def _gone(
    then: Board, today: Board, to: Mapping[str, str], people: Sequence[str]
) -> Iterator[Gone]:
    for address, history in then.histories.items():
        if now_at(address, to) in today.histories:
            continue
        now = history.now
        done = [
            handle
            for handle in people
            if (handle, address) in then.signed
            or (now.items and then.standing(handle, address).state != "never")
        ]
        if done:
            yield Gone(address, now.title, now.path, tuple(done))
