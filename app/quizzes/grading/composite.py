"""Questions made of questions: each part is of another type and has its own marks."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from app.core.errors import Invalid
from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Values
from app.quizzes.grading.malformed import Malformed


class Composite(base.QuestionType):
    """Response: ``{container: {part id: the part's response}}``, as far as answered. Every part earns its share:
    its marks over the sum of the parts' marks."""

    #: The field that holds the parts, authored and answered.
    container: ClassVar[str]

    def __init__(self, *kinds: base.QuestionType) -> None:
        self.kinds = {kind.name: kind for kind in kinds}

    def read_parts(self, key: str, raw: Mapping[str, Any]) -> list[base.Body]:
        """The authored parts. Raises Invalid."""
        parts = []
        for identifier, part in base.options(key, raw.get(self.container), self.container, 1):
            where = f"{self.container}: {part['id']}"
            kind = self.kinds.get(str(part.get("type")))
            if kind is None:
                raise Malformed(N_("%(where)s: type: one of %(known)s", where=where, known=", ".join(self.kinds)))
            if part.get("certainty"):
                raise Malformed(N_("%(where)s: certainty: only a whole question can ask it", where=where))
            try:
                body = kind.validate(f"{key}/{part['id']}", part)
            except Malformed as error:
                raise Malformed(N_("%(key)s: %(why)s", key=where, why=error.why)) from None
            about = {
                "id": identifier,
                "type": kind.name,
                "marks": base.marks(part.get("marks"), f"{where}: marks"),
            }
            parts.append(about | self.about_part(part, where) | body)
        return parts

    def about_part(self, part: Mapping[str, Any], where: str) -> base.Body:
        """What parts of this kind of question say besides their type's own. Raises Invalid."""
        return {}

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        return {
            self.container: {
                part["id"]: {"type": part["type"]} | self.kinds[part["type"]].layout(part, draw)
                for part in body[self.container]
            }
        }

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        """Raises PartsRefused where a person wrote something that a part cannot take."""
        parts = base.only(response, self.container, dict)
        layouts = layout[self.container]
        cleaned: dict[str, base.Response] = {}
        refused: dict[str, str] = {}
        for identifier, answer in sorted(parts.items()):
            if identifier not in layouts or not isinstance(answer, dict | None):
                raise base.wrong_shape()
            path, kind = f"{self.container}/{identifier}", self.kinds[layouts[identifier]["type"]]
            try:
                kept = kind.normalise(answer, layouts[identifier]) if answer else {}
            except base.PartsRefused as error:
                kept = error.kept
                refused |= {f"{path}/{inner}": message for inner, message in error.refused.items()}
            except Invalid as error:
                if error.code == base.WRONG_SHAPE:
                    raise
                kept = {}
                refused[path] = str(error)
            if kept:
                cleaned[identifier] = kept
        kept = {self.container: cleaned} if cleaned else {}
        if refused:
            raise base.PartsRefused(refused, kept)
        return kept

    def is_complete(self, response: base.Response, layout: base.Layout) -> bool:
        said = response[self.container]
        return all(
            name in said and self.kinds[inner["type"]].is_complete(said[name], inner)
            for name, inner in layout[self.container].items()
        )

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Result:
        answers, layouts = response[self.container], layout[self.container]
        whole = sum((Decimal(part["marks"]) for part in body[self.container]), base.ZERO)
        earned = base.ZERO
        waiting: dict[str, Decimal] = {}
        parts: dict[str, bool] = {}
        for part in body[self.container]:
            identifier, share = part["id"], Decimal(part["marks"]) / whole
            result: base.Result = base.Graded(base.ZERO)
            if identifier in answers and identifier in layouts:
                result = self.kinds[part["type"]].grade(part, answers[identifier], layouts[identifier])
            earned += share * result.fraction
            waiting |= {
                f"{identifier}/{inner}".rstrip("/"): share * more for inner, more in result.waiting.items()
            }
            parts |= {f"{identifier}/{inner}": right for inner, right in result.parts.items()}
            if not result.waiting:
                parts[identifier] = result.correct
        if waiting:
            return base.NeedsMarking(waiting, earned, parts)
        return base.Graded(min(earned.quantize(base.PLACES, ROUND_HALF_UP), base.ONE), parts)

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        answers = {
            part["id"]: self.kinds[part["type"]].perfect(part, layout[self.container][part["id"]])
            for part in body[self.container]
        }
        return {self.container: dict(sorted(answers.items()))}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {
            self.container: {
                identifier: dict(self.kinds[inner["type"]].read_form(posted, f"{name}-{identifier}", inner))
                for identifier, inner in layout[self.container].items()
            }
        }

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        shown = []
        for part in body[self.container]:
            view = self.kinds[part["type"]].view(part, layout[self.container][part["id"]])
            shown.append({name: part[name] for name in ("id", "type", "marks", "prompt") if name in part} | view)
        return {"parts": shown}

    def amendable(self, body: base.Body) -> list[Amendable]:
        return [
            field.inside(part["id"], number)
            for number, part in enumerate(body[self.container], start=1)
            for field in self.kinds[part["type"]].amendable(part)
        ]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        parts = []
        for part in body[self.container]:
            start = f"{part['id']}/"
            mine = {name.removeprefix(start): given for name, given in values.items() if name.startswith(start)}
            parts.append(self.kinds[part["type"]].amend(part, mine))
        return body | {self.container: parts}

    def authored(self, body: base.Body) -> dict[str, Any]:
        parts = [self.kinds[part["type"]].authored(part) for part in body[self.container]]
        return body | {self.container: parts}
