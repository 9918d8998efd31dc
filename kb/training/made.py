"""Questions made from the pages themselves: they cannot drift from what the page says.

Only what is worth knowing is asked: never a straight-through row, never who or when. Wrong options
are true of something else on the same page or its neighbours, and never true of what is asked;
where there are not two of them no question is made.
"""

from __future__ import annotations

from collections.abc import Iterable

from kb.pages.model import Page
from kb.training import made_faults, made_mods, made_patch, made_steps
from kb.training.bank import Ask


def made(pages: Iterable[Page]) -> list[Ask]:
    """The questions that the tables and procedures of these pages yield, in their order."""
    makers = (made_mods, made_patch, made_steps, made_faults)
    return [ask for page in pages for maker in makers for ask in maker.questions(page)]
