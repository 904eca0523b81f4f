"""A question as candidates will see it, with the right answers in its fields; drafts show what is missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import get_template_attribute, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from app.core.text import LOCALE_OF
from app.library.queries import library
from app.quizzes import grading
from app.quizzes.interchange.media import SUFFIXES, images_of
from app.quizzes.interchange.model import LANGUAGES, Raw, completed
from app.quizzes.interchange.preview import label_of, scoring_word
from app.quizzes.rendering import Solution, Texts, question_view, solution

#: What a text says of a question: a name and a value.
Facts = list[tuple[str, str | Markup]]


@dataclass(frozen=True, slots=True)
class Look:
    """A question in one language, with its key and what a candidate is never shown of it."""

    language: str
    #: Its fields as candidates see them, with the right answers in them.
    fields: Markup
    solution: Solution
    facts: Facts


def looking() -> Callable[[Raw, str], list[Look]]:
    """How questions look: with the library as it is now, which is read once for a page.

    Of a question, under a name with which the names of its fields begin: its look in each language that it has.
    """
    books = library()

    def looks(raw: Raw, name: str) -> list[Look]:
        body = grading.validate("", completed(raw, _missing))
        there = [tag for tag in LANGUAGES if str(raw["prompt"].get(tag, "")).strip()]
        return [_look(raw, body, tag, name, Texts(LOCALE_OF[tag], books)) for tag in there]

    return looks


def _with_pictures(html: Markup, raw: Raw) -> Markup:
    """Images that take labels, served from the import: the bank does not have them yet."""
    for image in images_of(raw):
        digest, suffix = image["digest"], SUFFIXES.get(str(image.get("media_type")), "svg")
        address = url_for("questions.show_picture", name=f"{digest}.{suffix}")
        html = html.replace(url_for("question_files.show_image", digest=digest), address)
    return html


def _missing(path: tuple[str, ...]) -> str:
    return str(_("%(part)s: still missing", part=label_of(path)))


def _look(raw: Raw, body: grading.Body, tag: str, name: str, texts: Texts) -> Look:
    right = solution(body, texts)
    draw = get_template_attribute("quizzes/_question.html", "question")
    with force_locale(LOCALE_OF[tag]):  # the fields' own words, too, are in the candidates' language
        fields: Markup = draw(
            question_view(body, texts), _given(body, right.response, tag), name=f"{name}-{tag}", disabled=True
        )
    return Look(tag, _with_pictures(fields, raw), right, _facts(raw, tag, texts))


def _given(body: grading.Body, right: grading.Response, tag: str) -> grading.Response:
    """The right answer as it stands in the fields: of an essay the model answer in this language."""
    if body["type"] == "essay":
        return {"text": body["model"][tag]}
    if body["type"] == "case":
        return {
            "parts": {part["id"]: _given(part, right["parts"].get(part["id"], {}), tag) for part in body["parts"]}
        }
    return {} if body["type"] == "file_upload" else right


def _facts(raw: Raw, tag: str, texts: Texts) -> Facts:
    """How the answer is judged, as far as the fields do not say it; of gaps and parts, too."""
    facts = [*_how_judged(raw, tag), *_beside(raw, texts)]
    gaps = [gap for gap in raw.get("gaps") or () if "type" in gap]
    for number, part in enumerate([*gaps, *(raw.get("parts") or ())], start=1):
        inside = [*_facts(part, tag, texts), *(_hidden(part, texts) if gaps else ())]
        facts += [(_("Part %(number)s", number=number) + _(": ") + name, value) for name, value in inside]
    if raw.get("marks"):
        facts.append((_("Marks"), str(raw["marks"])))
    return facts


def _how_judged(raw: Raw, tag: str) -> Iterator[tuple[str, str]]:
    kind = raw["type"]
    if kind == "short_text":
        phrases = [*raw["accept"], *(raw.get("patterns") or ())]
        yield _("Accepted answers"), " / ".join(str(phrase) for phrase in phrases)
    if kind == "calculated":
        yield _("Formula"), str(raw["formula"])
        for name, bounds in raw["parameters"].items():
            yield _("Number drawn: %(name)s", name=name), _range(bounds)
    if kind in {"numeric", "calculated"}:
        yield _("Tolerance"), f"± {raw.get('tolerance') or 0}"
        for unit in raw.get("units") or ():
            yield _("Unit"), f"{unit['unit'].get(tag, '')} × {unit['factor']}"
    if raw.get("any_right"):
        yield _("Scoring"), _("Any of the right choices earns the marks")
    elif raw.get("scoring"):
        yield _("Scoring"), scoring_word(raw["scoring"])


def _range(bounds: dict[str, Any]) -> str:
    return str(
        _(
            "%(least)s to %(most)s in steps of %(step)s",
            least=bounds["from"],
            most=bounds["to"],
            step=bounds.get("step", 1),
        )
    )


def _hidden(gap: Raw, texts: Texts) -> Facts:
    """The wrong choices of a gap, which its closed list does not show."""
    wrong = [texts.line(choice["text"]) for choice in gap.get("choices") or () if not choice.get("correct")]
    return [(_("Wrong choices"), Markup(" / ").join(wrong))] if wrong else []


def _beside(raw: Raw, texts: Texts) -> Facts:
    """Texts that a closed list hides, or that only markers see."""
    facts: Facts = [
        (_("Further right side"), texts.line(option["text"])) for option in raw.get("distractors") or ()
    ]
    if used := {place["item"] for place in (raw.get("gaps") or raw.get("zones") or ()) if "item" in place}:
        left = [texts.line(item["text"]) for item in raw["items"] if item["id"] not in used]
        facts += [(_("Wrong choices"), Markup(" / ").join(left))] if left else []
    for row in raw.get("rubric") or ():
        levels = [Markup("{}: {}").format(level["points"], texts.line(level["text"])) for level in row["levels"]]
        facts.append((texts.line(row["text"]).striptags(), Markup("<br>").join(levels)))
    return facts
