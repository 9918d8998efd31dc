"""Answers at a terminal: arrow keys and letters, steps moved about, pairs put together.

What is chosen comes back in the plain form, so that a terminal and a pipe are judged alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.output import create_output
from prompt_toolkit.styles import Style

from kb.cli import pick
from kb.cli.pick import Picker
from kb.cli.session import Session
from kb.pages.model import Choice, Cloze, Matching, Multiple, Ordering
from kb.training.bank import Ask
from kb.training.grading import shown
from kb.training.reading import BAR
from kb.views import quiz as views
from kb.views.terminal import Screen

_HELLO = "Each answer is saved as you give it. Ctrl-C stops, and the rest waits."


class Keys:
    """A terminal with somebody at it."""

    def __init__(self, session: Session, stream: TextIO) -> None:
        self._screen = session.screen if stream is session.screen.stream else Screen(stream)
        self._stream = stream
        self._input = create_input()
        self._output = create_output(stdout=stream)

    def show(self, number: int, of: int, ask: Ask, order: Sequence[int]) -> None:
        """The question; its options are shown by `read`, which moves them about."""
        if number == 1:
            self.tell([self._screen.dim(_HELLO if of > 1 else "One question.")])
        self.tell(["", views.head(self._screen, number, of, ask)])
        self.tell(list(views.prompt(self._screen, ask)))
        if isinstance(ask.key, Cloze):
            self.tell(list(views.body(self._screen, ask.key, order)))

    def read(self, ask: Ask, order: Sequence[int]) -> str:
        """What was chosen or typed, in the plain form."""
        key = ask.key
        texts = shown(key, order)
        if isinstance(key, Choice):
            return self._pick(pick.One(texts))
        if isinstance(key, Multiple):
            return self._pick(pick.Some(texts))
        if isinstance(key, Ordering):
            return self._pick(pick.InOrder(texts))
        if isinstance(key, Matching):
            return self._pick(pick.Pairs([left for left, _ in key.pairs], texts))
        if isinstance(key, Cloze) and len(key.blanks) > 1:
            return self._blanks(len(key.blanks))
        return self._line(f"{views.form(key)} > ")

    def tell(self, lines: Sequence[str]) -> None:
        """Lines as they are."""
        for line in lines:
            self._stream.write(line + "\n")
        self._stream.flush()

    def dispute(self) -> str | None:
        """A breath after a wrong answer: Enter goes on, `!` says that the key is wrong."""
        bindings = KeyBindings()
        bindings.add("enter")(lambda event: event.app.exit(result=""))
        bindings.add("space")(lambda event: event.app.exit(result=""))
        bindings.add("!")(lambda event: event.app.exit(result="!"))
        said = self._run(lambda: [("class:dim", "Enter goes on  ! key wrong")], bindings)
        return self._why() if said == "!" else None

    def _pick(self, picker: Picker) -> str:
        bindings = KeyBindings()
        for name in ("?", "-"):
            bindings.add(name)(_leave(name))
        bindings.add("!")(_leave("!"))

        @bindings.add("enter")
        def _(event: KeyPressEvent) -> None:
            if said := picker.answer():
                event.app.exit(result=said)

        @bindings.add("<any>")
        def _(event: KeyPressEvent) -> None:
            picker.press(event.data.casefold())

        for name in ("up", "down", "space", "backspace"):
            bindings.add(name)(_move(picker, name))
        said = self._run(lambda: self._drawn(picker), bindings)
        if said == "!":
            why = self._why()
            return f"! {why}" if why is not None else self._pick(picker)
        if said not in ("?", "-"):
            self.tell([text for text, _ in picker.rows(self._screen, done=True)])
        return said

    def _drawn(self, picker: Picker) -> StyleAndTextTuples:
        found: StyleAndTextTuples = []
        for text, here in picker.rows(self._screen):
            if here:
                found.append(("[SetCursorPosition]", ""))
            found.append(("bold" if here else "", text + "\n"))
        found.append(("class:dim", f"{self._screen.text(picker.HELP)}  {pick.ALWAYS}"))
        return found

    def _run(self, text: Callable[[], StyleAndTextTuples], bindings: KeyBindings) -> str:
        bindings.add("c-c")(lambda event: event.app.exit(exception=KeyboardInterrupt))
        bindings.add("c-d")(lambda event: event.app.exit(exception=EOFError))
        control = FormattedTextControl(text, focusable=True, show_cursor=False)
        window = Window(control, wrap_lines=True, dont_extend_height=True)
        application: Application[str] = Application(
            layout=Layout(window),
            key_bindings=bindings,
            erase_when_done=True,
            input=self._input,
            output=self._output,
            style=_style(self._screen),
        )
        return application.run()

    def _line(self, message: str) -> str:
        said = ""
        while not said:
            reader: PromptSession[str] = PromptSession(input=self._input, output=self._output)
            said = reader.prompt(message, bottom_toolbar=None).strip()
        if said == "!":
            why = self._why()
            return f"! {why}" if why is not None else self._line(message)
        return said

    def _blanks(self, count: int) -> str:
        filled: list[str] = []
        while len(filled) < count:
            said = self._line(f"{len(filled) + 1} > ")
            if said in ("?", "-") or said.startswith("!"):
                return said
            filled.append(said)
        return BAR.join(filled)

    def _why(self) -> str | None:
        """What is wrong with a key; nothing said takes the dispute back."""
        reader: PromptSession[str] = PromptSession(input=self._input, output=self._output)
        said = reader.prompt("what is wrong with it? (Enter: nothing after all) > ").strip()
        return said or None


def _style(screen: Screen) -> Style:
    return Style.from_dict({"dim": "fg:ansibrightblack"} if screen.styled else {})


def _leave(said: str) -> Callable[[KeyPressEvent], None]:
    return lambda event: event.app.exit(result=said)


def _move(picker: Picker, name: str) -> Callable[[KeyPressEvent], None]:
    return lambda _: picker.move(name)
