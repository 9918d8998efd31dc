"""An index damaged in six ways, in any of its files: kb must answer as if it were whole."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from forked import Break, House, replace
from trial import Trial

Damage = Callable[[Path, random.Random], None]
PAGE = 4096


def delete(path: Path, chance: random.Random) -> None:
    """The file is gone."""
    path.unlink()


def empty(path: Path, chance: random.Random) -> None:
    """Nothing is left in it."""
    os.truncate(path, 0)


def truncate(path: Path, chance: random.Random) -> None:
    """Its end is missing."""
    os.truncate(path, chance.randrange(max(1, path.stat().st_size)))


def flip(path: Path, chance: random.Random) -> None:
    """Eight bytes have one bit changed each."""
    data = bytearray(path.read_bytes())
    for _ in range(8 if data else 0):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    _put(path, data)


def zero(path: Path, chance: random.Random) -> None:
    """A block of 4 KiB is zeros, as after a torn write."""
    data = bytearray(path.read_bytes())
    start = chance.randrange(len(data) // PAGE + 1) * PAGE
    data[start : start + PAGE] = bytes(len(data[start : start + PAGE]))
    _put(path, data)


def garbage(path: Path, chance: random.Random) -> None:
    """Something else altogether stands in it."""
    _put(path, chance.randbytes(chance.randrange(1, 9000)))


def misspell(path: Path, queries: Iterable[str]) -> None:
    """The words of the queries are other words in it, of the same length."""
    data = path.read_bytes()
    for word in " ".join(queries).split():
        if len(word) > 3 and word.isalpha():
            data = data.replace(word[:4].encode(), word[:4][::-1].encode())
    _put(path, data)


KINDS: dict[str, Damage] = {
    "delete": delete,
    "empty": empty,
    "truncate": truncate,
    "flip": flip,
    "zero 4 KiB": zero,
    "garbage": garbage,
}


def _put(path: Path, data: bytes | bytearray) -> None:
    """Other bytes in the same inode."""
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(data)


@dataclass(frozen=True, slots=True)
class _Kept:
    link: Path
    data: bytes
    atime: int
    mtime: int


class Vault:
    """A whole cache that can be had back after damage: same bytes, same inodes, same times.

    A copy of an index has other inodes than its manifest says, so kb would look into each file of
    it, and what it does with a file whose size, time and inode are right would never be seen.
    """

    def __init__(self, cache: Path, vault: Path) -> None:
        self.cache = cache
        self._files: dict[Path, _Kept] = {}
        vault.mkdir()
        files = [path for path in cache.rglob("*") if path.is_file()]
        files.sort(key=lambda p: (p.parent, p.suffix, p.stat().st_size))  # names are random
        for number, path in enumerate(files):
            info = path.stat()
            link = vault / str(number)
            os.link(path, link)
            data = path.read_bytes()
            self._files[path] = _Kept(link, data, info.st_atime_ns, info.st_mtime_ns)

    @property
    def files(self) -> list[Path]:
        """Every file of the cache."""
        return list(self._files)

    @property
    def in_use(self) -> list[Path]:
        """The files that a search reads."""
        current = (self.cache / "CURRENT").read_text("utf-8").strip()
        return [path for path in self._files if path.parent.name in (self.cache.name, current)]

    def keep_times(self, path: Path) -> None:
        """Give a damaged file the times that it had."""
        kept = self._files[path]
        if path.exists():
            os.utime(path, ns=(kept.atime, kept.mtime))

    def restore(self) -> None:
        """Put everything back."""
        folders = {path.parent for path in self._files}
        for path in self.cache.iterdir():
            if path.is_dir() and path not in folders:
                shutil.rmtree(path)
            elif path.is_file() and path not in self._files:
                path.unlink()
        for path, kept in self._files.items():
            path.parent.mkdir(exist_ok=True)
            if kept.link.read_bytes() != kept.data:
                _put(kept.link, kept.data)
            if not path.exists() or path.stat().st_ino != kept.link.stat().st_ino:
                path.unlink(missing_ok=True)
                os.link(kept.link, path)
            os.utime(path, ns=(kept.atime, kept.mtime))
        for folder in folders:
            now = time.time()
            os.utime(folder, (now, now))  # an old generation would be swept


def check(
    house: House,
    vault: Vault,
    expected: dict[str, object],
    copies: int,
    seed: int = 1,
    keep_times: bool = False,
    broken: Break | None = None,
) -> Trial:
    """Damage one file of the index, ask; put it back, damage another."""
    how = ", its size and times as before" if keep_times else ""
    trial = Trial(
        "manifest not looked at" if broken else f"answers from an index with a damaged file{how}",
        control=broken is not None,
    )
    chance = random.Random(seed)
    queries = list(expected)
    terms = [path for path in vault.in_use if path.suffix == ".trm"]
    for number in range(copies):
        vault.restore()
        kind = list(KINDS)[number % len(KINDS)]
        files = vault.files if number % 4 == 0 else vault.in_use
        path = chance.choice(files)
        if broken:  # most damage raises an error and is mended; this passes without a word
            kind, path = "other terms", terms[number % len(terms)]
            misspell(path, queries)
        else:
            KINDS[kind](path, chance)
        if keep_times:
            vault.keep_times(path)
        chance.shuffle(queries)
        for query in queries[:4]:
            ran = house.search(query, broken=broken)
            detail = f"{kind} {path.name}, “{query}”"
            if ran.crashed:
                trial.tries += 1
                trial.fault("crash", f"{detail}: {ran.code} {ran.err.strip()[-200:]}")
            else:
                trial.compare(expected[query], ran.answer, detail)
        trial.remarks[kind] += 1
    vault.restore()
    return trial


def trust_manifest() -> None:
    """The broken kb of the control: a generation counts as whole without a look."""
    from kb.search import generations

    replace(generations, "_checked", lambda folder, trust, name, *known: [name, *known])
