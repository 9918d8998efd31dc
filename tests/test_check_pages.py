"""Our pages broken on purpose, bad files among good ones: each is told, and nothing else."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_check import TODAY, check_all
from test_pages_any_bytes import BAD

from conftest import ROOT
from kb.pages.check import check
from kb.pages.folder import Folder, parse_folder, read_files
from kb.pages.parse import parse

DOCS = ROOT / "docs"
PAGES = [path.relative_to(DOCS).as_posix() for path in sorted(DOCS.rglob("*.md"))]

# What can be broken in a page: a line that fits is written anew, and what must be said of it.
BREAKS: list[tuple[str, Callable[[str], str | None], str]] = []


def breaks(message: str) -> Callable[[Callable[[str], str | None]], Callable[[str], str | None]]:
    def add(edit: Callable[[str], str | None]) -> Callable[[str], str | None]:
        BREAKS.append((edit.__name__, edit, message))
        return edit

    return add


@breaks(r'front-matter key "verified": "\S+" is not a date \(write it like 2026-01-31\)')
def a_month_too_many(line: str) -> str | None:
    return "verified: 2026-13-01" if line.startswith("verified:") else None


@breaks(r"owner nobody is named: who keeps this page right\? \(warning\)")
def nobody_owns_it(line: str) -> str | None:
    return "owner:" if line.startswith("owner:") else None


@breaks(r"ticked \[x\] in a checklist: who has done it is recorded, not written in the page")
def ticked(line: str) -> str | None:
    return line.replace("[ ]", "[x]", 1) if line.startswith("- [ ] ") else None


@breaks(r"range range \d+–\d+ ends before it starts")
def a_range_turned_round(line: str) -> str | None:
    turned = re.sub(r"^\| Ch (\d+)–(\d+) \|", r"| Ch \2–\1 |", line)
    return turned if turned != line and line.count("|") > 7 else None


@breaks(r'patch normal "sideways" is not known; known: full, half, open, parallel')
def a_normal_nobody_knows(line: str) -> str | None:
    return line.replace("| half |", "| sideways |") if line.startswith("| C1–C48 |") else None


@breaks(r"fault fault has no Workaround; say what to do, or: none: do not use")
def no_way_round(line: str) -> str | None:
    cells = line.split("|")
    if len(cells) != 8 or not re.match(r" \d{4}-\d\d-\d\d ", cells[4]) or cells[6].strip():
        return None
    return "|".join([*cells[:3], " ", *cells[4:]])


@breaks(r"anchor #nowhere-at-all: no heading or id of that name")
def an_anchor_gone(line: str) -> str | None:
    return re.sub(r"\]\(#[\w-]+\)", "](#nowhere-at-all)", line) if "](#" in line else None


@breaks(r"link gone/away\.md(?:#[\w-]+)?: no such file")
def a_page_gone(line: str) -> str | None:
    return re.sub(r"\]\([^)#]*\.md", "](gone/away.md", line, count=1) if ".md" in line else None


def broken(path: str) -> Iterator[tuple[str, str, int, str]]:
    """The page with one line broken: which way, the whole text, the line, what is to be said."""
    lines = (DOCS / path).read_text(encoding="utf-8").split("\n")
    in_checklist = [n for n, line in enumerate(lines) if line.strip() == "## Quiz"] or [len(lines)]
    fenced = [n for n, line in enumerate(lines) if line.startswith("```")]
    for name, edit, message in BREAKS:
        for n, line in enumerate(lines):
            inside = sum(fence <= n for fence in fenced) % 2
            if inside or (name == "ticked" and n > in_checklist[0]):
                continue
            new = edit(line)
            if new is not None and new != line:
                yield name, "\n".join([*lines[:n], new, *lines[n + 1 :]]), n + 1, message
                break


@pytest.fixture(scope="module")
def folder() -> Folder:
    return parse_folder(read_files(DOCS))


@pytest.mark.parametrize("path", PAGES)
def test_a_broken_copy_of_a_page_is_reported_exactly(path: str, folder: Folder) -> None:
    before = {(p.path, p.code, p.message) for p in check(folder, TODAY)}
    seen = 0
    for name, text, line, message in broken(path):
        found = Folder(folder.files, {**folder.pages, path: parse(path, text.encode())})
        told = [p for p in check(found, TODAY) if (p.path, p.code, p.message) not in before]
        lines = [f"{p.code} {p.message}{' (warning)' if p.warning else ''}" for p in told]
        assert [p.line for p in told] == [line], (name, told)
        assert [p.path for p in told] == [path]
        assert re.fullmatch(message, lines[0].partition("; did you mean")[0]), (name, lines)
        seen += 1
    assert seen >= 3


def test_every_way_to_break_a_page_is_tried_on_some_page() -> None:
    used = {name for path in PAGES for name, *_ in broken(path)}
    assert used == {name for name, _, _ in BREAKS}


# --- bad files among good ones --------------------------------------------------------------------

GOOD = 300


def lay_out(docs: Path) -> None:
    """Pages that are right, in their hundreds."""
    sys.path.insert(0, str(ROOT / "tests" / "bench"))
    try:
        import corpus

        corpus.write(docs, GOOD)
    finally:
        sys.path.remove(str(ROOT / "tests" / "bench"))
    for page in docs.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        text = re.sub(r"^room:.*\n", "", text, flags=re.M)  # the made-up bays are all of one room
        table = re.compile(r"^\| Top \|.*\n(?:\|.*\n)+", re.M)  # and one page may have two
        page.write_text(table.sub("", text), encoding="utf-8")


def add_bad_ones(docs: Path) -> set[str]:
    """One of each kind; returns their names."""
    bad = docs / "bad"
    bad.mkdir()
    for name, text in BAD.items():
        (bad / f"{name.replace(' ', '-')}.md").write_text(text, encoding="utf-8")
    (bad / "bytes.md").write_bytes(b"# T\n\n\xff\n")
    (bad / "nul.md").write_bytes(b"# T\n\na\0b\n")
    (bad / "utf-16.md").write_bytes("# Tape\n\nMachine\n".encode("utf-16"))
    with (bad / "large.md").open("wb") as file:
        file.truncate(8 * 1024**3)
    (bad / "rows.md").write_bytes(b"|a|b|\n|-|-|\n" + b"|1|2|\n" * 50_000)
    (bad / "ranges.md").write_bytes(
        b"|Top|Out|Normal|Bottom|In|\n|-|-|-|-|-|\n"
        + "".join(f"|C1–C512|Ch 1–512 {n}|half|D1–D512|Ch 1–512 in|\n" for n in range(300)).encode()
    )
    (bad / "folder.md").mkdir()
    if hasattr(os, "mkfifo"):
        (bad / "link.md").symlink_to("/etc/passwd")
        (bad / "loop.md").symlink_to(bad / "loop.md")
        os.mkfifo(bad / "pipe.md")
    return {f"bad/{path.name}" for path in bad.iterdir()}


# A page of unmatched brackets or of many comments is odd, not wrong.
HARMLESS = {
    "bad/brackets.md", "bad/images.md", "bad/open-links.md", "bad/ticks.md", "bad/stars.md",
    "bad/short-paragraphs-of-stars.md", "bad/short-paragraphs-of-links.md", "bad/comments.md",
    "bad/equal-ids.md", "bad/a-thousand-lists.md", "bad/a-thousand-quotes.md",
}  # fmt: skip


def test_bad_pages_among_good_ones_are_named_and_cost_the_others_nothing(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    lay_out(docs)
    good, code, _ = timed(docs)
    assert good["pages"] == GOOD
    assert [p for p in good["problems"] if not p["warning"]] == []
    assert code == 0
    alone = timed(docs)[2]
    bad = add_bad_ones(docs)
    told, code, took = timed(docs)
    named = {p["path"].removeprefix("docs/") for p in told["problems"]}
    assert code == 1
    assert bad - named <= HARMLESS
    assert not named - bad
    assert told["pages"] >= GOOD
    assert took <= 2 * alone + 10


def timed(docs: Path) -> tuple[dict[str, object], int, float]:
    """What `kb check --json` says, its exit code and its seconds, in less than 1 GiB."""
    limit = "import resource as r; r.setrlimit(r.RLIMIT_AS, (2**30, 2**30))\n"
    code = (limit if sys.platform == "linux" else "") + "from kb.cli.app import main; main()"
    import subprocess

    start = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", code, "--docs", str(docs), "check", "--json"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "KB_CACHE": str(docs.parent / "cache")},
        timeout=300,
    )
    assert ran.returncode in (0, 1), ran.stderr
    return json.loads(ran.stdout), ran.returncode, time.perf_counter() - start


def test_markdown_that_was_not_written_for_kb_is_no_noise(tmp_path: Path) -> None:
    """READMEs of the libraries around us: nothing is said of blocks that are not kb's."""
    docs = tmp_path / "docs"
    docs.mkdir()
    for n, page in enumerate(sorted(Path(sys.prefix).rglob("*.md"))[:60]):
        (docs / f"{n}.md").write_bytes(page.read_bytes())
    (docs / "issue.md").write_text(
        "# Bug\n\n- [x] I have read the docs\n- [ ] I have not\n\n"
        "| Normal | Fast |\n|-|-|\n| 1 | 2 |\n\n"
        "| Range | Here |\n|-|-|\n| 9-3 | x |\n| 1-900 | y |\n\n## Test\n\n1. a\n2. b\n",
        encoding="utf-8",
    )
    codes = {p.code for p in check_all(docs) if not p.warning}
    assert codes <= {"link", "image", "anchor"}
