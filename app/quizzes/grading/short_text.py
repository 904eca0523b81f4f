"""A word or a short phrase."""

import unicodedata
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

import opencc

from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values, some, words
from app.quizzes.grading.malformed import Malformed

MAX_LENGTH = 500
#: Differences an author may have ignored; spacing always is.
DIFFERENCES: Final = ("width", "case", "script")
_ANY_RUN, _ANY_ONE = "\ue000", "\ue001"  # private characters that no folding changes


class ShortText(base.QuestionType):
    """A phrase out of a list of accepted ones. Response: ``{"text": "…"}``, kept as it was written.

    ``ignore`` names the differences that do not count: ``width`` (full and half, Unicode NFKC), ``case``, and
    ``script`` (traditional and simplified characters). ``patterns`` accept further answers: ``*`` is any run of
    characters, ``?`` any one, ``\\`` takes the next character as it is. No regular expressions: a match takes
    time proportional to pattern times answer, whatever is written.
    """

    name = "short_text"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        accept = [base.clean_text(phrase, MAX_LENGTH) for phrase in base.strings(raw.get("accept"), "accept")]
        if not accept or not all(compared(phrase, DIFFERENCES) for phrase in accept):
            raise Malformed(N_("accept: at least one phrase, none empty"))
        ignore = ["width", "case"] if raw.get("ignore") is None else base.strings(raw["ignore"], "ignore")
        if not set(ignore) <= set(DIFFERENCES):
            raise Malformed(N_("ignore: only %(known)s", known=", ".join(DIFFERENCES)))
        body: base.Body = {"accept": accept, "ignore": [name for name in DIFFERENCES if name in ignore]}
        if patterns := base.strings(raw.get("patterns") or [], "patterns"):
            for pattern in patterns:
                if len(pattern) > MAX_LENGTH or not compared(pattern, DIFFERENCES).strip("*?\\ "):
                    raise Malformed(N_("patterns: some character besides * and ? in each"))
            body["patterns"] = patterns
        return body

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        return {}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        text = base.clean_text(base.only(response, "text", str), MAX_LENGTH)
        text = " ".join(text.split("\n")).strip()
        return {"text": text} if text else {}

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Graded:
        ignore = body["ignore"]
        text = compared(response["text"], ignore)
        right = text in {compared(phrase, ignore) for phrase in body["accept"]} or any(
            matches(compared(_marked(pattern), ignore), text) for pattern in body.get("patterns", ())
        )
        return base.Graded(base.ONE if right else base.ZERO)

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        return {"text": " ".join(body["accept"][0].split())}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {"text": posted.get(name, "")}

    def all_or_nothing(self, body: base.Body) -> bool:
        return True

    def amendable(self, body: base.Body) -> list[Amendable]:
        patterns, ignored = tuple(body.get("patterns", ())), tuple(body["ignore"])
        return [
            Amendable("accept", Topic.ACCEPTED, Shape.LINES, tuple(body["accept"])),
            Amendable("patterns", Topic.PATTERNS, Shape.LINES, patterns, required=False),
            Amendable("ignore", Topic.IGNORED, Shape.SEVERAL, ignored, words(DIFFERENCES), required=False),
        ]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        amended = body | {field.name: some(values, field) for field in self.amendable(body)}
        amended["ignore"] = [name for name in DIFFERENCES if name in amended["ignore"]]
        return {name: value for name, value in amended.items() if name != "patterns" or value}


def compared(text: str, ignore: Collection[str] = ("width", "case")) -> str:
    """The form in which phrases are compared: the named differences folded, runs of spaces made one."""
    if "width" in ignore:
        text = unicodedata.normalize("NFKC", text)
    if "script" in ignore:
        text = _simplifier().convert(text)
    if "case" in ignore:
        text = text.casefold()
    return " ".join(text.split())


def matches(pattern: str, text: str) -> bool:
    """Does the whole text fit the marked pattern? Remembers one place to go back to, so it cannot run away."""
    at = place = 0
    star, resume = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == _ANY_RUN:
            star, resume = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in {_ANY_ONE, text[place]}:
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    return not pattern[at:].strip(_ANY_RUN)


def _marked(pattern: str) -> str:
    """The pattern with its wildcards as private characters and its escapes resolved."""
    marked = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            marked.append(next(characters, "\\"))
        else:
            marked.append({"*": _ANY_RUN, "?": _ANY_ONE}.get(character, character))
    return "".join(marked)


@cache
def _simplifier() -> opencc.OpenCC:
    """Traditional to simplified by OpenCC's tables, read once a process."""
    return opencc.OpenCC("t2s")
