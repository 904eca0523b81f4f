"""Write GIFT: Markdown texts in both languages, with Moodle's identifiers and tags in comments."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from app.core.messages import N_, Message
from app.quizzes.interchange import languages
from app.quizzes.interchange.about import tags_of
from app.quizzes.interchange.answers import WEIGHED, plain_number, weights_of
from app.quizzes.interchange.media import references
from app.quizzes.interchange.model import CannotGo, Question, Raw, Texts

#: An arrow would part a pair; with a backslash Markdown shows the same arrow.
_RESERVED: Final = re.compile(r"[\\#=~{}:]|(?<=-)>|\r\n?|\n")


def write_question(question: Question) -> tuple[str, list[Message]]:
    """One question as GIFT, and what goes only as a tag. Raises CannotGo."""
    raw = question.raw
    write = WRITERS.get(str(raw.get("type")))
    if write is None:
        raise CannotGo(N_("GIFT has no questions of the type %(type)s", type=raw.get("type")))
    if references([raw]):
        raise CannotGo(N_("GIFT cannot carry pictures"))
    more: dict[str, object] = {}
    notes = []
    if Decimal(str(raw.get("marks") or 1)) != 1:
        more["marks"] = raw["marks"]
        notes.append(N_("GIFT has no marks; other systems take 1 in place of %(marks)s.", marks=raw["marks"]))
    if raw.get("unit"):
        more |= {f"unit-{tag}": raw["unit"][tag] for tag in ("zh", "en")}
        notes.append(N_("GIFT has no units; other systems do not show it."))
    marks = [f"[id:{_bracketed(question.key)}]", *(f"[tag:{_bracketed(tag)}]" for tag in tags_of(raw, **more))]
    if question.carried:
        marks.append(f"[academy:{_escaped(question.carried)}]")
    body = write(raw)
    if raw.get("feedback"):
        body.append(f"####{_text(raw['feedback'])}")
    lines = "\n".join(f"\t{line}" for line in body)
    return (
        f"// {' '.join(marks)}\n::{_escape(question.key)}::[markdown]{_text(raw['prompt'])} {{\n{lines}\n}}\n",
        notes,
    )


def _bracketed(text: str) -> str:
    return _escaped(" ".join(str(text).split()))


def _escaped(text: str) -> str:
    return re.sub(r"([\\\]])", r"\\\1", text)


def _escape(text: str) -> str:
    return _RESERVED.sub(lambda found: "\\n" if found.group(0)[0] in "\r\n" else f"\\{found.group(0)}", text)


def _text(texts: Texts) -> str:
    return _escape(languages.as_blocks(texts))


def _feedback(part: Raw) -> str:
    return f"#{_text(part['feedback'])}" if part.get("feedback") else ""


def _single(raw: Raw) -> list[str]:
    return [f"{'=' if c.get('correct') else '~'}{_text(c['text'])}{_feedback(c)}" for c in raw["choices"]]


def _multiple(raw: Raw) -> list[str]:
    scoring = raw.get("scoring") or "all_or_nothing"
    if scoring not in WEIGHED:
        raise CannotGo(N_("GIFT cannot express its way of scoring (%(scoring)s)", scoring=scoring))
    weights = weights_of(raw["choices"], scoring)
    return [
        f"~%{plain_number(weight)}%{_text(choice['text'])}{_feedback(choice)}"
        for choice, weight in zip(raw["choices"], weights, strict=True)
    ]


def _true_false(raw: Raw) -> list[str]:
    return ["TRUE" if raw["answer"] else "FALSE"]


def _numeric(raw: Raw) -> list[str]:
    return [f"#{raw['answer']}:{raw.get('tolerance') or 0}"]


def _short_text(raw: Raw) -> list[str]:
    return [f"={_escape(str(phrase).replace('*', chr(92) + '*'))}" for phrase in raw["accept"]]


def _matching(raw: Raw) -> list[str]:
    pairs = [f"={_text(pair['left'])} -> {_text(pair['right'])}" for pair in raw["pairs"]]
    return pairs + [f"= -> {_text(option['text'])}" for option in raw.get("distractors") or ()]


def _essay(_raw: Raw) -> list[str]:
    """Nothing between the braces: what markers need is carried."""
    return []


#: A writer for each type GIFT can express: the lines between the braces.
WRITERS: Final[dict[str, Callable[[Raw], list[str]]]] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "numeric": _numeric,
    "short_text": _short_text,
    "matching": _matching,
    "essay": _essay,
}
