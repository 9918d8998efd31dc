"""The block rules of markdown-it-py, without the rest of it, which no page needs to be read.

Importing any part of a package runs the package first, and this one then imports inline rules,
links, typography and a renderer: more than all else that a search right after an edit has to do.
So the package is put off until something else of it is asked for. Its rules also log what they
try, which nobody reads, and compile a page of regular expressions for HTML and entities, which
few pages have: half of what they cost to import.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import types
from functools import cached_property, partial
from typing import Any


class _Late(types.ModuleType):
    """A package whose own code has not run yet; the first name asked of it makes it run."""

    def __getattr__(self, name: str) -> Any:
        self.__class__ = types.ModuleType  # type: ignore[assignment]
        assert self.__spec__
        assert self.__spec__.loader
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


class _Pattern:
    """A regular expression that is compiled when it is first used."""

    def __init__(self, *how: Any, **flags: Any) -> None:
        self._compiled = partial(re.compile, *how, **flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._compiled(), name)
        setattr(self, name, found)
        return found


def _stand_ins() -> dict[str, types.ModuleType]:
    """What the rules are given while they are imported, in place of modules of that name."""
    late, silent = types.ModuleType("re"), types.ModuleType("logging")
    vars(late).update(vars(re), compile=_Pattern)
    vars(silent).update(getLogger=lambda _: silent, debug=lambda *_: None)
    return {"re": late} if "logging" in sys.modules else {"re": late, "logging": silent}


def _import_rules() -> None:
    if "markdown_it" in sys.modules or (spec := importlib.util.find_spec("markdown_it")) is None:
        return
    package = importlib.util.module_from_spec(spec)
    package.__class__ = _Late
    sys.modules["markdown_it"] = package
    stand_ins = _stand_ins()
    theirs = {name: sys.modules.get(name) for name in stand_ins}
    sys.modules.update(stand_ins)
    try:
        importlib.import_module("markdown_it.rules_block")  # or the parser asks the package for it
        importlib.import_module("markdown_it.parser_block")
    finally:
        for name, module in theirs.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


_import_rules()

from markdown_it.parser_block import ParserBlock  # noqa: E402
from markdown_it.rules_block.table import escapedSplit  # noqa: E402
from markdown_it.token import Token  # noqa: E402
from markdown_it.utils import OptionsDict  # noqa: E402

__all__ = ["OPTIONS", "Token", "block_tokens", "escapedSplit"]

# 64 is what markdown-it counts as levels: a list takes two of them.
OPTIONS = {"maxNesting": 64, "html": True}


class _Rules:
    """What block rules ask of a MarkdownIt: CommonMark with tables.

    Only a link's definition (`[label]: target`) asks for more, and gets a whole one.
    """

    def __init__(self) -> None:
        self.options = OptionsDict(OPTIONS)  # type: ignore[arg-type]
        self.block = ParserBlock()

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    @cached_property
    def _whole(self) -> Any:
        return importlib.import_module("markdown_it").MarkdownIt("commonmark")


_rules = _Rules()


def block_tokens(text: str) -> tuple[list[Token], dict[str, Any]]:
    """The block tokens of a text, and what was defined in it.

    The text has only "\\n" for ends of line, and no NUL.
    """
    tokens: list[Token] = []
    env: dict[str, Any] = {}
    _rules.block.parse(text, _rules, env, tokens)  # type: ignore[arg-type]
    return tokens, env
