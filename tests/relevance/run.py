"""Prints how often the right row comes first, for kb beside two baselines on the same rows.

python tests/relevance/run.py                 the table, class by class
python tests/relevance/run.py --failing       and each query whose answer is not first
python tests/relevance/run.py --ablate        what each rule is worth: kb without it
python tests/relevance/run.py --queries tests/relevance/plain.txt    whole questions, plain words
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from relevance import engines
from relevance.ablate import RULES, without
from relevance.judged import QUERIES, Judgement, Query, judge, load, scores

DOCS = Path(__file__).resolve().parents[2] / "docs"


def measure(docs: Path, queries: Sequence[Query]) -> dict[str, list[Judgement]]:
    """Every engine's outcome for every query."""
    rows = list(engines.texts(docs))
    found = {}
    with engines.kb(docs) as ask:
        found["kb"] = judge(ask, queries)
    with engines.fts5(rows) as ask:
        found["FTS5 porter"] = judge(ask, queries)
    with engines.whoosh(rows) as ask:
        found["Whoosh default"] = judge(ask, queries)
    return found


def table(outcomes: dict[str, list[Judgement]]) -> list[str]:
    """One line for each class: queries, then success@1, success@3 and MRR for each engine."""
    by_engine = {name: scores(judgements) for name, judgements in outcomes.items()}
    lines = [f"{'':18}" + "".join(f"  {name:^19}" for name in by_engine)]
    lines.append(f"{'class':14}{'n':>4}" + f"  {'s@1':>5}  {'s@3':>5}  {'MRR':>5}" * len(by_engine))
    for group in by_engine["kb"]:
        line = f"{group:14}{len(by_engine['kb'][group].ranks):4}"
        for found in by_engine.values():
            score = found[group]
            line += f"  {score.success(1):5.3f}  {score.success(3):5.3f}  {score.mrr:5.3f}"
        lines.append(line)
    return lines


def failing(judgements: Sequence[Judgement]) -> list[str]:
    """What came first in place of the right answer, and what should not have come at all."""
    lines = []
    for judgement in judgements:
        query = judgement.query
        if judgement.rank != 1:
            lines.append(f"\n{query.text}   (line {query.line}, right answer at {judgement.rank})")
            lines += [f"    got    {hit}" for hit in judgement.hits[: judgement.rank or 3]]
            lines += [f"    wanted {address}" for address in query.right]
        lines += [f"{query.text}: FORBIDDEN {address}" for address in judgement.forbidden]
    return lines


def ablation(docs: Path, queries: Sequence[Query]) -> list[str]:
    """kb without one rule at a time: the points of success@1, success@3 and MRR that it brings."""
    with engines.kb(docs) as ask:
        whole = judge(ask, queries)
    all_of_it = scores(whole)["all"]
    lines = [f"{'what the rule brings':46}{'s@1':>7}{'s@3':>7}{'MRR':>7}  forbidden  better worse"]
    for rule in RULES:
        with without(rule), engines.kb(docs) as ask:
            judged = judge(ask, queries)
        total = scores(judged)["all"]
        pairs = [(a.rank or 99, b.rank or 99) for a, b in zip(whole, judged, strict=True)]
        lines.append(
            f"{rule.name:46}"
            f"{100 * (all_of_it.success(1) - total.success(1)):+7.1f}"
            f"{100 * (all_of_it.success(3) - total.success(3)):+7.1f}"
            f"{100 * (all_of_it.mrr - total.mrr):+7.2f}"
            f"{sum(len(j.forbidden) for j in judged) - sum(len(j.forbidden) for j in whole):+11}"
            f"{sum(a < b for a, b in pairs):8}{sum(a > b for a, b in pairs):6}"
        )
    return lines


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--docs", type=Path, default=DOCS)
    parser.add_argument("--queries", type=Path, default=QUERIES)
    parser.add_argument("--failing", action="store_true", help="show what is not answered first")
    parser.add_argument("--ablate", action="store_true", help="what each rule is worth")
    given = parser.parse_args()
    queries = load(given.queries)
    if given.ablate:
        print("\n".join(ablation(given.docs, queries)))
        return
    outcomes = measure(given.docs, queries)
    print("\n".join(table(outcomes)))
    if given.failing:
        print("\n".join(failing(outcomes["kb"])))


if __name__ == "__main__":
    main()
