"""Faults of single questions."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from app.core import formulas, markdown
from app.core.digests import digest_of
from app.core.messages import N_
from app.courses.content.faults import YamlDocument
from app.courses.content.files import Location
from app.courses.content.hints import nearest
from app.courses.content.lesson_checks import UNREAD_FORMULA, citation_fault
from app.courses.content.parts import Both
from app.courses.content.questions import (
    Case,
    Essay,
    Matching,
    Multiple,
    Ordering,
    Question,
    Single,
    Upload,
    images_of,
)
from app.courses.content.tree import Content, ModuleTree
from app.quizzes import grading
from app.quizzes.grading.malformed import Malformed


def check_question(
    content: Content, module: ModuleTree, index: int, question: Question, file: YamlDocument
) -> None:
    """Report what is wrong with one question of a module."""
    place: Location = ("questions", index)
    objectives = [objective.id for objective in module.file.objectives]
    if question.objective not in objectives:
        file.fault(
            (*place, "objective"),
            N_(
                "the module has no objective `%(objective)s`%(meant)s",
                objective=question.objective,
                meant=nearest(question.objective, objectives),
            ),
            N_("write one of %(known)s", known=", ".join(objectives)),
        )
    for number, text in enumerate(question.law):
        if words := citation_fault(markdown.parse_citation(text), content):
            file.fault((*place, "law", number), *words)
    _check_texts(content, place, question, file)
    for location, source in _with_dollars(place, _raw(file, index)):
        kind = _type_at(location, question)
        shown = not (_WORDS_ONLY | _WORDS_ONLY_OF.get(kind, frozenset())).intersection(location[2:])
        drawn = _PARAMETER.sub("1", source) if kind == "calculated" else source
        _check_formulas(location, drawn, file, shown=shown)
    _check_feedback(place, question, file)
    if isinstance(question, Single | Multiple):
        _check_choices(place, question, file)
    elif isinstance(question, Matching):
        _check_own_ids((*place, "pairs"), [pair.id for pair in question.pairs], file)
        _check_own_ids((*place, "distractors"), [item.id for item in question.distractors], file)
    elif isinstance(question, Ordering):
        _check_own_ids((*place, "items"), [item.id for item in question.items], file)
    else:
        _check_gradable(content, module, place, question, file)
    if question.use == "check" and isinstance(question, Essay | Upload | Case):
        file.fault((*place, "use"), N_("people mark this type; a lesson cannot"), N_("write `use: bank`"))


def _check_gradable(
    content: Content, module: ModuleTree, place: Location, question: Question, file: YamlDocument
) -> None:
    """What the assessment engine itself would refuse: formulas, gaps, zones, patterns."""
    figures = next((tree.figures for tree in content.courses.values() if module in tree.modules), {})
    body = question.body()
    for image in images_of(body):
        if image["figure"] not in figures:
            wrong = N_(
                "the course has no figure `%(name)s`%(meant)s",
                name=image["figure"],
                meant=nearest(image["figure"], figures),
            )
            file.fault(place, wrong, N_("add figures/%(name)s, or correct the name", name=image["figure"]))
        image["digest"] = digest_of(image.pop("figure"))
    try:
        grading.validate(question.id, body)
    except Malformed as refused:
        file.fault(
            place,
            N_("%(key)s: %(why)s", key=question.id, why=refused.why),
            N_("correct it; docs/content-format.md describes the type"),
        )


def _texts(question: Question) -> list[tuple[Location, Both]]:
    texts: list[tuple[Location, Both]] = [(("prompt",), question.prompt), (("feedback",), question.feedback)]
    if isinstance(question, Single | Multiple):
        for number, choice in enumerate(question.choices):
            texts.append((("choices", number, "text"), choice.text))
            if choice.feedback:
                texts.append((("choices", number, "feedback"), choice.feedback))
    return texts


@lru_cache(maxsize=8192)
def _noted(source: str) -> tuple[tuple[markdown.Citation, ...], tuple[markdown.Spot, ...]]:
    """The citations and the HTML of a short text."""
    document = markdown.parse(source)
    return tuple(document.citations), tuple(document.html)


def _check_texts(content: Content, place: Location, question: Question, file: YamlDocument) -> None:
    for location, both in _texts(question):
        for language in ("zh", "en"):
            citations, html = _noted(getattr(both, language))
            where = (*place, *location, language)
            for citation in citations:
                if words := citation_fault(citation, content):
                    file.fault(where, *words)
            for spot in html:
                file.fault(
                    where,
                    N_("HTML `%(text)s` stands in the text", text=spot.text[:40]),
                    N_("write Markdown instead"),
                )


# --- formulas ----------------------------------------------------------------------------------------------

#: Keys of texts that stand where only words can: lists to choose from, running text with gaps, names of places.
_WORDS_ONLY = frozenset({"alt", "label", "unit"})
_WORDS_ONLY_OF = {
    "cloze": frozenset({"text", "gaps"}),
    "drag_text": frozenset({"text", "items"}),
    "drag_image": frozenset({"items"}),
    "matching": frozenset({"right", "distractors"}),
}
#: Where a calculated question draws a number.
_PARAMETER = re.compile(r"\{\{[a-z0-9-]+\}\}")
#: Keys of what is no text for readers.
_NO_TEXTS = frozenset({"accept", "formula", "law", "parameters", "patterns", "tags"})


def _raw(file: YamlDocument, index: int) -> object:
    return file.data["questions"][index]


def _with_dollars(place: Location, value: object) -> Iterator[tuple[Location, str]]:
    """Every text in which a dollar stands, with its place."""
    if isinstance(value, str):
        if "$" in value:
            yield place, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            if key not in _NO_TEXTS:
                yield from _with_dollars((*place, key), entry)
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _with_dollars((*place, number), entry)


def _type_at(place: Location, question: Question) -> str:
    """The type of the question, or of the part of a case, in which a place lies."""
    if isinstance(question, Case) and place[2] == "parts" and isinstance(place[3], int):
        return question.parts[place[3]].type
    return question.type


def _check_formulas(place: Location, source: str, file: YamlDocument, *, shown: bool) -> None:
    document = markdown.parse(source)
    if document.formulas and not shown:
        file.fault(
            place, N_("a formula stands where only words are shown"), N_("write it into the prompt, or in words")
        )
        return
    for formula in document.formulas:
        if fault := formulas.fault_in(formula.tex):
            wrong = N_(
                "%(wrong)s (character %(place)s of `%(tex)s`)",
                wrong=fault.wrong,
                place=fault.offset + 1,
                tex=formula.tex[:40],
            )
            file.fault(place, wrong, fault.mend)
    if document.stray_dollars:
        file.fault(place, *UNREAD_FORMULA)


def _check_feedback(place: Location, question: Question, file: YamlDocument) -> None:
    cited = {
        language: sorted((item.key, item.pin) for item in _noted(getattr(question.feedback, language))[0])
        for language in ("zh", "en")
    }
    for language in ("zh", "en"):
        if not cited[language]:
            example = question.law[0]
            file.fault(
                (*place, "feedback", language),
                N_("the feedback cites nothing"),
                N_("cite the provision, such as [@%(example)s]", example=example),
            )
    if cited["zh"] and cited["en"] and cited["zh"] != cited["en"]:
        file.fault(
            (*place, "feedback", "en"),
            N_("the feedback's citations differ from the Chinese"),
            N_("cite the same in both languages"),
        )


def _check_choices(place: Location, question: Single | Multiple, file: YamlDocument) -> None:
    correct = sum(choice.correct for choice in question.choices)
    if isinstance(question, Single) and correct != 1:
        file.fault(
            (*place, "choices"),
            N_(
                "%(correct)s choices of the single-choice question `%(id)s` are correct",
                correct=correct,
                id=question.id,
            ),
            N_("mark exactly one with `correct: true`"),
            key=True,
        )
    if isinstance(question, Multiple) and correct == 0:
        file.fault(
            (*place, "choices"), N_("no choice is correct"), N_("mark at least one with `correct: true`"), key=True
        )
    _check_own_ids((*place, "choices"), [choice.id for choice in question.choices], file)


def _check_own_ids(place: Location, ids: list[str], file: YamlDocument) -> None:
    for key, times in Counter(ids).items():
        if times > 1:
            last = len(ids) - 1 - ids[::-1].index(key)
            file.fault(
                (*place, last, "id"), N_("`%(key)s` is used twice", key=key), N_("give each an id of its own")
            )
