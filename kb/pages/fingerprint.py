"""Fingerprints: whether the meaning of a row, step, question or section has changed."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from kb.terms.text import one_line

VERSION = 1


def fingerprint(*values: Any) -> str:
    """A short hash of the values; only white space and Unicode form are folded.

    It starts with the version of this rule: fingerprints of two versions cannot be compared.
    """
    text = json.dumps([_plain(v) for v in values], ensure_ascii=True, separators=(",", ":"))
    return f"{VERSION}:{blake2b(text.encode(), digest_size=8).hexdigest()}"


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {type(value).__name__: {k: _plain(v) for k, v in value._asdict().items()}}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return [[_plain(k), _plain(v)] for k, v in sorted(value.items())]
    return value
