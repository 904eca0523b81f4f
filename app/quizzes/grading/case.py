"""Case analysis: one stem with exhibits, several questions about it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.composite import Composite
from app.quizzes.grading.malformed import Malformed


class Case(Composite):
    """Parts of any other type, each with its prompt and marks; the question is worth their sum.
    Response: ``{"parts": {part id: response}}``. Waits for people when a part they mark is answered."""

    name = "case"
    container = "parts"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        exhibits = [
            {
                "id": identifier,
                "title": base.bilingual(exhibit.get("title"), "exhibits: title"),
                "text": base.bilingual(exhibit.get("text"), "exhibits: text"),
            }
            for identifier, exhibit in base.options(f"{key}/exhibits", raw.get("exhibits") or [], "exhibits", 0)
        ]
        parts = self.read_parts(key, raw)
        total = sum((Decimal(part["marks"]) for part in parts), base.ZERO)
        if raw.get("marks") is not None and base.number(raw["marks"], "marks") != total:
            raise Malformed(N_("marks: the parts' marks add up to %(total)s; leave it out", total=total))
        return {"exhibits": exhibits, "parts": parts, "marks": base.marks(str(total), "marks")}

    def about_part(self, part: Mapping[str, Any], where: str) -> base.Body:
        about: base.Body = {"prompt": base.bilingual(part.get("prompt"), f"{where}: prompt")}
        if part.get("feedback"):
            about["feedback"] = base.bilingual(part["feedback"], f"{where}: feedback")
        return about

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        return super().view(body, layout) | {"exhibits": body["exhibits"]}
