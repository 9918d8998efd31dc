"""What tests lean on: the real kb, run as a person would, far from the tester's own settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "promises"))  # its modules are run by themselves, too

Ran = subprocess.CompletedProcess[str]

# The moment at which kb runs here: what has gone stale must not depend on when the tests are run.
# The day comes in from outside: a file that is changed twice in a second may be read as it was.
CLOCK = """
import datetime
import os

day = datetime.date.fromisoformat(os.environ.get("TEST_DAY", "2026-11-22"))

class date(datetime.date):
    @classmethod
    def today(cls):
        return cls(day.year, day.month, day.day)

class moment(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        fixed = cls(day.year, day.month, day.day, 14, 3, tzinfo=datetime.timezone.utc)
        return fixed.astimezone(tz) if tz else fixed.astimezone().replace(tzinfo=None)

datetime.date = date
datetime.datetime = moment
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="write what kb really prints into README.md and tests/transcripts",
    )


@pytest.fixture(scope="session")
def our_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The studio of our own pages, opened as a door opens it."""
    from kb.settings import find_places
    from kb.studio import Studio

    places = find_places(str(ROOT / "docs"), str(tmp_path_factory.mktemp("cache")))
    studio = Studio(places, date(2026, 11, 22))
    yield studio
    studio.close()


@pytest.fixture(scope="session")
def run_kb() -> Callable[..., Ran]:
    """Run `kb WORDS` in the folder `home/studio`; its cache and records live below `home` too."""

    def run(
        home: Path,
        *words: str,
        python: Sequence[str] = (),
        typed: str = "",
        day: str = "2026-11-22",
    ) -> Ran:
        (home / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "XDG_"))}
        environment |= {
            "HOME": str(home),
            "KB_CACHE": str(home / "cache"),
            "KB_RECORDS": str(home / "records"),
            "COLUMNS": "80",
            "NO_COLOR": "1",
            "TZ": "UTC",
            "TEST_DAY": day,
            "PYTHONPATH": os.pathsep.join([str(home), str(ROOT)]),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONUNBUFFERED": "1",  # keeps notes and results in the order they were said
        }
        return subprocess.run(
            [sys.executable, *python, "-m", "kb", *words],
            cwd=home / "studio",
            env=environment,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def terminal() -> Iterator[Callable[..., Any]]:
    """Start kb at a terminal, at the real time: `terminal(home, WORDS)`."""
    from sitting import Terminal

    opened = []

    def start(home: Path, *words: str) -> Any:
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "XDG_"))}
        plain |= {"HOME": str(home), "KB_CACHE": str(home / "cache"), "NO_COLOR": "1"}
        plain |= {"KB_RECORDS": str(home / "records"), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "kb", *words]
        opened.append(Terminal(command, home / "studio", plain))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
