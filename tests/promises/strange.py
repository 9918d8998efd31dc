"""A cloned repository that is out to get us, and pages that lead out of their folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from fenced import GADGETS, let_any_class_in, make_evil, payload
from forked import Break, House, replace, write
from furnished import Command, commands, furnish
from trial import Trial

ROOT = Path(__file__).resolve().parents[2]
KB = Path(sys.executable).with_name("kb")
SLOW = 2.0  # seconds, for a command over names that lead out
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "KB_", "XDG_"))} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "T",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "T",
    "GIT_COMMITTER_EMAIL": "t@example.org",
}
HOOKS = ("pre-commit", "post-checkout", "post-index-change", "reference-transaction", "post-merge")
# Modules that kb or a library of its imports, and files that something or other runs by itself.
IMPORTED = (
    "json.py tomllib.py yaml.py whoosh/__init__.py typer.py sqlite_utils.py markdown_it.py fsrs.py "
    "kb/__init__.py kb/cli/app.py sitecustomize.py usercustomize.py re.py pickle.py dataclasses.py"
).split()
RUN_BY_ITSELF = (
    "conftest.py setup.py noxfile.py .envrc .env .pythonrc.py .kb.py kb.toml .kbrc".split()
)
# Where a tool that trusts the work tree might keep an index.
PLACES = (
    ". .kb .kb/index .cache/kb docs docs/.kb docs/.index docs/_index docs/index index _whoosh "
    ".git/kb docs/equipment .local/share/kb cache kb-cache"
).split()
YAML = """---
title: !!python/object/apply:os.system ['touch {canary}']
owner: !!python/name:os.system
---
# X
"""


class Clone:
    """A repository with a trap in every place that some program would run or load."""

    def __init__(self, home: Path) -> None:
        self.house = furnish(home)
        self.root = self.house.docs.parent
        self.canary = home / "canary"
        self.trap = home / "trap"
        self.trap.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{self.canary}'\ncat\n")
        self.trap.chmod(0o755)
        self.traps = 0
        self._python()
        self._pickles()
        self._yaml()
        if shutil.which("git"):
            self._git()
        self.canary.unlink(missing_ok=True)

    def _python(self) -> None:
        code = f"open({str(self.canary)!r}, 'a').write(__file__ + chr(10))\n"
        for name in (*IMPORTED, *RUN_BY_ITSELF):
            write(self.root / name, code)
            self.traps += 1
        write(self.root / "evil.pth", f"import os; os.system('touch {self.canary}')\n")

    def _pickles(self) -> None:
        """An index as Whoosh makes it, its table of contents and segments changed for payloads."""
        made = self.house.home / "made"
        other = House(self.house.home / "made-home", docs=self.house.docs)
        other.home.mkdir()
        other.cache = made
        (other.home / "tmp").mkdir()
        canary = self.canary
        other.search("zebrafish", broken=lambda: make_evil(GADGETS[1], canary))
        source = min(made.glob("*/gen-*"))  # each try of that search made one
        for number, place in enumerate(PLACES):
            target = self.root / place
            target.mkdir(parents=True, exist_ok=True)
            gadget = GADGETS[number % len(GADGETS)]
            for path in source.iterdir():
                shutil.copy(path, target)
            for path in made.glob("*/*.json"):
                shutil.copy(path, target)
            (target / "CURRENT").write_text(".")
            for name in ("x.seg", "index.pkl", "cache.pickle", ".kb.pickle"):
                (target / name).write_bytes(payload(gadget, self.canary, b"\x80\x04N."))
            self.traps += 1

    def _yaml(self) -> None:
        text = YAML.replace("{canary}", str(self.canary))
        write(self.house.docs / "equipment" / "yaml.md", text)
        write(self.house.docs / "studio.toml", 'id = "here"\n')
        write(self.root / ".kb.yaml", text)
        write(self.root / "docs" / "kb.yaml", text)
        self.traps += 3

    def _git(self) -> None:
        shutil.rmtree(self.root / ".git")
        git(self.root, "init", "-q", "-b", "main")
        write(self.root / ".gitattributes", "*.md filter=evil diff=evil merge=evil\n")
        git(self.root, "add", "-A", "docs", ".gitattributes")
        git(self.root, "commit", "-q", "-m", "one")
        git(self.root, "checkout", "-q", "-b", "work")
        write(self.root / "hooks" / "x", "")
        for name, value in git_traps(self.trap, self.root).items():
            git(self.root, "config", name, value)
            self.traps += 1
        for hook in HOOKS:
            shutil.copy(self.trap, self.root / "hooks" / hook)
            shutil.copy(self.trap, self.root / ".git" / "hooks" / hook)
            self.traps += 2
        write(self.house.docs / "procedures" / "plain.md", "---\nowner: RH\n---\n# Plain\n\nNew.\n")


def git_traps(trap: Path, root: Path) -> dict[str, str]:
    """Settings of a repository that name a program to be run."""
    said = str(trap)
    named = (
        "core.fsmonitor core.sshCommand core.pager core.editor core.askPass core.gitProxy "
        "core.alternateRefsCommand filter.evil.clean filter.evil.smudge filter.evil.process "
        "diff.evil.textconv diff.evil.command diff.external gpg.program uploadpack.packObjectsHook "
        "pager.ls-tree remote.origin.uploadpack merge.evil.driver sequence.editor"
    )
    return dict.fromkeys(named.split(), said) | {
        "core.hooksPath": str(root / "hooks"),
        "filter.evil.required": "true",
        "credential.helper": f"!{said}",
        "log.showSignature": "true",
        "alias.merge-base": f"!{said}",
        "alias.ls-tree": f"!{said}",
        "remote.origin.url": f"ext::{said} x",
        "remote.origin.promisor": "true",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
    }


def git(folder: Path, *words: str) -> str:
    """Git, in a repository of ours."""
    ran = subprocess.run(
        ["git", "-C", str(folder), *words], env=CLEAN, capture_output=True, encoding="utf-8"
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def clone(home: Path, step: int, broken: Break | None = None) -> Trial:
    """Every command inside a hostile clone, and the real program from its folder: nothing runs."""
    what = "index kept in the work tree and its pickles unfenced"
    trial = Trial(what if broken else "commands in a hostile clone", control=bool(broken))
    scene = Clone(home)
    trial.remarks["traps"] = scene.traps
    for call in _for_a_clone()[::step]:
        ran = scene.house.run(call.words, typed=call.typed, broken=broken)
        trial.tries += 1
        _sprung(trial, scene, call.line)
        if ran.code not in (0, 1, 2, 3) and not broken:
            trial.fault("crash", f"{call.line}: {ran.code} {ran.err[-200:]}")
    if broken or not KB.exists():
        return trial
    environment = {**CLEAN, "HOME": str(scene.house.home), "KB_CACHE": str(scene.house.cache)}
    for call in _for_a_clone()[:: 12 * step]:
        subprocess.run(
            [KB, *call.words], cwd=scene.root, env=environment, input=call.typed,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        trial.tries += 1
        _sprung(trial, scene, f"the program itself, {call.line}")
    return trial


def _for_a_clone() -> list[Command]:
    return [call for call in commands() if call.words[0] not in ("import", "restore")]


def _sprung(trial: Trial, scene: Clone, by: str) -> None:
    if scene.canary.exists():
        trial.fault("ran", f"{by}: {scene.canary.read_text()[:100]}")
        scene.canary.unlink()


def trusting() -> None:
    """The broken kb of a control: the index lies in the work tree, and every class may come in."""
    from kb import settings
    from kb.search import generations

    real = settings.find_places

    def in_tree(*words: object) -> settings.Places:
        places = real(*words)  # type: ignore[arg-type]
        return settings.Places(places.docs, places.root / ".kb" / "index")

    replace(settings, "find_places", in_tree)
    replace(generations, "prepare_read", lambda cache: None)
    replace(generations, "_checked", lambda folder, trust, name, *known: [name, *known])
    replace(
        generations, "current", lambda cache: cache if (cache / "MANIFEST.json").exists() else None
    )
    let_any_class_in()


def plain_git(home: Path) -> Trial:
    """The control of the traps for git: they are armed, git by itself falls into them."""
    trial = Trial("git by itself in the hostile clone", control=True)
    scene = Clone(home)
    (scene.house.docs / "equipment" / "lamp.md").touch()
    subprocess.run(["git", "-C", str(scene.root), "diff", "HEAD"], env=CLEAN, capture_output=True)
    _sprung(trial, scene, "git diff")
    return trial


# --- nothing outside docs ----------------------------------------------------------------------

SECRET = "quaggasecret"
OUTSIDE = "stands outside and nobody may read it"


def outside(home: Path, step: int, timed: bool, broken: Break | None = None) -> Trial:
    """Links, loops, pipes, devices and paths that lead out: named, and never read."""
    trial = Trial(
        "follows links" if broken else "commands over names that lead out of docs",
        control=bool(broken),
    )
    house = furnish(home)
    refused = _lead_out(house, links_only=bool(broken))
    ways = list(_ways_to_ask(house))
    calls = [*commands()[::step], *map(_asks, ways[:2]), *map(_asks, ways[2::step])]
    for call in calls:
        if call.words[0] in ("import", "restore"):
            continue
        start = time.monotonic()
        ran = house.run(call.words, typed=call.typed, broken=broken, timeout=30)
        took = time.monotonic() - start
        trial.tries += 1
        if OUTSIDE in ran.out + ran.err:
            trial.fault("read", f"{call.line}: {ran.out[:200]}")
        if ran.code < 0 or "Traceback" in ran.err:
            trial.fault("crash", f"{call.line}: {ran.code} {ran.err[-200:]}")
        trial.remarks["ms the slowest:"] = max(trial.remarks["ms the slowest:"], round(1000 * took))
        if timed and took > SLOW and not broken:
            trial.fault("slow", f"{call.line}: {took:.1f} s")
    told = house.run(["check"], broken=broken).out
    if not broken:
        trial.faults += [
            ("unnamed", path) for path in refused if f"/{path}:1:1: not-read" not in told
        ]
        trial.remarks["names refused"] = len(refused)
    return trial


def _asks(words: tuple[str, ...]) -> Command:
    return Command(words, 0, False, "")


def _ways_to_ask(house: House) -> Iterator[tuple[str, ...]]:
    out = house.home / "outside"
    yield ("search", SECRET)
    yield ("search", "--json", SECRET)
    names = (
        "../../outside/secret.md docs/../../outside/secret.md equipment/../../../outside/secret "
        "equipment/link equipment/dir/secret equipment/dir/secret.md:1 .. /etc/passwd "
        "equipment/link#secret"
    ).split()
    for name in (*names, str(out / "secret.md")):
        for words in (("show",), ("check",), ("questions",), ("quiz",), ("new", "fault"),
                      ("checklist", "show"), ("--as", "mara", "quiz")):  # fmt: skip
            yield (*words, name)


def _lead_out(house: House, links_only: bool) -> list[str]:
    """Put names that lead out into docs; the paths of those that end in .md."""
    out = house.home / "outside"
    write(out / "secret.md", f"# Secret {SECRET}\n\n{SECRET} {OUTSIDE}.\n")
    equipment = house.docs / "equipment"
    (equipment / "link.md").symlink_to(out / "secret.md")
    (equipment / "dir").symlink_to(out)
    (equipment / "dir.md").symlink_to(out)
    (house.docs / "up.md").symlink_to("../../outside/secret.md")
    write(
        equipment / "links.md",
        "---\nowner: X\n---\n# Links\n\n[a](../../../outside/secret.md#secret)\n",
    )
    if links_only:
        return []
    (equipment / "loop.md").symlink_to("loop.md")
    (equipment / "round").symlink_to(house.docs)
    os.mkfifo(equipment / "pipe.md")
    made = ["link.md", "dir.md", "loop.md", "pipe.md", "zero.md", "null.md", "socket.md"]
    (equipment / "zero.md").symlink_to("/dev/zero")
    if os.geteuid() == 0:
        os.mknod(equipment / "null.md", 0o20666, os.makedev(1, 5))  # /dev/zero itself
    else:
        (equipment / "null.md").symlink_to("/dev/null")
    here = Path.cwd()
    os.chdir(equipment)  # the name of a socket may not be long
    with socket.socket(socket.AF_UNIX) as made_socket:
        made_socket.bind("socket.md")
    os.chdir(here)
    return [f"equipment/{name}" for name in made] + ["up.md"]


def follows_links() -> None:
    """The broken kb of a control: whatever is called a page is read."""
    from kb.pages import read

    read._FLAGS = os.O_RDONLY
    replace(read, "_refused", lambda *words: None)
