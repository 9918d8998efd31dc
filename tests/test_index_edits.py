"""An edit writes what it changed and no more, and what it leaves behind is soon gathered."""

from __future__ import annotations

import contextlib
import json
import os
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search import generations, writer
from kb.search.build import build
from kb.search.engine import Reader, moved_lines
from kb.search.index import Fresh, fresh, rebuild
from kb.search.known import Known
from kb.search.search import Filters, search
from kb.search.writer import Writer

TODAY = date(2026, 11, 22)
LAMPS = 40


def lamp(number: int, said: str) -> str:
    rows = "".join(f"| Ch {n} | lamp {n} | bulb | LED |\n" for n in range(1, 4))
    return (
        f"# Lamp {number}\n\nOver door {number}.\n\n## Gain\n\nThe gain of it {said}.\n\n"
        "## Differs\n\n| Where | Part | Stock | Here |\n|---|---|---|---|\n"
        f"{rows}\n## End\n\nDark.\n"
    )


class House:
    """Pages and an index of them."""

    def __init__(self, home: Path) -> None:
        self.docs, self.cache = home / "docs", home / "cache"
        self.docs.mkdir(parents=True)
        for number in range(LAMPS):
            self.put(number, "is low")
        self.fresh()

    def put(self, number: int, said: str) -> None:
        (self.docs / f"lamp-{number}.md").write_text(lamp(number, said), "utf-8")

    def fresh(self) -> Fresh:
        return fresh(self.docs, self.cache, build)

    def sizes(self) -> list[int]:
        """How many living documents each segment has, the oldest first."""
        reader = Reader(self.fresh().folder)
        found = [int(leaf.doc_count()) for leaf, _, _ in reader._leaves]
        reader.close()
        return found


def answers(found: Fresh) -> list[Any]:
    reader = Reader(found.folder)
    told = []
    for query in ("gain", "lamp 7", "ch 2", "entry", "dark", "entry 11"):
        result = search(reader, found.meta, query, 500, Filters(), "docs", TODAY)
        hits = [(round(hit.score, 4), hit.address, hit.line, hit.lines) for hit in result.hits]
        told.append(sorted(hits))
    reader.close()
    return told


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_sentence_more_is_one_document_more_and_one_less(house: House) -> None:
    (all_,) = house.sizes()
    house.put(3, "is high")
    assert house.sizes() == [all_ - 1, 1]


def test_a_line_more_moves_all_below_it_and_writes_none_of_it_again(house: House) -> None:
    (all_,) = house.sizes()
    page = house.docs / "lamp-3.md"
    page.write_text(page.read_text("utf-8").replace("door 3.", "door 3.\n\nLook up."), "utf-8")
    assert house.sizes() == [all_ - 1, 1]
    kept = answers(house.fresh())
    assert kept == answers(rebuild(house.docs, house.cache, build))


def test_where_too_much_has_moved_it_is_written_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MOST_MOVED", 8)
    for number in range(12):
        page = house.docs / f"lamp-{number}.md"
        page.write_text("\n" * (1 + number % 2) + page.read_text("utf-8"), "utf-8")
        assert len(moved_lines(house.fresh().folder)) <= 8
    kept = answers(house.fresh())
    assert kept == answers(rebuild(house.docs, house.cache, build))


def test_an_edit_leaves_every_file_of_the_generation_before_it_as_it_was(house: House) -> None:
    used = house.fresh().folder
    before = {path.name: path.read_bytes() for path in used.iterdir() if path.is_file()}
    house.put(3, "is high")
    assert house.fresh().folder != used
    assert {path.name: path.read_bytes() for path in used.iterdir() if path.is_file()} == before


def test_a_page_that_is_touched_and_not_changed_is_not_written_again(house: House) -> None:
    before = house.sizes()
    page = house.docs / "lamp-3.md"
    os.utime(page, ns=(1, 1))
    assert house.sizes() == before
    house.put(4, "is high")
    seen = Known(house.fresh().folder).stat("lamp-3.md").split()
    assert seen[:2] == [str(page.stat().st_size), "1"]


def test_what_a_page_lost_and_a_page_that_went_are_gone(house: House) -> None:
    (all_,) = house.sizes()
    each = all_ // LAMPS
    page = house.docs / "lamp-3.md"
    page.write_text(page.read_text("utf-8").replace("\n## End\n\nDark.\n", ""), "utf-8")
    (house.docs / "lamp-4.md").unlink()
    assert house.sizes() == [all_ - each - 1]


