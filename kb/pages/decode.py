"""Bytes to text with lines counted by "\\n" only; what could not be decoded is named."""

from __future__ import annotations

import codecs

from kb.pages.model import Problem

NAMED = 10  # bad places named in one page; the rest follow once these are put right


def decode(path: str, data: bytes) -> tuple[str, list[Problem]]:
    """The text of a page, U+FFFD standing for what is no text, and a Problem for each such line."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return _utf_16(path, data[2:], encoding)
    if b"\0" in data and len(data) > 3:
        # A page of Latin letters in UTF-16 has a NUL in every other byte.
        even, odd = data[0:400:2], data[1:400:2]
        if odd.count(0) > len(odd) * 0.7 and not even.count(0):
            return _utf_16(path, data, "utf-16-le")
        if even.count(0) > len(even) * 0.7 and not odd.count(0):
            return _utf_16(path, data, "utf-16-be")
    problems: list[Problem] = []
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        problems = _bad_bytes(path, data)
        text = data.decode("utf-8", "replace")
    text = newlines(text)
    if "\0" in text:
        problems += _nul_bytes(path, text)
        text = text.replace("\0", "\ufffd")
    return text, problems


def newlines(text: str) -> str:
    """The text with every end of line as "\\n"."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _utf_16(path: str, data: bytes, encoding: str) -> tuple[str, list[Problem]]:
    problem = Problem(path, 1, 0, "encoding", "looks like UTF-16; save as UTF-8")
    return newlines(data.decode(encoding, "replace")).replace("\0", "\ufffd"), [problem]


def _bad_bytes(path: str, data: bytes) -> list[Problem]:
    problems: list[Problem] = []
    done, line, before = 0, 1, ""
    while len(problems) < NAMED:
        try:
            data[done:].decode("utf-8")
            break
        except UnicodeDecodeError as error:
            good = data[done : done + error.start].decode("utf-8")
            *lines, last = newlines(good).split("\n")
            line += len(lines)
            before = last if lines else before + last
            message = f"not UTF-8 (byte 0x{data[done + error.start]:02x}); shown as U+FFFD"
            if not problems or problems[-1].line != line:
                problems.append(Problem(path, line, len(before) + 1, "encoding", message))
            before += "\ufffd"
            done += error.end
    return problems


def _nul_bytes(path: str, text: str) -> list[Problem]:
    lines = [n for n, line in enumerate(text.split("\n"), 1) if "\0" in line]
    return [Problem(path, n, 0, "nul", "NUL byte") for n in lines[:NAMED]]
