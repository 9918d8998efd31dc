"""The one door to Whoosh: opening and reading an index directory; writer.py writes one.

Whoosh 2.7.4 unpickles what it opens, so its loaders are fenced with an exact list of classes
before any of it is imported; it also imports urllib.request for a name it never uses here, which
would be a third of a search's start-up.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import pickle
import re
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

# What a sound index pickles. A prefix such as `whoosh.` would let gadgets through.
_ALLOWED = frozenset(
    {
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("whoosh.codec.whoosh3", "W3Codec"),
        ("collections", "defaultdict"),
        ("builtins", "int"),
        ("__builtin__", "int"),
        ("builtins", "set"),
        ("__builtin__", "set"),
        ("builtins", "frozenset"),
        ("__builtin__", "frozenset"),
    }
)


class _Fenced(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in an index")
        return super().find_class(module, name)


def _loads(data: bytes) -> Any:
    return _Fenced(io.BytesIO(data)).load()


def _load(file: Any) -> Any:
    return _Fenced(file).load()


def _import_compat() -> None:
    stand_in = "urllib.request" not in sys.modules
    if stand_in:
        fake = types.ModuleType("urllib.request")
        fake.urlretrieve = None  # type: ignore[attr-defined]
        sys.modules["urllib.request"] = fake
    try:
        compat: Any = importlib.import_module("whoosh.compat")
    finally:
        if stand_in:
            del sys.modules["urllib.request"]
    fenced = types.ModuleType("pickle")
    fenced.__dict__.update(pickle.__dict__, loads=_loads, load=_load)
    compat.loads, compat.load, compat.pickle = _loads, _load, fenced


with contextlib.suppress(ModuleNotFoundError):  # whoosh3 has no compat, and no urllib in it
    _import_compat()

from whoosh import __version__, fields, formats  # noqa: E402
from whoosh.codec.whoosh3 import W3Codec, W3TermInfo  # noqa: E402
from whoosh.filedb.filestore import FileStorage  # noqa: E402
from whoosh.index import TOC, FileIndex  # noqa: E402
from whoosh.reading import SegmentReader  # noqa: E402
from whoosh.support.levenshtein import damerau_levenshtein as slips  # noqa: E402
from whoosh.system import pack_ushort  # noqa: E402
from whoosh.util.filelock import FileLock, try_for  # noqa: E402

__all__ = [
    "TOC", "WHOOSH", "FileIndex", "FileLock", "FileStorage", "Reader", "SegmentReader", "Terms",
    "W3Codec", "W3TermInfo", "key", "pack_ushort", "slips", "try_for",
]  # fmt: skip

WHOOSH = ".".join(map(str, __version__)) if isinstance(__version__, tuple) else str(__version__)

# The facet of a row that is about places: it answers for those and for no other.
PLACED = "placed"

# Where the documents begin that have moved since they were written.
MOVED = "lines.json"

# In what is stored of a document: whatever its page says stands in quotes, and theirs are escaped.
LINE = r'"line":(\d+)'

# The words of a segment in plain text: walking through Whoosh's terms costs more than a search.
WORDS = ".words"

Weights = Mapping[str, float]


class Terms(fields.FieldType):  # type: ignore[misc]
    """A field whose terms come with their weights, through the pool of the writer."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)
        self.indexed = True


def schema() -> Any:
    """The fields of a document: three that are stored, five that it is found by."""
    terms = {name: Terms() for name in ("exact", "stem", "place", "facet", "page")}
    stored = {name: fields.STORED() for name in ("hit", "digest", "line")}
    return fields.Schema(**stored, **terms)


def moved_lines(folder: Path) -> dict[str, int]:
    """The documents that begin in another line than they were written with, by their digest."""
    try:
        lines: dict[str, int] = json.loads((folder / MOVED).read_bytes())
    except FileNotFoundError:
        return {}
    return lines


class Reader:
    """An open index: postings by term, stored hits by document number."""

    def __init__(self, folder: Path) -> None:
        storage = FileStorage(str(folder), supports_mmap=True, readonly=True)
        self._reader = FileIndex(storage, schema=schema()).reader()
        leaves = self._reader.leaf_readers()
        self._leaves = [(leaf, base, frozenset(_deleted(leaf))) for leaf, base in leaves]
        self.size = int(self._reader.doc_count())
        self._moved = moved_lines(folder)
        self._folder = folder
        self._words: set[str] | None = None

    def postings(self, field: str, term: str) -> list[tuple[list[int], list[float]]]:
        """The documents that hold a term, ascending, with its weight in each, block by block."""
        found = []
        for leaf, base, gone in self._leaves:
            for ids, weights in blocks(leaf, field, term):
                numbers = [n + base for n in ids] if base else list(ids)
                if gone:
                    kept = [
                        (n, w)
                        for i, n, w in zip(ids, numbers, weights, strict=True)
                        if i not in gone
                    ]
                    found.append(([n for n, _ in kept], [w for _, w in kept]))
                else:
                    found.append((numbers, list(weights)))
        return found

    def numbers(self, field: str, term: str) -> set[int]:
        """The documents that hold a term."""
        return {n for ids, _ in self.postings(field, term) for n in ids}

    def holds(self, field: str, term: str) -> bool:
        """Whether a term was ever written; pages that held it may be gone."""
        return any((field, term) in leaf for leaf, _, _ in self._leaves)

    def stored(self, number: int) -> str:
        """What was stored for a document, as JSON with the line in which it begins now."""
        stored = self._reader.stored_fields(number)
        return at_line(stored["hit"], self._moved.get(stored["digest"]))

    def words(self) -> set[str]:
        """Every word of the pages, and some that only pages held which are gone."""
        if self._words is None:
            segments = [leaf.segment() for leaf, *_ in self._leaves]
            # An index of no pages has a leaf with no segment.
            files = [self._folder / s.make_filename(WORDS) for s in segments if s]
            self._words = {w for file in files for w in file.read_text("utf-8").split("\n")}
        return self._words

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()


def at_line(hit: str, line: int | None) -> str:
    """What was stored for a document, with the line in which it begins now."""
    return hit if line is None else re.sub(LINE, f'"line":{line}', hit, count=1)


def _deleted(leaf: Any) -> Iterable[int]:
    return leaf._perdoc.deleted_docs() if leaf.has_deletions() else ()


def blocks(leaf: Any, field: str, term: str | bytes, info: Any = None) -> Iterator[tuple[Any, Any]]:
    """A posting list in blocks: reading it one by one costs ten times as much."""
    if info is None:
        if (field, term) not in leaf:
            return
        info = leaf.term_info(field, term)
    if info.is_inlined():
        ids, weights, _ = info.inlined_postings()
        yield ids, weights
        return
    matcher = leaf.postings(field, term)
    matcher = getattr(matcher, "child", matcher)
    matcher.reset()
    while matcher.is_active():
        matcher.id()
        matcher.weight()
        yield matcher._ids, matcher._weights
        matcher._next_block()


def key(address: str) -> str:
    """A page's address as a term: file names need not be UTF-8, terms must."""
    return address.encode("utf-8", "backslashreplace").decode()