def test_many_edits_leave_few_segments_and_the_same_answers_as_one(house: House) -> None:
    chance = random.Random(1)
    for turn in range(60):
        lines = "\n\nmore" * chance.randrange(3)
        house.put(chance.randrange(LAMPS), f"is {turn}, entry {turn}{lines}")
        if turn % 9 == 0:
            (house.docs / f"lamp-{turn % LAMPS}.md").unlink()
        assert len(house.sizes()) <= 1 + 2 * writer.GATHER_AT_LEAST
    kept = answers(house.fresh())
    assert kept == answers(rebuild(house.docs, house.cache, build))


def test_what_is_gathered_begins_where_it_says(house: House) -> None:
    page = house.docs / "lamp-1.md"
    house.put(1, "is high")
    house.fresh()
    page.write_text("\n" + page.read_text("utf-8"), "utf-8")
    moved = set(moved_lines(house.fresh().folder))
    for number in range(2, 2 + writer.GATHER_AT_LEAST):
        house.put(number, "is high")
        house.fresh()
    left = set(moved_lines(house.fresh().folder))
    assert left < moved
    assert len(moved - left) == 1


def test_who_waited_while_another_built_does_not_build_as_well(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = generations.lock

    @contextlib.contextmanager
    def after_another(cache: Path, patience: float) -> Iterator[bool]:
        monkeypatch.setattr(generations, "lock", held)
        house.fresh()
        with held(cache, patience) as had:
            yield had

    def refuse(*_: object) -> Fresh:
        raise AssertionError

    house.put(3, "is high")
    monkeypatch.setattr(generations, "lock", after_another)
    found = fresh(house.docs, house.cache, refuse)
    assert found.folder == house.fresh().folder


def test_removing_an_old_generation_makes_no_search_read_the_index_whole(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.put(1, "is 1")
    house.fresh()
    house.put(2, "is 2")
    house.fresh()
    old = sorted(house.cache.glob("gen-*"))
    for folder in old:
        os.utime(folder, (1, 1))
    house.put(3, "is 3")
    house.fresh()
    left = sorted(house.cache.glob("gen-*"))
    assert left[0] == old[-1]
    assert len(left) == 2

    def refuse(path: Path) -> str:
        raise AssertionError(path)

    monkeypatch.setattr(generations, "_digest", refuse)
    assert generations.current(house.cache) == left[1]


def test_a_stop_before_the_next_generation_is_in_use_leaves_the_one_that_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = house.fresh().folder
    os.utime(used, (1, 1))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(generations, "publish", stop)
    with pytest.raises(KeyboardInterrupt):
        rebuild(house.docs, house.cache, build)
    assert generations.current(house.cache) == used


@given(
    st.dictionaries(st.text(min_size=1), st.integers(0, 10**12)),
    st.dictionaries(st.sampled_from(["sha", "faults", "title"]), st.text() | st.lists(st.text())),
)
def test_what_is_known_of_pages_survives_any_name(
    tmp_path_factory: pytest.TempPathFactory, stats: dict[str, int], entry: dict[str, Any]
) -> None:
    folder, known = tmp_path_factory.mktemp("known"), Known()
    for path, stat in stats.items():
        known.put(path, str(stat), entry | {"path": path})
    known.write(folder)
    again = Known(folder)
    assert list(again) == sorted(stats)
    assert {path: int(again.stat(path)) for path in again} == stats
    assert all(again.entry(path) == entry | {"path": path} for path in again)
    assert len(list(again.holding("faults"))) == len(stats) * ("faults" in entry)


@pytest.mark.parametrize("count", [1, writer.INLINED, writer.INLINED + 1, writer.BLOCK * 2 + 1])
def test_postings_are_read_as_they_were_written_and_moved(tmp_path: Path, count: int) -> None:
    weights = [1.0 if n % 3 else n + 0.5 for n in range(count)]
    made = Writer(tmp_path)
    for number, weight in enumerate(weights):
        made.add(json.dumps(number), str(number), 1, exact={"lamp": weight}, page={"a": 1.0})
    made.commit()
    assert postings(tmp_path) == list(enumerate(weights))
    for turn in range(writer.GATHER_AT_LEAST + 1):
        made = Writer(tmp_path)
        made.keep(f"p{turn - 2}", {})
        made.add(f'"{turn}"', f"d{turn}", 1, exact={"lamp": 2.5}, page={f"p{turn}": 1.0})
        made.gather()
        made.commit()
    found = postings(tmp_path)
    assert found[:count] == list(enumerate(weights))
    assert sorted(found[count:], key=str) == [("5", 2.5), ("6", 2.5)]


def postings(folder: Path) -> list[tuple[object, float]]:
    reader = Reader(folder)
    found = [
        (json.loads(reader.stored(number)), weight)
        for numbers, weights in reader.postings("exact", "lamp")
        for number, weight in zip(numbers, weights, strict=True)
    ]
    reader.close()
    return sorted(found, key=lambda pair: (isinstance(pair[0], str), pair[0]))
