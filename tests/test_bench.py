"""The benchmark tells slow from fast, and its made-up pages are the same everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

BENCH = ROOT / "tests" / "bench"
sys.path.insert(0, str(BENCH))


def test_made_up_pages_are_the_same_for_the_same_seed_and_like_real_ones() -> None:
    from corpus import Corpus

    pages = list(Corpus().pages(60))
    assert pages == list(Corpus().pages(60))
    assert pages != list(Corpus(seed=2).pages(60))
    headings = sum(line.startswith("#") for _, text in pages for line in text.splitlines())
    assert 8 < headings / 60 < 12
    assert 6000 < sum(len(text.encode()) for _, text in pages) / 60 < 9000


@pytest.mark.parametrize(
    ("measured", "least", "verdict", "times"),
    [
        (1.1, False, "stretch", 0.6),
        (1.5, False, "met", 0.8),
        (3.0, False, "missed", 1.5),
        (4.5, False, "GROSS", 2.3),
        (600, True, "met", 0.8),
        (300, True, "missed", 1.7),
    ],
)
def test_a_figure_is_judged_by_its_bar(
    measured: float, least: bool, verdict: str, times: float
) -> None:
    import run
    from stage import Row

    bar, stretch = (500, 1000) if least else (2.0, 1.2)
    row = Row("x", bar, stretch, measured, least=least)
    assert run.verdict(row) == verdict
    assert run.over(row) == pytest.approx(times, abs=0.1)


def test_a_ratio_is_the_median_of_its_pairs() -> None:
    from timing import Spent, ratio

    walls = [(1.0, 2.0), (10.0, 20.0), (1.0, 50.0)]
    found = ratio([(Spent(under, 1.0), Spent(over, 3.0)) for under, over in walls])
    assert (found.median, found.under, found.over, found.cpu) == (2.0, 1.0, 20.0, 3.0)


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is not told there")
def test_the_script_measures_given_pages_and_prints_a_table(tmp_path: Path) -> None:
    options = ["--small", "--pairs", "1", "--only", "build,version,cold,warm"]
    ran = subprocess.run(
        [sys.executable, str(BENCH / "run.py"), "--pages", str(ROOT / "docs"), *options],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "could not be measured" not in ran.stdout, ran.stdout
    assert "Traceback" not in ran.stderr, ran.stderr
    for what in ("cold kb search / python -c pass", "first build", "a line at the prompt"):
        assert f"| {what}" in ran.stdout
