"""What is taught here: the questions of the pages as they are now, and the answers to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from functools import cached_property
from typing import TYPE_CHECKING

from kb.pages import glossary
from kb.pages.model import Page
from kb.terms.spelling import Synonyms
from kb.training.attempt import Answered, answers, finished
from kb.training.bank import Ask, written
from kb.training.board import former
from kb.training.made import made
from kb.training.quizzes import NO_QUIZZES, Quizzes, moved, moved_finished

if TYPE_CHECKING:
    from kb.records.store import Records
    from kb.training.review import Due


class Lessons:
    """Pages and records put together, each looked into when first asked for."""

    def __init__(
        self,
        pages: list[Page],
        records: Callable[[], Records],
        clock: Callable[[], datetime],
        day_ends: time,
    ) -> None:
        self.pages = pages
        self._records = records
        self._clock = clock
        self._day_ends = day_ends

    @cached_property
    def asks(self) -> list[Ask]:
        """Every question, those written and those made from tables and steps."""
        return [*written(self.pages), *made(self.pages)]

    @cached_property
    def synonyms(self) -> Synonyms:
        """What the glossary says means the same in a typed answer."""
        found = [page for page in self.pages if page.path == glossary.PATH]
        return Synonyms(glossary.synonyms(found[0])[0] if found else ())

    def answered(self, actor: str | None = None) -> list[Answered]:
        """What was answered, by one person or by all, in order."""
        return moved(answers(self._records().answers(actor=actor)), former(self.pages))

    def dues(self, actor: str) -> dict[str, Due]:
        """When each question somebody has been asked is to come again."""
        from kb.training.review import schedule  # a list of questions does without its library

        return schedule(self.asks, self.answered(actor), self._clock(), self._day_ends)

    def quizzes(self, actor: str | None = None) -> Quizzes:
        """The quizzes of one person or of all, for their standing."""
        over = finished(self._records().find("finish", actor=actor))
        if not over:
            return NO_QUIZZES
        return Quizzes(self.asks, self.answered(actor), moved_finished(over, former(self.pages)))
