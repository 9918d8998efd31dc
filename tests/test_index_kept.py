"""An index kept by edits answers like a fresh one, whatever the edits were."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.search.search import Filters
from kb.settings import find_places
from kb.studio import Studio

GIT = shutil.which("git")

TEXTS = (
    "# Lamp\n\nThe red lamp over the door.\n",
    "# Lamp\n\nThe blue lamp over the door.\n",
    "---\nroom: A\naliases: [desk]\n---\n\n# Console\n\nGain.\n\n## Differs\n\n"
    "| Where | Part | Stock | Here | Do |\n|---|---|---|---|---|\n"
    "| Ch 17–24 | insert | pre | post | EQ before lamp |\n| Ch 19 | fader | VCA | none | flip |\n",
    "---\nroom: B\n---\n\n# Bay\n\n| Top | Out | Normal | Bottom | In |\n|---|---|---|---|---|\n"
    "| C1–C24 | Ch 1–24 send | half | D1–D24 | Ch 1–24 return |\n",
    "# Faults\n\n| Where | Symptom | Workaround |\n|---|---|---|\n"
    "| Ch 19 | lamp crackles | use ch 20 |\n| Ch 7 | dead | none: do not use |\n",
    "# Long\n\n" + "\n\n".join(f"## Part {n}\n\nThe gain of lamp {n} over all." for n in range(9)),
    "",
    "---\nroom: [\n---\n\n# Broken lamp\n",
)
GLOSSARY = "# Glossary\n\n| Term | Also called | Meaning |\n|---|---|---|\n"
GLOSSARIES = (
    GLOSSARY + "| lamp | light, bulb | shines |\n",
    GLOSSARY + "| gain | trim | level |\n",
)
PATHS = ("equipment/a.md", "equipment/b.md", "equipment/deep/c.md", "procedures/d.md")
QUERIES = ("lamp", "ch 19", "ch 17 insert", "bulb", "trim", "red lamp door", "desk", "C3", "lmap")

path = st.sampled_from(PATHS)
text = st.sampled_from(TEXTS)
STEPS = st.one_of(
    st.tuples(st.just("write"), path, text),
    st.tuples(st.just("write"), st.just("glossary.md"), st.sampled_from(GLOSSARIES)),
    st.tuples(st.just("delete"), st.sampled_from((*PATHS, "glossary.md"))),
    st.tuples(st.just("rename"), path, path),
    st.tuples(st.just("touch"), path),
    st.tuples(st.just("insert"), path, st.sampled_from(("\n", "A lamp more.\n\n"))),
    st.tuples(st.just("checkout")),
)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(GIT is None, reason="some steps are git's")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=1, max_size=6))
def test_an_index_kept_by_edits_answers_like_a_fresh_one(rounds: list[list[Any]]) -> None:
    with edits_in() as name:
        docs = Path(name) / "studio" / "docs"
        for folder in ("equipment", "procedures"):
            (docs / folder).mkdir(parents=True)
        for number, page in enumerate(PATHS):
            put(docs / page, TEXTS[number])
        kept = studio(docs, "kept")
        for edits in rounds:
            for step, *what in edits:
                globals()[step](docs, *what)
            found = answers(kept)
            assert found == answers(studio(docs, "fresh"), anew=True)


def edits_in() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="kb-edits-")


def studio(docs: Path, cache: str) -> Studio:
    return Studio(find_places(str(docs), str(docs.parents[1] / cache)), date(2026, 11, 22))


def answers(held: Studio, anew: bool = False) -> dict[str, Any]:
    if anew:
        held.reindex()
    found = {}
    for query in QUERIES:
        result = held.search(query, 100, Filters())
        told = result.as_json()
        order = [(round(-hit.score, 4), hit.address) for hit in result.hits]
        told["hits"] = [hit for _, hit in sorted(zip(order, told["hits"], strict=True), key=first)]
        found[query] = told
    held.close()
    return found


def first(pair: tuple[Any, Any]) -> Any:
    return pair[0]


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def write(docs: Path, page: str, text: str) -> None:
    put(docs / page, text)


def insert(docs: Path, page: str, more: str) -> None:
    """Move what there is further down."""
    if (docs / page).exists():
        put(docs / page, more + (docs / page).read_text("utf-8"))


def delete(docs: Path, page: str) -> None:
    (docs / page).unlink(missing_ok=True)


def rename(docs: Path, page: str, other: str) -> None:
    if (docs / page).exists():
        (docs / other).parent.mkdir(parents=True, exist_ok=True)
        (docs / page).replace(docs / other)


def touch(docs: Path, page: str) -> None:
    if (docs / page).exists():
        (docs / page).touch()


def checkout(docs: Path) -> None:
    """Commit what there is, and go to the other branch."""
    root = docs.parent
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", "one")
        git(root, "commit", "-q", "--allow-empty", "-m", "none")
        git(root, "branch", "two")
    git(root, "add", "docs")
    git(root, "commit", "-q", "--allow-empty", "-m", "some")
    other = "two" if git(root, "branch", "--show-current").strip() == "one" else "one"
    git(root, "checkout", "-q", other)
    for folder in ("equipment", "procedures"):
        (docs / folder).mkdir(parents=True, exist_ok=True)


def git(root: Path, *words: str) -> str:
    quiet = [
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
    ]
    return subprocess.run(
        ["git", "-C", str(root), *quiet, *words], capture_output=True, text=True, check=True
    ).stdout
