"""The answers inside the text of Moodle's cloze questions: ``{2:SHORTANSWER:=London~%50%Londres#almost}``."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.core.messages import N_
from app.quizzes.interchange.answers import FULL, check_parts
from app.quizzes.interchange.model import CannotTake
from app.quizzes.interchange.running import gap_mark

_BEGIN: Final = re.compile(r"(?<!\\)\{(\d*):([A-Z]+(?:_[A-Z]+)?):")
_WEIGHT: Final = re.compile(r"\s*(?:=|%(-?\d+(?:[.,]\d*)?)%)")
_ESCAPED: Final = re.compile(r"\\([\\}#~/\"])")
_RESERVED: Final = re.compile(r"[\\}#~]")
#: Moodle's names and short names of what we have, without the marks for layout and shuffling.
KINDS: Final = {
    **dict.fromkeys(("SHORTANSWER", "SA", "MW"), "short"),
    **dict.fromkeys(("SHORTANSWER_C", "SAC", "MWC"), "short_exact"),
    **dict.fromkeys(("NUMERICAL", "NM"), "numeric"),
    **dict.fromkeys(("MULTICHOICE", "MC", "MCV", "MCH", "MCS", "MCVS", "MCHS"), "single"),
    **dict.fromkeys((f"MULTICHOICE_{layout}" for layout in ("V", "H", "S", "VS", "HS")), "single"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """One answer as it stands there: HTML, its weight in per cent, and what is said to those who give it."""

    text: str
    weight: Decimal
    feedback: str


@dataclass(frozen=True, slots=True)
class Field:
    """One gap: its share of the marks, one of the values of KINDS, and its answers."""

    weight: Decimal
    kind: str
    answers: list[Written]


def take_out(text: str) -> tuple[str, list[Field]]:
    """The text with a mark in place of each field, and the fields. Raises CannotTake."""
    kept: list[str] = []
    fields: list[Field] = []
    position = 0
    while found := _BEGIN.search(text, position):
        end = _end(text, found.end())
        kind = KINDS.get(found[2])
        if kind is None:
            raise CannotTake(N_("embedded answers of the type “%(type)s” cannot be taken", type=found[2]))
        parts = list(_split(text[found.end() : end], "~"))
        check_parts(parts, 0)
        answers = [_answer(part) for part in parts]
        fields.append(Field(Decimal(found[1] or 1), kind, [answer for answer in answers if answer.text]))
        kept += [text[position : found.start()], gap_mark(len(fields))]
        position = end + 1
    return "".join([*kept, text[position:]]), fields


def write(weight: int, kind: str, answers: list[Written]) -> str:
    """One field; ``kind`` is a name of Moodle's."""
    written = [
        f"%{answer.weight}%{_escape(answer.text)}" + (f"#{_escape(answer.feedback)}" if answer.feedback else "")
        for answer in answers
    ]
    return f"{{{weight}:{kind}:{'~'.join(written)}}}"


def plain(answer: Written) -> str:
    """The text of an answer that is no HTML."""
    return html.unescape(answer.text).strip()


def _end(text: str, start: int) -> int:
    position = start
    while position < len(text):
        if text[position] == "}":
            return position
        position += 2 if text[position] == "\\" else 1
    raise CannotTake(N_("its brace { is never closed"))


def _split(text: str, mark: str) -> Iterator[str]:
    start = position = 0
    while position < len(text):
        if text[position] == mark and not (mark == "#" and text[position - 1 : position] == "&"):
            yield text[start:position]
            start = position + 1
        position += 2 if text[position] == "\\" else 1
    yield text[start:]


def _answer(text: str) -> Written:
    weight = Decimal(0)
    if found := _WEIGHT.match(text):
        weight = Decimal(found[1].replace(",", ".")) if found[1] else FULL
        text = text[found.end() :]
    words, *rest = _split(text, "#")
    return Written(_unescape(words).strip(), weight, _unescape("#".join(rest)).strip())


def _escape(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
