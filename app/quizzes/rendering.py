"""What a page shows of a question: never its key, unless asked for the solution."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import gettext as _
from markupsafe import Markup

from app.core import formulas, markdown
from app.core.errors import Invalid
from app.core.formula_speech import in_words
from app.core.kept import Kept
from app.core.text import in_language, language_of
from app.library import queries as library_queries
from app.quizzes import grading
from app.quizzes.grading.aliases import outward
from app.quizzes.interchange.preview import draw


def plain(html: Markup) -> str:
    """The words of rendered text; a formula is its TeX there."""
    return Markup(formulas.as_tex(html)).striptags()  # noqa: S704 - rendered here, and the TeX is escaped


@dataclass(frozen=True, slots=True)
class Option:
    """A choice, a side of a pair, or an item to be placed. ``plain`` is for places without markup."""

    id: str
    text: Markup
    #: What a control is called whose label holds a formula: MathML names nothing. Empty where the words do.
    name: str = ""

    @property
    def plain(self) -> str:
        return plain(self.text)


@dataclass(frozen=True, slots=True)
class Zone:
    """A place on an image; ``label`` says in words where it is."""

    id: str
    label: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as laid out for one reader, in her language; what its type does not have is empty."""

    type: str
    prompt: Markup
    marks: str
    #: Choices, left sides, or items to be placed, in the order shown.
    options: list[Option] = field(default_factory=list)
    #: Right sides (matching).
    targets: list[Option] = field(default_factory=list)
    #: The only unit, shown beside the field; ``units`` are for choosing; ``unit_names`` are all, by id.
    unit: str = ""
    units: list[Option] = field(default_factory=list)
    unit_names: dict[str, str] = field(default_factory=dict)
    unit_required: bool = False
    #: How sure is the candidate?
    certainty: bool = False
    #: As a part of a case or a gap of a cloze: its id and its number.
    id: str = ""
    number: int = 0
    parts: "list[QuestionView]" = field(default_factory=list)
    #: What could not be taken of this part.
    error: str = ""
    #: Text with gaps (``grading.gapped.Paragraphs``), and the gaps' numbers.
    paragraphs: list[list[dict[str, str]]] = field(default_factory=list)
    gap_numbers: dict[str, int] = field(default_factory=dict)
    exhibits: list[dict[str, Markup]] = field(default_factory=list)
    image: dict[str, Any] = field(default_factory=dict)
    zones: list[Zone] = field(default_factory=list)
    rubric: list[dict[str, Any]] = field(default_factory=list)
    #: How long an essay should be, in words.
    bounds: str = ""
    #: In what an essay's length is counted: words or characters.
    count: str = ""
    upload: dict[str, Any] = field(default_factory=dict)

    def part(self, identifier: str) -> "QuestionView":
        """The part or gap of this id."""
        return next(part for part in self.parts if part.id == identifier)


@dataclass(frozen=True, slots=True)
class Solution:
    """What is shown once review is open: the right answer and why."""

    response: dict[str, Any]
    feedback: Markup
    #: Choices that something is said about to those who took them, by id: what they read, and what is said; also
    #: those of parts and gaps.
    choices: dict[str, tuple[Markup, Markup]]
    #: Accepted phrases (short text).
    accepted: list[str]
    #: How far off a number may be; empty for not at all.
    tolerance: str = ""
    #: What explains the parts of a case: their numbers and texts.
    parts: list[tuple[int, Markup]] = field(default_factory=list)

    def about(self, response: Mapping[str, Any]) -> list[tuple[Markup, Markup]]:
        """The choices that were taken, as far as something is said about them, and what."""
        taken = set(_choices_in(response))
        return [said for choice, said in self.choices.items() if choice in taken]


class Texts:
    """Authored texts as markup in one language. Reads the library once; remembers what it rendered."""

    _kept: ClassVar[Kept[tuple[str, str, str, bool], Markup]] = Kept(5_000)

    def __init__(self, locale: str, library: library_queries.Library | None = None) -> None:
        self.locale = locale
        self._library = library or library_queries.library()

    def block(self, text: Mapping[str, Any] | None) -> Markup:
        """Paragraphs, tables, citations."""
        return self._render(in_language(text, self.locale), inline=False)

    def line(self, text: Mapping[str, Any] | None) -> Markup:
        """The same without a paragraph around a single one: for labels."""
        return self._render(in_language(text, self.locale), inline=True)

    def option(self, row: Mapping[str, Any]) -> Option:
        """Something to choose or to place."""
        text = self.line(row["text"])
        if "<math" not in text:
            return Option(row["id"], text)
        words = Markup(in_words(text, language_of(self.locale)))  # noqa: S704 - escaped
        return Option(row["id"], text, words.striptags())

    def _render(self, source: str, *, inline: bool) -> Markup:
        key = (self._library.digest, self.locale, source, inline)
        return self._kept.get(key, lambda: self._markup(source, inline))

    def _markup(self, source: str, inline: bool) -> Markup:
        html = markdown.render(source, cite=self._library.cite(self.locale), draw=draw).strip()
        if inline and html.startswith("<p>") and html.count("<p>") == 1 and html.endswith("</p>"):
            return html[3:-4]
        return html


