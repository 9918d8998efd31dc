"""kb check --changed, against repositories that are odd, and against one that is out to get us."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from conftest import Ran
from kb import history
from kb.errors import KbError

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="no git here")

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "T",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "T",
    "GIT_COMMITTER_EMAIL": "t@example.org",
}


def git(folder: Path, *words: str) -> str:
    ran = subprocess.run(
        ["git", "-C", str(folder), *words], env=CLEAN, capture_output=True, encoding="utf-8"
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    """A repository with pages on main, and a branch that leaves it."""
    root = tmp_path / "studio"
    (root / "docs" / "equipment").mkdir(parents=True)
    for name in ("desk", "bay", "clock"):
        page = root / "docs" / "equipment" / f"{name}.md"
        page.write_bytes(f"---\nowner: TK\n---\n# {name}\n\n## Levels\n".encode())
    (root / "README.md").write_text("# Not a page\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    git(root, "checkout", "-q", "-b", "work")
    return root


def write(studio: Path, name: str, text: str) -> None:
    (studio / "docs" / "equipment" / name).write_text(text, encoding="utf-8")


DESK = "---\nowner: TK\n---\n# desk\n\n[no](none.md)\n"


def test_only_what_changed_is_told_committed_or_not(
    studio: Path, run_kb: Callable[..., Ran]
) -> None:
    home = studio.parent
    assert run_kb(home, "check", "--changed").stdout == "0 pages changed since main: no problems\n"
    write(studio, "desk.md", DESK)
    git(studio, "commit", "-qam", "two")
    write(studio, "new.md", DESK)
    (studio / "docs" / "equipment" / "bay.md").unlink()
    ran = run_kb(home, "check", "--changed")
    assert ran.returncode == 1
    assert [line.split(" ")[0] for line in ran.stdout.splitlines()[:-1]] == [
        "docs/equipment/bay.md:1:1:",
        "docs/equipment/desk.md:6:1:",
        "docs/equipment/new.md:6:1:",
    ]
    assert "the page is gone" in ran.stdout
    for words in (["--changed", "main"], ["--changed=HEAD~1"], ["--changed", "docs/equipment"]):
        assert run_kb(home, "check", *words).stdout.splitlines()[:3] == ran.stdout.splitlines()[:3]
    ran = run_kb(home, "check", "--changed", "HEAD")
    assert "desk.md" not in ran.stdout


def test_a_page_broken_by_a_change_elsewhere_is_told(
    studio: Path, run_kb: Callable[..., Ran]
) -> None:
    write(studio, "clock.md", "---\nowner: TK\n---\n# clock\n\n[bay](bay.md#levels) [x](x.md)\n")
    git(studio, "commit", "-qam", "two")
    git(studio, "branch", "-f", "main")
    write(studio, "bay.md", "---\nowner: TK\n---\n# bay\n\n## Level\n")
    ran = run_kb(studio.parent, "check", "--changed")
    assert "docs/equipment/clock.md:6:1: anchor bay.md#levels" in ran.stdout
    assert "x.md" not in ran.stdout


def test_line_ends_of_a_checkout_are_no_change(studio: Path) -> None:
    docs = studio / "docs"
    then = history.files_at(docs, history.base(docs).commit)
    data = (docs / "equipment" / "desk.md").read_bytes()
    now = {path: (docs / path).read_bytes() for path in then}
    assert history.changed(then, now) == set()
    now["equipment/desk.md"] = data.replace(b"\n", b"\r\n")
    assert history.changed(then, now) == set()
    assert history.contents(docs, list(then.values()))[then["equipment/desk.md"]] == data


@pytest.mark.parametrize("name", ["master", "origin/HEAD"])
def test_the_default_branch_is_found(studio: Path, name: str) -> None:
    if name == "master":
        git(studio, "branch", "-m", "main", "master")
    else:
        git(studio, "branch", "-q", "-m", "main", "trunk")
        git(studio, "checkout", "-q", "trunk")
        clone = studio.parent / "clone"
        git(studio.parent, "clone", "-q", str(studio), str(clone))
        studio, name = clone, "origin/trunk"
    assert history.base(studio / "docs").name == name


def refused(folder: Path, wanted: str = "") -> str:
    with pytest.raises(KbError) as told:
        history.base(folder, wanted)
    assert "\n" not in str(told.value)
    return str(told.value)


def test_what_git_cannot_tell_is_said_in_a_sentence(
    studio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = studio / "docs"
    assert "git knows no nowhere" in refused(docs, "nowhere")
    assert "git knows no --upload-pack=x" in refused(docs, "--upload-pack=x")
    git(studio, "checkout", "-q", "--orphan", "other")
    git(studio, "commit", "-qm", "unrelated")
    assert "have no commit in common" in refused(docs)
    git(studio, "branch", "-q", "-D", "main")
    assert "no branch main or master" in refused(docs)
    alone = tmp_path / "alone"
    (alone / "docs").mkdir(parents=True)
    assert "is in no git repository" in refused(alone / "docs")
    git(alone, "init", "-q")
    assert "nothing is committed here yet" in refused(alone / "docs")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in refused(docs)


def test_a_shallow_clone_says_so(studio: Path, tmp_path: Path) -> None:
    for text in (DESK, DESK + "\nmore\n"):
        write(studio, "desk.md", text)
        git(studio, "commit", "-qam", "more")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", "-b", "work", f"file://{studio}", str(clone))
    git(clone, "fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    assert "this clone is shallow" in refused(clone / "docs", "origin/main")


def test_our_own_environment_does_not_lead_git_astray(
    studio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a hook of another repository, where git sets these for whatever it runs."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert history.base(studio / "docs").name == "main"


@pytest.mark.skipif(os.name == "nt", reason="the traps are shell scripts")
def test_a_hostile_repository_runs_nothing(studio: Path, run_kb: Callable[..., Ran]) -> None:
    canary = studio.parent / "canary"
    trap = studio.parent / "trap"
    trap.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{canary}'\ncat\n")
    trap.chmod(0o755)
    write(studio, "desk.md", DESK)
    (studio / ".gitattributes").write_text("*.md filter=evil diff=evil merge=evil\n")
    git(studio, "add", "-A")
    git(studio, "commit", "-qm", "bait")
    settings = {
        "core.fsmonitor": trap, "core.sshCommand": trap, "core.pager": trap, "core.editor": trap,
        "core.hooksPath": studio / "hooks", "core.askPass": trap, "core.alternateRefsCommand": trap,
        "core.gitProxy": trap, "filter.evil.clean": trap, "filter.evil.smudge": trap,
        "filter.evil.process": trap, "filter.evil.required": "true", "diff.evil.textconv": trap,
        "diff.evil.command": trap, "diff.external": trap, "credential.helper": f"!{trap}",
        "gpg.program": trap, "log.showSignature": "true", "uploadpack.packObjectsHook": trap,
        "alias.merge-base": f"!{trap}", "alias.ls-tree": f"!{trap}", "pager.ls-tree": trap,
        "remote.origin.url": f"ext::{trap} x", "remote.origin.promisor": "true",
        "remote.origin.uploadpack": trap,
        "protocol.allow": "always", "protocol.ext.allow": "always",
        "extensions.partialClone": "origin", "core.repositoryFormatVersion": "1",
    }  # fmt: skip
    for name, value in settings.items():
        git(studio, "config", name, str(value))
    (studio / "hooks").mkdir()
    for hook in ("pre-commit", "post-checkout", "post-index-change", "reference-transaction"):
        shutil.copy(trap, studio / "hooks" / hook)
        shutil.copy(trap, studio / ".git" / "hooks" / hook)
    old = git(studio, "rev-parse", "main:docs/equipment/desk.md")
    ran = run_kb(studio.parent, "check", "--changed")
    assert ran.returncode == 1
    assert "docs/equipment/desk.md:6:1: link none.md" in ran.stdout
    assert not canary.exists(), canary.read_text()
    # A missing object is what a partial clone would fetch, by a command of its own choice.
    (studio / ".git" / "objects" / old[:2] / old[2:]).unlink()
    ran = run_kb(studio.parent, "check", "--changed")
    assert ran.returncode == 2
    assert ran.stdout.startswith("kb: ")
    assert not canary.exists(), canary.read_text()
    # The traps are armed: plain git falls into them.
    (studio / "docs" / "equipment" / "desk.md").touch()
    subprocess.run(["git", "-C", str(studio), "diff", "HEAD~1"], env=CLEAN, capture_output=True)
    assert canary.exists()


def test_the_commit_that_is_checked_out_with_its_day_or_nothing(
    studio: Path, tmp_path: Path
) -> None:
    at = {"GIT_COMMITTER_DATE": "2026-11-20T23:30:00-0930"}
    (studio / "docs" / "new.txt").write_text("x")
    git(studio, "add", "-A")
    words = ["git", "-C", str(studio), "commit", "-q", "-m", "two\n\ncommitter X <x> 1 +0000"]
    subprocess.run(words, env=CLEAN | at, check=True)
    commit = git(studio, "rev-parse", "HEAD")
    assert history.checked_out(studio / "docs") == (commit[:10], date(2026, 11, 20))
    (tmp_path / "loose").mkdir()
    assert history.checked_out(tmp_path / "loose") is None
    git(tmp_path / "loose", "init", "-q")
    assert history.checked_out(tmp_path / "loose") is None
