"""Quiz sections: each heading below a Quiz heading to one question, or to what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from typing import Literal

from kb.pages import inline, links, tasks
from kb.pages.answers import KeyProblemError, cloze, has_bold, is_answer, typed_key
from kb.pages.blocks import Block
from kb.pages.fingerprint import fingerprint
from kb.pages.headings import Part
from kb.pages.model import (
    Choice,
    Key,
    Matching,
    Multiple,
    Option,
    Ordering,
    Question,
)
from kb.pages.outline import Outline
from kb.terms.text import one_line

TYPES = ("choice", "multiple", "short", "numeric", "order", "match", "cloze")
KeyBlock = Literal["tasks", "answer", "order", "table", "cloze"]
_BLOCK_OF: dict[str, KeyBlock] = {
    "choice": "tasks",
    "multiple": "tasks",
    "short": "answer",
    "numeric": "answer",
    "order": "order",
    "match": "table",
    "cloze": "cloze",
}
_SAID: dict[KeyBlock, str] = {
    "tasks": "a list of `- [ ]` options",
    "answer": "**Answer:**",
    "order": "a numbered list",
    "table": "a table of two columns",
    "cloze": "a paragraph with bold words",
}

_NOT_INDENTED = "a remark on an option is indented below it; at the margin write `> Why:`"

_COMMENT = re.compile(r"<!--\s*(q:|(?=type\s*=))(.*?)-->", re.DOTALL)
_ID = re.compile(r"\w[\w./#:-]*")
_LABEL = re.compile(r"\s*[*_]*(hint|why)[*_]*\s*:[*_]*\s*", re.IGNORECASE)


def questions(part: Part, outline: Outline) -> tuple[Question, ...]:
    """The question of one heading in a Quiz; none if it is refused, with a Problem that says why.

    The heading of the Quiz itself holds no question.
    """
    if part.quiz == "inside":
        message = "heading inside a question; each question has one heading, all of one level"
        outline.report(part.line, "quiz", message)
    elif part.quiz == "question":
        question = _Reader(part, outline).question()
        return (question,) if question else ()
    else:
        if outline.damaged:
            message = "questions of a page that is not UTF-8 are not asked"
            outline.report(part.line, "quiz", message)
        for block in part.blocks:
            if found := _key_block(block, is_cloze=False):
                message = (
                    f"{_SAID[found]} right under Quiz: each question needs a heading of its own"
                )
                outline.report(block.line, "quiz", message)
    return ()


def _key_block(block: Block, is_cloze: bool) -> KeyBlock | None:
    if block.kind in ("bullets", "numbers") and any(
        tasks.box(i) is not None or tasks.nearly(i) for i in block.children
    ):
        return "tasks"
    if block.kind == "numbers":
        return "order"
    if block.kind == "table":
        return "table"
    if block.kind == "paragraph" and is_answer(block.content):
        return "answer"
    if block.kind == "paragraph" and is_cloze and has_bold(block.content):
        return "cloze"
    return None


class _Reader:
    """One question while it is read."""

    def __init__(self, part: Part, outline: Outline) -> None:
        self.part = part
        self.outline = outline
        self.id = ""
        self.type = ""
        self.critical = False
        self.refused = False
        self.prompt: list[str] = []
        self.hint: list[str] = []
        self.why: list[str] = []
        self.why_links: list[str] = []
        self.stressed: list[str] = []

    def refuse(self, line: int, message: str, code: str = "quiz") -> None:
        """Note what is wrong; the question will not be asked."""
        self.refused = True
        self.outline.report(line, code, message)

    def question(self) -> Question | None:
        """The question, unless something is wrong with it."""
        part = self.part
        blocks = self._without_comments(part.blocks)
        if not part.heading:
            self.refuse(part.line, "question with an empty prompt: its heading has no text")
        found = self._choose([(_key_block(b, self.type == "cloze"), b) for b in blocks])
        self._read_around(blocks, found)
        key = self._key(found) if found else None
        self._claim_id()
        if key is None or self.refused or self.outline.damaged:
            return None
        prompt = "\n\n".join([part.heading, *self.prompt])
        return Question(
            id=self.id or part.address,
            pinned=bool(self.id),
            line=part.heading_lines[0],
            prompt=prompt,
            key=key,
            critical=self.critical,
            hint="\n\n".join(self.hint),
            why="\n\n".join(self.why),
            why_links=tuple(dict.fromkeys(self.why_links)),
            fingerprint=fingerprint("question", prompt, _meaning(key)),
            stressed=(*self._stressed_in_heading(), *self.stressed),
        )

    def _stressed_in_heading(self) -> tuple[str, ...]:
        first, last = self.part.heading_lines
        return inline.emphasised("\n".join(self.outline.lines[first - 1 : last]))

    # --- the comment: id, type, critical

    def _without_comments(self, blocks: list[Block]) -> list[Block]:
        kept = []
        seen = 0
        for block in blocks:
            if block.kind == "html":
                for match in _COMMENT.finditer(block.content):
                    line = block.line + block.content.count("\n", 0, match.start())
                    seen += match[1] == "q:"
                    if seen > 1:
                        self.refuse(line, "second <!-- q: … --> in one question")
                    self._settings(match[2].split(), bool(match[1]), line)
            if block.kind not in ("html", "rule") or _html_text(block):
                kept.append(block)
        return kept

    def _settings(self, words: list[str], named: bool, line: int) -> None:
        for n, word in enumerate(words):
            key, equals, value = word.partition("=")
            if key == "type" and equals:
                self.type = value
                if value not in TYPES:
                    known = ", ".join(TYPES)
                    self.refuse(line, f'unknown question type "{value}"; known: {known}')
            elif word == "critical":
                self.critical = True
            elif n == 0 and named and _ID.fullmatch(word):
                self.id = word
            elif n == 0 and named and not equals:
                self.refuse(line, f'question id "{word}": letters, digits, hyphens and dots only')
            else:
                known = "critical, type=…"
                self.refuse(line, f'unknown word "{word}" in the q comment; known: {known}')

    def _claim_id(self) -> None:
        wanted = self.id or self.part.address
        line = self.part.heading_lines[0]
        if wanted in self.outline.questions:
            before = self.outline.questions[wanted]
            self.refuse(line, f'id "{wanted}" already used at line {before}', "duplicate-id")
        else:
            self.outline.questions[wanted] = line

    # --- the block that holds the key

    def _choose(self, found: list[tuple[KeyBlock | None, Block]]) -> list[Block]:
        """The block with the key; several for the paragraphs of a cloze or a list cut in two."""
        if self.type in _BLOCK_OF:
            wanted = _BLOCK_OF[self.type]
            chosen = [(kind, block) for kind, block in found if kind == wanted]
            if not chosen:
                self.refuse(self.part.line, f"type={self.type}, but no {_SAID[wanted][2:]}")
        else:
            chosen = [(kind, block) for kind, block in found if kind]
            if len(chosen) > 1:  # a wide table is there to be looked at
                chosen = [c for c in chosen if c[0] != "table" or len(c[1].cells[0]) == 2]
            if not chosen and not self.refused:
                hint = (
                    "; bold words are blanks with type=cloze"
                    if any(b.kind == "paragraph" and has_bold(b.content) for _, b in found)
                    else ""
                )
                message = f"question has no answer: no options, **Answer:**, list or table{hint}"
                self.refuse(self.part.line, message)
        blocks = [block for _, block in chosen]
        kinds = {kind for kind, _ in chosen}
        if len(blocks) > 1 and not (kinds == {"cloze"} or self._is_one_list(kinds, found)):
            between = [block for _, block in found if blocks[0].line < block.line < blocks[-1].line]
            if kinds == {"tasks"} and all(b.kind == "quote" for b in between if b not in blocks):
                for block in between:
                    if block.kind == "quote":
                        self.refuse(block.line, _NOT_INDENTED)
            else:
                lines = ", ".join(str(block.line) for block in blocks)
                self.refuse(self.part.line, f"question has more than one answer (lines {lines})")
            return []
        return blocks

    def _is_one_list(
        self, kinds: Set[KeyBlock | None], found: list[tuple[KeyBlock | None, Block]]
    ) -> bool:
        """Whether task lists follow one another, as where `-` goes on with `*`."""
        at = [n for n, (kind, _) in enumerate(found) if kind == "tasks"]
        return kinds == {"tasks"} and at == list(range(at[0], at[-1] + 1))

    def _read_around(self, blocks: list[Block], key: list[Block]) -> None:
        """Prompt, hint and explanation: what stands before and after the key."""
        after = False
        for block in blocks:
            if any(block is part for part in key):
                after = True
            elif block.kind == "quote" and self._labelled(block):
                continue
            elif not after:
                self.prompt += [t for t in tasks.plain_texts([block], self.outline) if t]
                self.stressed += inline.emphasised(block.content)
            elif key and block.kind == "quote":
                self.refuse(block.line, _NOT_INDENTED)
            elif key:
                message = "text after the answer is not read; an explanation is written `> Why: …`"
                self.refuse(block.line, message)

    def _labelled(self, quote: Block) -> bool:
        label = ""
        for block in quote.children:
            match = _LABEL.match(block.content) if block.kind == "paragraph" else None
            if match:
                label = match[1].lower()
            elif not label:
                return False
            into = self.hint if label == "hint" else self.why
            for text in tasks.plain_texts([block], self.outline):
                into.append(_LABEL.sub("", text, count=1) if match else text)
                if match and not into[-1]:
                    self.refuse(block.line, f"> {label.capitalize()}: without a text")
            if label == "why":
                inline.plain(block.content, self.outline.labels, self._on_why_link)
        return True

    def _on_why_link(self, target: str, _offset: int, image: bool) -> None:
        found = None if image else links.address(self.outline.path, target)
        if found:
            self.why_links.append(found)

    # --- the key

    def _key(self, blocks: list[Block]) -> Key | None:
        block = blocks[0]
        kind = _key_block(block, self.type == "cloze")
        readers: dict[KeyBlock, Callable[[list[Block]], Key | None]] = {
            "tasks": self._options,
            "order": self._ordering,
            "table": self._matching,
            "answer": lambda b: typed_key(b[0].content, self.type),
            "cloze": lambda b: cloze([paragraph.content for paragraph in b]),
        }
        try:
            return readers[kind](blocks) if kind else None
        except KeyProblemError as error:
            self.refuse(block.line, str(error))
            return None

    def _options(self, blocks: list[Block]) -> Key | None:
        options = [self._option(item) for block in blocks for item in block.children]
        right = [option for option in options if option.right]
        if not right and not self.refused:
            self.refuse(self.part.line, "question has no correct option")
        if len(options) == 1:
            self.refuse(self.part.line, "question has one option only")
        if self.type == "choice" and len(right) > 1:
            lines = ", ".join(str(option.line) for option in right)
            message = f"{_count(len(right))} correct options ({lines}) in a single-choice question"
            self.refuse(self.part.line, message)
        self._all_differ("options", [(option.text, option.line) for option in options])
        if len(right) == 1 and self.type != "multiple":
            return Choice(tuple(options))
        return Multiple(tuple(options))

    def _option(self, item: Block) -> Option:
        box = tasks.box(item)
        if box is None:
            self.refuse(item.line, "an option begins with `[ ] ` or `[x] `; this one does not")
        text = [self.outline.bare(tasks.content(item))]
        feedback: list[str] = []
        for block in item.children[1:]:
            if block.kind == "quote":
                feedback += tasks.plain_texts([block], self.outline)
            elif block.kind in ("paragraph", "code") and not feedback:
                text += tasks.plain_texts([block], self.outline)
            elif block.kind != "html" or _html_text(block):
                self.refuse(block.line, "an option holds its text and an indented `>` remark only")
        if not text[0]:
            self.refuse(item.line, "option without a text")
        return Option("\n\n".join(text), box == "x", "\n\n".join(feedback), item.line)

    def _ordering(self, blocks: list[Block]) -> Key | None:
        steps = []
        for item in blocks[0].children:
            steps.append(("\n".join(tasks.plain_texts(item.children, self.outline)), item.line))
            if not steps[-1][0].strip():
                self.refuse(item.line, "step without a text")
        if len(steps) < 2:
            self.refuse(blocks[0].line, "one step only: there is nothing to put in order")
        self._all_differ("steps", steps)
        return Ordering(tuple(text for text, _ in steps))

    def _matching(self, blocks: list[Block]) -> Key | None:
        table = blocks[0]
        if len(table.cells[0]) != 2:
            count = len(table.cells[0])
            self.refuse(table.line, f"a table to match has two columns, this one {count}")
            return None
        pairs = []
        distractors = []
        lefts, rights = [], []
        for n, cells in enumerate(table.cells[1:]):
            line = table.line + 2 + n
            left, right = (self.outline.bare(cell) for cell in cells)
            if not right:
                self.refuse(line, "row without a right-hand cell")
            elif left:
                pairs.append((left, right))
                lefts.append((left, line))
            else:
                distractors.append(right)
            rights.append((right, line))
        if len(pairs) < 2:
            self.refuse(table.line, "a table to match needs two pairs or more")
        self._all_differ("left-hand cells", lefts)
        self._all_differ("right-hand cells", rights)
        return Matching(tuple(pairs), tuple(distractors))

    def _all_differ(self, what: str, texts: list[tuple[str, int]]) -> None:
        seen: dict[str, int] = {}
        for text, line in texts:
            if text and text in seen:
                self.refuse(line, f"two equal {what} ({seen[text]}, {line})")
            seen.setdefault(text, line)


def _count(number: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if number < len(words) else str(number)


def _html_text(block: Block) -> str:
    return one_line(inline.plain(inline.without_comments(block.content)))


def _meaning(key: Key) -> object:
    """What a key says: its options without the remarks, which explain and ask nothing."""
    if isinstance(key, Choice | Multiple):
        return [key.kind, [[option.text, option.right] for option in key.options]]
    return key
