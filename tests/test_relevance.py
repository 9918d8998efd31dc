"""What people type finds the right row first, and far more often than the engines as they come."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from relevance.judged import QUERIES, Judgement, Score, load, scores
from relevance.run import DOCS, measure

Outcome = dict[str, list[Judgement]]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return measure(DOCS, load(QUERIES))


def total(outcome: Outcome, engine: str) -> Score:
    return scores(outcome[engine])["all"]


def test_the_right_row_comes_first(outcome: Outcome) -> None:
    kb = total(outcome, "kb")
    assert len(kb.ranks) >= 80
    assert kb.success(1) >= 0.90
    assert kb.success(3) >= 0.97


@pytest.mark.parametrize("engine", ["FTS5 porter", "Whoosh default"])
def test_kb_beats_an_engine_as_it_comes_clearly(outcome: Outcome, engine: str) -> None:
    assert total(outcome, "kb").success(1) > total(outcome, engine).success(1) + 0.2


def test_channel_19_is_never_another_19(outcome: Outcome) -> None:
    assert [j.query.text for j in outcome["kb"] if j.forbidden] == []
