"""Cloze in Moodle XML: one text with embedded answers."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from math import gcd
from typing import Final

from app.core.messages import N_
from app.quizzes.interchange.answers import (
    Answer,
    accept_part,
    choices_part,
    gather_feedback,
    number_of,
    numeric_part,
    plain_number,
)
from app.quizzes.interchange.languages import split
from app.quizzes.interchange.markup import inline_html
from app.quizzes.interchange.media import REFERENCE
from app.quizzes.interchange.model import ANY, LANGUAGES, CannotGo, CannotTake, Raw, Texts
from app.quizzes.interchange.moodle import embedded, gapped
from app.quizzes.interchange.moodle.embedded import Field, Written
from app.quizzes.interchange.moodle.reading import Reading
from app.quizzes.interchange.moodle.writing import Writing
from app.quizzes.interchange.running import cut, pieces, without_marks
from app.quizzes.interchange.safe_xml import child, path_text, text_of


def read(reading: Reading, raw: Raw) -> Raw:
    """A text with embedded answers. Raises CannotTake."""
    holder = child(reading.element, "questiontext")
    written = without_marks(text_of(child(holder, "text") if holder is not None else None))
    text, fields = embedded.take_out(written)
    if not fields:
        raise CannotTake(N_("there is no gap in its text"))
    reading.take_files(holder)
    names = [f"g{number}" for number in range(1, len(fields) + 1)]
    texts = reading.convert(gapped.with_start(text), holder.get("format", "") if holder is not None else "")
    prompt, running = cut(texts, names, reading.notes)
    gaps = [
        {"id": name} | _gap(reading, raw, field) | _marks(field.weight)
        for name, field in zip(names, fields, strict=True)
    ]
    whole = {} if path_text(reading.element, "defaultgrade") else _marks(sum(field.weight for field in fields))
    return {"type": "cloze", "prompt": prompt, "text": running, "gaps": gaps} | whole | _feedback(raw)


def _marks(marks: Decimal | int) -> Raw:
    if marks <= 0:
        raise CannotTake(N_("it is worth no marks"))
    return {"marks": plain_number(Decimal(marks))} if marks != 1 else {}


def _feedback(raw: Raw) -> Raw:
    return {"feedback": raw["feedback"]} if raw.get("feedback") else {}


def _gap(reading: Reading, raw: Raw, field: Field) -> Raw:
    said = [Answer({}, answer.weight, _texts(reading, answer.feedback)) for answer in field.answers]
    if field.kind == "single":
        answers = [
            Answer(_texts(reading, found.text), found.weight, feedback.feedback)
            for found, feedback in zip(field.answers, said, strict=True)
        ]
        return choices_part(answers, single=True, notes=reading.notes)
    gather_feedback(raw, said, reading.notes)
    if field.kind == "numeric":
        return numeric_part([_number(found) for found in field.answers if found.text != "*"], reading.notes)
    phrases = [Answer({ANY: embedded.plain(found)}, found.weight) for found in field.answers]
    part = accept_part(phrases, reading.notes)
    return part | ({"ignore": ["width"]} if field.kind == "short_exact" else {})


def _texts(reading: Reading, written: str) -> Texts:
    found = {tag: reading.converter.html(text) for tag, text in split(written).items()}
    return found if any(found.values()) else {}


def _number(answer: Written) -> tuple[Decimal, Decimal, Decimal]:
    number, _colon, tolerance = embedded.plain(answer).partition(":")
    return number_of(number), number_of(tolerance) if tolerance.strip() else Decimal(0), answer.weight


def write(writing: Writing, raw: Raw) -> None:
    """The text with its gaps behind the question. Raises CannotGo."""
    weights = _weights([Decimal(str(gap.get("marks") or 1)) for gap in raw["gaps"]])
    fields = {gap["id"]: _written(gap, weight) for gap, weight in zip(raw["gaps"], weights, strict=True)}
    marks = Decimal(str(raw.get("marks") or 1))
    if sum(weights) != marks:
        writing.notes.append(
            N_(
                "Moodle takes the sum of its gaps, %(sum)s, in place of %(marks)s marks.",
                sum=sum(weights),
                marks=plain_number(marks),
            )
        )
    if not all(gap in fields for tag in LANGUAGES for gap in pieces(raw["text"][tag])[1]):
        raise CannotGo(N_("its text names a gap that is not there"))
    writing.append(gapped.as_markdown(raw["text"], fields))


def _weights(marks: Sequence[Decimal]) -> list[int]:
    """The marks as whole numbers, in the same proportion."""
    if all(mark == int(mark) for mark in marks):
        return [int(mark) for mark in marks]
    hundredths = [int(mark * 100) for mark in marks]
    return [mark // gcd(*hundredths) for mark in hundredths]


def _written(gap: Raw, weight: int) -> str:
    write_gap = _GAPS.get(str(gap.get("type")))
    if write_gap is None:
        raise CannotGo(N_("Moodle XML has no gaps of the type %(type)s", type=gap.get("type")))
    kind, answers = write_gap(gap)
    unit = "".join(_span(tag, gap["unit"][tag]) for tag in LANGUAGES) if gap.get("unit") else ""
    return embedded.write(weight, kind, answers) + (f" {unit}" if unit else "")


def _span(tag: str, text: str) -> str:
    return gapped.in_language(tag, inline_html(text))


def _html(texts: Texts | None) -> str:
    """A short text in both languages; once where they are the same."""
    if not texts:
        return ""
    if any(REFERENCE.search(text) for text in texts.values()):
        raise CannotGo(N_("Moodle's embedded answers cannot hold pictures"))
    if texts["zh"] == texts["en"]:
        return inline_html(texts["zh"])
    return "".join(_span(tag, texts[tag]) for tag in LANGUAGES)


def _single(gap: Raw) -> tuple[str, list[Written]]:
    return "MULTICHOICE_S", [
        Written(_html(choice["text"]), Decimal(100 if choice.get("correct") else 0), _html(choice.get("feedback")))
        for choice in gap["choices"]
    ]


def _numeric(gap: Raw) -> tuple[str, list[Written]]:
    answer, tolerance = (plain_number(Decimal(str(gap.get(name) or 0))) for name in ("answer", "tolerance"))
    return "NUMERICAL", [Written(f"{answer}:{tolerance}", Decimal(100), "")]


def _short_text(gap: Raw) -> tuple[str, list[Written]]:
    kind = "SHORTANSWER" if "case" in (gap.get("ignore") or ["case"]) else "SHORTANSWER_C"
    phrases = [escape(str(phrase).replace("*", "\\*"), quote=False) for phrase in gap["accept"]]
    return kind, [Written(phrase, Decimal(100), "") for phrase in phrases]


_GAPS: Final = {"single": _single, "numeric": _numeric, "short_text": _short_text}
