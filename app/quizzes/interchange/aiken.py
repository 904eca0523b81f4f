"""Read Aiken as people type it: a question, its choices ``A.`` or ``（Ａ）``, then ``ANSWER: A`` or ``答案：Ａ``.

Full-width letters and marks count as the plain ones. Beyond what Aiken knows, several letters make a question with
several right answers, “对” or “False” without choices a true-or-false question, and what follows the answer behind
``解析：`` is its feedback.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from app.core.messages import N_, Message
from app.core.text import shorten
from app.quizzes.interchange.answers import FALSE_WORDS, TRUE_WORDS, check_parts, letter
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.model import (
    ANY,
    MAX_ITEMS,
    CannotTake,
    Imported,
    Item,
    Language,
    Raw,
    Refusal,
    settle,
)

#: Full-width letters, digits and marks as plain ones; each stays one character, so that positions stay.
_FOLD: Final = {0xFF01 + number: 0x21 + number for number in range(94)} | {0x3000: 0x20}
_CHOICE: Final = re.compile(r"\(?\s*([A-Za-z])\s*[.)、:。]\s*(?=\S)")
_ANSWER: Final = re.compile(r"(?:(?:CORRECT )?ANSWER|(?:正确|参考|标准)?答案)\s*:\s*(.*)", re.IGNORECASE)
_EXPLAINED: Final = re.compile(r"(?:(?:答案|试题|题目)?(?:解析|解释)|EXPLANATION|FEEDBACK)\s*:\s*", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"\(?(\d{1,4})\s*[.、)](?:\s+|(?=\D))")
_BETWEEN: Final = re.compile(r"[\s,、;/&.()。和及与]+")


@dataclass(slots=True)
class _Block:
    """One question: its first line's number, its lines, what stands behind ``ANSWER:``, and the explanation."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    answer: str | None = None
    explained: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return shorten(self.lines[0] if self.lines else f"ANSWER: {self.answer}")


def is_aiken(text: str) -> bool:
    """Does some line say which answer is right?"""
    return any(_ANSWER.fullmatch(_folded(line)) for line in text.split("\n"))


def read(text: str, language: Language) -> Imported:
    """Every question of the file, and every part that cannot be taken, with its line."""
    found = Imported()
    blocks = _blocks(text)
    _take_numbers_away(blocks)
    for block in blocks:
        where = str(block.line)
        if found.is_full:
            found.refused.append(Refusal(where, "", N_("only %(number)s questions at a time", number=MAX_ITEMS)))
            break
        try:
            found.items.append(_item(block, language))
        except CannotTake as error:
            found.refused.append(Refusal(where, block.words, error.why))
    return found


def _folded(line: str) -> str:
    return line.translate(_FOLD).strip()


def _blocks(text: str) -> list[_Block]:
    """Runs of lines that end with an answer and its explanation (or with the file)."""
    blocks = [_Block()]
    explaining = False
    for number, line in enumerate(text.split("\n"), start=1):
        block, written = blocks[-1], line.strip()
        if not written:
            explaining = False
            continue
        if block.answer is not None:
            found = _EXPLAINED.match(_folded(written))
            if found or explaining:
                explaining = True
                block.explained.append(written[found.end() :] if found else written)
                continue
            block = _Block()
            blocks.append(block)
        block.line = block.line or number
        if answered := _ANSWER.fullmatch(_folded(written)):
            block.answer = answered[1].strip()
        else:
            block.lines.append(written)
    return blocks if blocks[-1].line else blocks[:-1]


def _take_numbers_away(blocks: Sequence[_Block]) -> None:
    """Numbers before the questions are taken away where they only count them."""
    numbered = [_NUMBERED.match(block.lines[0].translate(_FOLD)) if block.lines else None for block in blocks]
    if [int(found[1]) for found in numbered if found] != list(range(1, len(blocks) + 1)):
        return
    for block, found in zip(blocks, numbered, strict=True):
        if found:
            block.lines[0] = block.lines[0][found.end() :]


def _item(block: _Block, language: Language) -> Item:
    if block.answer is None:
        raise CannotTake(N_("it has no line “ANSWER: …”"))
    notes: list[Message] = []
    converter = Converter(_no_picture, notes)
    choices = [_CHOICE.match(line.translate(_FOLD)) for line in block.lines]
    letters = [found[1].upper() if found else "" for found in choices]
    first = max((at for at, name in enumerate(letters) if at and name == "A"), default=len(letters))
    raw: Raw = {"prompt": {ANY: converter.plain("\n".join(block.lines[:first]))}}
    truth = block.answer.strip(".。 ").lower()
    if not any(letters[1:]) and truth in TRUE_WORDS | FALSE_WORDS:
        raw |= {"type": "true_false", "answer": truth in TRUE_WORDS}
    else:
        offered = []
        for line, found in zip(block.lines[first:], choices[first:], strict=True):
            if found is None:
                raise CannotTake(N_("the line “%(text)s” is neither a choice nor an answer", text=line))
            offered.append({"text": {ANY: converter.plain(line[found.end() :])}})
        raw |= _choosing(letters[first:], offered, block.answer, notes)
    if block.explained:
        raw["feedback"] = {ANY: converter.plain("\n".join(block.explained))}
    settle(raw, language)
    return Item("", raw, str(block.line), tuple(notes))


def _choosing(letters: Sequence[str], offered: Sequence[Raw], answer: str, notes: list[Message]) -> Raw:
    """A question with one right choice or several. Raises CannotTake."""
    check_parts(offered, 2)
    wanted = _BETWEEN.sub("", answer).upper()
    if not wanted or len({*letters}) < len(letters) or not {*wanted} <= {*letters}:
        raise CannotTake(N_("its answer “%(text)s” is not one of its choices", text=answer))
    choices = [
        {"id": letter(number)} | choice | ({"correct": True} if name in wanted else {})
        for number, (name, choice) in enumerate(zip(letters, offered, strict=True))
    ]
    if len({*wanted}) == 1:
        return {"type": "single", "choices": choices}
    notes.append(N_("Several of its answers are right: it is taken as multiple choice, all or nothing."))
    return {"type": "multiple", "scoring": "all_or_nothing", "choices": choices}


def _no_picture(address: str) -> str:
    raise CannotTake(N_("its picture “%(name)s” is not in the file", name=address))
