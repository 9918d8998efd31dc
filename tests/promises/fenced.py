"""Folders kb may not write, may not trust or cannot find; and an index that is an attack."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from forked import NOBODY, Break, House, replace, settle, write
from trial import Trial

PAGE = "equipment/lamp.md"
QUERY = "zebrafish"


def lamp(word: str) -> str:
    """A page whose one answer holds a word."""
    return f"# Lamp\n\nThe zebrafish lamp is {word}.\n"


class Scene:
    """A house of its own for one check, and a user who is not its owner."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        home.chmod(0o755)
        self.house = House(home)
        (home / "tmp").mkdir()
        (home / "tmp").chmod(0o1777)
        write(self.house.docs / PAGE, lamp("green"))
        write(self.house.docs / "procedures" / "x.md", "# X\n\nAnother page.\n")

    def give_cache(self) -> Path:
        """A cache folder that belongs to the other user."""
        self.house.cache.mkdir()
        os.chown(self.house.cache, NOBODY, NOBODY)
        return self.house.cache

    def ask(
        self, trial: Trial, word: str, detail: str, uid: int | None, broken: Break | None
    ) -> None:
        """Search; the answer must hold this word."""
        start = time.monotonic()
        ran = self.house.search(QUERY, uid=uid, broken=broken)
        found = [hit["text"] for hit in json.loads(ran.out)["hits"]] if ran.code == 0 else ran.err
        trial.compare([f"The zebrafish lamp is {word}."], found, detail)
        if time.monotonic() - start > 20:
            trial.fault("slow", detail)
        if "this run only" in ran.err:
            trial.remarks["indexed for one run"] += 1


def rights(home: Path, broken: Break | None = None, scenes: int = 6) -> Trial:
    """Docs on a read-only or foreign disk; a cache that cannot be written, used or found."""
    what = "answers with read-only and foreign folders"
    trial = Trial("never looks twice" if broken else what, control=broken is not None)
    for number, scene in enumerate(SCENES[:scenes]):
        with _writable_again(home / f"rights-{number}"):
            scene(Scene(home / f"rights-{number}"), trial, broken)
    return trial


@contextlib.contextmanager
def _writable_again(home: Path) -> Iterator[None]:
    try:
        yield
    finally:
        for folder in [home, *home.rglob("*")]:
            if folder.is_dir() and not folder.is_symlink():
                folder.chmod(0o755)


def _docs_read_only(scene: Scene, trial: Trial, broken: Break | None) -> None:
    for folder in (scene.house.docs.parent, *scene.house.docs.rglob("*")):
        folder.chmod(0o555 if folder.is_dir() else 0o444)
    scene.give_cache()
    scene.ask(trial, "green", "docs belong to another and are read-only", NOBODY, broken)
    write(scene.house.docs / PAGE, lamp("blue!"))
    scene.ask(trial, "blue!", "the same, edited", NOBODY, broken)


def _cache_read_only(scene: Scene, trial: Trial, broken: Break | None) -> None:
    scene.give_cache()
    scene.ask(trial, "green", "before the cache was read-only", NOBODY, None)
    settle()
    scene.ask(trial, "green", "before the cache was read-only", NOBODY, None)
    for folder in scene.house.cache.rglob("*"):
        folder.chmod(0o500 if folder.is_dir() else 0o400)
    scene.house.cache.chmod(0o500)
    scene.ask(trial, "green", "cache read-only", NOBODY, broken)
    write(scene.house.docs / PAGE, lamp("blue!"))
    scene.ask(trial, "blue!", "cache read-only, page edited", NOBODY, broken)


def _cache_of_another(scene: Scene, trial: Trial, broken: Break | None) -> None:
    scene.ask(trial, "green", "the owner's own search", None, None)
    write(scene.house.docs / PAGE, lamp("blue!"))
    scene.ask(trial, "blue!", "cache belongs to root", NOBODY, broken)
    os.chown(scene.house.places(), NOBODY, NOBODY)
    scene.ask(trial, "blue!", "cache belongs to somebody", None, broken)


def _cache_is_a_link(scene: Scene, trial: Trial, broken: Break | None) -> None:
    scene.ask(trial, "green", "before the cache was a link", None, None)
    places = scene.house.places()
    places.rename(places.with_name("elsewhere"))
    places.symlink_to("elsewhere")
    write(scene.house.docs / PAGE, lamp("blue!"))
    scene.ask(trial, "blue!", "cache is a symbolic link", None, broken)
    places.unlink()
    places.symlink_to("nowhere")
    scene.ask(trial, "blue!", "cache is a link to nowhere", None, broken)


def _cache_cannot_be(scene: Scene, trial: Trial, broken: Break | None) -> None:
    write(scene.house.cache, "a file, not a folder")
    scene.ask(trial, "green", "cache is a file", None, broken)
    scene.house.cache.unlink()
    scene.ask(trial, "green", "no cache, home not writable", NOBODY, broken)
    (scene.house.home / "tmp").chmod(0o555)
    scene.ask(trial, "green", "no cache, TMPDIR not writable either", NOBODY, broken)


