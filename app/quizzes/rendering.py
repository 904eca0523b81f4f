"""What a page shows of a question: never its key, unless asked for the solution."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from markupsafe import Markup

from app.core import markdown
from app.core.text import in_language
from app.library import queries as library_queries
from app.quizzes import grading
from app.quizzes.grading import short_text

_CACHED: Final = 5_000


@dataclass(frozen=True, slots=True)
class Option:
    """A choice, a side of a pair, or an item to be placed. ``plain`` is for places without markup."""

    id: str
    text: Markup

    @property
    def plain(self) -> str:
        return self.text.striptags()


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as laid out for one reader, in her language."""

    type: str
    prompt: Markup
    marks: str
    #: Choices (single, multiple), left sides (matching) or items (ordering), in the order shown.
    options: list[Option] = field(default_factory=list)
    #: Right sides (matching).
    targets: list[Option] = field(default_factory=list)
    unit: str = ""
    max_length: int = short_text.MAX_LENGTH


@dataclass(frozen=True, slots=True)
class Solution:
    """What is shown once review is open: the right answer and why."""

    response: dict[str, Any]
    feedback: Markup
    #: Feedback of single choices, by choice id.
    choices: dict[str, Markup]
    #: Accepted phrases (short text).
    accepted: list[str]


class Texts:
    """Authored texts as markup in one language. Reads the library once; remembers what it rendered."""

    _kept: ClassVar[OrderedDict[tuple[str, str, str, bool], Markup]] = OrderedDict()

    def __init__(self, locale: str, library: library_queries.Library | None = None) -> None:
        self.locale = locale
        self._library = library or library_queries.library()

    def block(self, text: Mapping[str, Any] | None) -> Markup:
        """Paragraphs, tables, citations."""
        return self._render(in_language(text, self.locale), inline=False)

    def line(self, text: Mapping[str, Any] | None) -> Markup:
        """The same without a paragraph around a single one: for labels."""
        return self._render(in_language(text, self.locale), inline=True)

    def _render(self, source: str, *, inline: bool) -> Markup:
        key = (self._library.digest, self.locale, source, inline)
        known = self._kept.get(key)
        if known is not None:
            return known
        html = markdown.render(source, cite=self._library.cite(self.locale)).strip()
        if inline and html.startswith("<p>") and html.count("<p>") == 1 and html.endswith("</p>"):
            html = html[3:-4]
        self._kept[key] = html
        if len(self._kept) > _CACHED:
            self._kept.popitem(last=False)
        return html


def question_view(body: grading.Body, texts: Texts, *, layout: grading.Layout | None = None) -> QuestionView:
    """A question for a page; in the fixed order of check questions when there is no frozen layout."""
    layout = layout or grading.full_layout(body)
    known = {str(row["id"]): row for name in ("choices", "items", "rights") for row in body.get(name, ())}
    known |= {pair["id"]: {"text": pair["left"]} for pair in body.get("pairs", ())}
    targets = layout.get("right", [])
    shown = layout.get("choices") or layout.get("items") or layout.get("left") or []
    return QuestionView(
        type=body["type"],
        prompt=texts.block(body["prompt"]),
        marks=body["marks"],
        options=[Option(identifier, texts.line(known[identifier]["text"])) for identifier in shown],
        targets=[Option(identifier, texts.line(known[identifier]["text"])) for identifier in targets],
        unit=in_language(body.get("unit"), texts.locale),
    )


def solution(body: grading.Body, texts: Texts) -> Solution:
    """The right answer and its explanation; for pages that may show it."""
    return Solution(
        response=grading.perfect(body),
        feedback=texts.block(body.get("feedback")),
        choices={
            choice["id"]: texts.line(choice["feedback"])
            for choice in body.get("choices", ())
            if choice.get("feedback")
        },
        accepted=list(body.get("accept", ())),
    )
