"""What must hold for any bytes whatever: each target takes some and raises where kb fails them.

The coverage-guided fuzzer (run.py) and Hypothesis (tests/test_fuzz.py) call the same targets.
"""

from __future__ import annotations

import atexit
import functools
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from kb.cli.app import arguments
from kb.errors import KbError
from kb.house import read_house
from kb.pages.check import check
from kb.pages.edit import with_ids
from kb.pages.folder import Files, parse_folder
from kb.pages.forms import from_csv
from kb.pages.lookup import Found
from kb.pages.parse import parse
from kb.pages.problem import Problem
from kb.records.event import BadEventError, Draft, Event, from_line, make, to_line
from kb.records.exchange import import_file
from kb.search.engine import Reader
from kb.search.search import Filters, search
from kb.settings import find_places
from kb.studio import Studio
from kb.terms.query import MAX_LENGTH
from kb.terms.text import clean
from kb.training.bank import Ask, written
from kb.training.grading import expected, grade, own_answer, shown
from kb.training.made import made
from kb.training.report import report
from kb.views import checklists, hits, pages, people, progress, questions, quiz, records
from kb.views.terminal import Screen

ROOT = Path(__file__).resolve().parents[2]
PAGE = "equipment/x.md"
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
SCREEN = Screen(io.StringIO())
LESSON = """---
room: A
---
# Lamp

| Where | Part | Stock | Here | Do |
|---|---|---|---|---|
| Ch 17–24 | insert | pre | post | EQ first |
| Ch 19 | fader | VCA | none | press FLIP |

| Where | Symptom | Workaround | Reported | By |
|---|---|---|---|---|
| Ch 7 | crackles | use ch 8 | 2026-08-17 | JB |

## Open
<!-- id: open -->

- [ ] Lamp on (!)
- [ ] Rails lit (sign-off tech)

## Quiz

### Which?
<!-- q: which critical -->

- [x] one
- [ ] two

### How much?
<!-- q: much -->

**Answer:** `370 nWb/m`
"""
# What an event of each kind is about, so that a made-up one is not passed over at once.
KINDS = (
    ("person", "mara", ""),
    ("promote", "mara", ""),
    ("leave", "mara", ""),
    ("tick", "equipment/x#open", "equipment/x#open/lamp-on"),
    ("skip", "equipment/x#open", "equipment/x#open/lamp-on"),
    ("fail", "equipment/x#open", "equipment/x#open/lamp-on"),
    ("note", "equipment/x#open", "equipment/x#open/lamp-on"),
    ("untick", "equipment/x#open", ""),
    ("wording", "equipment/x#open", ""),
    ("same-step", "equipment/x#open", ""),
    ("signoff", "equipment/x#open", "mara"),
    ("attempt", "equipment/x", "a1"),
    ("answer", "which", "a1"),
    ("dispute", "which", ""),
    ("finish", "equipment/x", "a1"),
    ("from-a-newer-kb", "equipment/x", ""),
)


def page(data: bytes) -> None:
    """A page comes out, what is wrong with it is told, and all that is shown of it is clean."""
    found = parse(PAGE, data)
    folder = parse_folder(Files("docs", {PAGE: data}, frozenset({".", "equipment", PAGE})))
    for problem in check(folder, TODAY):
        assert isinstance(problem, Problem)
        assert 0 <= problem.line <= data.count(b"\n") + data.count(b"\r") + 1
    _printed(pages.lines(SCREEN, Found(found)))
    json.dumps(pages.as_json(Found(found), "docs"))
    asks = [*written([found]), *made([found])]
    _printed(questions.listed(SCREEN, asks, "docs", True))
    for ask in asks:
        assert grade(ask.key, own_answer(ask.key)).word == "right", ask


def ids(data: bytes) -> None:
    """Writing the ids that are missing keeps every line there was, and finds nothing left to do."""
    text, count = with_ids(PAGE, data)
    assert (text == data) == (count == 0)
    assert with_ids(PAGE, text)[0] == text
    assert len(text) >= len(data)