def _cache_goes(scene: Scene, trial: Trial, broken: Break | None) -> None:
    for number in range(20):
        remover = os.fork()
        if remover == 0:
            time.sleep(number * 0.004)
            shutil.rmtree(scene.house.cache, ignore_errors=True)
            os._exit(0)
        scene.ask(trial, "green", "cache removed while a search runs", None, broken)
        os.waitpid(remover, 0)


SCENES: tuple[Callable[[Scene, Trial, Break | None], None], ...] = (
    _docs_read_only,
    _cache_read_only,
    _cache_of_another,
    _cache_is_a_link,
    _cache_cannot_be,
    _cache_goes,
)


def strangers_index(home: Path, broken: Break | None = None) -> Trial:
    """A sound index with false answers, put there by somebody who could write to the cache."""
    what = "answers beside an index made by somebody else"
    trial = Trial("any owner trusted" if broken else what, control=broken is not None)
    scene = Scene(home / "stranger")
    false = Scene(home / "false")
    write(false.house.docs / PAGE, lamp("false"))
    for each in (scene, false):
        each.house.search(QUERY)
    settle()
    for each in (scene, false):
        each.house.search(QUERY)
    mine, theirs = scene.house.places(), false.house.places()
    state = json.loads((mine / "state.json").read_bytes())
    state["generation"] = (theirs / "CURRENT").read_text("utf-8").strip()
    shutil.rmtree(mine)
    shutil.copytree(theirs, mine)
    (mine / "state.json").write_text(json.dumps(state), "utf-8")
    os.chown(mine, NOBODY, NOBODY)
    scene.ask(trial, "green", "cache belongs to a stranger", None, broken)
    os.chown(mine, os.geteuid(), os.getegid())
    mine.chmod(0o777)
    scene.ask(trial, "green", "anybody may write to the cache", None, broken)
    mine.chmod(0o700)
    mine.rename(mine.with_name("elsewhere"))
    mine.symlink_to("elsewhere")
    scene.ask(trial, "green", "cache is a link to a stranger's", None, broken)
    return trial


def trust_any_owner() -> None:
    """The broken kb of a control: whose the cache is does not matter."""
    from kb.search import generations

    replace(generations, "prepare", lambda cache: None)
    replace(generations, "prepare_read", lambda cache: None)


def pickles(home: Path, broken: Break | None = None) -> Trial:
    """An index whose every pickle runs code, whole by its own manifest."""
    what = "answers beside an index whose pickles run code"
    trial = Trial("any class let in" if broken else what, control=broken is not None)
    for number, gadget in enumerate(GADGETS):
        scene = Scene(home / f"pickle-{number}")
        canary = scene.house.home / "canary"

        def evil(gadget: str = gadget, canary: Path = canary) -> None:
            make_evil(gadget, canary)

        scene.house.search(QUERY, broken=evil)
        canary.unlink(missing_ok=True)
        scene.ask(trial, "green", gadget, None, broken)
        if canary.exists():
            trial.fault("ran", gadget)
    return trial


GADGETS = ("builtins.eval", "os.system", "whoosh.compat.exec_", "whoosh.index.os.system")


class _Evil:
    def __init__(self, gadget: str, canary: Path, value: bytes) -> None:
        self.gadget, self.canary, self.value = gadget, canary, value

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        code = f"open({str(self.canary)!r}, 'a').close()"
        if self.gadget == "builtins.eval":
            return eval, (f"({code}, __import__('pickle').loads({self.value!r}))[1]",)
        if self.gadget == "whoosh.compat.exec_":
            from whoosh.compat import exec_

            return exec_, (code,)
        return os.system, (f"touch '{self.canary}'",)


def payload(gadget: str, canary: Path, value: bytes) -> bytes:
    """A pickle that touches the canary, and then is the value where that can be."""
    if gadget == "whoosh.index.os.system":  # a name with dots gets past a fence of prefixes
        command = f"touch '{canary}'".encode()
        name = b"\x8c\x0cwhoosh.index\x8c\x09os.system\x93"
        return b"\x80\x04" + name + b"\x8c" + bytes([len(command)]) + command + b"\x85R."
    return pickle.dumps(_Evil(gadget, canary, value), 2)


def make_evil(gadget: str, canary: Path) -> None:
    """Build an index with the payload in its table of contents, before its manifest is written."""
    from kb.search import generations

    publish = generations.publish

    def forged(cache: Path, folder: Path, *rest: object) -> None:
        contents = next(folder.glob("*.toc"))
        data = contents.read_bytes()
        start = data.rindex(b"\x80" + bytes([pickle.HIGHEST_PROTOCOL]))  # its last pickle: segments
        contents.write_bytes(data[:start] + payload(gadget, canary, data[start:]))
        publish(cache, folder, *rest)

    replace(generations, "publish", forged)


def let_any_class_in() -> None:
    """The broken kb of a control: the fence around the pickles stands open."""
    from kb.search import engine

    replace(engine._Fenced, "find_class", pickle.Unpickler.find_class)
