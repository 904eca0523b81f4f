"""Write GIFT: Markdown texts in both languages, with Moodle's identifiers and tags in comments."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from app.core.messages import N_, Message
from app.quizzes.interchange import languages
from app.quizzes.interchange.about import tags_of, type_of
from app.quizzes.interchange.answers import WEIGHED, per_cent, unlisted_weights, weights_of
from app.quizzes.interchange.media import references
from app.quizzes.interchange.model import CannotGo, Question, Raw, Texts

#: An arrow would part a pair; with a backslash Markdown shows the same arrow.
_RESERVED: Final = re.compile(r"[\\#=~{}:]|(?<=-)>|\r\n?|\n")


def write_question(question: Question) -> tuple[str, list[Message]]:
    """One question as GIFT, and what goes only as a tag. Raises CannotGo."""
    raw = question.raw
    write = WRITERS.get(str(raw.get("type")))
    if write is None:
        raise CannotGo(N_("GIFT has no questions of the type %(type)s", type=type_of(raw)))
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
    if raw["type"] == "multiple":
        notes += unlisted_weights(raw, _weighing(raw))
        if _weighing(raw) != raw.get("scoring"):
            notes.append(N_("Other systems give the share of right choices less the share of wrong ones."))
    marks = [f"[id:{_bracketed(question.key)}]", *(f"[tag:{_bracketed(tag)}]" for tag in tags_of(raw, **more))]
    if question.carried:
        marks.append(f"[academy:{_escaped(question.carried)}]")
    body = write(raw)
    if raw.get("feedback"):
        body.append(f"####{_text(raw['feedback'])}")
    answers = "".join(f"\n\t{line}" for line in body)  # an empty line would end the question
    return (
        f"// {' '.join(marks)}\n::{_escape(question.key)}::[markdown]{_text(raw['prompt'])} {{{answers}\n}}\n",
        notes,
    )


def _bracketed(text: str) -> str:
    return _escaped(" ".join(str(text).split()))


def _escaped(text: str) -> str:
    return re.sub(r"([\\\]])", r"\\\1", text)


def _escape(text: str) -> str:
    return _RESERVED.sub(lambda found: "\\n" if found.group(0)[0] in "\r\n" else f"\\{found.group(0)}", text)


def _text(texts: Texts) -> str:
    return _escape(languages.as_spans(texts))


def _feedback(part: Raw) -> str:
    return f"#{_text(part['feedback'])}" if part.get("feedback") else ""


def _single(raw: Raw) -> list[str]:
    return [f"{'=' if c.get('correct') else '~'}{_text(c['text'])}{_feedback(c)}" for c in raw["choices"]]


def _weighing(raw: Raw) -> str:
    """The way of scoring that GIFT can say; the question's own travels beside it."""
    scoring = raw.get("scoring")
    return scoring if scoring in WEIGHED else WEIGHED[0]


def _multiple(raw: Raw) -> list[str]:
    weights = weights_of(raw["choices"], _weighing(raw))
    return [
        f"~%{per_cent(weight)}%{_text(choice['text'])}{_feedback(choice)}"
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
