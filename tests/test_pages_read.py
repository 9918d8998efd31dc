"""Only regular files below docs are read, and none of the others makes kb wait."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kb.pages.problem import Problem
from kb.pages.read import LIMIT, read, scan


def paths(docs: Path) -> list[str]:
    return [entry.path for _, entries in scan(docs) for entry in entries]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "equipment").mkdir(parents=True)
    (folder / "equipment" / "console.md").write_bytes(b"# Console\n")
    (folder / "glossary.md").write_bytes(b"# Glossary\n")
    return folder


def test_pages_come_folder_by_folder_in_order(docs: Path) -> None:
    assert [(folder, [e.path for e in entries]) for folder, entries in scan(docs)] == [
        ("", ["glossary.md"]),
        ("equipment", ["equipment/console.md"]),
    ]
    assert read(docs, "equipment/console.md") == b"# Console\n"


def test_hidden_folders_and_other_files_are_passed_over(docs: Path) -> None:
    for name in (".git", ".venv", "node_modules"):
        (docs / name).mkdir()
        (docs / name / "x.md").touch()
    (docs / ".hidden.md").touch()
    (docs / "photo.jpg").touch()
    assert paths(docs) == ["glossary.md", "equipment/console.md"]


def test_an_entry_tells_whether_a_file_has_changed(docs: Path) -> None:
    (before,) = next(scan(docs))[1]
    (docs / "glossary.md").write_bytes(b"# Glossary!\n")
    (after,) = next(scan(docs))[1]
    assert before != after
    assert after.size == 12


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_no_page_is_named_and_not_read(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_bytes(b"canary")
    (docs / "out.md").symlink_to(tmp_path / "secret.md")
    (docs / "in.md").symlink_to(docs / "glossary.md")
    (docs / "loop.md").symlink_to(docs / "loop.md")
    (docs / "zero.md").symlink_to("/dev/zero")
    os.mkfifo(docs / "pipe.md")
    (docs / "folder.md").mkdir()
    (docs / "linked").symlink_to(tmp_path)
    with (docs / "big.md").open("wb") as file:
        file.truncate(8 * 1024**3)
    said = {}
    for path in paths(docs):
        found = read(docs, path)
        if isinstance(found, Problem):
            said[path] = found.message
    assert said == {
        "big.md": "8.0 GiB, limit 1 MiB; not indexed",
        "folder.md": "a folder, not a file; not read",
        "in.md": "symbolic link; not read",
        "loop.md": "symbolic link; not read",
        "out.md": "symbolic link out of docs; not read",
        "pipe.md": "a named pipe, not a file; not read",
        "zero.md": "symbolic link out of docs; not read",
    }
    problem = read(docs, "linked/secret.md")
    assert isinstance(problem, Problem)
    assert problem.message == "symbolic link out of docs; not read"


@pytest.mark.parametrize(
    "path", ["../x.md", "/etc/passwd", "a/../../x.md", "a\0.md", "", "none.md"]
)
def test_no_path_leads_out_or_raises(docs: Path, path: str) -> None:
    assert isinstance(read(docs, path), Problem)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_page_without_permission_is_named(docs: Path) -> None:
    (docs / "glossary.md").chmod(0)
    (docs / "equipment").chmod(0)
    problems: list[Problem] = []
    assert [e.path for _, entries in scan(docs, problems) for e in entries] == ["glossary.md"]
    assert [(p.path, p.message) for p in problems] == [
        ("equipment", "permission denied; not indexed")
    ]
    found = read(docs, "glossary.md")
    assert isinstance(found, Problem)
    assert found.message == "permission denied; not indexed"
    (docs / "equipment").chmod(0o700)


def test_a_page_of_just_one_mebibyte_is_read(docs: Path) -> None:
    (docs / "large.md").write_bytes(b"x" * LIMIT)
    assert read(docs, "large.md") == b"x" * LIMIT
    (docs / "large.md").write_bytes(b"x" * (LIMIT + 1))
    assert isinstance(read(docs, "large.md"), Problem)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_any_name_can_be_read(docs: Path) -> None:
    for name in (b"new\nline.md", b"\xff.md", b"--help.md", b"[red]\x1b.md"):
        (docs / os.fsdecode(name)).write_bytes(name)
        assert read(docs, os.fsdecode(name)) == name
    assert len(paths(docs)) == 6


def test_looking_for_pages_loads_no_parser() -> None:
    code = "import sys, kb.pages.read; print({'markdown_it', 'yaml', 're'} & set(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert "markdown_it" not in ran.stdout
    assert "yaml" not in ran.stdout
