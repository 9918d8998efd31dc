"""The one writer of pages: it adds lines and renews stamps; every other byte stays as it is."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

from kb.errors import KbError, NotSavedError
from kb.pages import stamp
from kb.pages.model import Page, Question, Section
from kb.pages.parse import parse
from kb.pages.read import read

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_END = re.compile(rb"[\r\n]+\Z")
_COMMENT = re.compile(rb"<!--\s*(?:(?P<q>q:)|(?=type\s*=))")
_ONLY_COMMENTS = re.compile(rb" {0,3}<!--(?:(?!-->).)*-->(?:\s*<!--(?:(?!-->).)*-->)*\s*")
_STAMP = re.compile(stamp.COMMENT.pattern.encode())
_UNDERLINE = re.compile(rb" {0,3}(?:=+|-+)[ \t]*\Z")


def lines(data: bytes) -> list[bytes]:
    """The lines of a file, each with its own end; the parser counts them alike."""
    return _LINE.findall(data)


def bare(line: bytes) -> bytes:
    """A line without its end."""
    return _END.sub(b"", line)


def inserted(data: bytes, after: int, new: Sequence[str]) -> bytes:
    """The file with these lines below line `after`; a last line without an end stays without."""
    there = lines(data)
    end = _ending(there, after)
    block = [text.encode() + end for text in new]
    if after and after == len(there) and bare(there[-1]) == there[-1]:
        there[-1] += end
        block[-1] = bare(block[-1])
    return b"".join([*there[:after], *block, *there[after:]])


def _ending(there: Sequence[bytes], near: int) -> bytes:
    """How lines end hereabouts."""
    for line in [*reversed(there[:near]), *there[near:]]:
        if found := _END.search(line):
            return found[0]
    return b"\n"


def with_ids(path: str, data: bytes) -> tuple[bytes, int]:
    """The page with an id written for each question that has none: the one it goes by already.

    And how many were written: what would change anything else of the page is left alone.
    """
    page = parse(path, data)
    written = 0
    todo = [question for question in page.questions if not question.pinned]
    for question in sorted(todo, key=lambda question: -question.line):
        for text in _pinned(page, data, question):
            after = parse(path, text)
            if _only_pinned(page, after, question):
                page, data, written = after, text, written + 1
                break
    return data, written


def _pinned(page: Page, data: bytes, question: Question) -> Iterator[bytes]:
    """Ways to write the id down: into the comment the question has, or below its heading."""
    there = lines(data)
    section = next(s for s in page.sections if question in s.questions)
    named = question.id.encode()
    for n in range(question.line, min(section.end, len(there))):
        if match := _COMMENT.search(there[n]):
            more = b" " + named if match["q"] else b"q: " + named + b" "
            line = there[n][: match.end()] + more + there[n][match.end() :]
            yield b"".join([*there[:n], line, *there[n + 1 :]])
    at = question.line
    if not bare(there[at - 1]).lstrip().startswith(b"#"):
        while at < len(there) and not _UNDERLINE.match(bare(there[at])):
            at += 1
        at += 1
    yield inserted(data, at, [f"<!-- q: {question.id} -->"])


def _only_pinned(before: Page, after: Page, pinned: Question) -> bool:
    def told(page: Page, done: bool) -> object:
        return (
            [(s.address, s.kind, s.fingerprint, s.anchor, len(s.items)) for s in page.sections],
            [
                (q.id, q.pinned or (done and q.id == pinned.id), q.fingerprint, q.critical)
                for q in page.questions
            ],
            sorted(problem.code for problem in page.problems),
        )

    return told(before, True) == told(after, False)


def stamped(
    path: str, data: bytes, addresses: Collection[str], day: date, by: str
) -> tuple[bytes, list[Section]]:
    """The page with a stamp for each of these sections, in the place of the one it had.

    And the sections. Raises KbError where the page would be read otherwise.
    """
    before = parse(path, data)
    wanted = [section for section in before.sections if section.address in addresses]
    new = data
    for section in sorted(wanted, key=lambda section: -section.top):
        new = _stamped(new, section.top, stamp.text(day, by, section))
    after = parse(path, new)
    found = [section for section in after.sections if section.address in addresses]
    for section in found:
        mark = section.stamp
        if not mark or (mark.day, mark.by, mark.fingerprint) != (day, by, section.fingerprint):
            raise KbError(f"{path}:{section.line}: no stamp can stand here; nothing written")
    if _but_stamps(before) != _but_stamps(after):
        raise KbError(f"{path} would be read otherwise; nothing written")
    return new, found


def _stamped(data: bytes, top: int, text: str) -> bytes:
    """The file with this comment below line `top` and the comments that stand there already."""
    there = lines(data)
    at = after = top
    written = False
    while at < len(there):
        line = there[at]
        if not bare(line).strip():  # a formatter sets comments apart
            at += 1
            continue
        if not _ONLY_COMMENTS.fullmatch(bare(line)):
            break
        if _STAMP.search(line):
            rest = _STAMP.sub(b"" if written else lambda _: text.encode(), line)
            if not bare(rest).strip():
                del there[at]
                continue
            there[at], written = rest, True
        at += 1
        after = at
    data = b"".join(there)
    return data if written else inserted(data, after, [text])


def _but_stamps(page: Page) -> object:
    return (
        [(s.address, s.kind, s.fingerprint, s.anchor, s.pinned) for s in page.sections],
        [(item.address, item.fingerprint) for s in page.sections for item in s.items],
        [(q.id, q.fingerprint) for q in page.questions],
        sorted(problem.code for problem in page.problems if problem.code != "stamp"),
    )


def replace(docs: Path, path: str, old: bytes, new: bytes) -> None:
    """Put a page in the place of what it was; a change made meanwhile by others is not lost."""
    target = docs / path
    try:
        mode = stat.S_IMODE(os.lstat(target).st_mode)
        part, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(part, "wb") as file:
                file.write(new)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, mode)  # noqa: PTH101
            if read(docs, path) != old:
                raise NotSavedError(f"{docs.name}/{path} was changed meanwhile; NOT written")
            os.replace(name, target)  # noqa: PTH105
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)  # noqa: PTH108
            raise
    except OSError as error:
        told = error.strerror or error
        raise NotSavedError(f"{docs.name}/{path}: NOT written: {told}") from error


def create(docs: Path, path: str, data: bytes) -> None:
    """Write a page that is not there yet. Raises KbError where there is one."""
    target = docs / path
    try:
        target.parent.mkdir(exist_ok=True)
        with target.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise KbError(f"{docs.name}/{path} is there already; nothing was written") from error
    except OSError as error:
        told = error.strerror or error
        raise NotSavedError(f"{docs.name}/{path}: NOT written: {told}") from error
