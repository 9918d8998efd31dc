"""A step before and after an edit, on the screen."""

from __future__ import annotations

from collections.abc import Iterator

from kb.views.terminal import Screen


def change(screen: Screen, number: str, was: str, now: str) -> Iterator[str]:
    """A rewording: was, and now."""
    head = f"  {number:>4}  "
    blank = " " * len(head)
    if first_line(was) == first_line(now):  # what stands below the step has changed
        was, now = " ".join(was.split()), " ".join(now.split())
    if was and not now:
        yield from screen.wrap(screen.text(first_line(was)), f"{head}gone: ", blank + "      ")
        return
    if was:
        yield from screen.wrap(screen.text(first_line(was)), f"{head}was: ", blank + "     ")
        head = blank
    now = first_line(now)
    yield from screen.wrap(screen.text(now), f"{head}{'now' if was else 'new'}: ", blank + "     ")


def first_line(text: str) -> str:
    """A step without the notes below it."""
    return text.partition("\n")[0]
