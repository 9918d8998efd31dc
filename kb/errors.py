"""The ways kb says no, each with its exit code."""

from __future__ import annotations

DONE = 0
NO = 1
USAGE = 2
NOT_SAVED = 3
NOT_SHOWN = 4
FAULT = 70
INTERRUPTED = 130
PIPE = 141


class KbError(Exception):
    """Something a person can put right; the message says what, where and what to do."""

    code = USAGE


class NotSavedError(KbError):
    """Nothing was recorded, or the records cannot be read."""

    code = NOT_SAVED
