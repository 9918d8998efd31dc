"""The one door to Whoosh: opening, reading and writing an index directory.

Whoosh 2.7.4 unpickles what it opens, so its loaders are fenced with an exact list of classes
before any of it is imported; it also imports urllib.request for a name it never uses here, which
would be a third of a search's start-up.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import pickle
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
from whoosh.codec.whoosh3 import W3Codec  # noqa: E402
from whoosh.filedb.filestore import FileStorage  # noqa: E402
from whoosh.index import TOC, FileIndex  # noqa: E402
from whoosh.support.levenshtein import damerau_levenshtein as slips  # noqa: E402
from whoosh.util.filelock import FileLock, try_for  # noqa: E402

__all__ = ["WHOOSH", "FileLock", "Reader", "Terms", "Writer", "slips", "try_for"]

WHOOSH = ".".join(map(str, __version__)) if isinstance(__version__, tuple) else str(__version__)

# The facet of a row that is about places: it answers for those and for no other.
PLACED = "placed"

Weights = Mapping[str, float]


class Terms(fields.FieldType):  # type: ignore[misc]
    """A field that is given its terms with their weights instead of a text to analyse."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)
        self.indexed = True

    def index(self, value: Weights, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """The postings of one document."""
        for term, weight in value.items():
            yield term.encode(), 1, weight, b""


def _schema() -> Any:
    terms = {name: Terms() for name in ("exact", "stem", "place", "facet", "page")}
    return fields.Schema(hit=fields.STORED(), **terms)


class Reader:
    """An open index: postings by term, stored hits by document number."""

    def __init__(self, folder: Path) -> None:
        storage = FileStorage(str(folder), supports_mmap=True, readonly=True)
        self._reader = FileIndex(storage, schema=_schema()).reader()
        leaves = self._reader.leaf_readers()
        self._leaves = [(leaf, base, frozenset(_deleted(leaf))) for leaf, base in leaves]
        self.size = int(self._reader.doc_count())

    def postings(self, field: str, term: str) -> list[tuple[list[int], list[float]]]:
        """The documents that hold a term, ascending, with its weight in each, block by block."""
        found = []
        for leaf, base, gone in self._leaves:
            if (field, term) not in leaf:
                continue
            for ids, weights in _blocks(leaf.postings(field, term)):
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

    def stored(self, number: int) -> str:
        """What was stored for a document."""
        return str(self._reader.stored_fields(number)["hit"])

    def all_stored(self) -> Iterator[str]:
        """What was stored for every document."""
        for fields_ in self._reader.all_stored_fields():
            yield str(fields_["hit"])

    def vocabulary(self, field: str, prefix: str = "") -> Iterator[str]:
        """Every term of a field that starts with `prefix`, sorted."""
        start = prefix.encode()
        for _, term in self._reader.terms_from(field, prefix) if prefix else self._all(field):
            if not term.startswith(start):
                return
            yield term.decode()

    def _all(self, field: str) -> Iterator[tuple[str, bytes]]:
        return ((field, term) for name, term in self._reader.all_terms() if name == field)

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()


def _deleted(leaf: Any) -> Iterable[int]:
    return leaf._perdoc.deleted_docs() if leaf.has_deletions() else ()


def _blocks(matcher: Any) -> Iterator[tuple[Any, Any]]:
    """A posting list in blocks: reading it one by one costs ten times as much."""
    matcher = getattr(matcher, "child", matcher)
    if not hasattr(matcher, "_next_block"):
        while matcher.is_active():
            yield [matcher.id()], [matcher.weight()]
            matcher.next()
        return
    matcher.reset()
    while matcher.is_active():
        matcher.id()
        matcher.weight()
        yield matcher._ids, matcher._weights
        matcher._next_block()


class Writer:
    """Adds and removes documents in an index directory; nothing shows before `commit`."""

    def __init__(self, folder: Path, memory_mb: int = 128) -> None:
        storage = FileStorage(str(folder), supports_mmap=True)
        if not any(name.endswith(".toc") for name in storage.list()):
            TOC.create(storage, _schema())
        self._index = FileIndex(storage, schema=_schema())
        self._writer = self._index.writer(
            codec=W3Codec(blocklimit=512), compound=False, limitmb=memory_mb
        )

    def remove(self, pages: Iterable[str]) -> None:
        """Drop every document of these pages."""
        reader = self._index.reader()
        for page in pages:
            for leaf, base in reader.leaf_readers():
                if ("page", page) in leaf:
                    for ids, _ in _blocks(leaf.postings("page", page)):
                        for number in ids:
                            self._writer.delete_document(number + base)
        reader.close()

    def add(self, stored: str, **terms: Weights) -> None:
        """Add one document: what to store, and for each field its weighted terms."""
        self._writer.add_document(hit=stored, **terms)

    def commit(self) -> None:
        """Write the new segment, merging old ones where that pays."""
        self._writer.commit(mergetype=_merge)

    def cancel(self) -> None:
        """Give up what was added."""
        self._writer.cancel()


def _merge(writer: Any, segments: list[Any]) -> list[Any]:
    return segments
