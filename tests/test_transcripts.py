"""Replays every console block of README.md and tests/transcripts/*.md.

    <!-- start with: docs -->        optional: which folder of the repository to copy, or `nothing`

    ```markdown docs/equipment/x.md  a block with a file name is written to that file
    # X
    ```

    ```console
    $ kb search insert               run as it stands (no shell); a copy of docs/ lies in the folder
    docs/equipment/x.md:1  X         all it prints, notes and results in order
    ...                              alone on a line: any number of lines
    [exit 1]                         where the exit code is not 0

    $ kb quiz console
    < b                              a line typed, right below the command

    $ git commit -q -m "One"         git too, with nobody's settings
    ```

    <!-- day: 2026-11-23 -->         what follows happens on that day

The blocks of one file are one session, in order. The folder is called /studio in what is printed.
`pytest --rewrite` puts what really came out in the place of what was expected, save for a crash.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import ROOT, Ran

TRANSCRIPTS = [ROOT / "README.md", *sorted((ROOT / "tests" / "transcripts").glob("*.md"))]
START = re.compile(r"^<!-- start with: (\S+) -->$", re.M)
FIRST_DAY = "2026-11-22"
DAY = re.compile(r"^<!-- day: (\S+) -->$", re.M)
BLOCK = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<body>.*?)^(?P=fence)$", re.M | re.S
)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_kb_prints_what_the_transcript_says(
    path: Path, run_kb: Callable[..., Ran], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    told = path.read_text(encoding="utf-8")
    studio = tmp_path / "studio"
    lay_out(studio, START.search(told))

    def replay(block: re.Match[str]) -> str:
        if block["file"]:
            page = studio / block["file"]
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(block["body"], encoding="utf-8", newline="\n")
        if block["kind"] != "console":
            return block[0]
        opening = block[0].partition("\n")[0]
        day = [FIRST_DAY, *DAY.findall(told, 0, block.start())][-1]

        def run(program: str, *words: str, typed: str) -> Ran:
            if program == "git":
                return git(studio, *words, day=day)
            return run_kb(tmp_path, *words, typed=typed, day=day)

        happened = "".join(session(block["body"], run, tmp_path))
        return f"{opening}\n{happened}{block['fence']}"

    happened = BLOCK.sub(replay, told)
    if request.config.getoption("--rewrite"):
        path.write_text(happened, encoding="utf-8", newline="\n")
    elif happened != told:
        lines = difflib.unified_diff(told.splitlines(), happened.splitlines(), "told", "happened")
        pytest.fail("\n".join([path.name, *lines]), pytrace=False)


def git(studio: Path, *words: str, day: str) -> Ran:
    """Run git as nobody in particular, on that day."""
    if not shutil.which("git"):
        pytest.skip("no git here")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        settings |= {f"GIT_{role}_NAME": "TK", f"GIT_{role}_EMAIL": "tk@example.org"}
        settings[f"GIT_{role}_DATE"] = f"{day}T12:00:00+00:00"
    return subprocess.run(
        ["git", "-C", os.fspath(studio), *words],
        env=clean | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def lay_out(studio: Path, start: re.Match[str] | None) -> None:
    name = start[1] if start else "docs"
    studio.mkdir()
    if name != "nothing":
        shutil.copytree(ROOT / name, studio / "docs")


def session(body: str, run: Callable[..., Ran], home: Path) -> Iterator[str]:
    """The block again, each command followed by what it really printed."""
    for step in re.split(r"^(?=\$ )", body, flags=re.M)[1:]:
        command, _, rest = step.partition("\n")
        program, *words = shlex.split(command.removeprefix("$ "))
        assert program in ("kb", "git"), f"only kb and git are run here: {command}"
        lines_typed = re.match(r"(?:< ?.*\n)*", rest)
        said = lines_typed[0] if lines_typed else ""
        rest = rest.removeprefix(said)
        ran = run(program, *words, typed=re.sub(r"^< ?", "", said, flags=re.M))
        printed = ran.stdout.replace(str(home), "")
        assert "Traceback (most recent call last)" not in printed, printed
        assert ran.returncode != 70, printed
        lines = [line.rstrip() for line in printed.rstrip().splitlines()]
        lines += [f"[exit {ran.returncode}]"] if ran.returncode else []
        expected, happened = rest.rstrip("\n"), "\n".join(lines)
        shown = expected if same(expected, happened) else happened
        blank = rest[len(expected) + 1 :] if expected else rest
        command = f"{command}\n{said}".rstrip("\n")
        yield f"{command}\n{shown}\n{blank}" if shown else f"{command}\n{blank}"


def same(expected: str, happened: str) -> bool:
    parts = (
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in expected.split("\n")
    )
    return re.fullmatch("".join(parts), happened + "\n") is not None


def test_a_transcript_keeps_its_dots_and_gets_what_really_came_out(tmp_path: Path) -> None:
    def run(_: str, *words: str, typed: str) -> Ran:
        out = f"{tmp_path}/studio\nhit {words[-1]}\n{typed}"
        return Ran(words, 1 if "no" in words else 0, out, "")

    told = "$ kb search a\n...\nhit a\n\n$ kb no\n< x\nhit\n[exit 1]\n$ kb 'b c'\n"
    happened = "".join(session(told, run, tmp_path))
    assert happened == (
        "$ kb search a\n...\nhit a\n\n"
        "$ kb no\n< x\n/studio\nhit no\nx\n[exit 1]\n"
        "$ kb 'b c'\n/studio\nhit b c\n"
    )


def test_a_crash_is_never_taken_down(tmp_path: Path) -> None:
    def run(_: str, *words: str, typed: str) -> Ran:
        return Ran(words, 1, "Traceback (most recent call last):\n", "")

    with pytest.raises(AssertionError, match="Traceback"):
        list(session("$ kb\n", run, tmp_path))