def question_view(
    body: grading.Body, texts: Texts, *, layout: grading.Layout | None = None, aliased: bool = False
) -> QuestionView:
    """A question for a page; in the fixed order of check questions when there is no frozen layout.

    Made of ``grading.view`` alone, which never holds the key. ``aliased``: in the paper's own names, for a
    candidate who is answering it.
    """
    layout = layout or grading.full_layout(body)
    view = grading.view(body, layout)
    return _shown(outward(view, layout) if aliased else view, texts)


def refused(view: QuestionView, error: Invalid) -> QuestionView:
    """The question with what could not be taken of its parts, where the error is of parts."""
    return with_refused(view, error.refused) if isinstance(error, grading.PartsRefused) else view


def with_refused(view: QuestionView, refused: Mapping[str, str]) -> QuestionView:
    """The question with what could not be taken of its parts (path in the response → what to do)."""
    if not refused:
        return view
    errors: dict[str, str] = {}
    inside: dict[str, dict[str, str]] = {}
    for path, message in refused.items():
        _container, name, *rest = path.split("/", 2)
        if rest:
            inside.setdefault(name, {})[rest[0]] = message
        else:
            errors[name] = message
    parts = [
        replace(with_refused(part, inside.get(part.id, {})), error=errors.get(part.id, "")) for part in view.parts
    ]
    return replace(view, parts=parts)


def _shown(view: Mapping[str, Any], texts: Texts, number: int = 0) -> QuestionView:
    def listed(*names: str) -> list[Option]:
        rows = next((view[name] for name in names if view.get(name)), ())
        return [texts.option(row) for row in rows]

    units = listed("units")
    paragraphs = view["paragraphs"][language_of(texts.locale)] if "paragraphs" in view else []
    gaps = [piece["gap"] for paragraph in paragraphs for piece in paragraph if "gap" in piece]
    numbers = {gap: place for place, gap in enumerate(gaps, start=1)}
    required = bool(view.get("unit_required"))
    return QuestionView(
        type=view["type"],
        prompt=texts.block(view.get("prompt")),
        marks=view["marks"],
        options=listed("choices", "left", "items"),
        targets=listed("right"),
        unit=units[0].plain if len(units) == 1 and not required else "",
        units=units if len(units) > 1 and not required else [],
        unit_names={unit.id: unit.plain for unit in units},
        unit_required=required,
        certainty=bool(view.get("certainty")),
        id=view.get("id", ""),
        number=number,
        parts=[
            _shown(part, texts, numbers.get(part["id"], place))
            for place, part in enumerate(view.get("parts", ()), 1)
        ],
        paragraphs=paragraphs,
        gap_numbers=numbers,
        exhibits=[
            {"title": texts.line(exhibit["title"]), "text": texts.block(exhibit["text"])}
            for exhibit in view.get("exhibits", ())
        ],
        image=_image(view, texts),
        zones=[
            Zone(**zone | {"label": in_language(zone["label"], texts.locale)}) for zone in view.get("zones", ())
        ],
        rubric=[{"text": texts.line(row["text"]), "points": row["points"]} for row in view.get("rubric", ())],
        bounds=_bounds(view),
        count=view.get("count", ""),
        upload={name: view[name] for name in ("max_files", "max_mebibytes", "kinds") if name in view},
    )


def _image(view: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    image = view.get("image")
    return dict(image) | {"alt": in_language(image["alt"], texts.locale)} if image else {}


def _bounds(view: Mapping[str, Any]) -> str:
    """How long an essay should be, in the reader's words."""
    if "minimum" not in view:
        return ""
    least, most = view["minimum"], view["maximum"]
    words = view["count"] == "words"
    if least and most:
        text = _("%(least)s to %(most)s words.") if words else _("%(least)s to %(most)s characters.")
    elif least:
        text = _("At least %(least)s words.") if words else _("At least %(least)s characters.")
    elif most:
        text = _("At most %(most)s words.") if words else _("At most %(most)s characters.")
    else:
        return ""
    return str(text) % {"least": least, "most": most}


def _choices_in(response: Mapping[str, Any]) -> Iterator[str]:
    yield from (response.get("choice"), *response.get("choices", ()))
    for container in ("parts", "gaps"):
        for answer in response.get(container, {}).values():
            yield from _choices_in(answer)


def _with_parts(body: grading.Body) -> Iterator[grading.Body]:
    """A question and the questions in it."""
    yield body
    for part in (*body.get("parts", ()), *body.get("gaps", ())):
        yield from _with_parts(part)


def solution(body: grading.Body, texts: Texts, layout: grading.Layout | None = None) -> Solution:
    """The right answer and its explanation; for pages that may show it."""
    tolerance = Decimal(body.get("tolerance") or 0)
    return Solution(
        response=grading.perfect(body, layout),
        feedback=texts.block(body.get("feedback")),
        choices={
            choice["id"]: (texts.line(choice["text"]), texts.line(choice["feedback"]))
            for part in _with_parts(body)
            for choice in part.get("choices", ())
            if choice.get("feedback")
        },
        accepted=list(body.get("accept", ())),
        tolerance=format(tolerance.normalize(), "f") if tolerance else "",
        parts=[
            (number, texts.block(part["feedback"]))
            for number, part in enumerate(body.get("parts", ()), start=1)
            if part.get("feedback")
        ],
    )
