"""How a question is worded: what gives its answer away, or trips a reader who knows it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.pages.across import Finding, warning
from kb.pages.model import Choice, Multiple, Option, Page, Question

# The right option is clearly the longest if it has half as much again as the next, and more than
# a word or two in figures.
LONGER = 1.5
LONGER_BY = 20

_OF_THE_ABOVE = re.compile(
    r"\W*(?:all|none|both|any|neither)(?: of)? (?:the )?"
    r"(?:above|below|(?:the )?(?:other |)(?:options|answers|choices)|these|them)\W*",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:which|what|who|whom|where|when)\b", re.IGNORECASE)
_WHY = re.compile(r"\b(?:why|how)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:if|when|while|because|since|although|though|until|unless|that)\b|[,;:]")
_NOT = re.compile(
    r"\b(?:not|never|except|cannot|isn't|aren't|don't|doesn't|can't|won't|shouldn't)\b"
)


def questions(page: Page) -> Iterator[Finding]:
    """What is wrong with the wording of a page's questions; all of it warnings."""
    for question in page.questions:
        if not question.pinned:
            message = "question has no id: its history is lost when its heading is reworded; --fix"
            yield warning(page, question.line, "no-id", f"{message} writes one")
        if isinstance(question.key, Choice | Multiple):
            yield from _options(page, question, question.key.options)
            if word := negative(question):
                message = f'"{word}" turns the question round; make it stand out: **{word}**'
                yield warning(page, question.line, "negative", message)


def _options(page: Page, question: Question, options: tuple[Option, ...]) -> Iterator[Finding]:
    for option in options:
        if _OF_THE_ABOVE.fullmatch(option.text):
            message = (
                f'"{option.text}": options are shuffled, and it can be guessed; name what holds'
            )
            yield warning(page, option.line, "all-of-above", message)
    if isinstance(question.key, Choice):
        right = next(option for option in options if option.right)
        next_ = max((len(option.text) for option in options if not option.right), default=0)
        if len(right.text) >= next_ * LONGER and len(right.text) >= next_ + LONGER_BY:
            message = "the right option is clearly the longest, which gives it away"
            yield warning(page, right.line, "longest", message)


def negative(question: Question) -> str:
    """The word that makes a question ask for what is not so, unless it stands out already."""
    stem = question.prompt.replace("’", "'")
    asking = [part for part in re.split(r"(?<=[.?!])\s", stem) if part.rstrip().endswith("?")]
    for sentence in asking[-1:]:
        asks = _ASKS.search(sentence)
        if not asks or _WHY.search(sentence, 0, asks.start()):
            continue
        clause = _CLAUSE.split(sentence[asks.end() :], maxsplit=1)[0]
        if found := _NOT.search(clause):
            loud = " ".join(question.stressed).replace("’", "'").casefold().split()
            return "" if found[0] in loud else found[0]
    return ""
