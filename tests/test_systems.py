"""What differs between systems, shown here as far as it can be without the other ones."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from kb.records import machine
from kb.search import generations
from kb.search.search import Filters
from kb.settings import find_places
from kb.studio import Studio


@pytest.mark.skipif(os.name == "nt", reason="Windows does it by itself")
def test_an_index_can_be_made_where_only_what_is_open_for_writing_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, which also does not say which run of the system this is."""
    import fcntl

    synced = []

    def sync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink()
        if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            if name.is_dir():
                return
            raise OSError(9, "Bad file descriptor")
        synced.append(name.suffix)

    if not Path("/proc/self/fd").exists():
        pytest.skip("asks /proc for names")
    monkeypatch.setattr(generations, "boot", lambda: "")
    monkeypatch.setattr(os, "fsync", sync)
    docs = tmp_path / "docs"
    (docs / "equipment").mkdir(parents=True)
    (docs / "equipment" / "lamp.md").write_text("# Lamp\n\nThe zebrafish.\n")
    studio = Studio(find_places(str(docs), str(tmp_path / "cache")), date(2026, 11, 22))
    result = studio.search("zebrafish", 5, Filters())
    studio.close()
    assert [hit.address for hit in result.hits] == ["equipment/lamp"]
    assert result.notes == ()
    assert {".toc", ".trm", ".json"} <= set(synced)


def test_a_computer_without_an_id_of_its_own_goes_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_text", _no_machine_id)
    monkeypatch.setenv("COMPUTERNAME", "CONTROL-ROOM")
    here = machine._bound(tmp_path)
    monkeypatch.setenv("COMPUTERNAME", "EDIT-SUITE")
    assert machine._bound(tmp_path) != here
    monkeypatch.delenv("COMPUTERNAME")
    assert machine._bound(tmp_path) == machine._bound(tmp_path)


def _no_machine_id(path: Path, **_: str) -> str:
    raise FileNotFoundError(path)
