"""The short form of tests/promises/run.py: every promise, and every control caught."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each run of kb is a fork")

NAMES = ("P1", "P2", "P3", "P4", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder that another user may walk through, unlike pytest's own."""
    import forked

    with tempfile.TemporaryDirectory(prefix="kb-promises-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        forked.import_everything(folder)
        yield folder


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", NAMES)
def test_a_promise_is_kept_and_its_controls_are_caught(name: str, home: Path) -> None:
    from promised import PROMISES, Size, trials

    (promise,) = [promise for promise in PROMISES if promise.name == name]
    found = list(trials(promise, home, Size(full=False)))
    assert any(trial.control for trial in found)
    for trial in found:
        assert trial.kept, f"{trial.row()}\n" + "\n".join(map(str, trial.faults[:5]))


def test_every_promise_is_checked_here() -> None:
    from promised import PROMISES

    assert tuple(promise.name for promise in PROMISES) == NAMES


def test_every_command_is_among_those_that_all_checks_walk() -> None:
    import typer
    from furnished import commands

    from kb.cli.app import DOORS, program

    listed = [re.sub(r"^kb (--as \w+ )?", "", call.line) + " " for call in commands()]

    def missing(group: Any, name: str) -> Iterator[str]:
        for word, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from missing(command, f"{name}{word} ")
            elif not any(line.startswith(f"{name}{word} ") for line in listed):
                yield f"{name}{word}"

    assert list(missing(typer.main.get_command(program(DOORS)), "")) == []
