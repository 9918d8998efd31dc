"""Front matter: a few lines of YAML on top of a page, read as text and nothing else."""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import Any

from kb.pages.model import Front, Problem

LARGEST = 64 * 1024
DEEPEST = 5

TEXTS = ("title", "room", "tag", "location", "owner", "touch", "verified_by")
LISTS = ("aliases", "tags", "safety", "was")
KEYS = (*TEXTS, *LISTS, "for", "verified", "verify_every", "pass")
# Keys that only pages written for kb have; other systems know `title`, `tags` and `aliases` too.
OWN_KEYS = frozenset(KEYS) - {"title", "tags", "aliases"}
OWN_FOLDERS = ("equipment/", "procedures/")

# Compiled when a key first needs it.
_DATE = r"\d{4}-\d\d?-\d\d?"
_EVERY = r"(?i:(\d{1,4})\s?(d|days?|w|weeks?|m|months?|y|years?))"
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_PASS = r"(\d{1,3})\s?%"

# A value that means the same to YAML as it does to the eye: it starts with a letter, digit or +,
# and holds no colon, comment or bracket; inside a list in brackets no comma either. Its line can be
# printed, so it holds no control character or blank that YAML would see and the eye would not.
_WORDS = r"(?:[^\W_]|\+)[^:#\[\]{}]*?"
_LISTED = r"(?:[^\W_]|\+)[^:#\[\]{},?]*?"
_PLAIN_LINE = re.compile(
    rf"([A-Za-z][A-Za-z0-9_]*):(?: +(?:({_WORDS})|\[ *({_LISTED}(?: *, *{_LISTED})*) *\]))? *"
)
_PLAIN_ITEM = rf" *- +({_WORDS}) *"

Event = tuple[str, str, int]
Value = str | tuple[str, ...] | None