def query(data: bytes) -> None:
    """Whatever is searched for: an answer that can be printed, or one sentence why not."""
    text = data.decode("utf-8", "surrogateescape")
    arguments(text.split())
    reader, meta = _index()
    result = search(reader, meta, text[:MAX_LENGTH], 5, Filters(), "docs", TODAY)
    _printed(hits.remarks(result, SCREEN))
    _printed(hits.answer(SCREEN, result) if result.hits else [hits.nothing(result, SCREEN)])
    json.dumps(result.as_json())


def answer(data: bytes) -> None:
    """Whatever is answered, it is judged; and what is right stays right in any order."""
    asks = _asks()
    ask = asks[int.from_bytes(data[:2]) % len(asks)]
    said = data[2:].decode("utf-8", "surrogateescape")
    verdict = grade(ask.key, said, critical=ask.critical, synonyms=_studio().lessons.synonyms)
    assert verdict.word in ("right", "partly", "wrong", "wrong unit", "again")
    assert 0 <= verdict.credit <= 1
    assert (verdict.credit == 1) == (verdict.word == "right")
    if verdict.word == "right":
        assert said.strip()
    _printed(quiz.verdict(SCREEN, ask, verdict, "docs"))


def key(data: bytes) -> None:
    """The block of a question and an answer to it, both made up."""
    block, _, said = data.partition(b"\n\0\n")
    found = parse(PAGE, b"# T\n\n## Quiz\n\n### Q\n\n" + block)
    for ask in written([found]):
        order = list(range(len(shown(ask.key))))[::-1]
        verdict = grade(ask.key, said.decode("utf-8", "replace"), order=order)
        assert 0 <= verdict.credit <= 1
        assert grade(ask.key, own_answer(ask.key, order), order=order).word == "right", ask.key
        assert expected(ask.key)


def line(data: bytes) -> None:
    """A line that is read as an event is that event's own; any other says what is wrong."""
    for one in (data, _signed(data)):
        try:
            event = from_line(one)
        except BadEventError as error:
            assert str(error)
            continue
        assert from_line(to_line(event).rstrip("\n")) == event


def history(data: bytes) -> None:
    """Events whose hashes fit and whose bodies are anything: every listing still comes out."""
    studio = _another(_scratch() / "history")
    for folder, empty in zip(studio.record_folders, _empty(), strict=True):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(empty, folder)
    try:
        assert studio.records.count() == 2
        try:
            events = studio.records.append(_drafts(data))
        except KbError as error:
            assert "cannot be recorded" in str(error)
            return
        _tell_all(studio, events)
    finally:
        studio.close()


def files(data: bytes) -> None:
    """studio.toml, a spreadsheet, a file of events: read, or refused in one line."""
    (_scratch() / "studio.toml").write_bytes(data)
    (_scratch() / "x.jsonl").write_bytes(data)
    for read in (
        lambda: read_house(_scratch()),
        lambda: from_csv("x.csv", data),
        lambda: import_file(_studio().records, _scratch() / "x.jsonl"),
    ):
        try:
            read()
        except KbError as error:
            assert str(error)


TARGETS = {
    target.__name__: target for target in (page, ids, query, answer, key, line, history, files)
}


def _tell_all(studio: Studio, events: list[Event]) -> None:
    roster = studio.roster()
    board = studio.board(None, quizzes=True)
    _printed(people.listed(SCREEN, roster))
    _printed(progress.matrix(SCREEN, board, roster.here))
    for person in roster.people.values():
        for own in ("", person.handle):
            _printed(progress.of_one(SCREEN, board, person, roster, studio.ladder, own))
            json.dumps(progress.as_json(board, person, roster, studio.ladder, own))
        dues = studio.lessons.dues(person.handle)
        _printed(quiz.due(SCREEN, dues.values(), studio.day))
        _printed([quiz.next_due(dues, studio.day)])
    checklist = studio.checklist("equipment/x#open")
    for run in studio.runs_today():
        _printed(checklists.shown(SCREEN, checklist, run, roster))
        json.dumps(checklists.run_json(checklist, run, roster))
    _printed(
        questions.report(SCREEN, report(studio.lessons.asks, studio.lessons.answered()), "docs")
    )
    _printed(records.csv_lines(iter(events)))


def _printed(lines: Iterable[str]) -> None:
    for text in lines:
        assert clean(text) == text, repr(text)


