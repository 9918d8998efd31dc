"""Writing an index directory: documents that come and go, small segments gathered into one."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kb.search.engine import (
    TOC,
    WORDS,
    FileIndex,
    FileStorage,
    SegmentReader,
    W3Codec,
    W3TermInfo,
    Weights,
    at_line,
    blocks,
    key,
    pack_ushort,
    schema,
)

BLOCK = 512
# So many postings stand beside their term and not in a block of their own: most terms are in a
# document or two, and that halves what it takes to write one and to read it.
INLINED = 8

# Segments are gathered into one when so many, with at most so many documents together, are there;
# none of them is larger than the smaller ones together, unless it is small, so that a document is
# moved from one to the next a few times only. For each so many segments, larger ones may be.
GATHER_AT_LEAST = 6
GATHER = 64
SMALL = 16
CROWDED = 20

# A line more in a page moves all below it. Documents that are otherwise as they were stay, and
# where so many of them begin now is kept beside them; every search reads it.
MOST_MOVED = 1000


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

    def extend(self, field: str, term: str, weights: Mapping[int, float]) -> None:
        """One term in several documents, each with its weight, their numbers above all before."""
        held = self.terms.setdefault(field, {}).setdefault(term, (array("I"), array("f")))
        held[0].extend(weights)
        held[1].extend(weights.values())

    def write(self, writer: Any, schema: Any) -> None:
        """Hand everything to a field writer, a block of postings at a time."""
        for field in sorted(self.terms):
            terms = self.terms.pop(field)
            writer.start_field(field, schema[field])
            before = pack_ushort(writer._fieldid)
            for term in sorted(terms):
                ids, weights = terms.pop(term)
                if len(ids) <= INLINED:
                    most, first, last = max(weights), ids[0], ids[-1]
                    info = W3TermInfo(sum(weights), len(ids), None, 0, most, first, last)
                    info.set_inlined(ids, weights, ())
                    writer._tindex.add(before + term.encode(), info.to_bytes())
                    continue
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

    def __init__(self, folder: Path, moved: Mapping[str, int] | None = None) -> None:
        # By digest, where those documents begin that have moved since they were written.
        self.moved = dict(moved or {})
        storage = FileStorage(str(folder), supports_mmap=True)
        if not any(name.endswith(".toc") for name in storage.list()):
            TOC.create(storage, schema())
        codec = W3Codec(blocklimit=BLOCK, compression=0)
        codec.length_stats = False  # lengths are in the weights already; asking costs a stat each
        index = FileIndex(storage, schema=schema())
        self._writer = index.writer(codec=codec, compound=False)
        self._writer.pool = self._pool = _Pool()
        self._writer.fieldwriter.add_postings = self._postings
        self._given_up: list[Any] = []
        self._before: Any = None
        self._folder = folder

    def keep(self, page: str, lines: Mapping[str, int]) -> set[str]:
        """Drop every document of a page whose digest has no line any more; gives those that stay.

        `moved` knows those that begin in another line than before.
        """
        there = set[str]()
        if not self._writer.segments:
            return there
        if self._before is None:
            self._before = self._writer.reader()
        for leaf, base in self._before.leaf_readers():
            for ids, _ in blocks(leaf, "page", key(page)):
                for number in ids:
                    if leaf.is_deleted(number):
                        continue
                    stored = leaf.stored_fields(number)
                    digest, line = stored["digest"], stored["line"]
                    self.moved.pop(digest, None)
                    if digest in lines and (lines[digest] == line or len(self.moved) < MOST_MOVED):
                        there.add(digest)
                        if lines[digest] != line:
                            self.moved[digest] = lines[digest]
                    else:
                        self._writer.delete_document(number + base)
        return there

    def add(self, stored: str, digest: str, line: int, **terms: Weights) -> None:
        """Add one document: what to store (JSON), and for each field its weighted terms.

        `digest` is of all that it says but the line that it begins in; no two have the same.
        """
        for field, weights in terms.items():
            self._pool.add(field, self._writer.docnum, weights)
        self._writer.add_document(hit=stored, digest=digest, line=line)

    def gather(self) -> None:
        """Move the documents of small segments into the new one, if there are many such.

        Each edit leaves a small segment and every search looks into all of them. A few of the
        smallest are given up at a time, so that no single edit pays for many.
        """
        segments = [segment for segment in self._writer.segments if segment.doc_count()]
        crowded = len(segments) // CROWDED
        chosen: list[Any] = []
        together = 0
        for segment in sorted(segments, key=_live):
            live = _live(segment)
            if together + live > GATHER * 4**crowded:
                break
            if live > max(together, SMALL) and not crowded:
                break
            chosen.append(segment)
            together += live
        if len(chosen) >= GATHER_AT_LEAST:
            self._given_up = chosen
            for segment in chosen:
                self._move(segment)

    def _move(self, segment: Any) -> None:
        leaf = SegmentReader(self._writer.storage, self._writer.schema, segment)
        numbers: dict[int, int] = {}
        for number in range(segment.doc_count_all()):
            if not segment.is_deleted(number):
                numbers[number] = self._writer.docnum
                stored = leaf.stored_fields(number)
                if line := self.moved.pop(stored["digest"], None):
                    stored |= {"hit": at_line(stored["hit"], line), "line": line}
                self._writer.add_document(**stored)
        for (field, term), info in leaf:
            for ids, weights in blocks(leaf, field, term, info):
                held = zip(ids, weights, strict=True)
                kept = {numbers[number]: weight for number, weight in held if number in numbers}
                if kept:
                    self._pool.extend(field, term.decode(), kept)
        leaf.close()

    def commit(self) -> None:
        """Write the new segment; what was given up, and what is empty, goes."""
        self._let_go()
        self._writer.commit(mergetype=self._kept)

    def _kept(self, _: Any, segments: list[Any]) -> list[Any]:
        return [s for s in segments if s not in self._given_up and s.doc_count()]

    def cancel(self) -> None:
        """Give up what was added."""
        self._let_go()
        self._writer.cancel()

    def _let_go(self) -> None:
        if self._before is not None:
            self._before.close()
            self._before = None

    def _postings(self, schema: Any, *_: Any) -> None:
        words = [t for t in self._pool.terms.get("exact", ()) if t[:1].isalpha() and ":" not in t]
        file = self._folder / self._writer.newsegment.make_filename(WORDS)
        file.write_text("\n".join(words), "utf-8")
        self._pool.write(self._writer.fieldwriter, schema)


def _live(segment: Any) -> int:
    return int(segment.doc_count())
