"""Read Aiken: a question on one line, choices ``A.`` or ``A)``, then ``ANSWER: A``."""

import re
from collections.abc import Iterator
from typing import Final

from app.core.messages import N_, Message
from app.core.text import shorten
from app.quizzes.interchange.answers import check_parts, letter
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

_CHOICE: Final = re.compile(r"\s*([A-Z])[.)．）、]\s*(.+)")
_ANSWER: Final = re.compile(r"\s*ANSWER\s*[:：]\s*([A-Za-z])\s*", re.IGNORECASE)


def read(text: str, language: Language) -> Imported:
    """Every question of the file, and every part that cannot be taken, with its line."""
    found = Imported()
    for start, lines in _blocks(text):
        if len(found.items) >= MAX_ITEMS:
            found.refused.append(
                Refusal(str(start), "", N_("only %(number)s questions at a time", number=MAX_ITEMS))
            )
            break
        try:
            found.items.append(_item(start, lines, language))
        except CannotTake as error:
            found.refused.append(Refusal(str(start), shorten(lines[0]), error.why))
    return found


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that end with an ANSWER line (or with the file)."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        start = number if not lines else start
        lines.append(line.strip())
        if _ANSWER.fullmatch(line):
            yield start, lines
            lines = []
    if lines:
        yield start, lines


def _item(start: int, lines: list[str], language: Language) -> Item:
    answer = _ANSWER.fullmatch(lines[-1])
    if answer is None:
        raise CannotTake(N_("it has no line “ANSWER: …”"))
    first = next((n for n, line in enumerate(lines) if n and _CHOICE.fullmatch(line)), len(lines) - 1)
    notes: list[Message] = []
    converter = Converter(_no_picture, notes)
    choices: list[Raw] = []
    names: list[str] = []
    for line in lines[first:-1]:
        found = _CHOICE.fullmatch(line)
        if found is None:
            raise CannotTake(N_("the line “%(text)s” is neither a choice nor an answer", text=line))
        names.append(found.group(1))
        choices.append({"id": letter(len(choices)), "text": {ANY: converter.plain(found.group(2))}})
    check_parts(choices, 2)
    wanted = answer.group(1).upper()
    if names.count(wanted) != 1 or len(set(names)) != len(names):
        raise CannotTake(N_("its answer “%(text)s” is not one of its choices", text=wanted))
    choices[names.index(wanted)]["correct"] = True
    prompt = {ANY: converter.plain("\n".join(lines[:first]))}
    raw: Raw = {"type": "single", "prompt": prompt, "choices": choices}
    settle(raw, language)
    return Item("", raw, str(start), tuple(notes))


def _no_picture(address: str) -> str:
    raise CannotTake(N_("its picture “%(name)s” is not in the file", name=address))