def _drafts(data: bytes) -> Iterator[Draft]:
    """An event for each line: the first byte is its kind, the rest its body, or nearly."""
    for number, part in enumerate(data.split(b"\n")[:6]):
        kind, subject, target = KINDS[part[0] % len(KINDS) if part else 0]
        try:
            body = json.loads(part[1:])
        except (ValueError, RecursionError):
            body = {"name": part[1:].decode("utf-8", "replace")}
        if not isinstance(body, dict):
            body = dict.fromkeys(("name", "role", "asked", "items", "run", "at", "level"), body)
        body.setdefault("run", "2026-11-22/A/equipment/x#open")
        actor = ("mara", "jt", f"p{number}")[number % 3]
        yield Draft(kind, actor, subject, target, str(body.get("fingerprint", ""))[:80], body)


def _signed(data: bytes) -> bytes:
    """The line with the hash that its other values ask for, where it has values at all."""
    import hashlib

    from kb.records.event import compact

    try:
        plain = json.loads(data)
        plain.pop("sha256", None)
        plain["sha256"] = hashlib.sha256(compact(plain).encode()).hexdigest()
        return compact(plain).encode()
    except (ValueError, TypeError, AttributeError, RecursionError):
        return data


@functools.cache
def _scratch() -> Path:
    """A folder for all targets; in memory where there is one, so that nothing waits for a disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="kb-fuzz-", dir=memory))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["HOME"] = os.environ["XDG_STATE_HOME"] = str(folder / "home")
    docs = folder / "studio" / "docs"
    (docs / "equipment").mkdir(parents=True)
    (docs / PAGE).write_text(LESSON, encoding="utf-8")
    (docs / "studio.toml").write_text('id = "fuzz"\n', encoding="utf-8")
    shutil.copy(ROOT / "docs" / "glossary.md", docs)
    return folder


@functools.cache
def _empty() -> tuple[Path, Path]:
    """The folders of a store with two people and nothing else in it."""
    studio = _another(_scratch() / "empty")
    for handle, role in (("mara", "intern"), ("jt", "chief")):
        body = {"name": handle, "initials": handle[:2].upper(), "role": role}
        studio.records.append([Draft("person", handle, handle, body=body)])
    studio.close()
    return studio.record_folders


def _another(where: Path) -> Studio:
    places = find_places(str(where.parent / "studio" / "docs"), str(where.parent / "cache"))
    return Studio(places, TODAY, clock=lambda: NOW, records=str(where))


@functools.cache
def _studio() -> Studio:
    return _another(_scratch() / "kept")


@functools.cache
def _index() -> tuple[Reader, dict[str, Any]]:
    """The page and our glossary, indexed: more would make each run slower and reach no more."""
    fresh = _studio()._fresh()
    return Reader(fresh.folder), fresh.meta


@functools.cache
def _asks() -> list[Ask]:
    """A question of each kind, as the cases of grading have them, and those of the page."""
    found = list(_studio().lessons.asks)
    for file in sorted((ROOT / "tests" / "cases").glob("quiz*.md")):
        for part in file.read_text("utf-8").split("\n.\n"):
            found += written([parse(PAGE, part.encode())])
    return found


A_LINE = to_line(
    make(
        Draft("tick", "mara", "equipment/x#open", body={"run": "2026-11-22/A/x"}),
        machine="m",
        seq=1,
        lamport=1,
        now=NOW,
        entropy=bytes,
    )
).encode()
BODIES = [
    bytes([n]) + json.dumps(body).encode() + b"\n" + bytes([3]) + b'{"text": "Lamp on"}'
    for n in range(len(KINDS))
    for body in (
        {"name": "M", "initials": "MO", "role": "intern"},
        {"text": "Lamp on (!)", "at": "2026-11-22T14:00:00Z", "critical": True, "reason": "x"},
        {
            "items": [["a", "f", "Lamp on"]],
            "level": "alone",
            "ok": True,
            "note": "n",
            "role": "tech",
        },
        {"verdict": "right", "credit": 1, "given": "one", "said": "a", "hinted": True, "seed": 3},
        {"asked": [["which", "f", "Which?"]], "passed": True, "title": "Lamp", "options": ["4"]},
    )
]
