"""A question as people see it, in one language, with what is right; drafts show what is missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.core import markdown
from app.quizzes.interchange.media import REFERENCE, SUFFIXES
from app.quizzes.interchange.model import LANGUAGES, walk_texts

_GAP: Final = re.compile(r"\{\{\s*([a-z0-9-]+)\s*\}\}")
_PATH_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Part:
    """A choice, a pair or an item. ``right`` is None where being right or wrong makes no sense."""

    text: Markup
    right: bool | None = None
    beside: Markup | None = None
    feedback: Markup | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A question in one language."""

    language: str
    prompt: Markup
    parts: list[Part] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    feedback: Markup | None = None


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


def previews(raw: Mapping[str, Any]) -> list[Preview]:
    """The question in each language that it has."""
    return [_preview(raw, tag) for tag in LANGUAGES if str(raw["prompt"].get(tag, "")).strip()]


def _preview(raw: Mapping[str, Any], tag: str) -> Preview:
    def show(texts: Mapping[str, str] | None) -> Markup | None:
        text = (texts or {}).get(tag, "")
        return markdown.render(text, draw=draw) if text.strip() else None

    missing = Markup('<span class="muted">{}</span>').format(_("still missing"))
    parts = [
        Part(show(c["text"]) or missing, bool(c.get("correct")), feedback=show(c.get("feedback")))
        for c in raw.get("choices") or ()
    ]
    parts += [Part(show(p["left"]) or missing, None, show(p["right"]) or missing) for p in raw.get("pairs") or ()]
    parts += [Part(show(option["text"]) or missing, False) for option in raw.get("distractors") or ()]
    parts += [Part(show(item["text"]) or missing) for item in raw.get("items") or ()]
    parts += [Part(show(left) or missing, None, show(right) or missing) for left, right in _inside(raw)]
    parts += [Part(show(row["text"]) or missing, None, show(_levels(row))) for row in raw.get("rubric") or ()]
    prompt = show(raw["prompt"]) or missing
    for more in _beside(raw):
        prompt += show(more) or missing
    return Preview(tag, prompt, parts, _facts(raw, tag), show(raw.get("feedback")))


def _beside(raw: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is shown with the question: its running text, its picture, its exhibits."""
    found = [_numbered(raw)] if "text" in raw else []
    if image := raw.get("image"):
        address = f"media:{image['digest']}.{SUFFIXES.get(str(image.get('media_type')), 'svg')}"
        found.append({tag: f"![{image['alt'].get(tag, '')}]({address})" for tag in LANGUAGES})
    for exhibit in raw.get("exhibits") or ():
        found.append(
            {tag: f"### {exhibit['title'].get(tag, '')}\n\n{exhibit['text'].get(tag, '')}" for tag in LANGUAGES}
        )
    return found


def _levels(row: Mapping[str, Any]) -> dict[str, str]:
    """The levels of a criterion with their points."""
    return {
        tag: "\n".join(f"- {level['points']}: {level['text'].get(tag, '')}" for level in row["levels"])
        for tag in LANGUAGES
    }


def _numbered(raw: Mapping[str, Any]) -> dict[str, str]:
    """The running text with its gaps numbered as they are listed."""
    numbers = {str(gap["id"]): number for number, gap in enumerate(raw["gaps"], start=1)}
    return {
        tag: _GAP.sub(lambda found: f"【{numbers.get(found[1], found[1])}】", text)
        for tag, text in raw["text"].items()
    }


def _inside(raw: Mapping[str, Any]) -> list[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Of gaps, zones and the parts of a case: what is asked, and what is right (of a part its type)."""
    items = {item["id"]: item["text"] for item in raw.get("items") or ()}
    found = [
        (_common(f"【{number}】"), items[gap["item"]] if "item" in gap else _right(gap))
        for number, gap in enumerate(raw.get("gaps") or (), start=1)
    ]
    found += [(zone["label"], items[zone["item"]]) for zone in raw.get("zones") or ()]
    return found + [(part["prompt"], _common(type_word(part["type"]))) for part in raw.get("parts") or ()]


def _right(gap: Mapping[str, Any]) -> Mapping[str, str]:
    """The right answers of a gap that is filled in or chosen."""
    if "choices" in gap:
        right = [choice["text"] for choice in gap["choices"] if choice.get("correct")]
        return {tag: " / ".join(text.get(tag, "") for text in right) for tag in LANGUAGES}
    if "accept" in gap:
        return _common(" / ".join(str(phrase) for phrase in gap["accept"]))
    unit = gap.get("unit") or {}
    return {tag: f"{gap['answer']} {unit.get(tag, '')} ± {gap.get('tolerance') or 0}" for tag in LANGUAGES}


def _common(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def _facts(raw: Mapping[str, Any], tag: str) -> list[tuple[str, str]]:
    facts = []
    if raw["type"] == "true_false":
        facts.append((_("Correct answer"), _("True") if raw["answer"] else _("False")))
    elif raw["type"] == "numeric":
        unit = (raw.get("unit") or {}).get(tag, "")
        facts.append((_("Correct answer"), f"{raw['answer']} {unit}".strip()))
        facts.append((_("Tolerance"), f"± {raw.get('tolerance') or 0}"))
    elif raw["type"] == "calculated":
        facts.append((_("Formula"), str(raw["formula"])))
        facts.append((_("Tolerance"), f"± {raw.get('tolerance') or 0}"))
    elif raw["type"] == "essay":
        facts.append((_("Model answer"), raw["model"].get(tag) or _("still missing")))
    elif raw.get("accept"):
        facts.append((_("Accepted answers"), " / ".join(str(phrase) for phrase in raw["accept"])))
    if raw.get("any_right"):
        facts.append((_("Scoring"), _("Any of the right choices earns the marks")))
    if raw.get("scoring"):
        facts.append((_("Scoring"), scoring_word(raw["scoring"])))
    if raw.get("marks"):
        facts.append((_("Marks"), str(raw["marks"])))
    return facts


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
    words = {
        "single": _("Single choice"),
        "multiple": _("Multiple choice"),
        "true_false": _("True or false"),
        "numeric": _("Numerical"),
        "short_text": _("Short text"),
        "matching": _("Matching"),
        "ordering": _("Ordering"),
        "cloze": _("Gaps in a text"),
        "calculated": _("Calculated number"),
        "drag_text": _("Drag into text"),
        "drag_image": _("Drag onto an image"),
        "essay": _("Essay"),
        "file_upload": _("File upload"),
        "case": _("Case analysis"),
    }
    return str(words.get(kind, kind))


def gaps(raw: dict[str, Any]) -> list[Gap]:
    """Every text that lacks a language, beside the language it has."""
    found = []
    for path, texts in walk_texts(raw):
        for tag in LANGUAGES:
            if not texts.get(tag, "").strip():
                other = next((texts[name] for name in LANGUAGES if texts.get(name, "").strip()), "")
                found.append(Gap(".".join((*path, tag)), _label(path), other, tag, ""))
    return found


def _label(path: tuple[str, ...]) -> str:
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
