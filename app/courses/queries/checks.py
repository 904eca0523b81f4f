"""Check questions as a lesson shows them; rendered once a language, since question revisions are immutable."""

import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.core import markdown
from app.core.text import in_language
from app.library.queries import Library
from app.quizzes import grading
from app.quizzes.models import QuestionRevision


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """A question in one language. ``options`` are (id, text) of choices, pairs' left sides or items to order."""

    key: str
    revision_id: uuid.UUID
    type: str
    prompt: Markup
    feedback: Markup
    options: tuple[tuple[str, Markup], ...]
    #: Right sides of a matching question.
    rights: tuple[tuple[str, str], ...]
    #: Feedback of single choices, by id.
    own_feedback: Mapping[str, Markup]
    unit: str


_Key = tuple[uuid.UUID, str, str]
_shown: "OrderedDict[_Key, CheckQuestion]" = OrderedDict()
KEPT = 2048


def shown(key: str, revision: QuestionRevision, locale: str, books: Library) -> CheckQuestion:
    """A question revision for a reader of this language."""
    at = (revision.id, locale, books.digest)
    if at not in _shown:
        _shown[at] = _render(key, revision, locale, books)
        if len(_shown) > KEPT:
            _shown.popitem(last=False)
    return _shown[at]


def _render(key: str, revision: QuestionRevision, locale: str, books: Library) -> CheckQuestion:
    body, layout = revision.body, grading.full_layout(revision.body)
    cite = books.cite(locale)

    def block(value: Mapping[str, Any] | None) -> Markup:
        return markdown.render(in_language(value, locale), cite=cite)

    def inline(value: Mapping[str, Any]) -> Markup:
        return markdown.render_inline(in_language(value, locale), cite=cite)

    return CheckQuestion(
        key=key,
        revision_id=revision.id,
        type=revision.type,
        prompt=block(body["prompt"]),
        feedback=block(body.get("feedback")),
        options=_options(body, layout, inline),
        rights=tuple(
            (right["id"], in_language(right["text"], locale))
            for wanted in layout.get("right", ())
            for right in body["rights"]
            if right["id"] == wanted
        ),
        own_feedback={
            choice["id"]: block(choice["feedback"]) for choice in body.get("choices", ()) if choice.get("feedback")
        },
        unit=in_language(body.get("unit"), locale),
    )


def _options(body: Mapping[str, Any], layout: Mapping[str, Any], inline: Any) -> tuple[tuple[str, Markup], ...]:
    texts = {item["id"]: item["text"] for item in (*body.get("choices", ()), *body.get("items", ()))}
    texts |= {pair["id"]: pair["left"] for pair in body.get("pairs", ())}
    order = layout.get("choices") or layout.get("items") or layout.get("left") or ()
    return tuple((identifier, inline(texts[identifier])) for identifier in order)
