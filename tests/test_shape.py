"""The house rules that no linter knows: what loads when, how big, what is told to whom."""

from __future__ import annotations

import ast
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_history import git

from conftest import ROOT, Ran

README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = sorted((ROOT / "kb").rglob("*.py"))
HEAVY = {
    "whoosh",
    "sqlite_utils",
    "markdown_it",
    "fsrs",
    "rich",
    "yaml",
    "prompt_toolkit",
    "pydantic",
}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, run_kb: Callable[..., Ran]) -> Path:
    """A home whose pages have been searched once, so that nothing has changed since."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "docs", home / "studio" / "docs")
    if shutil.which("git"):
        git(home / "studio", "init", "-q", "-b", "main")
        git(home / "studio", "add", "-A")
        git(home / "studio", "commit", "-q", "-m", "one")
        (home / "studio" / "docs" / "new.md").write_text("# New\n")
    run_kb(home, "search", "insert")
    return home


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("--version", set()),
        ("--help", set()),
        ("search --help", set()),
        ("search insert", {"whoosh"}),
        ("search --json insert", {"whoosh"}),
        ("ch 19", {"whoosh"}),
        ("search zzyzx", {"whoosh"}),
        ("list", {"whoosh"}),
        ("mods", {"whoosh"}),
        ("mods ch 19", {"whoosh"}),
        ("mods --help", set()),
        ("patch A:C17", {"whoosh"}),
        ("patch --room A ch 17 insert send --trace", {"whoosh"}),
        ("patch --room A ch 17 --via 1176 A", {"whoosh"}),
        ("patch --row A:C", {"whoosh"}),
        ("list --stale", {"whoosh"}),
        ("verify console#known --by tk", {"markdown_it"}),
        ("brief --room A", {"whoosh"}),
        ("brief --room A --json", {"whoosh"}),
        ("brief --html - console", {"whoosh"}),
        ("faults", {"whoosh"}),
        ("fault 1", set()),
        ("fault ch 22 dead", {"whoosh"}),
        ("note --help", set()),
        ("show console", {"markdown_it"}),
        ("questions console", {"markdown_it", "yaml"}),
        ("--as nobody quiz console", {"fsrs", "markdown_it", "yaml"}),
        ("check", {"markdown_it", "yaml"}),
        ("check --changed HEAD", {"markdown_it"}),
        ("changes", {"markdown_it"}),
        ("changes HEAD", {"markdown_it"}),
        ("changes HEAD --people", {"markdown_it"}),
        ("check --explain mod", set()),
        ("new --help", set()),
        ("reindex", {"whoosh", "markdown_it", "yaml"}),
    ],
)
def test_a_command_loads_what_it_needs_and_no_more(
    words: str, wanted: set[str], studio: Path, run_kb: Callable[..., Ran]
) -> None:
    ran = run_kb(studio, *words.split(), python=("-X", "importtime"))
    told = re.findall(r"^import time: .*\| +(\w+)", ran.stdout, re.M)
    assert "typer" in told, ran.stdout[-2000:]
    assert set(told) & HEAVY == wanted


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.name == "__init__.py"],
    ids=lambda path: path.parent.relative_to(ROOT).as_posix(),
)
def test_a_package_says_what_it_is_and_does_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_every_command_has_help_and_is_in_the_readme() -> None:
    import typer

    from kb.cli.app import DOORS, program

    untold = [
        name
        for name, command in commands(typer.main.get_command(program(DOORS)), "kb")
        if not command.help or not re.search(rf"\b{name}\b", README)
    ]
    assert not untold


def test_each_door_has_the_commands_it_is_listed_with() -> None:
    import typer

    from kb.cli.app import DOORS, program

    for door, names in DOORS.items():
        group: Any = typer.main.get_command(program([door]))
        assert set(group.commands) == set(names)


def commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {word}")
        elif not command.hidden:
            yield f"{name} {word}", command


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    told = re.findall(r"^```sh\n(.+)\n```$", README, re.M)
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r'^(?:install|tests)="(.+)"$', run, re.M) == told[:2]


def test_the_locked_set_fits_the_ranges_and_is_hashed() -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lock = (ROOT / "requirements.lock").read_text("utf-8")
    hashed = r"(?: ; [^\\\n]+)? \\\n +--hash=sha256:[0-9a-f]{64}"
    pins = re.findall(rf"^([\w.-]+)==(\S+){hashed}", lock, re.M)
    locked = {canonicalize_name(name): version for name, version in pins}
    assert len(locked) == len(re.findall(r"^[\w.-]+==", lock, re.M))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for text in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), text
