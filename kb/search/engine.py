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
from array import array
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
from whoosh.reading import SegmentReader  # noqa: E402
from whoosh.support.levenshtein import damerau_levenshtein as slips  # noqa: E402
from whoosh.util.filelock import FileLock, try_for  # noqa: E402

__all__ = ["WHOOSH", "FileLock", "Reader", "Terms", "Writer", "key", "slips", "try_for"]

WHOOSH = ".".join(map(str, __version__)) if isinstance(__version__, tuple) else str(__version__)

# The facet of a row that is about places: it answers for those and for no other.
PLACED = "placed"

BLOCK = 512

# The words of a segment in plain text: walking through Whoosh's terms costs more than a search.
WORDS = ".words"

# Segments are gathered into one when this many, of this many documents together, are there.
GATHER_AT_LEAST = 6
GATHER = 256
# With more segments than this, larger ones are gathered too.
CROWDED = 20
GATHER_CROWDED = 1024

Weights = Mapping[str, float]


class Terms(fields.FieldType):  # type: ignore[misc]
    """A field whose terms come with their weights, through the pool of the writer."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)
        self.indexed = True


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
        self._folder = folder
        self._words: set[str] | None = None

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

    def holds(self, field: str, term: str) -> bool:
        """Whether a term was ever written; pages that held it may be gone."""
        return any((field, term) in leaf for leaf, _, _ in self._leaves)

    def stored(self, number: int) -> str:
        """What was stored for a document."""
        return str(self._reader.stored_fields(number)["hit"])

    def all_stored(self) -> Iterator[str]:
        """What was stored for every document."""
        for fields_ in self._reader.all_stored_fields():
            yield str(fields_["hit"])

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


def key(address: str) -> str:
    """A page's address as a term: file names need not be UTF-8, terms must."""
    return address.encode("utf-8", "backslashreplace").decode()


class _Pool:
    """Postings waiting to be written, by field and term, eight bytes each.

    Documents come in order, so only the terms need sorting. Whoosh's own pool keeps a tuple for
    each posting, sorts them all and spills them to disk as pickles.
    """

    def __init__(self) -> None:
        self.terms: dict[str, dict[str, tuple[array[int], array[float]]]] = {}

    def add(self, field: str, number: int, weights: Weights) -> None:
        """The terms of one document; `number` is never lower than that of the one before."""
        terms = self.terms.setdefault(field, {})
        for term, weight in weights.items():
            held = terms.get(term)
            if held is None:
                held = terms[term] = (array("I"), array("f"))
            held[0].append(number)
            held[1].append(weight)

    def write(self, writer: Any, schema: Any) -> None:
        """Hand everything to a field writer, a block of postings at a time."""
        for field in sorted(self.terms):
            terms = self.terms.pop(field)
            writer.start_field(field, schema[field])
            for term in sorted(terms):
                ids, weights = terms.pop(term)
                writer.start_term(term.encode())
                block = writer._postwriter
                for start in range(0, len(ids), BLOCK):
                    if start:
                        block._write_block()
                    block._ids = ids[start : start + BLOCK]
                    block._weights = weights[start : start + BLOCK]
                    block._maxweight = max(block._weights)
                writer.finish_term()
            writer.finish_field()

    def iter_postings(self) -> None:
        """Whoosh asks before it writes; the postings go by `write`."""

    def cleanup(self) -> None:
        """Nothing was spilled."""


class Writer:
    """Adds and removes documents in an index directory; nothing shows before `commit`."""

    def __init__(self, folder: Path) -> None:
        storage = FileStorage(str(folder), supports_mmap=True)
        if not any(name.endswith(".toc") for name in storage.list()):
            TOC.create(storage, _schema())
        self._index = FileIndex(storage, schema=_schema())
        codec = W3Codec(blocklimit=BLOCK, compression=0)
        codec.length_stats = False  # lengths are in the weights already; asking costs a stat each
        self._writer = self._index.writer(codec=codec, compound=False)
        self._writer.pool = self._pool = _Pool()
        self._writer.fieldwriter.add_postings = self._postings
        self._given_up: list[Any] = []
        self._folder = folder

    def remove(self, pages: Iterable[str]) -> None:
        """Drop every document of these pages."""
        reader = self._index.reader()
        for page in map(key, pages):
            for leaf, base in reader.leaf_readers():
                if ("page", page) in leaf:
                    for ids, _ in _blocks(leaf.postings("page", page)):
                        for number in ids:
                            self._writer.delete_document(number + base)
        reader.close()

    def add(self, stored: str, **terms: Weights) -> None:
        """Add one document: what to store, and for each field its weighted terms."""
        for field, weights in terms.items():
            self._pool.add(field, self._writer.docnum, weights)
        self._writer.add_document(hit=stored)

    def crowded(self) -> set[str]:
        """The pages (as `key` gives them) of small segments, to be written anew, all together.

        Each edit leaves a small segment and every search looks into all of them. A few of the
        smallest are given up at a time, so that no single edit pays for many. Reading their
        pages again takes a third of what joining their postings would.
        """
        segments = [s for s in self._writer.segments if s.doc_count()]
        most = GATHER_CROWDED if len(segments) > CROWDED else GATHER
        chosen: list[Any] = []
        for segment in sorted(segments, key=_live):
            if sum(map(_live, [*chosen, segment])) > most:
                break
            chosen.append(segment)
        if len(chosen) < GATHER_AT_LEAST:
            return set()
        self._given_up = chosen
        pages: set[str] = set()
        for segment in chosen:
            leaf = SegmentReader(self._writer.storage, self._writer.schema, segment)
            for page in leaf.lexicon("page"):
                for ids, _ in _blocks(leaf.postings("page", page)):
                    if not all(map(leaf.is_deleted, ids)):
                        pages.add(page.decode())
            leaf.close()
        return pages

    def commit(self) -> None:
        """Write the new segment; what was given up, and what is empty, goes."""
        self._writer.commit(mergetype=self._kept)

    def _kept(self, _: Any, segments: list[Any]) -> list[Any]:
        return [s for s in segments if s not in self._given_up and s.doc_count()]

    def cancel(self) -> None:
        """Give up what was added."""
        self._writer.cancel()

    def _postings(self, schema: Any, *_: Any) -> None:
        words = [t for t in self._pool.terms.get("exact", ()) if t[:1].isalpha() and ":" not in t]
        file = self._folder / self._writer.newsegment.make_filename(WORDS)
        file.write_text("\n".join(words), "utf-8")
        self._pool.write(self._writer.fieldwriter, schema)


def _live(segment: Any) -> int:
    return int(segment.doc_count())
