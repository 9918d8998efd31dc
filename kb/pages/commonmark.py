"""The block rules of markdown-it-py, without the rest of it, which no page needs to be read.

Importing any part of a package runs the package first, and this one then imports inline rules,
links, typography and a renderer: more than all else that a search right after an edit has to do.
So the package is put off until something else of it is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from functools import cached_property
from typing import Any


class _Late(types.ModuleType):
    """A package whose own code has not run yet; the first name asked of it makes it run."""

    def __getattr__(self, name: str) -> Any:
        self.__class__ = types.ModuleType  # type: ignore[assignment]
        assert self.__spec__
        assert self.__spec__.loader
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def _import_rules() -> None:
    if "markdown_it" in sys.modules or (spec := importlib.util.find_spec("markdown_it")) is None:
        return
    package = importlib.util.module_from_spec(spec)
    package.__class__ = _Late
    sys.modules["markdown_it"] = package
    importlib.import_module("markdown_it.rules_block")  # or the parser asks the package for it


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