class _Reader:
    """The keys of one page's front matter, and what is wrong with them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.values: dict[str, Value] = {}
        self.lines: dict[str, int] = {}

    def problem(
        self, line: int, message: str, column: int = 0, warning: bool = False, code: str = ""
    ) -> None:
        """Note what is wrong with a line."""
        self.problems.append(
            Problem(self.path, line, column, code or "front-matter", message, warning)
        )

    def text(self, key: str) -> str:
        """The value of a key that takes one text; the texts of a list are joined."""
        value = self.values.get(key) or ""
        return value if isinstance(value, str) else ", ".join(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """The value of a key that takes a list; one text is a list of one."""
        value = self.values.get(key) or ()
        return (value,) if isinstance(value, str) else tuple(text for text in value if text)


def split(path: str, text: str) -> tuple[Front, str, list[Problem]]:
    """The front matter of a page, and the page with those lines blank, so that lines still count.

    There is front matter only where line 1 is exactly `---`.
    """
    if not text.startswith("---\n"):
        return Front(), text, []
    reader = _Reader(path)
    end = text.find("\n---\n", 3)
    if end < 0:
        if not text.endswith("\n---"):
            reader.problem(1, '"---" is not closed')
            return Front(), text, reader.problems
        end = len(text) - 4
    inside = text[4 : max(4, end + 1)]
    body = "\n" * (inside.count("\n") + 2) + text[end + 5 :]
    if len(inside) > LARGEST:
        reader.problem(
            1, f"front matter of {len(inside):,} characters, limit {LARGEST:,}; not read"
        )
    elif inside.strip():
        _read(reader, inside)
    return _front(reader), body, reader.problems


def is_ours(path: str, front: Front) -> bool:
    """Whether a page is plainly meant for kb, so that its small mistakes are worth naming."""
    return path.startswith(OWN_FOLDERS) or any(key in OWN_KEYS for key, _ in front.lines)


def plain_events(inside: str) -> list[Event] | None:
    """The events of front matter that holds only keys, plain words and lists of them.

    None for anything else, which YAML itself then reads: that is most of what a search right
    after an edit would have to import.
    """
    events: list[Event] = [("MappingStart", "", 0)]
    listing = False
    for number, line in enumerate(inside.split("\n")):
        if not line:
            continue
        if not line.isprintable():
            return None
        if listing and (item := re.fullmatch(_PLAIN_ITEM, line)):
            events.append(("Scalar", item[1], number))
            continue
        if listing:
            if events[-1][0] == "SequenceStart":
                return None  # a key without a value
            events.append(("SequenceEnd", "", number))
            listing = False
        if not (entry := _PLAIN_LINE.fullmatch(line)):
            return None
        events.append(("Scalar", entry[1], number))
        if entry[2] is not None:
            events.append(("Scalar", entry[2], number))
        elif entry[3] is not None:
            items = [item.strip(" ") for item in entry[3].split(",")]
            scalars = [("Scalar", item, number) for item in items]
            events += [("SequenceStart", "", number), *scalars, ("SequenceEnd", "", number)]
        else:
            events.append(("SequenceStart", "", number))
            listing = True
    if listing:
        if events[-1][0] == "SequenceStart":
            return None
        events.append(("SequenceEnd", "", number))
    return [*events, ("MappingEnd", "", number)]


def _read(reader: _Reader, inside: str) -> None:
    if (plain := plain_events(inside)) is not None:
        return _fill(reader, plain)
    return _read_yaml(reader, inside)


def _read_yaml(reader: _Reader, inside: str) -> None:
    import yaml  # noqa: PLC0415  (a fifth of what a search right after an edit takes)

    # libyaml is ten times as quick but words its errors otherwise, so it is asked first and the
    # Python parser has the last word.
    loaders: list[Any] = [yaml.BaseLoader]
    if hasattr(yaml, "CBaseLoader"):
        loaders.insert(0, yaml.CBaseLoader)
    for loader in loaders:
        try:
            events = list(_events(yaml.parse(inside, Loader=loader)))
        except _RefusedError as refused:
            key = f'key "{refused.key}": ' if refused.key else ""
            return reader.problem(refused.line + 2, f"{key}{refused.args[0]}")
        except yaml.MarkedYAMLError as error:
            if loader is loaders[-1]:
                mark = error.problem_mark or error.context_mark
                line, column = (mark.line + 2, mark.column + 1) if mark else (1, 0)
                return reader.problem(line, _worded(str(error.problem or "")), column)
        except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
            if loader is loaders[-1]:
                line = inside.count("\n", 0, getattr(error, "position", 0)) + 2
                return reader.problem(line, f"front matter cannot be read: {error}".split("\n")[0])
        else:
            return _fill(reader, events)
    return None


def _worded(problem: str) -> str:
    if problem.startswith("mapping values are not allowed"):
        return "':' inside a value; put it in quotes"
    if "'\\t'" in problem:
        return "a tab; YAML takes blanks only"
    if problem.startswith("could not find expected ':'"):
        return "no ':' after the key"
    if problem.startswith(("found character", "while scanning", "found unexpected", "expected")):
        return f"front matter cannot be read: {problem}; put the value in quotes"
    return f"front matter cannot be read: {problem}"


class _RefusedError(Exception):
    """YAML that kb does not take, in line `line` from 0."""

    def __init__(self, message: str, line: int, key: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.key = key


def _events(events: Any) -> Any:
    """The events as (what, text, line); anchors, aliases, tags and depth are refused on the way.

    An alias bomb of 1 kB takes 3 GB once it is loaded; it never gets that far.
    """
    depth = 0
    key = ""
    for event in events:
        what = type(event).__name__
        line = event.start_mark.line
        if what == "AliasEvent" or getattr(event, "anchor", None):
            raise _RefusedError("YAML anchors are not allowed", line)
        if what == "ScalarEvent" and depth == 1:
            key = key if event.tag else event.value
        if getattr(event, "tag", None):
            raise _RefusedError("YAML tags are not allowed", line, key)
        if what in ("MappingStartEvent", "SequenceStartEvent"):
            depth += 1
            if depth > DEEPEST:
                raise _RefusedError(f"nested deeper than {DEEPEST}", line)
        elif what in ("MappingEndEvent", "SequenceEndEvent"):
            depth -= 1
        if what == "ScalarEvent" or what.startswith(("Mapping", "Sequence")):
            yield what[:-5], getattr(event, "value", ""), line


def _fill(reader: _Reader, events: list[tuple[str, str, int]]) -> None:
    if not events:
        return
    if events[0][0] != "MappingStart":
        reader.problem(events[0][2] + 2, "front matter is not a list of `key: value`")
        return
    at = 1
    while events[at][0] != "MappingEnd":
        what, key, line = events[at]
        if what != "Scalar":
            reader.problem(line + 2, "a key must be a word")
            at = _after(events, _after(events, at))
            continue
        value = events[at + 1 : _after(events, at + 1)]
        at += 1 + len(value)
        if key in reader.lines:
            message = f'key "{key}" given twice (line {reader.lines[key]})'
            reader.problem(line + 2, message)
            continue
        reader.lines[key] = line + 2
        reader.values[key] = _value(value)


def _after(events: list[tuple[str, str, int]], at: int) -> int:
    depth = 0
    while True:
        what = events[at][0]
        depth += what.endswith("Start") - what.endswith("End")
        at += 1
        if not depth:
            return at


def _value(events: list[tuple[str, str, int]]) -> Value:
    if events[0][0] == "Scalar":
        return events[0][1].strip()
    if events[0][0] == "SequenceStart" and all(what == "Scalar" for what, _, _ in events[1:-1]):
        return tuple(text.strip() for _, text, _ in events[1:-1])
    return None


def _front(reader: _Reader) -> Front:
    front = Front(lines=tuple(reader.lines.items()))
    ours = is_ours(reader.path, front)
    for key, line in reader.lines.items():
        value = reader.values[key]
        if key in KEYS:
            if value is None:
                reader.problem(line, f'key "{key}": takes a text or a list of texts')
        elif ours:
            near = difflib.get_close_matches(key.casefold(), KEYS, 1, 0.6)
            known = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(KEYS)}"
            reader.problem(line, f'unknown key "{key}"; {known}', warning=True, code="unknown-key")
        if isinstance(value, str) and re.fullmatch(_DATE, value) and _date(value) is None:
            message = f'key "{key}": "{value}" is not a date (write it like 2026-01-31)'
            reader.problem(line, message)
    return Front(
        title=reader.text("title"),
        aliases=reader.texts("aliases"),
        room=reader.text("room"),
        tags=reader.texts("tags"),
        tag=reader.text("tag"),
        location=reader.text("location"),
        owner=reader.text("owner"),
        touch=reader.text("touch"),
        safety=reader.texts("safety"),
        for_role=reader.text("for"),
        verified=_verified(reader),
        verified_by=reader.text("verified_by"),
        verify_days=_verify_days(reader),
        pass_mark=_pass_mark(reader),
        was=reader.texts("was"),
        lines=tuple(reader.lines.items()),
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _verified(reader: _Reader) -> date | None:
    text = reader.text("verified")
    found = _date(text) if len(text) == 10 else None
    if text and found is None and not re.fullmatch(_DATE, text):
        message = f'key "verified": "{text}" is not a date (write it like 2026-01-31)'
        reader.problem(reader.lines["verified"], message)
    return found


def _verify_days(reader: _Reader) -> int | None:
    if not (text := reader.text("verify_every")):
        return None
    match = re.fullmatch(_EVERY, text)
    if match and int(match[1]):
        return int(match[1]) * _DAYS[match[2][0].lower()]
    message = f'key "verify_every": "{text}" is not a time (write it like 180d)'
    reader.problem(reader.lines["verify_every"], message)
    return None


def _pass_mark(reader: _Reader) -> float | None:
    if not (text := reader.text("pass")):
        return None
    match = re.fullmatch(_PASS, text)
    if match and 0 < int(match[1]) <= 100:
        return int(match[1]) / 100
    message = f'key "pass": "{text}" is not a share of the questions (write it like 80%)'
    reader.problem(reader.lines["pass"], message)
    return None
