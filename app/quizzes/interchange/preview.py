"""Words for questions and their parts, and what a draft still lacks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _

from app.core import markdown
from app.core.languages import said
from app.quizzes.interchange.about import TYPE_NAMES
from app.quizzes.interchange.media import REFERENCE
from app.quizzes.interchange.model import LANGUAGES, Refusal, walk_texts

_PATH_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Gap:
    """A text that somebody still has to write (or may correct): both languages side by side."""

    name: str
    label: str
    known: str
    language: str
    value: str


def draw(address: str) -> markdown.FigureFile | None:
    """Where a picture in a question's text is served from; None for what is no picture of the bank."""
    found = REFERENCE.fullmatch(address)
    if found is None:
        return None
    return markdown.FigureFile(url_for("questions.show_picture", name=address.removeprefix("media:")))


def scoring_word(scoring: str) -> str:
    """What a way of scoring is called."""
    words = {
        "all_or_nothing": _("all or nothing"),
        "partial": _("a wrong choice costs the right one it displaces"),
        "partial_with_penalty": _("share of right choices less share of wrong ones"),
        "right_minus_wrong": _("each wrong choice cancels a right one"),
        "adjacent": _("each pair of neighbours in order"),
        "longest_run": _("longest run in order"),
        "position": _("each item at its own place"),
    }
    return str(words.get(scoring, scoring))


def type_word(kind: str) -> str:
    """What a type of question is called."""
    return said(TYPE_NAMES[kind]) if kind in TYPE_NAMES else kind


def by_reason(rows: Sequence[Refusal]) -> list[tuple[str, list[Refusal]]]:
    """What is said of questions, in words, each with its questions; what concerns most of them first."""
    found: dict[str, list[Refusal]] = {}
    for row in rows:
        found.setdefault(said(row.why), []).append(row)
    return sorted(found.items(), key=lambda entry: -len(entry[1]))


def gaps(raw: dict[str, Any]) -> list[Gap]:
    """Every text that lacks a language, beside the language it has."""
    found = []
    for path, texts in walk_texts(raw):
        for tag in LANGUAGES:
            if not texts.get(tag, "").strip():
                other = next((texts[name] for name in LANGUAGES if texts.get(name, "").strip()), "")
                found.append(Gap(".".join((*path, tag)), label_of(path), other, tag, ""))
    return found


def label_of(path: tuple[str, ...]) -> str:
    """What a text is, in words: “Choice 2”, “Pair 1, right side” …"""
    words = {
        "prompt": _("Question"),
        "feedback": _("Feedback"),
        "choices": _("Choice"),
        "pairs": _("Pair"),
        "items": _("Item"),
        "distractors": _("Further right side"),
        "unit": _("Unit"),
        "gaps": _("Gap"),
        "zones": _("Zone"),
        "parts": _("Part"),
        "left": _("left side"),
        "right": _("right side"),
    }
    named: list[str] = []
    for step in path:
        if _PATH_NUMBER.fullmatch(step):
            named[-1] = f"{named[-1]} {int(step) + 1}"
        elif step != "text":
            named.append(str(words.get(step, step)))
    return " · ".join(named)
